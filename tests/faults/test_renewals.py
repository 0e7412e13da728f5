"""Renewals whose worker dies amid them, or is not alone: each period is charged once, and none is left out."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.upkeep import Upkeep
from storage.crashpoints import VARIABLE, CrashPoint
from storage.life_cycle import LifeCycle, next_step
from storage.models import Charge, Subscription
from storage.record import Record
from storage.transaction import Transaction
from storage.verify import verify
from storage.views import DESK, Actor
from tests.processes import Running
from tests.small_company import ALICE, Company

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.clock import FrozenClock
    from storage.life_cycle import Key
    from storage.money import Money

MANY = 8


class Bank:
    """A provider that keeps its word: for each key it takes the money once. Several workers may share it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.taken: dict[str, int] = {}

    async def charge(self, _token: str, amount: Money, key: str) -> None:
        self.asked.append(key)
        self.taken.setdefault(key, amount.amount)

    async def refund(self, _token: str, _amount: Money, _key: str) -> None:
        raise AssertionError("nothing is given back here")


async def opened(url: str, clock: FrozenClock, bank: Bank | None = None) -> Record:
    return await Record.open(url, clock, timezone=ZoneInfo("UTC"), currency="USD", gateway=bank)


@pytest.fixture
def bank() -> Bank:
    return Bank()


@pytest.fixture
async def two(postgres_url: str, clock: FrozenClock, bank: Bank) -> AsyncIterator[list[Record]]:
    """Two processes' worth of records, in which many subscriptions are due at once."""
    both = [await opened(postgres_url, clock, bank) for _ in range(2)]
    await many_are_due(both[0], clock)
    bank.asked.clear()
    yield both
    for record in both:
        await record.close()


async def many_are_due(record: Record, clock: FrozenClock) -> None:
    company = await Company.in_(record)
    await company.has_card()
    product = record.catalog.by_name("Power BI Pro").id
    for _ in range(MANY):
        await company.does(ALICE, await record.purchases.quote(ALICE, product, 2))
    clock.advance(timedelta(days=30))


async def all_renewed_once(record: Record) -> None:
    company = Company(record)
    assert {row.period_number for row in await company.rows(Subscription)} == {2}
    assert len(await company.rows(Charge)) == 2 * MANY
    assert await verify(record) == []


async def test_two_workers_at_once_charge_each_period_once(two: list[Record], bank: Bank) -> None:
    await asyncio.gather(*(Upkeep(record.life_cycle).run() for record in two for _ in range(2)))
    await all_renewed_once(two[0])
    assert len(bank.asked) == MANY


@pytest.mark.parametrize("guarded", [True, False])
async def test_without_the_lock_the_index_refuses_the_second_and_without_both_a_period_is_charged_twice(
    two: list[Record], bank: Bank, *, guarded: bool
) -> None:
    if not guarded:
        await two[0].database.write(lambda session: session.execute(text("DROP INDEX uq_charges_period")))
    both_have_read = asyncio.Barrier(2)

    class Unlocked(LifeCycle):
        async def _advance(self, session: AsyncSession, key: Key, now: datetime) -> bool:
            row = await session.get_one(Subscription, key)
            tx = await Transaction.of(session, Actor(key[0], DESK), now)
            step = next_step(row, self._terms, tx.today)
            await both_have_read.wait()
            assert step is not None
            await self._steps.take(tx, row, *step)
            return True

    [key, *_] = await two[0].life_cycle.due(1)
    ended = await asyncio.gather(
        *(Unlocked(**vars(record.life_cycle)).advance(key) for record in two), return_exceptions=True
    )
    assert sum(isinstance(each, IntegrityError) for each in ended) == guarded
    assert len(bank.asked) == (1 if guarded else 2)
    assert {finding.invariant for finding in await verify(two[0])} == (set() if guarded else {"I3", "I7"})


async def test_the_power_goes_between_the_bank_and_the_record_and_it_is_charged_once(
    two: list[Record], bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerCut(BaseException):
        """Nothing can be done about it."""

    def cut(_point: CrashPoint) -> None:
        raise PowerCut

    before = sum(bank.taken.values())
    with monkeypatch.context() as now, pytest.raises(PowerCut):
        now.setattr("storage.dues.crashpoint", cut)
        await Upkeep(two[0].life_cycle).run()
    assert len(bank.asked) == 1  # asked and paid, and nothing of it is in the record
    while await Upkeep(two[1].life_cycle).run():
        pass
    assert len(bank.asked) == MANY + 1
    assert sum(bank.taken.values()) - before == MANY * 2800
    await all_renewed_once(two[1])


@pytest.mark.parametrize("database", ["postgres", "sqlite"])
async def test_a_worker_killed_amid_its_renewals_leaves_the_rest_to_the_next(
    database: str, clock: FrozenClock, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue(f"{database}_url")
    record = await opened(url, clock)
    await many_are_due(record, clock)
    await record.close()
    program = [sys.executable, "-m", "tests.clients.worker"]
    killed = Running([url, clock.now().isoformat()], dict(os.environ) | {VARIABLE: CrashPoint.AFTER_CHARGE}, program)
    try:
        code = await asyncio.to_thread(killed.process.wait, 60)
    finally:
        killed.clear()
    assert code == -signal.SIGKILL
    record = await opened(url, clock)
    while await Upkeep(record.life_cycle).run():
        pass
    await all_renewed_once(record)
    await record.close()
