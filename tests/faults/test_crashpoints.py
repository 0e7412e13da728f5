"""kill -9 at every named point of a tap, a message and a migration: delivered again, each is done exactly once."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import aiohttp
import pytest

from storage.clock import SystemClock
from storage.crashpoints import CrashPoint
from storage.demo import TENANT, person_id, seed
from storage.models import Invoice, Operation, Subscription
from storage.verify import verify
from storage.views import Actor, OperationStatus
from tests.faults.services import HEALED, Service, the_record
from tests.office import open_office
from tests.servers import connected
from tests.small_company import Company

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.databases import Postgres

ALICE, LI_HUA = Actor(TENANT, person_id(1)), Actor(TENANT, person_id(3))
POWER_AUTOMATE = "55555555-0000-4000-8000-000000000006"
POWER_BI = "55555555-0000-4000-8000-000000000001"

OF_A_TAP = (
    CrashPoint.AFTER_AUTH,
    CrashPoint.AFTER_STATE_LOAD,
    CrashPoint.AFTER_CLAIM,
    CrashPoint.BEFORE_COMMIT,
    CrashPoint.AFTER_COMMIT,
    CrashPoint.AFTER_STATE_SAVE,
    CrashPoint.BEFORE_REPLY,
)
OF_A_MESSAGE = (CrashPoint.AFTER_QUOTE,)
OF_A_START = (CrashPoint.MID_MIGRATION,)
OF_A_RENEWAL = (CrashPoint.AFTER_CHARGE,)  # tests/faults/test_renewals.py
OF_PAYING = (CrashPoint.AFTER_CHARGE, CrashPoint.AFTER_COMMIT)  # the other points are those of every tap
# Both databases see a crash at every point in `make soak`; in `make test`, at the one that matters most.
ON_BOTH = (CrashPoint.AFTER_COMMIT,)
BOTH = ("postgres_url", "sqlite_url")
EVERYWHERE = bool(os.environ.get("SOAK"))


def cases(points: tuple[CrashPoint, ...]) -> list[tuple[str, CrashPoint]]:
    databases = {point: BOTH if EVERYWHERE or point in ON_BOTH else BOTH[:1] for point in points}
    return [(database, point) for point in points for database in databases[point]]


def test_every_crash_point_is_tried() -> None:
    assert sorted((*OF_A_TAP, *OF_A_MESSAGE, *OF_A_START, *OF_A_RENEWAL)) == sorted(CrashPoint)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """The database that the case names."""
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture
def service(database_url: str, valkey_url: str, place: Path) -> Iterator[Service]:
    service = Service(place, DATABASE_URL=database_url, REDIS_URL=valkey_url)
    yield service
    service.clear()


@pytest.fixture
async def before(database_url: str) -> set[str]:
    """Contoso's operations before anything is done."""
    async with the_record(database_url) as record:
        await seed(record)
        return {each.id for each in await Company(record).rows(Operation)}


@pytest.mark.parametrize(("database_url", "point"), cases(OF_A_TAP), indirect=["database_url"])
async def test_a_tap_at_which_the_process_dies_is_done_once_however_often_it_comes_again(
    service: Service, database_url: str, valkey_url: str, before: set[str], point: CrashPoint
) -> None:
    async with the_record(database_url) as record:
        quote = await record.licenses.quote(ALICE, POWER_BI, by=5)
    tap = {"op": quote.id, "do": "confirm"}
    await service.start(crash_at=point)
    async with aiohttp.ClientSession() as http:
        with suppress(aiohttp.ClientError):
            await service.person(http, 1).sends_tap(tap)
        assert await service.ended() == -signal.SIGKILL
    answers = await answers_after_the_crash(database_url, valkey_url, tap)
    assert len(set(answers)) == 1
    assert "5 licenses of Power BI Pro added" in answers[0]
    await one_purchase_and_nothing_open(database_url, before)


@pytest.mark.parametrize(("database_url", "point"), cases(OF_PAYING), indirect=["database_url"])
async def test_a_payment_at_which_the_process_dies_is_taken_once(
    service: Service, database_url: str, valkey_url: str, before: set[str], point: CrashPoint
) -> None:
    async with the_record(database_url) as record:
        quote = await record.paying.quote(LI_HUA, POWER_AUTOMATE, method="lihua-mastercard")
    tap = {"op": quote.id, "do": "confirm"}
    await service.start(crash_at=point)
    async with aiohttp.ClientSession() as http:
        with suppress(aiohttp.ClientError):
            await service.person(http, 3).sends_tap(tap)
        assert await service.ended() == -signal.SIGKILL
    [answer] = set(await answers_after_the_crash(database_url, valkey_url, tap, number=3))
    assert "Power Automate Premium 的 US$120.00 已付" in answer
    async with the_record(database_url) as record:
        company = Company(record)
        row: Subscription = await company.row(Subscription, TENANT, POWER_AUTOMATE)
        assert (row.unpaid, row.payment_method_id) == (False, "lihua-mastercard")
        assert [each for each in await company.rows(Invoice) if each.operation_id not in before] == []
        assert await verify(record) == []


