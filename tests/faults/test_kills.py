"""kill -9 at random, under load: no purchase that was acknowledged is lost, none is made twice, and all ends well."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING

import aiohttp
import pytest
from redis.exceptions import RedisError
from sqlalchemy import text

from storage.models import Operation
from storage.verify import verify
from storage.views import OperationStatus
from tests.faults.services import Service, the_record
from tests.faults.writers import TENANT, Writer, lost_and_doubled, prepared
from tests.servers import connected, process_id
from tests.small_company import Company

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from storage.record import Record
    from storage.verify import Finding
    from storage.views import Actor

SOAK = bool(os.environ.get("SOAK"))
WRITERS = 6 if SOAK else 4
PURCHASES = 20_000 if SOAK else 40  # by all writers together, on each database
FAULTS = 200 if SOAK else 2  # at least
PAUSE = 5.0 if SOAK else 0.5  # seconds between a recovery and the next fault
SEED = int(os.environ.get("SEED", "20261122"))


@pytest.fixture
def chance() -> random.Random:
    print(f"SEED={SEED}")  # noqa: T201 - pytest shows it when the test fails
    return random.Random(SEED)


@pytest.fixture
def start(place: Path) -> Iterator[Callable[..., Service]]:
    """Makes services with data of their own each; whatever still runs at the end is killed."""
    made: list[Service] = []
    numbers = count()

    def service(**settings: str) -> Service:
        made.append(Service(place / str(next(numbers)), **settings))
        return made[-1]

    yield service
    for each in made:
        each.clear()


async def bought_under_faults(
    services: list[Service], chance: random.Random, faults: list[Callable[[], Awaitable[None]]]
) -> list[str]:
    """The operations that the writers have receipts for, while every one of `faults` happens again and again."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as http:
        writers = [
            Writer([each.person(http, number, TENANT) for each in services], random.Random(chance.random()))
            for number in range(1, WRITERS + 1)
        ]
        happened = 0

        def enough() -> bool:
            return happened >= FAULTS and sum(len(each.acknowledged) for each in writers) >= PURCHASES

        async with asyncio.TaskGroup() as everyone:
            for each in writers:
                everyone.create_task(each.buys_until(enough))
            while not enough():
                await asyncio.sleep(PAUSE * (0.5 + chance.random()))
                if SOAK or happened < FAULTS:
                    await faults[happened % len(faults)]()
                    happened += 1
        for service in services:
            assert await service.is_ready(http)
    acknowledged = [operation for each in writers for operation in each.acknowledged]
    print(f"{len(acknowledged)} acknowledged, {happened} faults, {sum(each.repeated for each in writers)} repeated")  # noqa: T201
    return acknowledged


async def all_is_well(url: str, owners: dict[str, Actor], known: set[Finding], acknowledged: list[str]) -> None:
    """Nothing lost, nothing doubled, the books as right as before, and what is still open can be ended."""
    async with the_record(url) as record:
        assert await lost_and_doubled(record, owners, acknowledged) == (0, 0)
        for each in await Company(record).rows(Operation):
            if each.status is OperationStatus.OPEN:
                ended = await record.operations.void(owners[each.subscription_id], each.id)
                assert ended.status is OperationStatus.VOID
    async with the_record(url, looking=True) as looking:
        assert set(await verify(looking)) == known


async def test_kills_of_two_processes_and_of_postgresql_lose_and_double_nothing(
    postgres_url: str, valkey_url: str, start: Callable[..., Service], chance: random.Random
) -> None:
    async with the_record(postgres_url) as record:
        owners = await prepared(record, WRITERS)
        known = set(await verify(record))
        services = [start(DATABASE_URL=postgres_url, REDIS_URL=valkey_url) for _ in range(2)]
        for service in services:
            await service.start()

        async def kill_a_process() -> None:
            service = chance.choice(services)
            await service.kill()
            forget(valkey_url)
            await service.start()

        async def kill_a_backend() -> None:
            os.kill(await a_backend(record), signal.SIGKILL)

        acknowledged = await bought_under_faults(services, chance, [kill_a_process, kill_a_backend])
        await all_is_well(postgres_url, owners, known, acknowledged)


async def test_kills_of_the_process_and_of_its_valkey_lose_and_double_nothing(
    sqlite_url: str, start: Callable[..., Service], chance: random.Random
) -> None:
    async with the_record(sqlite_url) as record:
        owners = await prepared(record, WRITERS)
        known = set(await verify(record))
    service = start(DATABASE_URL=sqlite_url)
    await service.start()
    valkey = f"unix://{service.data}/conversations/valkey.sock"

    async def kill_the_process() -> None:
        await service.kill()
        await service.start()
        forget(valkey)

    async def kill_its_valkey() -> None:
        with suppress(RedisError):  # it is on its way back from the last time
            os.kill(process_id(valkey), signal.SIGKILL)

    acknowledged = await bought_under_faults([service], chance, [kill_the_process, kill_its_valkey])
    await service.kill()
    await all_is_well(sqlite_url, owners, known, acknowledged)


def forget(valkey_url: str) -> None:
    """Empties Valkey: the turns of a killed process would hold their conversations for ten seconds."""
    with connected(valkey_url) as valkey:
        valkey.flushall()


async def a_backend(record: Record) -> int:
    """The process of a connection to the database, of whichever License Desk."""
    others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    return int(await record.database.read(lambda session: session.scalar(text(f"{others} ORDER BY random()"))) or 0)


async def test_a_receipt_that_the_record_does_not_know_and_a_license_without_one_are_found(record: Record) -> None:
    """The control: what the tests above would see, if they saw it."""
    owners = await prepared(record, 1)
    subscription, actor = next(iter(owners.items()))
    quotes = [await record.licenses.quote(actor, subscription, by=1) for _ in range(2)]
    await record.operations.commit(actor, quotes[0].id)
    assert await lost_and_doubled(record, owners, [quotes[0].id]) == (0, 0)
    assert await lost_and_doubled(record, owners, []) == (0, 1)
    lost, _ = await lost_and_doubled(record, owners, [quotes[0].id, quotes[1].id])
    assert lost > 0
