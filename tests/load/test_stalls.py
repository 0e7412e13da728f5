"""Whatever holds up the event loop fails its test; a machine that is busy with others does not."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.answer import answer
from bot.teams.activities import message_of
from bot.teams.wire import activity_of
from storage.clock import SystemClock
from tests.clients.desks import EchoDesk
from tests.clients.teams import sample
from tests.stalls import LIMIT, watched

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialogs.turn import Message, Reply


pytestmark = pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="stalls are watched on Linux alone")


class Stalling(EchoDesk):
    """A desk that keeps the loop to itself for a while."""

    def __init__(self, stall: Callable[[], object]) -> None:
        super().__init__()
        self._stall = stall

    async def handle(self, message: Message) -> list[Reply]:
        self._stall()
        return await super().handle(message)


def burn() -> None:
    """Computes for longer than it may."""
    until = time.thread_time() + 2 * LIMIT
    while time.thread_time() < until:
        pass


def in_one_call() -> None:
    """Computes in C without letting any other thread run."""
    began, size = time.thread_time(), 1_000_000
    while time.thread_time() - began < 2 * LIMIT:
        began, size = time.thread_time(), size * 2
        sum(range(size))


@pytest.mark.parametrize("stall", [lambda: time.sleep(2 * LIMIT), burn, in_one_call], ids=["sleep", "burn", "in C"])
async def test_a_turn_that_blocks_is_caught_at_its_place(stall: Callable[[], object]) -> None:
    message = message_of(activity_of(sample("message_personal")), SystemClock().now(), lambda _: None)
    with watched() as watch:
        asking = asyncio.create_task(answer(Stalling(stall), message))
        await asking
    assert any("in handle" in stall for stall in watch.stalls)


async def test_a_turn_that_awaits_is_not() -> None:
    message = message_of(activity_of(sample("message_personal")), SystemClock().now(), lambda _: None)
    with watched() as watch:
        await asyncio.create_task(answer(Awaiting(), message))
    assert watch.stalls == []


class Awaiting(EchoDesk):
    async def handle(self, message: Message) -> list[Reply]:
        await asyncio.sleep(2 * LIMIT)
        return await super().handle(message)


async def test_waiting_for_a_core_is_no_stall() -> None:
    """Eight others compute on the same core, so that a little work takes long by the clock."""
    cores = os.sched_getaffinity(0)
    rivals = [_rival() for _ in range(8)]
    try:
        for process in (0, *(rival.pid for rival in rivals)):
            os.sched_setaffinity(process, {min(cores)})
        message = message_of(activity_of(sample("message_personal")), SystemClock().now(), lambda _: None)
        began = time.perf_counter()
        with watched() as watch:
            await asyncio.create_task(answer(Stalling(work), message))
        assert time.perf_counter() - began > LIMIT
        assert watch.stalls == []
    finally:
        os.sched_setaffinity(0, cores)
        for rival in rivals:
            rival.kill()
            rival.wait()


def _rival() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "while True: pass"])


def work() -> None:
    """Half of what is allowed."""
    until = time.thread_time() + LIMIT / 2
    while time.thread_time() < until:
        pass
