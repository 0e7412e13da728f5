"""The job that tells people what the outbox promises them: in words of the dialogs, brought by a courier."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from bot.logs import where
from dialogs.notices import notice
from storage.views import Delivery

if TYPE_CHECKING:
    from datetime import timedelta

    from dialogs.turn import Reply
    from storage.outbox import Message, Outbox

BATCH: Final = 20  # messages that are sent at the same time


@dataclass(frozen=True)
class Brought:
    """What became of a message (as `Outbox.settle` takes it), and how long Teams asked us to wait."""

    how: Delivery
    after: timedelta | None = None


class Courier(Protocol):
    """A way to people: Teams, the try-it page, a terminal."""

    async def bring(self, tenant: str, person: str, reply: Reply) -> Brought:
        """Tells this person alone, or the conversation `reply.into`. Raises nothing but what the record raises."""


@dataclass(frozen=True)
class Deliveries:
    """Takes messages from the outbox and brings them, some at the same time."""

    outbox: Outbox
    courier: Courier

    async def run(self) -> int:
        """Brings what is due, at most a batch; how many that were."""
        messages = await self.outbox.lease(BATCH)
        # One that fails is due again when its lease ends; the others are not to suffer.
        faults = await asyncio.gather(*map(self._bring, messages), return_exceptions=True)
        for fault in faults:
            if isinstance(fault, Exception):
                structlog.get_logger().error("notice_failed", kind=type(fault).__name__, where=where(fault))
        return len(messages)

    async def _bring(self, message: Message) -> None:
        news = await self.outbox.news(message)
        reply = notice(news) if news else None
        if not await self.outbox.trying(message):
            return
        brought = Brought(Delivery.PENDING if news else Delivery.FAILED)
        if reply:
            brought = await self.courier.bring(message.tenant, message.recipient, reply)
        await self.outbox.settle(message, brought.how, after=brought.after)
        if brought.how is not Delivery.SENT:
            structlog.get_logger().warning("notice_undelivered", kind=brought.how.value)
