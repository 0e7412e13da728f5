"""The worker does what nobody asks for: at once after a change, once in however many processes, and after a crash."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot import worker
from bot.deliver import Brought
from bot.teams.adapter import is_loopback
from bot.teams.connector import Connector, NoToken
from bot.teams.courier import TeamsCourier
from bot.web.courier import DemoCourier
from bot.web.page import TryItPage
from bot.web.rooms import CHANNEL, conversation, personal
from bot.web.visitors import of_contoso
from bot.worker import Job, working
from dialogs.turn import Reply
from storage.bell import Bell
from storage.clock import monotonic
from storage.demo import TENANT, person_id, seed
from storage.errors import RecordUnavailable
from storage.models import AuditEntry, AuditSeal
from storage.record import Record
from storage.references import Reference
from storage.verify import verify
from storage.views import Actor, Delivery
from tests.browser.small_desk import SmallDesk
from tests.clients.teams import connector
from tests.processes import Running
from tests.small_company import Company
from tests.test_outbox import PROJECT, promise

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from storage.clock import FrozenClock
    from tests.clients.teams import FakeConnector

ALICE = Actor(TENANT, person_id(1))
PEOPLE = [person_id(number) for number in range(10, 40)]
PATIENCE = 30.0


class Heard:
    """A courier that keeps what it brings."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.first = asyncio.Event()

    async def bring(self, _tenant: str, person: str, reply: Reply) -> Brought:
        self.told.append((person, reply.text))
        self.first.set()
        return Brought(Delivery.SENT)


@pytest.fixture
async def fake() -> AsyncIterator[FakeConnector]:
    async with connector() as listening:
        yield listening


@pytest.fixture
def start(postgres_url: str, clock: FrozenClock) -> Iterator[Callable[[], Running]]:
    """Starts a worker whose clock stands where the test's does; whatever still runs at the end is killed."""
    started: list[Running] = []

    def process() -> Running:
        program = [sys.executable, "-m", "tests.clients.worker"]
        started.append(Running([postgres_url, clock.now().isoformat()], dict(os.environ), program))
        started[-1].prints("at work")
        return started[-1]

    yield process
    for running in started:
        running.clear()


@asynccontextmanager
async def another(url: str, clock: FrozenClock) -> AsyncIterator[Record]:
    """The same record as another process has it."""
    record = await Record.open(url, clock, timezone=ZoneInfo("UTC"), currency="USD")
    yield record
    await record.close()


async def everybody_is_told(record: Record) -> None:
    deadline = monotonic() + PATIENCE
    while monotonic() < deadline:
        if Delivery.PENDING not in await record.outbox.counted():
            return
        await asyncio.sleep(0.02)
    pytest.fail("somebody is still to be told")


async def unsealed(record: Record) -> int:
    company = Company(record)
    return len(await company.rows(AuditEntry)) - len(await company.rows(AuditSeal))


async def meet(record: Record, service_url: str) -> None:
    for person in PEOPLE:
        await record.chats.met(Reference(TENANT, person, "msteams", f"a:{person}", service_url, "29:1", "28:1"))


async def test_whoever_loses_a_license_hears_of_it_at_once(contoso: Record) -> None:
    heard = Heard()
    async with working(contoso, heard, idle=3600):
        quote = await contoso.licenses.quote(ALICE, PROJECT, by=-1, release=[person_id(13)])
        await contoso.operations.commit(ALICE, quote.id)
        async with asyncio.timeout(PATIENCE):
            await heard.first.wait()
    [(person, text)] = heard.told
    assert person == person_id(13)
    assert text.startswith("You no longer have a license for Planner and Project Plan 3: Alice Chen reduced")


async def test_what_is_done_is_sealed_without_anybody_asking(contoso: Record) -> None:
    async with working(contoso, Heard(), idle=3600):
        quote = await contoso.licenses.quote(ALICE, PROJECT, by=-1, release=[person_id(13)])
        await contoso.operations.commit(ALICE, quote.id)
        deadline = monotonic() + PATIENCE
        while monotonic() < deadline:
            if not await unsealed(contoso):
                break
            await asyncio.sleep(0.02)
    assert await unsealed(contoso) == 0
    assert await verify(contoso) == []


