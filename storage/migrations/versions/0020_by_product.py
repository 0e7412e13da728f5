"""The way to all subscriptions of a product: counted for what nobody uses, and for caps."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_index("ix_subscriptions_tenant_product_id", "subscriptions", ["tenant", "product_id"])
