"""kill -9 while a request is made or decided, while the policy changes, and while time does its part: each once."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from bot.upkeep import RequestUpkeep
from storage.caps import CapWish
from storage.crashpoints import VARIABLE, CrashPoint
from storage.demo import TENANT, person_id, seed
from storage.models import (
    Approver,
    Assignment,
    AuditEntry,
    Cap,
    Charge,
    Invoice,
    LicenseRequest,
    OutboxMessage,
    Policy,
    ProductPolicy,
    Subscription,
)
from storage.policy_views import Per, Sale
from storage.record import Record
from storage.verify import verify
from storage.views import Actor
from tests.faults.services import Service, the_record
from tests.faults.test_crashpoints import BOTH, EVERYWHERE, OF_A_TAP, answers_after_the_crash
from tests.processes import Running
from tests.small_company import ALICE, Company

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from storage.clock import FrozenClock
    from storage.views import Quote

OWNER, ADMIN, ANN, BO = (Actor(TENANT, person_id(number)) for number in (1, 2, 5, 8))
TEAMS_PREMIUM = "55555555-0000-4000-8000-000000000004"
KEPT = (
    Approver, Assignment, AuditEntry, Cap, Charge, Invoice, LicenseRequest, OutboxMessage, Policy, ProductPolicy,
    Subscription,
)  # fmt: skip
CHANGED = Counter(AuditEntry=1)  # every change is in the trail
TOLD = Counter(OutboxMessage=1)
DECIDED = CHANGED + Counter(Policy=1)
# Microsoft is told, whoever asked, and Bo of the license.
BOUGHT = CHANGED + Counter(Assignment=1, Charge=1, Invoice=1, OutboxMessage=3, Subscription=1)


@dataclass(frozen=True)
class Deed:
    """What is tapped, by whom, what the answer says, and what there is more of in the record then."""

    who: int
    quote: Callable[[Record], Awaitable[Quote]]
    says: str
    adds: Counter[str]
    became: str = ""  # the status of the request


def visio(record: Record) -> str:
    return record.catalog.by_name("Visio Plan 2").id


def asks(record: Record) -> Awaitable[Quote]:
    return record.requests.quote(ANN, visio(record), 2, [ANN.person, BO.person], note="for the audit")


async def asked(record: Record) -> str:
    """The id of Ann's request, which was sent."""
    quote = await asks(record)
    await Company(record).does(ANN, quote)
    return quote.id


async def withdraws(record: Record) -> Quote:
    return await record.requests.quote_withdrawal(ANN, await asked(record))


async def denies(record: Record) -> Quote:
    return await record.requests.quote_denial(ADMIN, await asked(record), "no budget")


async def approves(record: Record) -> Quote:
    request, people = await asked(record), [ANN.person, BO.person]
    return await record.purchases.quote(ADMIN, visio(record), 2, assign=people, request=request)


async def approves_a_part(record: Record) -> Quote:
    return await record.purchases.quote(ADMIN, visio(record), 1, assign=[BO.person], request=await asked(record))


def asks_owners(record: Record) -> Awaitable[Quote]:
    return record.requests.quote_spare(ANN, record.catalog.by_name("Teams Premium").id)


async def asked_owners(record: Record) -> str:
    """The id of Ann's request to Alice, who alone has unused licenses of it."""
    quote = await asks_owners(record)
    await Company(record).does(ANN, quote)
    return quote.id


async def declines(record: Record) -> Quote:
    return await record.requests.quote_denial(OWNER, await asked_owners(record), "")


async def gives(record: Record) -> Quote:
    await asked_owners(record)
    return await record.assignments.quote(OWNER, TEAMS_PREMIUM, give=[ANN.person])


DEEDS = {
    "make": Deed(5, asks, "Request sent", CHANGED + TOLD + Counter(LicenseRequest=1), "pending"),
    "withdraw": Deed(5, withdraws, "Request withdrawn", CHANGED, "withdrawn"),
    "deny": Deed(2, denies, "request denied", CHANGED + TOLD, "denied"),
    "approve": Deed(2, approves, "2 licenses of Visio Plan 2 bought", BOUGHT + Counter(Assignment=1), "approved"),
    "approve a part": Deed(2, approves_a_part, "One license of Visio Plan 2 bought", BOUGHT, "partly"),
    "ask owners": Deed(
        5, asks_owners, "Asked for an unused license", CHANGED + TOLD + Counter(LicenseRequest=1), "pending"
    ),
    "decline": Deed(1, declines, "Declined", CHANGED + TOLD, "denied"),
    "give": Deed(1, gives, "handed out", CHANGED + Counter(Assignment=1, OutboxMessage=2), "approved"),
    "switch off": Deed(
        2,
        lambda record: record.policies.sell(ADMIN, visio(record), Sale.DISABLED),
        "Visio Plan 2 is switched off",
        DECIDED + Counter(ProductPolicy=1),
    ),
    "cap": Deed(
        2,
        lambda record: record.policies.cap(ADMIN, CapWish(Per.ORGANISATION, amount="500", currencies=("USD",))),
        "may buy for $500.00 a month",
        DECIDED + Counter(Cap=1),
    ),
    "name an approver": Deed(
        2,
        lambda record: record.policies.approver(ADMIN, ANN.person),
        "Ann Lee approves requests",
        DECIDED + TOLD + Counter(Approver=1),
    ),
    "close requests": Deed(
        2,
        lambda record: record.policies.requests(ADMIN, opens=False),
        "Requests are closed",
        DECIDED,
    ),
}


