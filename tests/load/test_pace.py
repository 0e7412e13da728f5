"""Nobody is answered faster than anybody types; everybody is told so, and nobody else is slowed down."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession

from bot.app import served
from bot.load import Load
from bot.settings import Settings
from storage.clock import monotonic
from storage.pace import Pace
from tests.clients.desks import EchoDesk
from tests.clients.teams import sample, teams
from tests.people import Person
from tests.servers import connected, process_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from storage.clock import FrozenClock
    from storage.embedded import EmbeddedValkey

SLOW = 20  # messages a minute: ten at once, then one in three seconds
AT_ONCE = SLOW // 2
HERE = ("contoso", "ada")


@asynccontextmanager
async def pace_of(url: str, per_minute: int = SLOW) -> AsyncIterator[Pace]:
    pace = Pace(url, per_minute)
    yield pace
    await pace.close()


class Allowed:
    """How many of `tries` by turns were allowed; between `least` and `most` of one count, however slow the machine."""

    def __init__(self) -> None:
        self.count = 0
        self._began = monotonic()

    async def of(self, tries: int, *paces: Pace) -> Allowed:
        for number in range(tries):
            self.count += await paces[number % len(paces)].allows(*HERE)
        return self

    @property
    def made_up(self) -> int:
        """What the time since may have brought."""
        return int((monotonic() - self._began) * SLOW / 60) + 1


async def test_so_many_at_once_and_no_more(valkey_url: str) -> None:
    async with pace_of(valkey_url) as pace:
        allowed = await Allowed().of(100, pace)
        assert AT_ONCE <= allowed.count <= AT_ONCE + allowed.made_up


async def test_somebody_else_is_not_slowed_down(valkey_url: str) -> None:
    async with pace_of(valkey_url) as pace:
        await Allowed().of(100, pace)
        assert await pace.allows("contoso", "bob")
        assert await pace.allows("fabrikam", "ada")


async def test_two_processes_count_together(valkey_url: str) -> None:
    async with pace_of(valkey_url) as ours, pace_of(valkey_url) as theirs:
        allowed = await Allowed().of(100, ours, theirs)
        # the first message of a while is not counted in Redis: one more for each process
        assert AT_ONCE <= allowed.count <= AT_ONCE + 2 + allowed.made_up


async def test_without_redis_each_process_counts_by_itself() -> None:
    """Also the positive control of counting together."""
    nowhere = "unix:///nowhere/valkey.sock"
    async with pace_of(nowhere) as ours, pace_of(nowhere) as theirs:
        allowed = await Allowed().of(100, ours, theirs)
        assert 2 * AT_ONCE <= allowed.count <= 2 * (AT_ONCE + allowed.made_up)


@pytest.mark.deadline
async def test_a_frozen_redis_is_waited_for_once(own_valkey: EmbeddedValkey) -> None:
    server = process_id(own_valkey.url)
    os.kill(server, signal.SIGSTOP)
    try:
        async with pace_of(own_valkey.url) as pace:
            allowed = await Allowed().of(100, pace)
            assert AT_ONCE <= allowed.count <= AT_ONCE + allowed.made_up
    finally:
        os.kill(server, signal.SIGCONT)


async def test_whoever_waits_may_go_on(valkey_url: str) -> None:
    async with pace_of(valkey_url, 1_200) as pace, asyncio.timeout(20):
        while await pace.allows(*HERE):
            pass
        while not await pace.allows(*HERE):  # noqa: ASYNC110 - time is what is waited for
            await asyncio.sleep(0.01)


async def test_a_count_from_the_future_is_forgotten(valkey_url: str) -> None:
    """Redis's clock has been set back since the count was written."""
    async with pace_of(valkey_url) as pace:
        await Allowed().of(2, pace)
        with connected(valkey_url) as redis:
            [key] = redis.keys("*")
            redis.set(key, 10**15, keepttl=True)
        assert await pace.allows(*HERE)


async def test_counts_of_people_who_have_gone_take_no_room(valkey_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.pace.MOST_PEOPLE", 100)
    async with pace_of(valkey_url) as pace:
        for number in range(1_000):
            assert await pace.allows("contoso", f"person-{number}")
        assert len(pace._even) == 100
    with connected(valkey_url) as redis:
        assert redis.keys("*") == []


async def test_who_is_too_fast_is_told_so_each_time_and_costs_no_work(valkey_url: str) -> None:
    desk = EchoDesk()
    async with pace_of(valkey_url) as pace, teams(desk, load=Load(pace)) as client:
        replies = [(await client.expect(sample("message_personal")))["activities"] for _ in range(3 * AT_ONCE)]
    texts = [reply["text"] for [reply] in replies]
    assert set(texts) == {
        "You said: hello there",
        "That was more than I can follow. Wait a few seconds, then try again; nothing can be bought twice.",
    }
    assert len(desk.heard) == texts.count("You said: hello there") < 2 * AT_ONCE


@asynccontextmanager
async def office(
    database_url: str, valkey_url: str, clock: FrozenClock, per_minute: int
) -> AsyncIterator[Callable[[int, str], Person]]:
    environment = {"DATABASE_URL": database_url, "REDIS_URL": valkey_url, "PORT": "0"}
    settings = Settings.from_environment(environment | {"MESSAGES_PER_MINUTE": str(per_minute)}, demo=True)
    async with served(settings, demo=True, clock=clock) as (address, _), ClientSession() as http:
        yield lambda number, locale: Person(http, f"{address}/api/messages", number, locale=locale)


async def test_a_hasty_person_is_told_in_her_language_and_nobody_else_is(
    sqlite_url: str, valkey_url: str, clock: FrozenClock
) -> None:
    async with office(sqlite_url, valkey_url, clock, SLOW) as somebody:
        lihua, bob = somebody(3, "zh-CN"), somebody(2, "en-US")
        for _ in range(2 * AT_ONCE):
            await lihua.says("你好")
        lihua.sees("消息来得太快")
        await bob.says("add 5 licenses")
        bob.sees_nothing_of("more than I can follow")


async def test_without_a_limit_nobody_is_told(sqlite_url: str, valkey_url: str, clock: FrozenClock) -> None:
    """The positive control."""
    async with office(sqlite_url, valkey_url, clock, 0) as somebody:
        lihua = somebody(3, "zh-CN")
        for _ in range(2 * AT_ONCE):
            await lihua.says("你好")
            lihua.sees_nothing_of("消息来得太快")
