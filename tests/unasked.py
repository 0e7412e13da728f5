"""What License Desk says by itself as days pass, as its readers see it, beside the desk and the worker that say it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.cards.adaptive import adaptive
from bot.upkeep import EVERY
from dialogs.notices import notice
from storage.clock import monotonic
from storage.models import OutboxMessage
from storage.outbox import MICROSOFT, Message
from storage.views import Delivery
from tests.people import Seen, seen

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.clock import FrozenClock
    from storage.record import Record

PATIENCE = 60.0
A_DAY = timedelta(days=1)


@dataclass
class Unasked:
    """Looks at the record only; the worker of the desk that runs does everything."""

    record: Record
    clock: FrozenClock
    _known: set[str] = field(default_factory=set)

    async def after(self, days: int) -> dict[str, list[Seen]]:
        """Time passes, day by day; what each person, by object id, was told since this was asked last."""
        said: dict[str, list[Seen]] = {}
        for _ in range(days):
            self.clock.advance(A_DAY - EVERY)
            await self._done(self._renews)
            self.clock.advance(EVERY)  # who is to be reminded is asked once an hour, and what has renewed counts
            await self._done(self._reminds)
            for person, told in (await self._news()).items():
                said.setdefault(person, []).extend(told)
        return said

    async def _done(self, at_work: Callable[[], Awaitable[bool]]) -> None:
        deadline = monotonic() + PATIENCE
        while await at_work():
            assert monotonic() < deadline, "the worker has not come to an end"
            await asyncio.sleep(0.05)

    async def _renews(self) -> bool:
        return bool(await self.record.life_cycle.due(1))

    async def _reminds(self) -> bool:
        waiting = [row for row in await self._told() if row.status is Delivery.PENDING]
        return bool(waiting or await self.record.reminders.due())

    async def _news(self) -> dict[str, list[Seen]]:
        """By person, in the order of the words: what comes on one day comes in any."""
        fresh = [row for row in await self._told() if row.id not in self._known]
        self._known |= {row.id for row in fresh}
        said: dict[str, list[Seen]] = {}
        for row in fresh:
            if each := await self._words(row):
                said.setdefault(row.recipient, []).append(each)
        return {person: sorted(told, key=str) for person, told in said.items()}

    async def _told(self) -> list[OutboxMessage]:
        async def question(session: AsyncSession) -> Sequence[OutboxMessage]:
            return (await session.scalars(select(OutboxMessage).where(OutboxMessage.recipient != MICROSOFT))).all()

        return list(await self.record.database.read(question))

    async def _words(self, row: OutboxMessage) -> Seen | None:
        told = Message(row.tenant, row.id, row.operation_id, row.kind, row.recipient, row.payload, row.attempts)
        news = await self.record.outbox.news(told)
        reply = notice(news) if news else None
        if reply is None or reply.into:
            return None
        card = adaptive(reply.card, fallback=reply.text, language=reply.language) if reply.card else None
        return seen({"text": reply.text, "attachments": [{"content": card}]} if card else {"text": reply.text})
