"""Operations and what they leave behind."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.models.columns import one_of, reference, whole

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _operations()
    _scheduled_changes()
    _audit_entries()
    _outbox_messages()


def _operations() -> None:
    op.create_table(
        "operations",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("person_id", sa.String, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("subscription_id", sa.String, nullable=False),
        sa.Column("subscription_version", sa.BigInteger, nullable=False),
        sa.Column("parameters", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("quote", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("said", sa.String, nullable=False),
        sa.Column("understood", sa.JSON(none_as_null=True), nullable=True),
        sa.Column(
            "status",
            one_of("operationstatus", "open", "done", "refused", "void", "expired"),
            nullable=False,
        ),
        sa.Column("answer", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'open') = (answer IS NULL)", "ended_means_answered"),
        sa.CheckConstraint("(status = 'open') = (ended_at IS NULL)", "ends_once"),
        whole("subscription_version"),
        reference("person_id", to="people"),
        reference("subscription_id", to="subscriptions"),
    )
    op.create_index("ix_operations_tenant_subscription_id", "operations", ["tenant", "subscription_id"])


def _scheduled_changes() -> None:
    op.create_table(
        "scheduled_changes",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("subscription_id", sa.String, primary_key=True),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("effective_on", sa.Date, nullable=False),
        sa.Column("releases", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("operation_id", sa.String, nullable=False),
        sa.CheckConstraint("total >= 1", "at_least_one"),
        whole("total"),
        reference("operation_id", to="operations"),
        reference("subscription_id", to="subscriptions"),
    )


def _audit_entries() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("operation_id", sa.String, nullable=False),
        sa.Column("person_id", sa.String, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("subscription_id", sa.String, nullable=False),
        sa.Column("said", sa.String, nullable=False),
        sa.Column("understood", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        reference("operation_id", to="operations"),
        reference("person_id", to="people"),
        reference("subscription_id", to="subscriptions"),
        sa.UniqueConstraint("tenant", "operation_id"),
    )


def _outbox_messages() -> None:
    op.create_table(
        "outbox_messages",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("operation_id", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("recipient", sa.String, nullable=False),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        reference("operation_id", to="operations"),
        sa.UniqueConstraint("tenant", "operation_id", "kind", "recipient"),
    )