def cases() -> list[tuple[str, CrashPoint, str]]:
    """Every deed at every point on both databases in `make soak`; in `make test`, what was kept and not told."""
    if EVERYWHERE:
        return [(database, point, deed) for deed in DEEDS for point in OF_A_TAP for database in BOTH]
    kept = [(BOTH[number % 2], CrashPoint.AFTER_COMMIT, deed) for number, deed in enumerate(DEEDS)]
    return [*kept, (BOTH[0], CrashPoint.BEFORE_COMMIT, "approve a part"), (BOTH[0], CrashPoint.BEFORE_COMMIT, "cap")]


async def kept(record: Record) -> Counter[str]:
    """How many rows there are of what a deed could leave."""
    company = Company(record)
    return Counter({kind.__name__: len(await company.rows(kind)) for kind in KEPT})


async def done_once(record: Record, before: Counter[str], deed: Deed) -> None:
    """The record has what the deed adds, no more; the request is as it left it, and the books are right."""
    assert await kept(record) - before == deed.adds
    assert [row.status for row in await Company(record).rows(LicenseRequest)] == ([deed.became] if deed.became else [])
    assert await verify(record) == []


@pytest.mark.parametrize(("database", "point", "name"), cases())
async def test_a_decision_at_which_the_process_dies_is_made_once_and_answered_alike(
    database: str, point: CrashPoint, name: str, request: pytest.FixtureRequest, valkey_url: str, place: Path
) -> None:
    url, deed = request.getfixturevalue(database), DEEDS[name]
    async with the_record(url) as record:
        await seed(record)
        quote = await deed.quote(record)
        before = await kept(record)
    tap = {"op": quote.id, "do": "confirm"}
    service = Service(place, DATABASE_URL=url, REDIS_URL=valkey_url, WORKER="elsewhere")
    await service.start(crash_at=point)
    try:
        async with aiohttp.ClientSession() as http:
            with suppress(aiohttp.ClientError):
                await service.person(http, deed.who).sends_tap(tap)
            assert await service.ended() == -signal.SIGKILL
    finally:
        service.clear()
    [answer] = set(await answers_after_the_crash(url, valkey_url, tap, deed.who))
    assert deed.says in answer
    async with the_record(url) as record:
        await done_once(record, before, deed)


@pytest.mark.parametrize("name", ["approve", "cap"])
async def test_what_is_decided_again_without_its_card_is_found(name: str, postgres_url: str) -> None:
    """The control: a redelivery that knows no operation decides a second time, and the check above says so."""
    deed = DEEDS[name]
    async with the_record(postgres_url) as record:
        await seed(record)
        quote, company = await deed.quote(record), Company(record)
        before = await kept(record)
        await company.does(ADMIN, quote)
        await done_once(record, before, deed)
        if name == "approve":
            again: Quote = await record.purchases.quote(ADMIN, visio(record), 2)
        else:
            again = await record.policies.cap(ADMIN, CapWish(Per.ORGANISATION, amount="400", currencies=("USD",)))
        await company.does(ADMIN, again)
        with pytest.raises(AssertionError):
            await done_once(record, before, deed)


@pytest.mark.parametrize(("days", "status", "told"), [(3, "pending", 1), (365, "expired", 2)])
@pytest.mark.parametrize("point", [CrashPoint.BEFORE_COMMIT, CrashPoint.AFTER_COMMIT])
async def test_a_worker_that_dies_while_it_passes_a_request_on_or_ends_it_tells_everybody_once(
    point: CrashPoint, days: int, status: str, told: int, postgres_url: str, clock: FrozenClock
) -> None:
    async with opened(postgres_url, clock) as record:
        company = await Company.in_(record)
        await company.does(ALICE, await record.requests.quote(ALICE, visio(record), 1, ["alice"]))
        before = await kept(record)
    clock.advance(timedelta(days=days))
    program = [sys.executable, "-m", "tests.clients.worker"]
    killed = Running([postgres_url, clock.now().isoformat()], dict(os.environ) | {VARIABLE: point}, program)
    try:
        code = await asyncio.to_thread(killed.process.wait, 60)
    finally:
        killed.clear()
    assert code == -signal.SIGKILL
    async with opened(postgres_url, clock) as record:
        while await RequestUpkeep(record.requests).run():
            pass
        assert [row.status for row in await Company(record).rows(LicenseRequest)] == [status]
        assert await kept(record) - before == Counter(AuditEntry=1, OutboxMessage=told)
        assert await verify(record) == []


@asynccontextmanager
async def opened(url: str, clock: FrozenClock) -> AsyncIterator[Record]:
    """The record at the clock's instant."""
    record = await Record.open(url, clock, timezone=ZoneInfo("UTC"), currency="USD")
    try:
        yield record
    finally:
        await record.close()
