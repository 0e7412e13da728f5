"""A way to a server that fails as ways do: down, cut, slow, silent, or the answer lost once the request arrived."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

ROUNDS = 5  # of the event loop, after which a connection that was being taken is taken, and broken
Address = Path | int  # a unix socket, or a port of this machine
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Proxy:
    """Passes bytes on between `here` and `server`. Faults may be switched on and off under way.

    `latency`: seconds each piece takes. `lose`: asked about each piece on its way to the server; where it says yes,
    the piece arrives, the server answers, and the connection breaks instead of bringing the answer (`lost` counts).
    """

    def __init__(self, here: Address, server: Address) -> None:
        self.here, self._server = here, server
        self.latency = 0.0
        self.lose: Callable[[bytes], bool] = lambda _: False
        self.lost = 0
        self._passing = asyncio.Event()
        self._passing.set()
        self._listening: asyncio.Server | None = None
        self._ways: dict[asyncio.Task[None], tuple[Stream, ...]] = {}

    async def up(self) -> None:
        """Takes connections, at the same address as before."""
        if isinstance(self.here, Path):
            self._listening = await asyncio.start_unix_server(self._take, self.here)
        else:
            self._listening = await asyncio.start_server(self._take, "127.0.0.1", self.here)
            self.here = self._listening.sockets[0].getsockname()[1]

    async def down(self) -> None:
        """Refuses connections, and breaks those there are."""
        if self._listening:
            self._listening.close()
        await self.cut_all()
        for _ in range(ROUNDS):
            await asyncio.sleep(0)

    async def cut_all(self) -> None:
        """Breaks every connection there is; new ones are taken."""
        under_way = list(self._ways)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    def silent(self, *, on: bool) -> None:
        """A black hole: connections are taken, and nothing passes in either direction until it is off."""
        (self._passing.clear if on else self._passing.set)()

    def _take(self, *asking: *Stream) -> None:
        """Known from its first moment on, so that none is left over that came while the way went down."""
        if self._listening is None or not self._listening.is_serving():
            asking[1].transport.abort()
            return
        task = asyncio.ensure_future(self._serve(asking))
        self._ways[task] = (asking,)
        task.add_done_callback(self._leave)

    def _leave(self, task: asyncio.Task[None]) -> None:
        for _, writer in self._ways.pop(task):
            writer.transport.abort()

    async def _serve(self, asking: Stream) -> None:
        task = asyncio.current_task()
        assert task is not None
        with suppress(OSError, asyncio.CancelledError):
            await self._join(task, asking)

    async def _join(self, task: asyncio.Task[None], asking: Stream) -> None:
        where = self._server
        reach = asyncio.open_unix_connection(where) if isinstance(where, Path) else _tcp(where)
        serving = await reach
        self._ways[task] = (asking, serving)
        losing = asyncio.Event()
        pumps = [self._ask(asking[0], serving[1], losing), self._answer(serving[0], asking[1], losing)]
        running = [asyncio.ensure_future(pump) for pump in pumps]
        try:
            await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in running:
                pump.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _ask(self, asked: asyncio.StreamReader, server: asyncio.StreamWriter, losing: asyncio.Event) -> None:
        while piece := await asked.read(65536):
            await self._fare()
            if self.lose(piece):
                losing.set()
            server.write(piece)
            await server.drain()

    async def _answer(self, server: asyncio.StreamReader, asked: asyncio.StreamWriter, losing: asyncio.Event) -> None:
        while piece := await server.read(65536):
            await self._fare()
            if losing.is_set():
                self.lost += 1
                return
            asked.write(piece)
            await asked.drain()

    async def _fare(self) -> None:
        if self.latency:
            await asyncio.sleep(self.latency)
        await self._passing.wait()


async def _tcp(port: int) -> Stream:
    return await asyncio.open_connection("127.0.0.1", port)


@asynccontextmanager
async def way(here: Address, server: Address) -> AsyncIterator[Proxy]:
    """A way that works until it is told otherwise, and is gone with the block."""
    proxy = Proxy(here, server)
    await proxy.up()
    try:
        yield proxy
    finally:
        with suppress(OSError):
            await proxy.down()
