"""Organisations, the people in them, their teams, their roles, and how they pay."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.columns import Row, reference, whole


class RoleName(StrEnum):
    ADMIN = "admin"


class Organisation(Row):
    """A tenant: where its day begins, what it pays in, and the number of its latest invoice."""

    __tablename__ = "organisations"
    __table_args__ = (CheckConstraint("invoice_counter >= 0", name="counts_up"), whole("invoice_counter"))

    tenant: Mapped[str] = mapped_column(primary_key=True)
    time_zone: Mapped[str]
    currency: Mapped[str]
    invoice_counter: Mapped[int] = mapped_column(default=0)


class Person(Row):
    """Someone of the directory, known by the immutable Entra object id."""

    __tablename__ = "people"

    tenant: Mapped[str] = mapped_column(ForeignKey("organisations.tenant"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    mail: Mapped[str] = mapped_column(default="")
    department: Mapped[str] = mapped_column(default="")
    member: Mapped[bool]
    enabled: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str | None]
    chosen_language: Mapped[str | None]
    erased_at: Mapped[datetime | None]  # the tombstone: an id that books refer to, and nothing about anybody


class Role(Row):
    """A right beyond one's own subscriptions. Settings may name an admin who has not been seen yet."""

    __tablename__ = "roles"

    tenant: Mapped[str] = mapped_column(ForeignKey("organisations.tenant"), primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[RoleName] = mapped_column(primary_key=True)


class Team(Row):
    """A team of Microsoft Teams that subscriptions can be shared with."""

    __tablename__ = "teams"

    tenant: Mapped[str] = mapped_column(ForeignKey("organisations.tenant"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class TeamMember(Row):
    """A person in a team; its owners are the team leads."""

    __tablename__ = "team_members"
    __table_args__ = (reference("team_id", to="teams"), reference("person_id", to="people"))

    tenant: Mapped[str] = mapped_column(primary_key=True)
    team_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[bool] = mapped_column(default=False)


class PaymentMethod(Row):
    """A card as far as we may know it: no column here could hold a card number or a security code."""

    __tablename__ = "payment_methods"
    __table_args__ = (
        reference("person_id", to="people"),
        CheckConstraint("length(last_four) = 4", name="four_digits_only"),
        CheckConstraint("expiry_month BETWEEN 1 AND 12", name="expiry_month"),
        whole("expiry_month", "expiry_year"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str]
    brand: Mapped[str]
    last_four: Mapped[str]
    expiry_month: Mapped[int]
    expiry_year: Mapped[int]
    holder: Mapped[str]
    gateway_token: Mapped[str]
    removed_at: Mapped[datetime | None]  # the row stays, for it explains what was paid
