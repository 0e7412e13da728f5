"""A process that is told to stop takes nothing more, answers what has come in, and ends."""

from __future__ import annotations

import asyncio
import json
import signal
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web

from bot.answer import SECONDS
from bot.app import DEMO_DRAIN, DRAIN
from bot.http import build_app, runner
from bot.load import TURNS
from bot.teams.adapter import DeskAdapter
from bot.teams.connector import Connector, NoToken
from bot.teams.delivery import FAREWELL
from bot.teams.roster import demo_directory
from storage.clock import SystemClock
from tests.clients.desks import HeldDesk
from tests.clients.teams import always_ready, sample
from tests.faults.services import Service
from tests.people import NAMES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.proxy import Proxy
    from tests.people import Person

LONGEST = 12.0  # seconds; Teams' hosts kill after 30, and `make run` promises five


async def stopping(desk: HeldDesk, drain: float, callers: int = TURNS) -> list[object]:
    """What callers get whose turns are under way when the server is told to stop; they are let go a moment after."""
    adapter = DeskAdapter(desk, SystemClock(), Connector(NoToken()), directory=demo_directory)
    server = runner(build_app(adapter, auth=None, ready=always_ready), drain=drain)
    await server.setup()
    await web.TCPSite(server, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{server.addresses[0][1]}/api/messages"
    async with aiohttp.ClientSession() as http:
        asking = [asyncio.create_task(_ask(http, url)) for _ in range(callers)]
        await desk.held(callers)
        ending = asyncio.create_task(server.cleanup())
        while server.sites:  # noqa: ASYNC110 - there is nothing to be told by
            await asyncio.sleep(0)
        with pytest.raises(aiohttp.ClientConnectorError):
            await _ask(http, url)
        asyncio.get_running_loop().call_later(0.1, desk.let_go.set)
        answers = await asyncio.gather(*asking, return_exceptions=True)
        await ending
    return list(answers)


async def _ask(http: aiohttp.ClientSession, url: str) -> int:
    async with http.post(url, json=sample("message_personal", serviceUrl="http://127.0.0.1:9")) as response:
        await response.read()
        return response.status


async def test_all_turns_under_way_are_answered_and_nobody_else_is_let_in() -> None:
    assert await stopping(HeldDesk(), drain=LONGEST) == [200] * TURNS


async def test_without_time_to_drain_they_are_cut_off() -> None:
    """The positive control."""
    assert 200 not in await stopping(HeldDesk(), drain=0.01)


def test_the_longest_turn_fits_into_the_time_to_drain_and_the_end_into_twelve_seconds() -> None:
    assert SECONDS < DRAIN
    assert DRAIN + FAREWELL <= LONGEST
    assert DEMO_DRAIN + FAREWELL < 5


async def test_a_process_under_load_answers_what_it_has_read_and_exits_with_0(
    place: Path, sql_way: Proxy, far_postgres_url: str
) -> None:
    service = Service(place / "data", DATABASE_URL=far_postgres_url)
    await service.start()
    try:
        assert service.running is not None
        sql_way.latency = 0.05  # so that the turns last longer than it takes to stop
        async with aiohttp.ClientSession() as http:
            callers = [await _asked(service.person(http, number), service.url) for number in NAMES]
            assert await service.is_ready(http)  # whatever was sent before this has been read by now
            code, seconds = await asyncio.to_thread(service.running.end, signal.SIGTERM)
            answers = [await asyncio.wait_for(reader.read(), LONGEST) for reader, _ in callers]
        for _, writer in callers:
            writer.close()
        assert (code, seconds < LONGEST) == (0, True), service.running.errors()
        assert [answer.split(b"\r\n", 1)[0] for answer in answers] == [b"HTTP/1.1 200 OK"] * len(NAMES)
        assert all(b'"activities":[{' in answer for answer in answers)
    finally:
        service.clear()


async def _asked(person: Person, url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection on which the person has just asked something."""
    words = json.dumps(person.activity({"type": "message", "text": "hi"})).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
    head = "POST /api/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    writer.write(f"{head}Content-Length: {len(words)}\r\n\r\n".encode() + words)
    await writer.drain()
    return reader, writer
