"""Who wants to be left in peace about what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.models.columns import reference

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "quiet",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("person_id", sa.String, primary_key=True),
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("until", sa.Date, nullable=True),
        reference("person_id", to="people"),
    )