async def answers_after_the_crash(
    database_url: str, valkey_url: str, tap: dict[str, str], number: int = 1
) -> list[str]:
    """What the next process, which Valkey tells nothing of it, says to the same tap, delivered three times at once."""
    with connected(valkey_url) as valkey:
        valkey.flushall()
    async with open_office(database_url, valkey_url, SystemClock()) as anybody:
        people = [anybody(number) for _ in range(3)]
        await asyncio.gather(*(each.sends_tap(tap) for each in people))
    return ["\n".join(map(str, each.latest)) for each in people]


async def one_purchase_and_nothing_open(database_url: str, before: set[str]) -> None:
    """Five licenses more on one invoice, whatever else was offered can be ended, and the books are right."""
    async with the_record(database_url) as record:
        company = Company(record)
        row: Subscription = await company.row(Subscription, TENANT, POWER_BI)
        assert row.total == 25
        made = [each for each in await company.rows(Operation) if each.id not in before]
        ended = [(await record.operations.void(ALICE, each.id)).status for each in made]
        assert sorted(ended) == [OperationStatus.DONE, *[OperationStatus.VOID] * (len(made) - 1)]
        invoiced = [each for each in await company.rows(Invoice) if each.operation_id not in before]
        assert len(invoiced) == 1
        assert await verify(record) == []


@pytest.mark.parametrize(("database_url", "point"), cases(OF_A_MESSAGE), indirect=["database_url"])
async def test_a_message_at_which_the_process_dies_is_quoted_when_it_comes_again(
    service: Service, database_url: str, valkey_url: str, before: set[str], point: CrashPoint
) -> None:
    await service.start(crash_at=point)
    async with aiohttp.ClientSession() as http:
        with suppress(aiohttp.ClientError):
            await service.person(http, 1).says("add 5 licenses to Power BI Pro")
        assert await service.ended() == -signal.SIGKILL
    async with open_office(database_url, valkey_url, SystemClock()) as anybody:
        alice = anybody(1)
        await alice.says("add 5 licenses to Power BI Pro")
        alice.sees("One moment")  # the turn of the dead process holds the conversation
        await lease_ends(valkey_url)
        await alice.says("add 5 licenses to Power BI Pro")
        await alice.taps("Buy")
        alice.sees("5 licenses of Power BI Pro added")
    await one_purchase_and_nothing_open(database_url, before)


async def lease_ends(valkey_url: str) -> None:
    """Within ten seconds by itself; without `SOAK` an emptied Valkey brings it about at once."""
    with connected(valkey_url) as valkey:
        [key] = valkey.keys("*")
        left = int(valkey.hget(key, "lease") or 0) / 1000 - SystemClock().now().timestamp()
        assert left < HEALED
        if not EVERYWHERE:
            valkey.flushall()
            return
    await asyncio.sleep(max(0, left))


async def test_what_is_asked_for_again_without_its_card_is_a_second_purchase_and_found(
    postgres_url: str, valkey_url: str
) -> None:
    """The control: redelivery that knows no operation doubles the purchase, and the check above says so."""
    async with the_record(postgres_url) as record:
        await seed(record)
        before = {each.id for each in await Company(record).rows(Operation)}
    async with open_office(postgres_url, valkey_url, SystemClock()) as anybody:
        for _ in range(2):
            await anybody(1).says("add 5 licenses to Power BI Pro")
            await anybody(1).says("yes")
    with pytest.raises(AssertionError):
        await one_purchase_and_nothing_open(postgres_url, before)


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
@pytest.mark.parametrize("point", OF_A_START)
async def test_a_migration_in_which_the_process_dies_is_made_by_the_next_start(
    point: CrashPoint, database: str, valkey_url: str, place: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue(f"empty_{database}_url")
    service = Service(place, DATABASE_URL=url, REDIS_URL=valkey_url)
    try:
        assert await service.start_and_crash(point) == -signal.SIGKILL
    finally:
        service.clear()
    async with open_office(url, valkey_url, SystemClock()) as anybody:
        alice = anybody(1)
        await alice.says("add 5 licenses to Power BI Pro")
        alice.sees("20 → 25 (+5)")
    async with the_record(url) as record:
        assert await verify(record) == []


@pytest.fixture
def empty_sqlite_url(place: Path) -> str:
    return f"sqlite:///{place}/empty.sqlite3"


@pytest.fixture
def empty_postgres_url(postgres: Postgres) -> Iterator[str]:
    postgres.sql("CREATE DATABASE unborn")
    yield postgres.url("unborn")
    postgres.drop("unborn")
