"""What people ask others to buy for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.models.columns import one_of, reference, whole

revision = "0018"
down_revision = "0017"

STATUSES = ("pending", "approved", "partly", "denied", "withdrawn", "expired")


def upgrade() -> None:
    op.create_table(
        "license_requests",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("person_id", sa.String, nullable=False),
        sa.Column("product_id", sa.String, nullable=False),
        sa.Column("licenses", sa.BigInteger, nullable=False),
        sa.Column("people", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.Column("status", one_of("requeststatus", *STATUSES), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision_id", sa.String, nullable=True),
        sa.Column("decided_by", sa.String, nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.CheckConstraint("licenses >= 1", "at_least_one"),
        sa.CheckConstraint("(status = 'pending') = (ended_at IS NULL)", "ends_once"),
        sa.CheckConstraint("(status IN ('approved', 'partly')) = (granted >= 1)", "granted_means_bought"),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> person_id OR status = 'withdrawn'", "not_ones_own"),
        whole("licenses", "granted"),
        reference("id", to="operations"),
        reference("person_id", to="people"),
        reference("decided_by", to="people"),
        reference("decision_id", to="operations"),
    )
    op.create_index("ix_license_requests_tenant_person_id", "license_requests", ["tenant", "person_id"])
    op.create_index("ix_license_requests_status_expires_at", "license_requests", ["status", "expires_at"])
