"""Servers, ways and disks that fail under people's hands: everybody is answered, and all is well soon after."""

from __future__ import annotations

import asyncio
import os
import random
import resource
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from storage.clock import monotonic
from storage.demo import TENANT, person_id, seed
from storage.errors import RecordUnavailable
from storage.models import Invoice, Operation, Subscription
from storage.verify import verify
from storage.views import Actor, OperationStatus
from tests.clients.teams import connector
from tests.faults.services import HEALED, Service, the_record
from tests.office import open_office
from tests.small_company import Company

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from storage.clock import FrozenClock
    from storage.record import Record
    from tests.databases import Postgres
    from tests.faults.proxy import Proxy
    from tests.people import Person

pytestmark = pytest.mark.deadline

ALICE = Actor(TENANT, person_id(1))
POWER_BI = "55555555-0000-4000-8000-000000000001"
ORDERS = 20 if os.environ.get("SOAK") else 3
TEAMS_WAITS = 15.0  # seconds; then it delivers again. We give up at 9, a busy machine later
RECEIPT = "5 licenses of Power BI Pro added"


@pytest.fixture
async def alice(far_postgres_url: str, far_valkey_url: str, clock: FrozenClock) -> AsyncIterator[Person]:
    """Alice, whose License Desk reaches PostgreSQL over `sql_way` and Valkey over `redis_way`."""
    async with open_office(far_postgres_url, far_valkey_url, clock) as anybody:
        yield anybody(1)


async def readiness(person: Person) -> int:
    async with person.http.get(person.url.replace("/api/messages", "/readyz")) as response:
        return response.status


async def taps_in_time(person: Person) -> str:
    began = monotonic()
    await person.taps("Buy")
    assert monotonic() - began < TEAMS_WAITS
    return "\n".join(map(str, person.latest))


async def bought_once(database_url: str) -> bool:
    async with the_record(database_url) as record:
        company = Company(record)
        done = [each.id for each in await company.rows(Operation) if each.quote.get("new_total") == 25]
        invoices = [each for each in await company.rows(Invoice) if each.operation_id in done]
        return await total(record) == 25 and len(invoices) == 1 and await verify(record) == []


async def breaks(way: Proxy, chance: random.Random) -> None:
    match chance.choice(["down", "silent", "slow", "cut"]):
        case "down":
            await way.down()
        case "silent":
            way.silent(on=True)
        case "slow":
            way.latency = 0.05
        case _:
            await way.cut_all()


async def heals(way: Proxy) -> None:
    way.silent(on=False)
    way.latency = 0
    await way.down()
    await way.up()


@pytest.mark.parametrize("number", range(ORDERS))
async def test_whatever_fails_in_whatever_order_the_tap_is_answered_and_done_once_within_ten_seconds(
    alice: Person, sql_way: Proxy, redis_way: Proxy, postgres_url: str, number: int
) -> None:
    chance, ways = random.Random(number), [sql_way, redis_way]
    await alice.says("add 5 licenses to Power BI Pro")
    for way in chance.sample(ways, 2):
        await breaks(way, chance)
        await taps_in_time(alice)
    for way in chance.sample(ways, 2):
        await heals(way)
    async with asyncio.timeout(HEALED):
        while RECEIPT not in await taps_in_time(alice):
            pass
        assert await readiness(alice) == 200
    assert await bought_once(postgres_url)


async def test_without_a_database_it_is_not_ready_and_without_a_memory_it_is(
    alice: Person, sql_way: Proxy, redis_way: Proxy
) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    await redis_way.down()
    assert await readiness(alice) == 200
    assert RECEIPT in await taps_in_time(alice)
    await sql_way.down()
    assert await readiness(alice) == 503
    await sql_way.up()
    assert await readiness(alice) == 200


@pytest.mark.parametrize("fault", [500, "cut", "hang", 429])
async def test_a_receipt_that_teams_does_not_take_is_a_purchase_all_the_same(
    alice: Person, postgres_url: str, fault: str | int
) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    async with connector() as teams:
        teams.modes = {"PUT": [fault], "POST": [fault]}
        value = {"action": {"type": "Action.Execute", "verb": "desk", "data": alice.button("Buy")}}
        tap: dict[str, Any] = {"type": "invoke", "name": "adaptiveCard/action", "value": value, "replyToId": "card"}
        activity = {**alice.activity(tap), "serviceUrl": teams.url, "deliveryMode": None}
        async with alice.http.post(alice.url, json=activity) as response:
            assert RECEIPT in await response.text()
        await teams.arrived(1)
    assert RECEIPT in await taps_in_time(alice)
    assert await bought_once(postgres_url)


async def test_a_full_disk_under_postgresql_is_said_as_such_and_passes(
    alice: Person, postgres: Postgres, postgres_url: str
) -> None:
    name = postgres_url.partition("?")[0].rpartition("/")[2]
    postgres.sql(
        "CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$;"
        "CREATE TRIGGER no_space BEFORE INSERT ON ledger EXECUTE FUNCTION no_space()",
        name,
    )
    await alice.says("add 5 licenses to Power BI Pro")
    assert "I can't reach my records" in await taps_in_time(alice)
    postgres.sql("DROP TRIGGER no_space ON ledger", name)
    assert RECEIPT in await taps_in_time(alice)
    assert await bought_once(postgres_url)


async def most_pages(record: Record, count: int) -> None:
    """Lets the SQLite file grow no further than to `count` pages, as a full disk would."""
    async with record.database.writer.connect() as connection:
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {count}")


async def test_a_full_disk_under_sqlite_stops_changes_whole_and_reading_not_at_all(sqlite_url: str) -> None:
    async with the_record(sqlite_url) as record:
        await seed(record)
        await most_pages(record, 1)  # which means: no more than there are
        bought = 0
        with pytest.raises(RecordUnavailable):
            while True:
                quote = await record.licenses.quote(ALICE, POWER_BI, by=1)
                await record.operations.commit(ALICE, quote.id)
                bought += 1
        assert await total(record) == 20 + bought
        assert await verify(record) == []
        await most_pages(record, 1_000_000)
        quote = await record.licenses.quote(ALICE, POWER_BI, by=1)
        assert (await record.operations.commit(ALICE, quote.id)).status is OperationStatus.DONE
        assert await total(record) == 21 + bought


async def total(record: Record) -> int:
    row: Subscription = await Company(record).row(Subscription, TENANT, POWER_BI)
    return row.total


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux limits the files of a running process")
async def test_a_process_that_may_write_no_more_says_so_and_goes_on_once_it_may(sqlite_url: str, place: Path) -> None:
    service = Service(place, DATABASE_URL=sqlite_url)
    await service.start()
    try:
        async with aiohttp.ClientSession() as http:
            alice = service.person(http, 1)
            await alice.says("add 5 licenses to Power BI Pro")
            largest_file(service, 4096)
            assert "I can't reach my records" in await taps_in_time(alice)
            largest_file(service, resource.RLIM_INFINITY)
            assert RECEIPT in await taps_in_time(alice)
        await service.kill()
    finally:
        service.clear()
    assert await bought_once(sqlite_url)


def largest_file(service: Service, size: int) -> None:
    assert service.running is not None
    resource.prlimit(service.running.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
