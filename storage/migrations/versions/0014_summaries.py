"""Ways to what an admin asks for: by day, by who holds a license, and the trail by subscription and by person."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_index("ix_subscriptions_tenant_purchased_at", "subscriptions", ["tenant", "purchased_at"])
    op.create_index("ix_subscriptions_tenant_period_end", "subscriptions", ["tenant", "period_end"])
    op.create_index("ix_assignments_tenant_person_id", "assignments", ["tenant", "person_id"])
    trail = "ix_audit_entries_tenant"
    op.create_index(f"{trail}_subscription_id_at", "audit_entries", ["tenant", "subscription_id", "at"])
    op.create_index(f"{trail}_person_id_at", "audit_entries", ["tenant", "person_id", "at"])
