"""Plans: which operations are the steps of one yes, and in which order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.models.columns import reference, whole

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "plan_steps",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("operation_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "plan_id", "position"),
        reference("operation_id", to="operations"),
        sa.UniqueConstraint("tenant", "operation_id"),
        sa.CheckConstraint("position >= 1", name="counted_from_one"),
        whole("position"),
    )
