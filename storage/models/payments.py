"""What belongs to paying besides the cards: where invoices go, and cards that are being put on file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.columns import Row, reference


class BillingProfile(Row):
    """The name and address that somebody's invoices are made out to."""

    __tablename__ = "billing_profiles"
    __table_args__ = (reference("person_id", to="people"),)

    tenant: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    address: Mapped[str]
    changed_at: Mapped[datetime]


class PaymentSetup(Row):
    """A page of the payment provider on which somebody puts a card on file; its id is that of the operation it is."""

    __tablename__ = "payment_setups"
    __table_args__ = (
        reference("person_id", to="people"),
        reference("payment_method_id", to="payment_methods"),
        Index(None, "tenant", "person_id"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str]
    purpose: Mapped[str]
    subject: Mapped[str]  # the subscription that the card is for; empty for all, or for none
    session: Mapped[str | None]  # the provider's name of the page, once it is known
    payment_method_id: Mapped[str | None]  # the card, once it is on file
    begun_at: Mapped[datetime]
