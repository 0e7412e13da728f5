"""PostgreSQL behind a way that fails: no purchase is lost or doubled, and nobody waits for long."""

from __future__ import annotations

import os
import random
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from storage.clock import monotonic
from storage.demo import TENANT, person_id, seed
from storage.errors import RecordUnavailable
from storage.models import Subscription
from storage.record import Record
from storage.verify import verify
from storage.views import Actor, OperationStatus, Outcome
from tests.small_company import Company

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.clock import FrozenClock
    from storage.quotes import ChangeQuote
    from tests.faults.proxy import Proxy

pytestmark = pytest.mark.deadline

T = TypeVar("T")

PURCHASES = 1000 if os.environ.get("SOAK") else 40
LOST, SEED = 0.3, 20261122
LONGEST = 8.0  # seconds; the record gives up after 4, a busy machine later
ALICE = Actor(TENANT, person_id(1))
POWER_BI = "55555555-0000-4000-8000-000000000001"


@pytest.fixture
async def record(far_postgres_url: str, clock: FrozenClock) -> AsyncIterator[Record]:
    """Contoso, where Alice has 20 licenses of Power BI Pro, at the far end of `sql_way`."""
    opened = await Record.open(far_postgres_url, clock, timezone=ZoneInfo("UTC"), currency="USD")
    await seed(opened)
    yield opened
    await opened.close()


async def total(record: Record) -> int:
    row: Subscription = await Company(record).row(Subscription, TENANT, POWER_BI)
    return row.total


async def offer(record: Record, by: int = 5) -> ChangeQuote:
    return await record.licenses.quote(ALICE, POWER_BI, by=by)


@contextmanager
def losing_commits(way: Proxy, chance: random.Random) -> Iterator[None]:
    """Of the answers to COMMIT, three in ten are lost once PostgreSQL has given them."""
    way.lose = lambda piece: b"COMMIT" in piece and chance.random() < LOST
    yield
    way.lose = lambda _: False


async def until_answered(ask: Callable[[], Awaitable[T]]) -> T:
    while True:
        with suppress(RecordUnavailable):
            return await ask()


async def test_purchases_whose_commit_is_not_answered_are_made_once_each(record: Record, sql_way: Proxy) -> None:
    chance = random.Random(SEED)
    for _ in range(PURCHASES):
        quote = await offer(record, by=1)
        with losing_commits(sql_way, chance):
            outcome = await until_answered(partial(record.operations.commit, ALICE, quote.id))
        assert outcome.status is OperationStatus.DONE
    assert sql_way.lost > PURCHASES * LOST / 2
    assert await total(record) == 20 + PURCHASES
    assert await verify(record) == []


async def test_the_same_purchases_without_an_operation_are_made_more_often_than_asked_for(
    record: Record, sql_way: Proxy
) -> None:
    """The control: a change that is repeated and claims nothing first."""

    async def one_more(session: AsyncSession) -> None:
        this = Subscription.id == POWER_BI
        await session.execute(update(Subscription).where(this).values(total=Subscription.total + 1))

    chance = random.Random(SEED)
    for _ in range(30):
        with losing_commits(sql_way, chance):
            await until_answered(partial(record.database.write, one_more))
    assert await total(record) > 50


async def tapped(record: Record, operation: str) -> tuple[Outcome | None, float]:
    """The answer to a tap, None when the database gave none, and the seconds it took."""
    began = monotonic()
    try:
        return await record.operations.commit(ALICE, operation), monotonic() - began
    except RecordUnavailable:
        return None, monotonic() - began


async def test_a_silent_database_is_given_up_in_time_and_the_tap_works_once_it_speaks(
    record: Record, sql_way: Proxy
) -> None:
    quote = await offer(record)
    sql_way.silent(on=True)
    outcome, seconds = await tapped(record, quote.id)
    assert outcome is None
    assert seconds < LONGEST
    sql_way.silent(on=False)
    assert (await record.operations.commit(ALICE, quote.id)).status is OperationStatus.DONE
    assert await total(record) == 25


async def test_a_slow_database_gives_one_answer_or_none_in_time(record: Record, sql_way: Proxy) -> None:
    quote = await offer(record)
    sql_way.latency = 0.1  # each way
    outcome, seconds = await tapped(record, quote.id)
    assert seconds < LONGEST
    sql_way.latency = 0.0
    again = await record.operations.commit(ALICE, quote.id)
    assert again.status is OperationStatus.DONE
    assert outcome in (None, again)
    assert await total(record) == 25


async def test_a_database_that_was_away_serves_the_next_tap_without_a_restart(record: Record, sql_way: Proxy) -> None:
    quote = await offer(record)
    await sql_way.down()
    with pytest.raises(RecordUnavailable):
        await record.operations.commit(ALICE, quote.id)
    assert not await record.ready()
    await sql_way.up()
    assert await record.ready()
    assert (await record.operations.commit(ALICE, quote.id)).status is OperationStatus.DONE
