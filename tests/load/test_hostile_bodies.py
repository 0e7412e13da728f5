"""Whatever is posted gets a 4xx or an answer, the process lives on, and it does not grow."""

from __future__ import annotations

import asyncio
import json
import os
import random
import secrets
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.clients.desks import EchoDesk
from tests.clients.teams import teams
from tests.faults.services import Service
from tests.load.hostile import Attacker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

BODIES = 10_000 if os.environ.get("SOAK") else 1_000
WARM = 300  # bodies until caches are filled
AT_ONCE = 8
GROWTH = 48 * 1024  # KiB; the libraries' own caches and the heap's holes
MAY_BE = {200, 400, 401, 403, 408, 413, 415, 421, 429}


@pytest.fixture
def attacker() -> Attacker:
    seed = int(os.environ.get("SEED") or (secrets.randbelow(2**32) if "SOAK" in os.environ else 20261122))
    print(f"SEED={seed}")  # noqa: T201 - pytest shows it with a failure
    return Attacker(random.Random(seed))


@pytest.fixture
async def service(place: Path) -> AsyncIterator[Service]:
    running = Service(place / "data")
    await running.start()
    yield running
    running.clear()


async def attack(http: aiohttp.ClientSession, url: str, attacker: Attacker, bodies: int) -> Counter[int]:
    """How often each status was answered; every answer is read to its end, and none may take half a minute."""
    statuses: Counter[int] = Counter()

    async def one_after_another(count: int) -> None:
        for _ in range(count):
            attempt = attacker.attempt()
            limit = aiohttp.ClientTimeout(total=30)
            async with http.post(url, data=attempt.body, headers=attempt.headers, timeout=limit) as response:
                await response.read()
                statuses[response.status] += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(one_after_another(bodies // AT_ONCE))
    return statuses


def resident(process: int) -> int:
    """KiB of memory that the process has."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0])


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured on Linux alone")
async def test_no_body_breaks_the_service_or_makes_it_grow(service: Service, attacker: Attacker) -> None:
    assert service.running is not None
    process = service.running.process
    url = f"{service.url}/api/messages"
    async with aiohttp.ClientSession() as http:
        await attack(http, url, attacker, WARM)
        before = resident(process.pid)
        statuses = await attack(http, url, attacker, BODIES)
        print(f"statuses {dict(statuses)}, grown by {resident(process.pid) - before} KiB")  # noqa: T201
        assert statuses.keys() <= MAY_BE
        assert {200, 400, 413, 415, 421} <= statuses.keys()  # the attempts reach every line of defence, and the desk
        assert resident(process.pid) - before < GROWTH
        assert process.poll() is None
        assert await service.is_ready(http)
        alice = service.person(http, 1)
        await alice.says("never mind")  # somebody has begun a plan in her name
        await alice.says("add 5 licenses to Power BI Pro")
        alice.sees("20 → 25 (+5)")


async def test_with_plain_json_such_bodies_break_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control, always with the same bodies: it is the strict reading that keeps 5xx away."""
    monkeypatch.setattr("bot.http.parse", json.loads)
    async with teams(EchoDesk()) as client:
        statuses = await attack(client.http, f"{client.url}/api/messages", Attacker(random.Random(1)), WARM)
    assert 500 in statuses
