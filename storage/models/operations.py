"""Operations with their stored answers, the plans they are steps of, and what they leave behind."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.columns import Ids, Json, Row, reference, whole
from storage.views import OperationStatus


class Operation(Row):
    """A quote and what became of it. `answer` is what every delivery gets once the status is final (I4)."""

    __tablename__ = "operations"
    __table_args__ = (
        reference("person_id", to="people"),
        reference("subscription_id", to="subscriptions"),
        CheckConstraint("(status = 'open') = (ended_at IS NULL)", name="ends_once"),
        CheckConstraint("(status = 'open') = (answer IS NULL)", name="ended_means_answered"),
        whole("subscription_version"),
        Index(None, "tenant", "subscription_id"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str | None]  # None: License Desk, by itself
    action: Mapped[str]
    subscription_id: Mapped[str | None]  # of a purchase: None until there is one
    subscription_version: Mapped[int]
    parameters: Mapped[Json]  # as asked for, so that a fresh quote can be drawn: {"by": 5}, not {"to": 25}
    quote: Mapped[Json]
    said: Mapped[str] = mapped_column(default="")
    understood: Mapped[Json | None]
    status: Mapped[OperationStatus] = mapped_column(default=OperationStatus.OPEN)
    answer: Mapped[Json | None]
    drawn_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class PlanStep(Row):
    """One step of a plan: an operation that comes in its turn, after one yes to all of them."""

    __tablename__ = "plan_steps"
    __table_args__ = (
        reference("operation_id", to="operations"),
        UniqueConstraint("tenant", "operation_id"),
        CheckConstraint("position >= 1", name="counted_from_one"),
        whole("position"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    plan_id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    operation_id: Mapped[str]


class ScheduledTotal(Row):
    """The one change of a subscription that waits for its renewal, and who gives a license up then."""

    __tablename__ = "scheduled_changes"
    __table_args__ = (
        reference("subscription_id", to="subscriptions"),
        reference("operation_id", to="operations"),
        CheckConstraint("total >= 1", name="at_least_one"),
        whole("total"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    subscription_id: Mapped[str] = mapped_column(primary_key=True)
    total: Mapped[int]
    effective_on: Mapped[date]
    releases: Mapped[Ids]  # ids of the people who lose their license on that day
    operation_id: Mapped[str]


class AuditEntry(Row):
    """Who changed what, in which words, and how they were understood: one a change, append-only (I5)."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        reference("operation_id", to="operations"),
        reference("person_id", to="people"),
        reference("subscription_id", to="subscriptions"),
        UniqueConstraint("tenant", "operation_id"),
        Index(None, "tenant", "at"),
        Index(None, "tenant", "subscription_id", "at"),
        Index(None, "tenant", "person_id", "at"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    operation_id: Mapped[str]
    person_id: Mapped[str | None]  # None: License Desk, by itself
    action: Mapped[str]
    subscription_id: Mapped[str | None]  # None for what is about no subscription, or about several
    said: Mapped[str] = mapped_column(default="")
    understood: Mapped[Json | None]
    before: Mapped[Json]
    after: Mapped[Json]
    at: Mapped[datetime]
