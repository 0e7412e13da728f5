"""What License Desk does by itself, which is nobody's operation, and since when a subscription is what it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.migrations.remaking import made_again

revision = "0012"
down_revision = "0011"

# Nothing expired or was disabled by itself before: what is disabled was cancelled at once.
SINCE = """
UPDATE subscriptions SET status_since = COALESCE((
    SELECT MAX(ends_on) FROM cancellations
    WHERE cancellations.tenant = subscriptions.tenant AND cancellations.subscription_id = subscriptions.id
      AND cancellations.taken_back_at IS NULL AND subscriptions.status = 'disabled'), period_end)
WHERE status <> 'active'
"""


def upgrade() -> None:
    for column in ("status_since", "retry_on"):
        op.add_column("subscriptions", sa.Column(column, sa.Date, nullable=True))
    op.execute(SINCE)
    op.execute("UPDATE subscriptions SET retry_on = period_start WHERE unpaid")
    op.create_index("ix_subscriptions_status_period_end", "subscriptions", ["status", "period_end"])
    op.create_index("ix_subscriptions_retry_on", "subscriptions", ["retry_on"])
    for table in ("operations", "audit_entries"):
        if op.get_bind().dialect.name == "postgresql":
            op.alter_column(table, "person_id", nullable=True)
        else:
            made_again(table, lambda sql: sql.replace("person_id VARCHAR NOT NULL", "person_id VARCHAR"))
