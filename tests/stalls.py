"""No test passes whose event loop our code has held up: 200 ms in one callback is a stall.

What counts is the time in which the loop's thread ran or was blocked. The time in which it was ready and got no core
is the machine's doing; Linux tells the two apart, and elsewhere nothing is watched. Nor does the time count in which
garbage is collected: a process that has run a thousand tests has a heap that the product never has.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
import traceback
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

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


class Watch:
    """Looks from a thread of its own at what this thread's event loop does, and notes where it is stalled by us."""

    def __init__(self, scheduled: int) -> None:
        self.stalls: list[str] = []
        self._scheduled = scheduled  # a descriptor of the loop thread's schedstat
        self._thread = threading.get_ident()
        self._began: tuple[float, float] | None = None
        self._collecting: float | None = None
        self._collected = 0.0
        self._over = threading.Event()
        self._looking = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        gc.callbacks.append(self._collect)
        self._looking.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._looking.join()
        gc.callbacks.remove(self._collect)

    def run(self, handle: asyncio.Handle) -> Any:
        """Runs a callback of the loop under watch; those of loops in other threads as they are."""
        if threading.get_ident() != self._thread:
            return _RUN(handle)
        self._began = perf_counter(), self._excused()
        try:
            return _RUN(handle)
        finally:
            self._began = None

    def _excused(self) -> float:
        """Seconds that the thread was ready without a core (kernel: sched-stats.rst), or collected garbage."""
        collecting = perf_counter() - self._collecting if self._collecting else 0.0
        return int(os.pread(self._scheduled, 100, 0).split()[1]) / 1e9 + self._collected + collecting

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
            if perf_counter() - began[0] < LIMIT:
                continue
            # The stack first, and the file after: to read one lets the loop's thread go on.
            stack = list(traceback.walk_stack(sys._current_frames()[self._thread]))
            if began is self._began and perf_counter() - began[0] - (self._excused() - began[1]) >= LIMIT:
                seen = began
                self._note(traceback.StackSummary.extract(reversed(stack)))

    def _note(self, stack: traceback.StackSummary) -> None:
        ours = [frame.filename for frame in stack if frame.filename.startswith(ROOMS)]
        if ours and not any(name.startswith(NOBODY_WAITS) for name in ours):
            self.stalls.append("".join(traceback.format_list(stack)))


_RUN = asyncio.Handle._run


@contextmanager
def watched() -> Iterator[Watch]:
    """The stalls of this thread's event loops while the block runs."""
    scheduled = os.open(f"/proc/self/task/{threading.get_native_id()}/schedstat", os.O_RDONLY)
    try:
        with Watch(scheduled) as watch, pytest.MonkeyPatch.context() as patch:
            patch.setattr(asyncio.Handle, "_run", lambda handle: watch.run(handle))
            yield watch
    finally:
        os.close(scheduled)


@pytest.fixture(autouse=True)
def never_stalled(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails the test during which the event loop stood still in our code: under load always, elsewhere in `make soak`.

    Among two thousand tests on a busy machine one system call that hangs for 200 ms is only a matter of time.
    """
    wanted = "load" in request.path.parts or "SOAK" in os.environ
    if not wanted or not Path("/proc/self/schedstat").exists():
        yield
        return
    with watched() as watch:
        yield
    assert not watch.stalls, f"the event loop stood still for {LIMIT} s at\n{watch.stalls[0]}"
