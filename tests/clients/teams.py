"""Teams' side of the wire: a connector on a real loopback socket, and the activities that Teams posts to us."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import aiohttp
from aiohttp import web

from bot.http import build_app, runner
from bot.teams.adapter import DeskAdapter
from bot.teams.connector import Connector, NoToken
from bot.teams.roster import demo_directory
from storage.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.answer import Conversation
    from bot.load import Load
    from bot.patience import Patience
    from bot.teams.meetings import Meetings

Json = dict[str, Any]
SAMPLES = Path(__file__).parent.parent / "samples"
PATIENCE = 5.0  # seconds until a test gives up on what should come at once


def sample(name: str, **changes: Any) -> Json:
    """An activity as a client really sent it, with top-level fields changed; None removes a field."""
    activity = json.loads((SAMPLES / f"{name}.json").read_text()) | changes
    return {field: value for field, value in activity.items() if value is not None}


@dataclass(frozen=True)
class Call:
    """One request that reached the connector. `path` is decoded and starts after /v3/conversations."""

    method: str
    path: str
    body: Json
    headers: dict[str, str]


class FakeConnector:
    """Answers as Teams would, or fails as told: `modes` maps a method to a list of ways, used up one a call.

    ok, or an HTTP status, or "cut" (the connection breaks after the request was read), or "hang".
    """

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[Call] = []
        self.modes: dict[str, list[str | int]] = {}
        self.members: dict[str, Json] = {}  # what the roster says of an account
        self.retry_after = "0"
        self._arrived = asyncio.Condition()
        self._released = asyncio.Event()

    async def arrived(self, count: int) -> list[Call]:
        """The first `count` calls, as soon as that many have come."""
        async with asyncio.timeout(PATIENCE), self._arrived:
            await self._arrived.wait_for(lambda: len(self.calls) >= count)
        return self.calls[:count]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        path = "/".join(unquote(step) for step in request.rel_url.raw_path.split("/")[3:])
        body = await request.json() if request.can_read_body else {}
        self.calls.append(Call(request.method, path, body, dict(request.headers)))
        async with self._arrived:
            self._arrived.notify_all()
        ways = self.modes.get(request.method) or ["ok"]
        way = ways.pop(0) if len(ways) > 1 else ways[0]
        if way == "hang":
            await self._released.wait()
        if way == "cut" and request.transport:
            request.transport.close()
        if isinstance(way, int):
            headers = {"Retry-After": self.retry_after, "Location": f"{self.url}/elsewhere"}
            return web.json_response({}, status=way, headers=headers)
        if request.method == "GET":
            member = self.members.get(path.rpartition("/")[2])
            return web.json_response(member, status=200 if member else 404)
        return web.json_response({"id": f"sent-{len(self.calls)}"}, status=201)

    def release(self) -> None:
        self._released.set()


@asynccontextmanager
async def connector() -> AsyncIterator[FakeConnector]:
    """A connector that listens on this machine until the block ends."""
    fake = FakeConnector()
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", fake.answer)
    async with listening(web.AppRunner(app, access_log=None, shutdown_timeout=0.1)) as fake.url:
        yield fake
        fake.release()


@asynccontextmanager
async def listening(server: web.AppRunner) -> AsyncIterator[str]:
    """The address of `server` on a free port of this machine."""
    await server.setup()
    try:
        site = web.TCPSite(server, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{server.addresses[0][1]}"
    finally:
        await server.cleanup()


class Teams:
    """Posts activities to the bot and keeps none of the bot's manners from the test."""

    def __init__(self, http: aiohttp.ClientSession, url: str, service_url: str) -> None:
        self.http = http
        self.url = url
        self.service_url = service_url

    async def post(self, activity: Json) -> tuple[int, Json]:
        """Status and JSON body ({} when there is none) for `activity`, with our connector as its serviceUrl."""
        sent = activity | {"serviceUrl": self.service_url}
        async with self.http.post(f"{self.url}/api/messages", json=sent) as response:
            is_json = response.content_type == "application/json"
            return response.status, await response.json() if is_json else {}

    async def expect(self, activity: Json) -> Json:
        """The answer's body, with everything that the bot shows in it."""
        status, body = await self.post(activity | {"deliveryMode": "expectReplies"})
        assert status == 200
        return body


async def always_ready() -> bool:
    return True


@asynccontextmanager
async def teams(
    desk: Conversation,
    service_url: str = "http://127.0.0.1:9",
    *,
    seconds: float = 0.3,
    load: Load | None = None,
    meetings: Meetings | None = None,
    patience: Patience | None = None,
) -> AsyncIterator[Teams]:
    """A bot with `desk` behind it on a real socket, and Teams talking to it; connector calls end after `seconds`."""
    out = Connector(NoToken(), seconds=seconds)
    adapter = DeskAdapter(
        desk, SystemClock(), out, directory=demo_directory, load=load, meetings=meetings, patience=patience
    )
    app = build_app(adapter, auth=None, ready=always_ready)
    async with listening(runner(app)) as url, aiohttp.ClientSession() as http:
        yield Teams(http, url, service_url)
