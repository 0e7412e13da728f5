"""What has to be told or done outside, how far that has come, and in which chats people can be told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.columns import Json, Row, reference, whole
from storage.views import Delivery


class OutboxMessage(Row):
    """What has to be told or done outside, at least once, per recipient; delivered by the worker (I13)."""

    __tablename__ = "outbox_messages"
    __table_args__ = (
        reference("operation_id", to="operations"),
        UniqueConstraint("tenant", "operation_id", "kind", "recipient"),
        CheckConstraint("(status = 'pending') = (next_try_at IS NOT NULL)", name="pending_has_its_time"),
        CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_has_its_time"),
        CheckConstraint("unsure BETWEEN 0 AND attempts", name="unsure_of_attempts_only"),
        whole("attempts", "unsure"),
        Index(None, "next_try_at"),
        Index(None, "tenant", "recipient"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    operation_id: Mapped[str]
    kind: Mapped[str]
    recipient: Mapped[str]
    payload: Mapped[Json]
    created_at: Mapped[datetime]
    status: Mapped[Delivery] = mapped_column(default=Delivery.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)  # times a worker has taken it; tells its takers apart
    unsure: Mapped[int] = mapped_column(default=0)  # of them, those that may have reached the person
    next_try_at: Mapped[datetime | None]  # while a worker has it, when it is another's to take
    sent_at: Mapped[datetime | None]


class Chat(Row):
    """Where a person can be written to, as Teams said with what the person wrote there. Holds no token."""

    __tablename__ = "chats"
    __table_args__ = (reference("person_id", to="people"),)

    tenant: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    conversation: Mapped[str | None]  # None: Teams was asked to open it, and nobody knows whether it did
    service_url: Mapped[str]
    account: Mapped[str]  # the person's, in that channel
    bot_account: Mapped[str]  # ours
    locale: Mapped[str | None]
    met_at: Mapped[datetime]
