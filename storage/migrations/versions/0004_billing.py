"""The ledger, charges, credits and invoices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.models.columns import one_of, reference, whole

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _ledger()
    _charges()
    _credits()
    _invoices()
    _invoice_lines()


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("operation_id", sa.String, primary_key=True),
        sa.Column("subscription_id", sa.String, primary_key=True),
        sa.Column("delta", sa.BigInteger, nullable=False),
        sa.Column("total_after", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("delta <> 0", "moves_something"),
        sa.CheckConstraint("total_after >= 0", "never_negative"),
        whole("delta", "total_after"),
        reference("operation_id", to="operations"),
        reference("subscription_id", to="subscriptions"),
    )
    op.create_index("ix_ledger_tenant_subscription_id_at", "ledger", ["tenant", "subscription_id", "at"])


def _charges() -> None:
    op.create_table(
        "charges",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("operation_id", sa.String, nullable=False),
        sa.Column("subscription_id", sa.String, nullable=False),
        sa.Column("payment_method_id", sa.String, nullable=True),
        sa.Column(
            "kind",
            one_of("linekind", "purchase", "renew", "add_quantity", "remove_quantity"),
            nullable=False,
        ),
        sa.Column("period_number", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("captured", sa.BigInteger, nullable=False),
        sa.Column("refunded", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "0 <= refunded AND refunded <= captured AND captured <= amount", "refunded_within_captured_within_amount"
        ),
        whole("period_number", "amount", "captured", "refunded"),
        reference("operation_id", to="operations"),
        reference("payment_method_id", to="payment_methods"),
        reference("subscription_id", to="subscriptions"),
    )
    op.create_index(
        "uq_charges_period",
        "charges",
        ["tenant", "subscription_id", "period_number"],
        unique=True,
        sqlite_where=sa.text("kind IN ('purchase', 'renew')"),
        postgresql_where=sa.text("kind IN ('purchase', 'renew')"),
    )


def _credits() -> None:
    op.create_table(
        "credits",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("operation_id", sa.String, nullable=False),
        sa.Column("subscription_id", sa.String, nullable=False),
        sa.Column(
            "kind",
            one_of("linekind", "purchase", "renew", "add_quantity", "remove_quantity"),
            nullable=False,
        ),
        sa.Column("period_number", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("remaining", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("0 <= remaining AND remaining <= amount AND amount > 0", "remaining_within_amount"),
        whole("period_number", "amount", "remaining"),
        reference("operation_id", to="operations"),
        reference("subscription_id", to="subscriptions"),
    )
    op.create_index("ix_credits_tenant_subscription_id", "credits", ["tenant", "subscription_id"])


def _invoices() -> None:
    op.create_table(
        "invoices",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("person_id", sa.String, nullable=False),
        sa.Column("operation_id", sa.String, nullable=False),
        sa.Column("currency", sa.String, nullable=False),
        sa.Column("subtotal", sa.BigInteger, nullable=False),
        sa.Column("tax", sa.BigInteger, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("total = subtotal + tax", "adds_up"),
        sa.CheckConstraint("sequence >= 1", "sequence_counts_up"),
        whole("sequence", "subtotal", "tax", "total"),
        reference("operation_id", to="operations"),
        reference("person_id", to="people"),
        sa.UniqueConstraint("tenant", "sequence"),
    )
    op.create_index("ix_invoices_tenant_person_id_issued_at", "invoices", ["tenant", "person_id", "issued_at"])


def _invoice_lines() -> None:
    op.create_table(
        "invoice_lines",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("invoice_id", sa.String, primary_key=True),
        sa.Column("position", sa.BigInteger, primary_key=True),
        sa.Column(
            "kind",
            one_of("linekind", "purchase", "renew", "add_quantity", "remove_quantity"),
            nullable=False,
        ),
        sa.Column("subscription_id", sa.String, nullable=False),
        sa.Column("charge_id", sa.String, nullable=True),
        sa.Column("credit_id", sa.String, nullable=True),
        sa.Column("quantity", sa.BigInteger, nullable=False),
        sa.Column("unit_price", sa.BigInteger, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("period_start", sa.Date, nullable=False),
        sa.Column("period_end", sa.Date, nullable=False),
        sa.CheckConstraint("(charge_id IS NULL) <> (credit_id IS NULL)", "a_charge_or_a_credit"),
        sa.CheckConstraint("quantity >= 1", "of_something"),
        whole("position", "quantity", "unit_price", "amount"),
        reference("charge_id", to="charges"),
        reference("credit_id", to="credits"),
        reference("invoice_id", to="invoices"),
        reference("subscription_id", to="subscriptions"),
        sa.UniqueConstraint("tenant", "charge_id"),
    )
