"""Cards that come and go, where invoices are made out to, and changes that are about no subscription."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.migrations.remaking import made_again
from storage.models.columns import reference

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("payment_methods", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "billing_profiles",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("person_id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        reference("person_id", to="people"),
    )
    op.create_table(
        "payment_setups",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("person_id", sa.String, nullable=False),
        sa.Column("purpose", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("session", sa.String, nullable=True),
        sa.Column("payment_method_id", sa.String, nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        reference("person_id", to="people"),
        reference("payment_method_id", to="payment_methods"),
    )
    op.create_index("ix_payment_setups_tenant_person_id", "payment_setups", ["tenant", "person_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("audit_entries", "subscription_id", nullable=True)
    else:
        made_again(
            "audit_entries", lambda sql: sql.replace("subscription_id VARCHAR NOT NULL", "subscription_id VARCHAR")
        )
