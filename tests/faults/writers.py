"""People who buy one license after another over HTTP, whatever dies meanwhile, and remember what they were told."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import aiohttp

from storage.clock import monotonic
from storage.demo import person_id
from storage.models import LedgerEntry, Operation, Subscription
from storage.views import Actor, OperationStatus
from tests.small_company import Company

if TYPE_CHECKING:
    import random
    from collections.abc import Awaitable, Callable

    from storage.record import Record
    from tests.people import Person

T = TypeVar("T")

TENANT = "t1"
PRODUCTS = ("Power BI Pro", "Visio Plan 2", "Teams Premium", "Power Automate Premium", "Microsoft 365 Copilot")
STARTED_WITH = 20
PATIENCE = 60.0  # seconds until a writer says that an answer never comes


async def prepared(record: Record, writers: int) -> dict[str, Actor]:
    """Every writer's subscriptions, one of each product, in a company of their own: their ids, and whose they are."""
    await Company.in_(record)
    actors = [Actor(TENANT, person_id(number)) for number in range(1, writers + 1)]
    for actor in actors:
        await record.people.seen(actor.tenant, actor.person, name="Writer", member=True)
    return {
        await Company(record).buys(product, total=STARTED_WITH, who=actor, ago=timedelta(days=3)): actor
        for actor in actors
        for product in PRODUCTS
    }


@dataclass
class Writer:
    """One person at several services; `acknowledged` are the operations whose receipt was seen."""

    clients: list[Person]
    chance: random.Random
    acknowledged: list[str] = field(default_factory=list)
    repeated: int = 0

    async def buys_until(self, enough: Callable[[], bool]) -> None:
        while not enough():
            product = self.chance.choice(PRODUCTS)
            tap = await self._quoted(f"add 1 license to {product}")
            receipt = await self._tapped(tap)
            self.acknowledged.append(tap["op"])
            if self.chance.random() < 0.2:  # Teams delivers it again, to whichever process
                self.repeated += 1
                assert await self._tapped(tap) == receipt

    async def _quoted(self, words: str) -> dict[str, str]:
        async def ask(client: Person) -> dict[str, str] | None:
            await client.says(words)
            return next((dict(each.buttons["Buy"]) for each in client.latest if "Buy" in each.buttons), None)

        return await self._until_answered(ask)

    async def _tapped(self, tap: dict[str, str]) -> str:
        async def ask(client: Person) -> str | None:
            await client.sends_tap(tap)
            # what else the answer says is about the conversation, which a killed process or Valkey may have cut short
            return next((shown for shown in map(str, client.latest) if "Invoice" in shown), None)

        return await self._until_answered(ask)

    async def _until_answered(self, ask: Callable[[Person], Awaitable[T | None]]) -> T:
        deadline = monotonic() + PATIENCE
        client = self.chance.choice(self.clients)
        while monotonic() < deadline:
            with suppress(aiohttp.ClientError, TimeoutError):
                if (answer := await ask(client)) is not None:
                    return answer
            client = self.chance.choice(self.clients)
            await asyncio.sleep(0.02)
        raise AssertionError(f"no answer within {PATIENCE:.0f} seconds\n" + "\n".join(client.told[-8:]))


async def lost_and_doubled(record: Record, owners: dict[str, Actor], acknowledged: list[str]) -> tuple[int, int]:
    """Receipts that the record does not know, and licenses that nobody was given a receipt for."""
    company, known = Company(record), set(acknowledged)
    done = {each.id for each in await company.rows(Operation) if each.status is OperationStatus.DONE}
    bought = {each.operation_id for each in await company.rows(LedgerEntry)}
    totals = [row.total - STARTED_WITH for row in await company.rows(Subscription) if row.id in owners]
    return len(known - done) + len(known - bought), sum(totals) - len(known)
