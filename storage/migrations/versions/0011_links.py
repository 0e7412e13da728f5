"""Links to pages of ours, each for one person and a few minutes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.models.columns import reference

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "links",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("digest", sa.String, primary_key=True),
        sa.Column("person_id", sa.String, nullable=False),
        sa.Column("purpose", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        reference("person_id", to="people"),
        sa.CheckConstraint("issued_at <= expires_at", "ends_after_it_began"),
    )
    op.create_index("ix_links_tenant_person_id", "links", ["tenant", "person_id"])
    op.create_index("ix_links_expires_at", "links", ["expires_at"])
