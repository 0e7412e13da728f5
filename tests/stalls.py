"""No test passes whose event loop our code has held up: 200 ms in one callback is a stall.

What counts is the time in which the loop's thread ran or was blocked. The time in which it was ready and got no core
is the machine's doing; Linux tells the two apart, and elsewhere nothing is watched. Nor does the time count in which
garbage is collected: a process that has run a thousand tests has a heap that the product never has.

Blocked is a thread by us or by the machine: one that waits for the disk, or for the interpreter's lock whose holder got
no core, is held up by whatever else runs here, and among two thousand tests that is only a matter of time. So outside
tests/load a stall is what is certain: 200 ms of computing, or of sleep until the time, a socket or a process wakes it.
Under load every blocked moment counts.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
import traceback
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
ROOMS = tuple(f"{ROOT / room}{os.sep}" for room in ("bot", "dialogs", "storage"))
# What runs before anybody can ask anything, or in a command of its own, holds nobody up.
ALONE = ("bot/app.py", "storage/demo", "storage/migrations", "storage/schema.py", "storage/verify")
NOBODY_WAITS = tuple(str(ROOT / place) for place in ALONE)
LIMIT = 0.2  # seconds
LOOK = 0.02  # seconds between two looks at the loop


class Scheduled:
    """What the kernel says of the thread that asks for this (its proc.rst and sched-stats.rst)."""

    def __init__(self) -> None:
        self._place = Path(f"/proc/self/task/{threading.get_native_id()}")
        self._statistics = os.open(self._place / "schedstat", os.O_RDONLY)

    def close(self) -> None:
        os.close(self._statistics)

    def times(self) -> bytes:
        """How long it ran, and how long it was ready without a core; to be read only where that is asked for."""
        return os.pread(self._statistics, 100, 0)

    def is_asleep(self) -> bool:
        """Whether it waits for the time, a socket or a process; not for a lock, nor, uninterruptibly, for a disk."""
        state = (self._place / "stat").read_text().rpartition(")")[2].split()[0]
        waits_in = (self._place / "wchan").read_text()
        return state == "S" and waits_in != "0" and not waits_in.startswith("futex")


class Moment(NamedTuple):
    """What a thread has run, was ready to and has collected garbage, at a time; all in seconds."""

    at: float
    times: bytes
    collected: float

    @property
    def ran(self) -> float:
        return int(self.times.split()[0]) / 1e9

    @property
    def ready(self) -> float:
        return int(self.times.split()[1]) / 1e9


class Watch:
    """Looks from a thread of its own at what this thread's event loop does, and notes where it is stalled by us."""

    def __init__(self, scheduled: Scheduled, *, every_block: bool) -> None:
        self.stalls: list[str] = []
        self._scheduled = scheduled
        self._every_block = every_block
        self._thread = threading.get_ident()
        self._began: Moment | None = None
        self._collecting: float | None = None
        self._collected = 0.0
        self._over = threading.Event()
        self._looking = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        gc.callbacks.append(self._collect)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._looking.ident:
            self._looking.join()
        gc.callbacks.remove(self._collect)

    def run(self, handle: asyncio.Handle) -> Any:
        """Runs a callback of the loop under watch; those of loops in other threads as they are."""
        if threading.get_ident() != self._thread:
            return _RUN(handle)
        if not self._looking.ident:  # most tests have no loop
            self._looking.start()
        self._began = self._moment()
        try:
            return _RUN(handle)
        finally:
            self._began = None

    def _moment(self) -> Moment:
        collecting = perf_counter() - self._collecting if self._collecting else 0.0
        return Moment(perf_counter(), self._scheduled.times(), self._collected + collecting)

    def _collect(self, phase: str, _: dict[str, int]) -> None:
        if threading.get_ident() != self._thread:
            return
        if phase == "start":
            self._collecting = perf_counter()
        elif self._collecting:
            self._collected += perf_counter() - self._collecting
            self._collecting = None

    def _look(self) -> None:
        seen = None
        while not self._over.wait(LOOK):
            began = self._began
            if began is None or began == seen:
                continue
            if perf_counter() - began.at < LIMIT:
                continue
            # The stack first, and the files after: to read one lets the loop's thread go on.
            stack = list(traceback.walk_stack(sys._current_frames()[self._thread]))
            if self._is_stalled(since=began) and began is self._began:
                seen = began
                self._note(traceback.StackSummary.extract(reversed(stack)))

    def _is_stalled(self, since: Moment) -> bool:
        now = self._moment()
        ran = now.ran - since.ran - (now.collected - since.collected)
        blocked = now.at - since.at - (now.ran - since.ran) - (now.ready - since.ready)
        if self._every_block:
            return ran + blocked >= LIMIT
        return ran >= LIMIT or (blocked >= LIMIT and self._scheduled.is_asleep())

    def _note(self, stack: traceback.StackSummary) -> None:
        ours = [frame.filename for frame in stack if frame.filename.startswith(ROOMS)]
        if ours and not any(name.startswith(NOBODY_WAITS) for name in ours):
            self.stalls.append("".join(traceback.format_list(stack)))


_RUN = asyncio.Handle._run


@contextmanager
def watched(*, every_block: bool = True) -> Iterator[Watch]:
    """The stalls of this thread's event loops while the block runs; unless `every_block`, those that are certain."""
    with (
        closing(Scheduled()) as scheduled,
        Watch(scheduled, every_block=every_block) as watch,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(asyncio.Handle, "_run", lambda handle: watch.run(handle))
        yield watch


@pytest.fixture(autouse=True)
def never_stalled(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails the test during which the event loop stood still in our code."""
    if not Path("/proc/self/schedstat").exists():
        yield
        return
    with watched(every_block="load" in request.path.parts) as watch:
        yield
    assert not watch.stalls, f"the event loop stood still for {LIMIT} s at\n{watch.stalls[0]}"
