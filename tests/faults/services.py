"""`license-desk run --demo` as tests of faults need it: killed and started again, at one address, on one record."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import aiohttp

from storage.clock import SystemClock, monotonic
from storage.crashpoints import VARIABLE, CrashPoint
from storage.demo import TENANT
from storage.record import Record
from tests.people import Person
from tests.processes import Running, environment

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

START = 60.0  # seconds, on a machine that has a lot else to do
HEALED = 10.0  # seconds after the last fault until everything must be well again (I16)


class Service:
    """One process; `start` and `kill` as often as needed. Without `settings` it has SQLite and a Valkey in `data`."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data = data
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = str(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = environment(data, PORT=self.port, **settings)
        self.running: Running | None = None

    async def start(self, crash_at: CrashPoint | None = None) -> None:
        """Returns once it listens; with `crash_at` it lives until it comes to that point."""
        armed = {VARIABLE: crash_at} if crash_at else {}
        self.running = Running(["run", "--demo"], self._environment | armed)
        await asyncio.to_thread(partial(self.running.prints, re.escape(self.url), within=START))

    async def start_and_crash(self, crash_at: CrashPoint) -> int:
        """The exit code of a start that does not get further than `crash_at`."""
        self.running = Running(["run", "--demo"], self._environment | {VARIABLE: crash_at})
        return await self.ended()

    async def ended(self) -> int:
        """Waits for the end, which something else must bring; the exit code."""
        assert self.running is not None
        code = await asyncio.to_thread(self.running.process.wait, START)
        self.clear()
        return code

    async def kill(self) -> None:
        assert self.running is not None
        self.running.process.send_signal(signal.SIGKILL)
        assert await self.ended() == -signal.SIGKILL

    def clear(self) -> None:
        if self.running is not None:
            self.running.clear()
            self.running = None

    async def is_ready(self, http: aiohttp.ClientSession, within: float = HEALED) -> bool:
        """Whether /readyz comes to say so in time."""
        deadline = monotonic() + within
        while monotonic() < deadline:
            try:
                async with http.get(f"{self.url}/readyz") as response:
                    if response.status == 200:
                        return True
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)
        return False

    def person(self, http: aiohttp.ClientSession, number: int, tenant: str = TENANT) -> Person:
        return Person(http, f"{self.url}/api/messages", number, tenant=tenant)


@asynccontextmanager
async def the_record(database_url: str, *, looking: bool = False) -> AsyncIterator[Record]:
    """The record as another process has it, to prepare things and to look."""
    zone = ZoneInfo("UTC")
    opened = await Record.open(database_url, SystemClock(), timezone=zone, currency="USD", looking=looking)
    try:
        yield opened
    finally:
        await opened.close()
