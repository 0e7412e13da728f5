"""What was not understood, to learn from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "unclear_messages",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String, nullable=False),
        sa.Column("choices", sa.JSON, nullable=False),
        sa.Column("words", sa.String, nullable=False),
    )
    op.create_index("ix_unclear_messages_at", "unclear_messages", ["at"])
