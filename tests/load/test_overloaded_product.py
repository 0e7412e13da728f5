"""The whole product at twice its capacity: polite, soon itself again, and with books that fit every receipt."""

from __future__ import annotations

import asyncio
import os
import signal
from statistics import quantiles
from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.load import QUEUE, TURNS
from storage.clock import monotonic
from storage.verify import verify
from tests.faults.services import Service, the_record
from tests.load.crowd import Crowd, bought_for, without_a_receipt

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from storage.verify import Finding

CUSTOMERS = TURNS + QUEUE + 30  # so that there is always somebody who waits for nothing
MEASURED = 3  # seconds
OVERLOADED = 120 if os.environ.get("SOAK") else 6  # seconds, at least
EXCUSED = 20  # at least
RECOVERY = 5  # seconds


@pytest.fixture
async def known(sqlite_url: str) -> list[Finding]:
    """What is found in the books before: the customers' first purchases are made up, without invoice and trail."""
    async with the_record(sqlite_url) as record:
        await bought_for(record, CUSTOMERS)
        return await verify(record)


@pytest.fixture
async def service(known: list[Finding], sqlite_url: str, place: Path) -> AsyncIterator[Service]:
    """A process with a file that holds a subscription of each customer, and a Valkey of its own."""
    running = Service(place / "data", DATABASE_URL=sqlite_url, MESSAGES_PER_MINUTE="0")
    await running.start()
    yield running
    running.clear()


async def test_at_twice_its_capacity_it_is_polite_soon_itself_again_and_its_books_fit_every_receipt(
    service: Service, known: list[Finding], sqlite_url: str
) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        crowd = Crowd(http, service.url, CUSTOMERS)
        capacity = await crowd.capacity(at_once=16, seconds=MEASURED)
        crowd.waited.clear()
        async with asyncio.timeout(OVERLOADED + 60):
            rate = await crowd.offers_twice(capacity, OVERLOADED, EXCUSED)
        report(crowd, capacity, rate)
        await recovered(crowd)
    assert service.running is not None
    assert (await asyncio.to_thread(service.running.end, signal.SIGTERM))[0] == 0
    async with the_record(sqlite_url) as record:
        assert await without_a_receipt(record, crowd) == (set(), set())
        assert set(await verify(record)) == set(known)


def report(crowd: Crowd, capacity: float, rate: float) -> None:
    percent = quantiles(crowd.waited, n=100)
    answered = f"{len(crowd.waited)} answered (p50 {percent[49]:.1f} s, p99 {percent[98]:.1f} s)"
    print(f"capacity {capacity:.0f}/s, offered {rate:.0f}/s: {answered}, {crowd.excused} told to come again")  # noqa: T201


async def recovered(crowd: Crowd) -> None:
    """Somebody who comes within `RECOVERY` seconds is let in."""
    until = monotonic() + RECOVERY
    while not await crowd.one_goes_on():
        assert monotonic() < until
