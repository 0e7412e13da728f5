"""What sixteen people do to one subscription at once, through two processes, could have happened one by one (I18)."""

from __future__ import annotations

import asyncio
import os
import random
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from storage.catalog import Catalog
from storage.models import Assignment, Grant, LedgerEntry
from storage.record import Record
from storage.transaction import new_id
from storage.views import Actor
from tests.histories import History, OneByOne
from tests.linearizable import Call, linearizable
from tests.small_company import Company

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.clock import FrozenClock

HISTORIES = 2_000 if os.environ.get("SOAK") else 25
MAXIMUM = 23
DEPUTIES = [Actor("t1", f"deputy-{number}") for number in range(16)]
HOLDERS = ("person-0", "person-1", "person-2")


@dataclass(frozen=True)
class Story:
    """What a history is about: licenses bought, people who hold one, and by how many people want to change it."""

    total: int
    holders: int
    changes: tuple[int, ...]


STORIES = {
    "the last licenses": Story(20, 0, (1, 1, 2, 3)),
    "fewer against more": Story(12, 3, (-2, -1, 1, 2)),
    "the same people asked to give theirs up twice": Story(4, 3, (-1, -2, -3, 1)),
}


@dataclass(frozen=True)
class Office:
    """Two processes on one database, and a company in it."""

    here: Record
    there: Record

    async def bought(self, story: Story) -> History:
        company = Company(self.here)
        subscription = await company.buys(total=story.total, holders=story.holders, ago=timedelta(days=3))

        async def share(session: AsyncSession) -> None:
            at = self.here.clock.now()
            session.add_all(
                Grant(tenant="t1", id=new_id(), subscription_id=subscription, person_id=each.person, granted_at=at)
                for each in DEPUTIES
            )

        await self.here.database.write(share)
        return History(subscription)

    async def told(self, history: History) -> list[Call]:
        """Every call, after each card has been delivered once more; the books say what was seen last."""
        for deliveries in list(history.cards.values()):
            await history.tap(self.there, deliveries.card)
        seen = await history.look(self.here, DEPUTIES[0])
        this = history.subscription
        moved = select(func.sum(LedgerEntry.delta)).where(LedgerEntry.subscription_id == this)
        held = select(func.count()).where(Assignment.subscription_id == this, Assignment.released_at.is_(None))
        assert seen == (await self._counted(moved), await self._counted(held))
        return await history.calls(self.here)

    async def _counted(self, question: Select[int]) -> int:
        return await self.here.database.read(lambda session: session.scalar(question)) or 0


@pytest.fixture
async def office(postgres_url: str, clock: FrozenClock) -> AsyncIterator[Office]:
    few = Catalog(tuple(replace(product, max_licenses=MAXIMUM) for product in Catalog().products))
    both = [
        await Record.open(postgres_url, clock, timezone=ZoneInfo("UTC"), currency="USD", catalog=few) for _ in range(2)
    ]
    await Company.in_(both[0])
    for each in DEPUTIES:
        await both[0].people.seen(each.tenant, each.person, name=each.person, member=True)
    yield Office(*both)
    for record in both:
        await record.close()


def explained(calls: list[Call], story: Story) -> bool:
    return linearizable(calls, OneByOne(story.total, MAXIMUM, frozenset(HOLDERS[: story.holders])), OneByOne.step)


async def client(office: Office, history: History, actor: Actor, story: Story, chance: random.Random) -> None:
    """Draws a card and taps it, perhaps in both processes, perhaps with second thoughts; looks; tries once more."""
    here, there = chance.sample([office.here, office.there], 2)
    by = chance.choice(story.changes)
    named = tuple(chance.sample(HOLDERS[: story.holders], story.holders)) if by < 0 else ()
    card = await history.draw(here, actor, by, named)
    for _ in range(2):
        if card is None:
            return
        twin = chance.choice([history.tap, history.put_aside, history.tap])
        [card, _] = await asyncio.gather(history.tap(here, card), twin(there, card))
        await history.look(there, actor)


@pytest.mark.parametrize("about", STORIES)
async def test_whatever_sixteen_people_do_at_once_could_have_happened_one_by_one(office: Office, about: str) -> None:
    story = STORIES[about]
    for number in range(HISTORIES // len(STORIES) + 1):
        chance, history = random.Random(f"{about} {number}"), await office.bought(story)
        await asyncio.gather(*(client(office, history, actor, story, chance) for actor in DEPUTIES))
        calls = await office.told(history)
        assert len(calls) >= 36
        assert not any(deliveries.unequal for deliveries in history.cards.values())
        assert explained(calls, story), calls
