"""People, teams, roles and payment methods."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.models.columns import one_of, reference, whole

revision = "0001"
down_revision = None


def upgrade() -> None:
    _organisations()
    _people()
    _roles()
    _teams()
    _team_members()
    _payment_methods()


def _organisations() -> None:
    op.create_table(
        "organisations",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("time_zone", sa.String, nullable=False),
        sa.Column("currency", sa.String, nullable=False),
        sa.Column("invoice_counter", sa.BigInteger, nullable=False),
        sa.CheckConstraint("invoice_counter >= 0", "counts_up"),
        whole("invoice_counter"),
    )


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("mail", sa.String, nullable=False),
        sa.Column("department", sa.String, nullable=False),
        sa.Column("member", sa.Boolean, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("language", sa.String, nullable=True),
        sa.Column("chosen_language", sa.String, nullable=True),
        sa.ForeignKeyConstraint(["tenant"], ["organisations.tenant"]),
    )


def _roles() -> None:
    op.create_table(
        "roles",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("person_id", sa.String, primary_key=True),
        sa.Column("role", one_of("rolename", "admin"), primary_key=True),
        sa.ForeignKeyConstraint(["tenant"], ["organisations.tenant"]),
    )


def _teams() -> None:
    op.create_table(
        "teams",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["organisations.tenant"]),
    )


def _team_members() -> None:
    op.create_table(
        "team_members",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("team_id", sa.String, primary_key=True),
        sa.Column("person_id", sa.String, primary_key=True),
        sa.Column("owner", sa.Boolean, nullable=False),
        reference("person_id", to="people"),
        reference("team_id", to="teams"),
    )


def _payment_methods() -> None:
    op.create_table(
        "payment_methods",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("person_id", sa.String, nullable=False),
        sa.Column("brand", sa.String, nullable=False),
        sa.Column("last_four", sa.String, nullable=False),
        sa.Column("expiry_month", sa.BigInteger, nullable=False),
        sa.Column("expiry_year", sa.BigInteger, nullable=False),
        sa.Column("holder", sa.String, nullable=False),
        sa.Column("gateway_token", sa.String, nullable=False),
        sa.CheckConstraint("expiry_month BETWEEN 1 AND 12", "expiry_month"),
        sa.CheckConstraint("length(last_four) = 4", "four_digits_only"),
        whole("expiry_month", "expiry_year"),
        reference("person_id", to="people"),
    )
