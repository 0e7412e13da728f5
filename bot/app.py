"""Wires it all: settings → servers → record → conversation; what people reach it through, bot/serving.py wires."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import structlog

from bot import http, logs, terminal
from bot.demo_clock import demo_clock
from bot.introduction import introduction
from bot.load import Load
from bot.serving import Pages, Wired, connector_to, demonstration, service
from bot.teams.clouds import CLOUDS
from bot.teams.courier import TeamsCourier
from bot.upkeep import Upkeep
from bot.web.visitors import of_contoso
from bot.worker import say_what_waits, working
from dialogs.desk import Desk
from dialogs.understanding import ProductName, Understander
from storage.catalog import Catalog
from storage.clock import Clock, SystemClock
from storage.conversations import Conversations
from storage.demo import TENANT, seed
from storage.embedded import EmbeddedValkey
from storage.errors import Misconfigured
from storage.pace import Pace
from storage.payments import SandboxGateway
from storage.progress import Files
from storage.record import Record
from storage.verify import verify

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from bot.deliver import Courier
    from bot.settings import Settings
    from bot.teams.clouds import Cloud
    from bot.web.visitors import Visitor
    from dialogs.understanding.model import Model

DEMO_SUPPORT: Final = "it@contoso.example"
WORDS_AT_START: Final = 10_000  # rows whose words a start may forget; `person forget-words` forgets all
# Seconds that requests which have come in get to be answered at the end. A turn lasts nine at most (bot/answer.py);
# at the demo somebody waits at the terminal.
DRAIN, DEMO_DRAIN = 9.5, 2.0
DEMO_IDLE: Final = 2.0  # seconds after which somebody who has moved the clock sees what that brings


async def run(settings: Settings, *, demo: bool) -> int:
    """Serves until SIGINT or SIGTERM, then answers what has come in and ends; 0.

    The end takes twelve seconds at most, in the demo five. Raises Misconfigured, RecordUnavailable.
    """
    logs.configure()
    stopped = _stopped()
    async with served(settings, demo=demo) as (address, visitors):
        _say(introduction(address, visitors) if demo else f"License Desk listens at {address}")
        await stopped.wait()
    return 0


async def chat(settings: Settings, number: int) -> int:
    """The demo in this terminal as person `number` of Contoso, until the input ends. Raises as `run`."""
    logs.configure()
    async with wired(settings, demo=True) as desk:
        visitors = {visitor.number: visitor for visitor in of_contoso(await desk.record.people.named(TENANT))}
        if number not in visitors:
            raise Misconfigured(f"Contoso has no person {number}: choose one from 1 to {len(visitors)}")
        me, everyone, record = visitors[number], list(visitors.values()), desk.record
        while await Upkeep(record.life_cycle).run():
            pass  # nobody works beside this: what has come due since the last time
        await terminal.chat(desk.desk, me, everyone, tenant=TENANT, clock=record.clock, record=record)
    return 0


async def work(settings: Settings) -> int:
    """Renews, sends notices and seals the trail until SIGINT or SIGTERM, beside others that do; 0. Raises as `run`."""
    logs.configure()
    stopped = _stopped()
    async with record_of(settings, SystemClock()) as record:
        cloud = CLOUDS[settings.cloud]
        connector = connector_to(cloud, record.clock, settings)
        try:
            await say_what_waits(record)
            async with working(record, TeamsCourier(connector, record.chats, cloud.serves)):
                _say("License Desk's worker is at work.")
                await stopped.wait()
        finally:
            await connector.close()
    return 0


async def check_books(settings: Settings) -> int:
    """Prints what `storage.verify` finds wrong, a line each: 1, or 0 when all is well. Raises as `run`."""
    async with record_of(settings, SystemClock(), looking=True) as record:
        findings = await verify(record)
    for finding in findings:
        _say(f"{finding.invariant}  {finding.where}  {finding.what}")
    if findings:
        return 1
    _say("The books add up.")
    return 0


def understander(model: Model | None = None) -> Understander:
    """Understands words about the products of the catalog; by the shipped model unless another is given."""
    return Understander(
        [
            ProductName(
                id=product.id,
                name=product.name,
                family=product.family,
                aliases=tuple(chain.from_iterable(product.aliases.values())),
                ordinary_words=product.ordinary_words,
            )
            for product in Catalog().products
        ],
        model,
    )


@asynccontextmanager
async def served(
    settings: Settings, *, demo: bool, clock: Clock | None = None, cloud: Cloud | None = None
) -> AsyncIterator[tuple[str, tuple[Visitor, ...]]]:
    """The whole product, listening: its address and, in the demo, whom one can be. Raises as `run`.

    `cloud` stands in for the one in the settings: a Teams on this machine, in the tests.
    """
    async with wired(settings, demo=demo, clock=clock) as desk:
        visitors = of_contoso(await desk.record.people.named(TENANT)) if demo else ()
        cloud = cloud or CLOUDS[settings.cloud]
        app, courier = demonstration(desk, visitors) if demo else service(desk, settings, cloud)
        runner = http.runner(app, drain=DEMO_DRAIN if demo else DRAIN)
        await runner.setup()
        try:
            address = await http.listen(runner, settings.host, settings.port)
            desk.pages.begin(settings.public_url or (address if demo else ""))
            async with _working_here(desk.record, courier, settings, demo=demo):
                yield address, visitors
        finally:
            await runner.cleanup()


@asynccontextmanager
async def wired(settings: Settings, *, demo: bool, clock: Clock | None = None) -> AsyncIterator[Wired]:
    """A desk with its servers, the embedded ones where no address is set; all end with the context. Raises as `run`."""
    async with AsyncExitStack() as stack:
        sandbox = SandboxGateway(takes_cards=demo)
        time = clock or (demo_clock(_data(settings)) if demo else SystemClock())
        record = await stack.enter_async_context(record_of(settings, time, gateway=sandbox))
        if demo:
            await seed(record, settings.admins)
        for tenant in () if demo else settings.served:
            await record.people.appoint(tenant, settings.admins)
        too_old = record.clock.now() - timedelta(days=settings.words_kept_days)
        await record.privacy.forget_words(too_old, at_most=WORDS_AT_START)
        redis_url = await stack.enter_async_context(redis_of(settings))
        conversations = Conversations(redis_url)
        stack.push_async_callback(conversations.close)
        pace = None
        if settings.messages_per_minute:
            pace = Pace(redis_url, settings.messages_per_minute)
            stack.push_async_callback(pace.close)
        files = Files(redis_url)
        stack.push_async_callback(files.close)
        support = settings.support or (DEMO_SUPPORT if demo else "")
        pages = Pages()
        words = understander()
        desk = Desk(
            record, conversations, words, support=support, learn_from=settings.learn_from, address=pages.address
        )
        yield Wired(record, desk, Load(pace), pages, sandbox, files)


@asynccontextmanager
async def conversations_of(settings: Settings) -> AsyncIterator[Conversations]:
    """Where conversations stand, until the context ends. Raises Misconfigured."""
    async with redis_of(settings) as url:
        conversations = Conversations(url)
        try:
            yield conversations
        finally:
            await conversations.close()


@asynccontextmanager
async def redis_of(settings: Settings) -> AsyncIterator[str]:
    """REDIS_URL, or that of the embedded server, which ends with the context. Raises Misconfigured."""
    if settings.redis_url:
        yield settings.redis_url
        return
    async with EmbeddedValkey(_data(settings) / "conversations", _warn) as server:
        yield server.url


@asynccontextmanager
async def record_of(
    settings: Settings, clock: Clock, *, looking: bool = False, gateway: SandboxGateway | None = None
) -> AsyncIterator[Record]:
    """The record at DATABASE_URL, or in the embedded file; the rest as for `Record.open`. Raises as `run`."""
    url = settings.database_url or f"sqlite:///{_data(settings) / 'record.sqlite'}"
    zone = ZoneInfo(settings.timezone)
    record = await Record.open(url, clock, timezone=zone, currency=settings.currency, gateway=gateway, looking=looking)
    try:
        yield record
    finally:
        await record.close()


def _stopped() -> asyncio.Event:
    """Is set when this process is told to end."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped


def _working_here(
    record: Record, courier: Courier, settings: Settings, *, demo: bool
) -> AbstractAsyncContextManager[None]:
    """The worker's jobs beside what is served, unless a process of its own does them."""
    elsewhere = settings.worker == "elsewhere" and record.database.is_postgresql
    return nullcontext() if elsewhere else working(record, courier, idle=DEMO_IDLE if demo else None)


def _data(settings: Settings) -> Path:
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(f"DATA {settings.data} cannot be used ({error.strerror}): choose another") from error
    return settings.data.absolute()


def _warn(line: str) -> None:
    structlog.get_logger().warning(line)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
