"""Subscriptions, assignments and grants."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.models.columns import one_of, reference, whole

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _subscriptions()
    _assignments()
    _grants()


def _subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("product_id", sa.String, nullable=False),
        sa.Column("purchaser_id", sa.String, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("assigned", sa.BigInteger, nullable=False),
        sa.Column("term", one_of("term", "month", "year"), nullable=False),
        sa.Column("recurring", sa.Boolean, nullable=False),
        sa.Column(
            "status",
            one_of("status", "active", "expired", "disabled", "deleted"),
            nullable=False,
        ),
        sa.Column("unpaid", sa.Boolean, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("purchased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("anchor", sa.Date, nullable=False),
        sa.Column("period_number", sa.BigInteger, nullable=False),
        sa.Column("period_start", sa.Date, nullable=False),
        sa.Column("period_end", sa.Date, nullable=False),
        sa.Column("payment_method_id", sa.String, nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("0 <= assigned AND assigned <= total", "assigned_within_total"),
        sa.CheckConstraint("total >= 1 OR status = 'deleted'", "at_least_one"),
        sa.CheckConstraint("period_number >= 1 AND period_start < period_end", "period_runs_forward"),
        sa.CheckConstraint("version >= 1", "version_counts_up"),
        whole("total", "assigned", "period_number", "version"),
        reference("payment_method_id", to="payment_methods"),
        reference("purchaser_id", to="people"),
    )
    op.create_index("ix_subscriptions_tenant_purchaser_id", "subscriptions", ["tenant", "purchaser_id"])


def _assignments() -> None:
    op.create_table(
        "assignments",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("subscription_id", sa.String, nullable=False),
        sa.Column("person_id", sa.String, nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        reference("person_id", to="people"),
        reference("subscription_id", to="subscriptions"),
    )
    op.create_index(
        "uq_assignments_live",
        "assignments",
        ["tenant", "subscription_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("released_at IS NULL"),
        postgresql_where=sa.text("released_at IS NULL"),
    )


def _grants() -> None:
    op.create_table(
        "grants",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("subscription_id", sa.String, nullable=False),
        sa.Column("team_id", sa.String, nullable=True),
        sa.Column("person_id", sa.String, nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(team_id IS NULL) <> (person_id IS NULL)", "a_team_or_a_deputy"),
        reference("person_id", to="people"),
        reference("subscription_id", to="subscriptions"),
        reference("team_id", to="teams"),
    )
    op.create_index("ix_grants_tenant_subscription_id", "grants", ["tenant", "subscription_id"])
