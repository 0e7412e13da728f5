"""The jobs that come with time: subscriptions brought forward on their days, and people reminded before them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog

from bot.logs import where

if TYPE_CHECKING:
    from datetime import datetime

    from storage.clock import Clock
    from storage.life_cycle import Key, LifeCycle
    from storage.reminders import Reminders
    from storage.requests import Requests

EVERY: Final = timedelta(hours=1)  # to look at all that comes in the next weeks is no small question
BATCH: Final = 100  # subscriptions that are looked up at once; each is a transaction of its own


@dataclass(frozen=True)
class Upkeep:
    """Takes the next step of every subscription for which a day has come."""

    life_cycle: LifeCycle

    async def run(self) -> int:
        """Takes a step of each that is due, at most a batch; how many that were."""
        return sum([await self._advance(key) for key in await self.life_cycle.due(BATCH)])

    async def _advance(self, key: Key) -> bool:
        try:
            return await self.life_cycle.advance(key)
        except Exception as fault:  # whatever it is, the others are not to suffer
            structlog.get_logger().error("renewal_failed", kind=type(fault).__name__, where=where(fault))
            return False


@dataclass(frozen=True)
class RequestUpkeep:
    """Passes on requests that nobody decides about, and ends those whose time is over."""

    requests: Requests

    async def run(self) -> int:
        """How many had waited long enough for it, at most a batch."""
        return sum([await self.requests.advance(key) for key in await self.requests.due(BATCH)])


@dataclass
class Reminding:
    """Promises what people are to be reminded of, once an hour by the record's clock, first an hour after the start."""

    reminders: Reminders
    clock: Clock
    _next: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._next = self.clock.now() + EVERY  # a worker that keeps falling over does not ask each time

    async def run(self) -> int:
        """How many reminders were promised."""
        now = self.clock.now()
        if now < self._next:
            return 0
        promised = sum([await self.reminders.promise(each) for each in await self.reminders.due()])
        self._next = now + EVERY
        return promised
