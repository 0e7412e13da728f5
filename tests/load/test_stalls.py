"""Whatever holds up the event loop fails its test; a machine that is busy with others does not."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
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


ELSEWHERE = """
import asyncio, time
from bot.answer import answer

class Desk:
    def __init__(self, seconds):
        self.seconds = seconds

    async def handle(self, message):
        time.sleep(self.seconds)

def test_that_sleeps():
    asyncio.run(answer(Desk(0.4), None))

def test_that_does_not():
    asyncio.run(answer(Desk(0), None))
"""


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


@pytest.mark.parametrize("every_block", [True, False], ids=["under load", "anywhere"])
@pytest.mark.parametrize("stall", [lambda: time.sleep(2 * LIMIT), burn, in_one_call], ids=["sleep", "burn", "in C"])
async def test_a_turn_that_blocks_is_caught_at_its_place(stall: Callable[[], object], every_block: bool) -> None:
    message = message_of(activity_of(sample("message_personal")), SystemClock().now(), lambda _: None)
    with watched(every_block=every_block) as watch:
        asking = asyncio.create_task(answer(Stalling(stall), message))
        await asking
    assert any("in handle" in stall for stall in watch.stalls)


@pytest.mark.parametrize("every_block", [True, False], ids=["under load", "anywhere"])
async def test_a_lock_is_a_stall_under_load_alone(every_block: bool) -> None:
    """Elsewhere it may be the interpreter's, whose holder got no core."""
    taken = threading.Lock()
    taken.acquire()
    message = message_of(activity_of(sample("message_personal")), SystemClock().now(), lambda _: None)
    with watched(every_block=every_block) as watch:
        await asyncio.create_task(answer(Stalling(lambda: taken.acquire(timeout=2 * LIMIT)), message))
    assert bool(watch.stalls) == every_block


def test_any_test_fails_whose_turn_blocks(tmp_path: Path) -> None:
    (tmp_path / "test_elsewhere.py").write_text(ELSEWHERE, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.stalls", "-p", "no:cacheprovider", "-c", os.devnull]
    run = subprocess.run([*command, tmp_path], capture_output=True, text=True, timeout=60, check=False)
    assert "2 passed, 1 error" in run.stdout
    assert "ERROR at teardown of test_that_sleeps" in run.stdout
    assert "the event loop stood still for 0.2 s" in run.stdout


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
