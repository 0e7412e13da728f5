"""What sixteen people do to one subscription at once, through two processes, could have happened one by one (I18)."""

from __future__ import annotations

import asyncio
import os
import random
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from storage import operations
from storage.catalog import Catalog
from storage.models import Assignment, Grant, LedgerEntry, Operation
from storage.record import Record
from storage.transaction import new_id
from storage.views import Actor
from tests.histories import History, OneByOne
from tests.linearizable import Call, linearizable
from tests.mutants import NO_GUARD_OF_THE_TOTAL, NO_ROW_LOCK, NO_VERSION_CHECK, NO_WAITING_CLAIM
from tests.small_company import Company

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.clock import FrozenClock

HISTORIES = 1_000 if os.environ.get("SOAK") else 25
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
        """Every call, after some of the cards have been delivered once more; the books say what was seen last."""
        for deliveries in list(history.cards.values())[::4]:
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
    start = OneByOne(story.total, MAXIMUM, frozenset(HOLDERS[: story.holders]))
    return linearizable(calls, start, OneByOne.step, changes_nothing=told_nothing_was_done)


def told_nothing_was_done(call: Call) -> bool:
    return call.answered is not None and call.answered[0] != "done"


async def client(office: Office, history: History, actor: Actor, story: Story, chance: random.Random) -> None:
    """Draws a card; taps it in one process and taps it or puts it aside in the other; tries once more; looks."""
    here, there = chance.sample([office.here, office.there], 2)
    by = chance.choice(story.changes)
    named = tuple(chance.sample(HOLDERS[: story.holders], story.holders)) if by < 0 else ()
    card = await history.draw(here, actor, by, named)
    if card is not None:
        twin = chance.choice([history.tap, history.put_aside, history.tap])
        [fresh, _] = await asyncio.gather(history.tap(here, card), twin(there, card))
        if fresh is not None:
            await history.tap(there, fresh)
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


async def test_without_the_row_lock_and_the_guard_no_order_explains_what_sixteen_people_are_told(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = STORIES["the last licenses"]
    history, authorise, all_have_read = await office.bought(story), operations._authorise_still, asyncio.Barrier(16)

    async def when_all_have_read(*given: Any) -> None:
        await all_have_read.wait()
        await authorise(*given)

    cards = [await history.draw(office.here, actor, 1, ()) for actor in DEPUTIES]
    NO_ROW_LOCK.plant(monkeypatch)
    NO_GUARD_OF_THE_TOTAL.plant(monkeypatch)
    monkeypatch.setattr(operations, "_authorise_still", when_all_have_read)
    taps = [history.tap([office.here, office.there][number % 2], card) for number, card in enumerate(cards) if card]
    await asyncio.gather(*taps)
    assert not explained(await history.calls(office.here), story)


async def test_without_the_version_check_two_cards_for_the_same_license_are_both_done(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = STORIES["the last licenses"]
    history = await office.bought(story)
    cards = [await history.draw(office.here, actor, MAXIMUM - story.total, ()) for actor in DEPUTIES[:2]]
    NO_VERSION_CHECK.plant(monkeypatch)
    NO_GUARD_OF_THE_TOTAL.plant(monkeypatch)
    for card in cards:
        assert card is not None and await history.tap(office.there, card) is None
    assert not explained(await history.calls(office.here), story)


async def test_without_waiting_for_the_claim_one_card_is_told_two_things(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = await office.bought(STORIES["the last licenses"])
    card = await history.draw(office.here, DEPUTIES[0], 1, ())
    assert card is not None
    NO_WAITING_CLAIM.plant(monkeypatch)
    claim, both_have_read = operations._claim, asyncio.Barrier(2)

    async def when_both_have_read(*given: Any) -> Operation:
        operation = await claim(*given)
        await both_have_read.wait()
        return operation

    monkeypatch.setattr(operations, "_claim", when_both_have_read)
    await asyncio.gather(history.tap(office.here, card), history.tap(office.there, card))
    assert history.cards[card.quote.id].unequal
