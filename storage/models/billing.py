"""The books: the ledger of licenses, charges, credits, and the invoices that show them line by line."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.columns import Row, reference, whole


class LineKind(StrEnum):
    """What a charge, a credit or an invoice line is for, in Microsoft's words."""

    PURCHASE = "purchase"
    RENEW = "renew"
    ADD_QUANTITY = "add_quantity"
    REMOVE_QUANTITY = "remove_quantity"
    CANCEL = "cancel"  # what a cancelled subscription gives back to the card


class LedgerEntry(Row):
    """Licenses gained or lost: a subscription's total is the sum of its deltas (I3)."""

    __tablename__ = "ledger"
    __table_args__ = (
        reference("operation_id", to="operations"),
        reference("subscription_id", to="subscriptions"),
        CheckConstraint("delta <> 0", name="moves_something"),
        CheckConstraint("total_after >= 0", name="never_negative"),
        whole("delta", "total_after"),
        Index(None, "tenant", "subscription_id", "at"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    operation_id: Mapped[str] = mapped_column(primary_key=True)
    subscription_id: Mapped[str] = mapped_column(primary_key=True)
    delta: Mapped[int]
    total_after: Mapped[int]
    at: Mapped[datetime]


class Charge(Row):
    """Money asked for so many licenses. `captured` is what was paid, `refunded` what was given back of it (I8)."""

    __tablename__ = "charges"
    __table_args__ = (
        reference("operation_id", to="operations"),
        reference("subscription_id", to="subscriptions"),
        reference("payment_method_id", to="payment_methods"),
        CheckConstraint(
            "0 <= refunded AND refunded <= captured AND captured <= amount",
            name="refunded_within_captured_within_amount",
        ),
        CheckConstraint("0 <= returned AND returned <= licenses", name="returned_within_licenses"),
        CheckConstraint(whole("licenses", "unit_price", "returned").sqltext, name="whole_licenses"),
        whole("period_number", "amount", "captured", "refunded"),
        Index(
            "uq_charges_period",  # I7: a period is paid for once
            "tenant",
            "subscription_id",
            "period_number",
            unique=True,
            sqlite_where=text("kind IN ('purchase', 'renew')"),
            postgresql_where=text("kind IN ('purchase', 'renew')"),
        ),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    operation_id: Mapped[str]
    subscription_id: Mapped[str]
    payment_method_id: Mapped[str | None]
    kind: Mapped[LineKind]
    period_number: Mapped[int]
    currency: Mapped[str]
    licenses: Mapped[int]
    unit_price: Mapped[int]  # one license for one whole period
    amount: Mapped[int]
    captured: Mapped[int]
    refunded: Mapped[int] = mapped_column(default=0)
    returned: Mapped[int] = mapped_column(default=0)  # how many of the licenses were given back
    at: Mapped[datetime]


class Credit(Row):
    """Money owed for licenses of one charge; `remaining` of it is set against the subscription's next invoice."""

    __tablename__ = "credits"
    __table_args__ = (
        reference("operation_id", to="operations"),
        reference("subscription_id", to="subscriptions"),
        CheckConstraint("0 <= remaining AND remaining <= amount AND amount > 0", name="remaining_within_amount"),
        CheckConstraint(whole("licenses", "unit_price").sqltext, name="whole_licenses"),
        whole("period_number", "amount", "remaining"),
        Index(None, "tenant", "subscription_id"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    operation_id: Mapped[str]
    subscription_id: Mapped[str]
    kind: Mapped[LineKind]
    period_number: Mapped[int]
    currency: Mapped[str]
    licenses: Mapped[int]
    unit_price: Mapped[int]  # what one of them was charged for a whole period
    amount: Mapped[int]
    remaining: Mapped[int]
    at: Mapped[datetime]


class Invoice(Row):
    """One bill in one currency; its number is G and nine digits, gap-free per tenant."""

    __tablename__ = "invoices"
    __table_args__ = (
        reference("person_id", to="people"),
        reference("operation_id", to="operations"),
        UniqueConstraint("tenant", "sequence"),
        CheckConstraint("sequence >= 1", name="sequence_counts_up"),
        CheckConstraint("total = subtotal + tax", name="adds_up"),
        whole("sequence", "subtotal", "tax", "total"),
        Index(None, "tenant", "person_id", "issued_at"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    person_id: Mapped[str]  # who pays it
    operation_id: Mapped[str]
    currency: Mapped[str]
    subtotal: Mapped[int]
    tax: Mapped[int]
    total: Mapped[int]
    issued_at: Mapped[datetime]
    made_out_to: Mapped[str | None]  # whom it names besides who pays it, and where, as it was said then
    billing_address: Mapped[str | None]

    @property
    def number(self) -> str:
        return f"G{self.sequence:09d}"


class InvoiceLine(Row):
    """One line: a charge, or a credit with its amount below zero (I6)."""

    __tablename__ = "invoice_lines"
    __table_args__ = (
        reference("invoice_id", to="invoices"),
        reference("subscription_id", to="subscriptions"),
        reference("charge_id", to="charges"),
        reference("credit_id", to="credits"),
        UniqueConstraint("tenant", "charge_id"),
        CheckConstraint("(charge_id IS NULL) <> (credit_id IS NULL)", name="a_charge_or_a_credit"),
        CheckConstraint("quantity >= 1", name="of_something"),
        whole("position", "quantity", "unit_price", "amount"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    invoice_id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[LineKind]
    subscription_id: Mapped[str]
    charge_id: Mapped[str | None]
    credit_id: Mapped[str | None]
    quantity: Mapped[int]
    unit_price: Mapped[int]  # one license for one whole period
    amount: Mapped[int]
    period_start: Mapped[date]  # the days this line pays for
    period_end: Mapped[date]
