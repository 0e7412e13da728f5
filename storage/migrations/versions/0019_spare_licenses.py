"""Requests to owners: for a license of theirs that nobody uses."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE license_requests ADD COLUMN kind VARCHAR(8) DEFAULT 'purchase' NOT NULL "
        "CONSTRAINT ck_license_requests_requestkind CHECK (kind IN ('purchase', 'spare'))"
    )
    op.execute("ALTER TABLE license_requests ADD COLUMN owners JSON DEFAULT '[]' NOT NULL")
