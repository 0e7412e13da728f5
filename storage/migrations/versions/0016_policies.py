"""Who may buy what, and for how much."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.models.columns import one_of, reference, whole

revision = "0016"
down_revision = "0015"

SALES = ("enabled", "trials_only", "disabled")


def upgrade() -> None:
    op.create_table(
        "policies",
        sa.Column("tenant", sa.String, sa.ForeignKey("organisations.tenant"), primary_key=True),
        sa.Column("sale", one_of("sale", *SALES), nullable=False),
        sa.Column("requests", sa.Boolean, nullable=False),
    )
    op.create_table(
        "product_policies",
        sa.Column("tenant", sa.String, sa.ForeignKey("policies.tenant"), primary_key=True),
        sa.Column("product_id", sa.String, primary_key=True),
        sa.Column("sale", one_of("sale", *SALES), nullable=False),
    )
    op.create_table(
        "caps",
        sa.Column("tenant", sa.String, sa.ForeignKey("policies.tenant"), primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("per", one_of("per", "organisation", "team", "person"), nullable=False),
        sa.Column("team_id", sa.String, nullable=True),
        sa.Column("product_id", sa.String, nullable=True),
        sa.Column("licenses", sa.BigInteger, nullable=True),
        sa.Column("amount", sa.BigInteger, nullable=True),
        sa.Column("currency", sa.String, nullable=True),
        reference("team_id", to="teams"),
        sa.CheckConstraint("(team_id IS NULL) = (per <> 'team')", "of_a_team"),
        sa.CheckConstraint("(amount IS NULL) <> (licenses IS NULL)", "money_or_licenses"),
        sa.CheckConstraint("(amount IS NULL) = (currency IS NULL)", "money_has_a_currency"),
        sa.CheckConstraint("(licenses IS NULL) = (product_id IS NULL)", "licenses_of_a_product"),
        sa.CheckConstraint("COALESCE(amount, licenses) >= 0", "never_negative"),
        whole("amount", "licenses"),
    )
    op.create_table(
        "approvers",
        sa.Column("tenant", sa.String, sa.ForeignKey("policies.tenant"), primary_key=True),
        sa.Column("person_id", sa.String, primary_key=True),
        reference("person_id", to="people"),
    )
