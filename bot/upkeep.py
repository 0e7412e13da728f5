"""The job that brings subscriptions forward on their days: renewals, charges tried again, and what ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from bot.logs import where

if TYPE_CHECKING:
    from storage.life_cycle import Key, LifeCycle

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
