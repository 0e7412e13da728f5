"""Operations that begin without a subscription, trials, cancellations with their reasons, and periods counted anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.migrations.remaking import made_again
from storage.models.columns import reference

revision = "0007"
down_revision = "0006"

BOOKED = ("charges", "credits", "invoice_lines")
WITHIN = "anchor_period = CAST(anchor_period AS BIGINT) AND anchor_period BETWEEN 1 AND period_number"
OLD_KINDS, NEW_KINDS = "'add_quantity', 'remove_quantity'", "'add_quantity', 'remove_quantity', 'cancel'"


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("trial", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute(
        "ALTER TABLE subscriptions ADD COLUMN anchor_period BIGINT DEFAULT 1 NOT NULL "
        f"CONSTRAINT ck_subscriptions_anchor_within_periods CHECK ({WITHIN})"
    )
    op.create_table(
        "cancellations",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("operation_id", sa.String, primary_key=True),
        sa.Column("subscription_id", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("feedback", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=True),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        reference("operation_id", to="operations"),
        reference("subscription_id", to="subscriptions"),
    )
    (_postgresql if op.get_bind().dialect.name == "postgresql" else _sqlite)()


def _postgresql() -> None:
    op.alter_column("operations", "subscription_id", nullable=True)
    for column in ("trial", "anchor_period"):
        op.alter_column("subscriptions", column, server_default=None)
    for table in BOOKED:
        name = f"ck_{table}_linekind"
        op.drop_constraint(name, table)
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK (kind IN ('purchase', 'renew', {NEW_KINDS}))")


def _sqlite() -> None:
    """SQLite changes no column in place: each table is made again from its own words, with the new ones in them."""
    made_again("operations", lambda sql: sql.replace("subscription_id VARCHAR NOT NULL", "subscription_id VARCHAR"))
    made_again("subscriptions", lambda sql: sql.replace(" DEFAULT 0", "").replace(" DEFAULT 1", ""))
    for table in BOOKED:
        made_again(table, lambda sql: sql.replace(OLD_KINDS, NEW_KINDS))