async def test_a_job_that_fails_is_tried_again() -> None:
    stopped, tries = asyncio.Event(), []

    async def fails_at_first() -> int:
        tries.append(1)
        if len(tries) < 3:
            raise RecordUnavailable
        stopped.set()
        return 0

    async with asyncio.timeout(PATIENCE):
        await worker._repeat(Job("broken", fails_at_first), Bell(), 0.01, stopped)
    assert len(tries) == 3


async def test_a_job_that_has_done_something_goes_on_at_once_and_one_that_has_not_waits_for_the_bell() -> None:
    stopped, bell, left = asyncio.Event(), Bell(), [2, 1, 0, 0]
    idle = asyncio.Event()

    async def run() -> int:
        if len(left) == 1:
            stopped.set()
            bell.ring()
        elif left[0] == 0:
            idle.set()
        return left.pop(0)

    job = asyncio.create_task(worker._repeat(Job("some", run), bell, 3600, stopped))
    await idle.wait()
    assert left == [0]
    bell.ring()
    async with asyncio.timeout(PATIENCE):
        await job
    assert left == []


async def test_in_the_demo_it_stands_in_the_persons_chat_on_the_page_and_in_no_other(
    contoso: Record, fake: FakeConnector
) -> None:
    visitors = of_contoso(await contoso.people.named(TENANT))
    me, other = visitors[0], visitors[1]
    page = TryItPage(SmallDesk(), visitors, tenant=TENANT, clock=contoso.clock)
    client = Connector(NoToken())
    courier = DemoCourier(page, TeamsCourier(client, contoso.chats, is_loopback, opens=False))
    await contoso.chats.met(Reference(TENANT, other.id, "msteams", "a:1", fake.url, "29:1", "28:1"))
    for visitor in (me, other):
        await courier.bring(TENANT, visitor.id, Reply(f"for {visitor.name}"))
    await courier.bring(TENANT, me.id, Reply("2 handed out", into=conversation(CHANNEL)))
    await client.close()
    assert [entry.said.text for entry in page._rooms.since([CHANNEL], 0)] == ["2 handed out"]
    shown = {each: [e.said.text for e in page._rooms.since([personal(each.number)], 0)] for each in (me, other)}
    assert shown == {me: [f"for {me.name}"], other: [f"for {other.name}"]}
    assert [call.path for call in fake.calls] == ["a:1/activities"]


async def test_two_workers_tell_everybody_once_and_make_one_chain(
    postgres_url: str, clock: FrozenClock, fake: FakeConnector
) -> None:
    client = Connector(NoToken())
    async with another(postgres_url, clock) as one, another(postgres_url, clock) as two:
        await seed(one)
        await meet(one, fake.url)
        async with (
            working(one, TeamsCourier(client, one.chats, is_loopback), idle=0.01),
            working(two, TeamsCourier(client, two.chats, is_loopback), idle=0.01),
        ):
            for kind in ("license_given", "deputy_named", "license_taken"):
                await promise(one, *PEOPLE, kind=kind)
            await everybody_is_told(one)
        told = Counter(call.path for call in fake.calls)
        assert told == {f"a:{person}/activities": 3 for person in PEOPLE}
        assert await verify(two) == []
    await client.close()


async def test_a_worker_killed_amid_a_batch_repeats_only_what_was_on_its_way(
    postgres_url: str, clock: FrozenClock, fake: FakeConnector, start: Callable[[], Running]
) -> None:
    async with another(postgres_url, clock) as record:
        await seed(record)
        await meet(record, fake.url)
        await promise(record, *PEOPLE)
        fake.modes["POST"] = [*["ok"] * 7, "hang"]
        killed = start()
        await fake.arrived(20)
        assert killed.end(signal.SIGKILL)[0] == -signal.SIGKILL
        under_way = {call.path for call in fake.calls}
        fake.modes["POST"] = ["ok"]
        clock.advance(timedelta(minutes=10))
        start()
        start()
        await everybody_is_told(record)
        told = Counter(call.path for call in fake.calls)
        assert set(told) == {f"a:{person}/activities" for person in PEOPLE}
        assert max(told.values()) == 2
        assert {path for path, times in told.items() if times == 2} <= under_way
        assert await record.outbox.counted() == {}
