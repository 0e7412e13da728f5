"""Subscriptions, who holds their licenses, and whom they are shared with."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.columns import Row, reference, whole
from storage.views import Status, Term


class Subscription(Row):
    """What a purchaser pays for. `total` is the number of licenses bought (I1: 0 ≤ assigned ≤ total)."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        reference("purchaser_id", to="people"),
        reference("payment_method_id", to="payment_methods"),
        CheckConstraint("0 <= assigned AND assigned <= total", name="assigned_within_total"),
        CheckConstraint("total >= 1 OR status = 'deleted'", name="at_least_one"),
        CheckConstraint("period_number >= 1 AND period_start < period_end", name="period_runs_forward"),
        CheckConstraint("version >= 1", name="version_counts_up"),
        CheckConstraint(
            "anchor_period = CAST(anchor_period AS BIGINT) AND anchor_period BETWEEN 1 AND period_number",
            name="anchor_within_periods",
        ),
        whole("total", "assigned", "period_number", "version"),
        Index(None, "tenant", "purchaser_id"),
        Index(None, "status", "period_end"),
        Index(None, "retry_on"),
        Index(None, "tenant", "purchased_at"),
        Index(None, "tenant", "period_end"),
        Index(None, "tenant", "product_id"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    product_id: Mapped[str]
    purchaser_id: Mapped[str]
    total: Mapped[int]
    assigned: Mapped[int] = mapped_column(default=0)
    term: Mapped[Term]
    recurring: Mapped[bool] = mapped_column(default=True)
    status: Mapped[Status] = mapped_column(default=Status.ACTIVE)
    status_since: Mapped[date | None]  # the day it expired, was disabled or was deleted; None while it is active
    unpaid: Mapped[bool] = mapped_column(default=False)
    retry_on: Mapped[date | None]  # while unpaid: the day on which the card is tried again
    trial: Mapped[bool] = mapped_column(default=False)  # nothing is charged; it ends by itself
    version: Mapped[int] = mapped_column(default=1)  # goes up with every change: old quotes show
    purchased_at: Mapped[datetime]
    anchor: Mapped[date]  # the day all periods are counted from
    anchor_period: Mapped[int] = mapped_column(default=1)  # the one that began on it: later ones after a reactivation
    period_number: Mapped[int] = mapped_column(default=1)
    period_start: Mapped[date]
    period_end: Mapped[date]  # the day of renewal: the first day that is no longer paid for
    payment_method_id: Mapped[str | None]
    last_used_at: Mapped[datetime | None]


class Assignment(Row):
    """One person holding one license, until `released_at`."""

    __tablename__ = "assignments"
    __table_args__ = (
        reference("subscription_id", to="subscriptions"),
        reference("person_id", to="people"),
        Index(
            "uq_assignments_live",  # I2: at most one live license per person and subscription
            "tenant",
            "subscription_id",
            "person_id",
            unique=True,
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
        Index(None, "tenant", "person_id"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    subscription_id: Mapped[str]
    person_id: Mapped[str]
    assigned_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]  # None: the license was never used


class Cancellation(Row):
    """Why a subscription was cancelled, in one of the eight codes and in the purchaser's own words."""

    __tablename__ = "cancellations"
    __table_args__ = (reference("subscription_id", to="subscriptions"), reference("operation_id", to="operations"))

    tenant: Mapped[str] = mapped_column(primary_key=True)
    operation_id: Mapped[str] = mapped_column(primary_key=True)
    subscription_id: Mapped[str]
    reason: Mapped[str]
    feedback: Mapped[str] = mapped_column(default="")
    language: Mapped[str | None]  # of the feedback
    ends_on: Mapped[date]
    at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]


class Grant(Row):
    """A subscription its purchaser shares: with a team, whose owners may assign, or with a named deputy."""

    __tablename__ = "grants"
    __table_args__ = (
        reference("subscription_id", to="subscriptions"),
        reference("team_id", to="teams"),
        reference("person_id", to="people"),
        CheckConstraint("(team_id IS NULL) <> (person_id IS NULL)", name="a_team_or_a_deputy"),
        Index(None, "tenant", "subscription_id"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    subscription_id: Mapped[str]
    team_id: Mapped[str | None]
    person_id: Mapped[str | None]
    granted_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
