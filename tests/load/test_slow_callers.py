"""Callers who begin and do not go on: each is hung up on, and none keeps others from being answered."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.clients.desks import EchoDesk
from tests.clients.teams import sample, teams

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.clients.teams import Teams

HEAD = b"POST /api/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
BODY = HEAD + b'Content-Length: 500\r\n\r\n{"type":'
CALLERS = 300
SOON = 10.0  # seconds; the limits in these tests are a tenth of a second
NEVER = 3_600.0

Socket = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def calling(client: Teams, *beginnings: bytes) -> AsyncIterator[list[Socket]]:
    """A connection for each of `beginnings`, which is all that it sends."""
    sockets = [await asyncio.open_connection("127.0.0.1", urlsplit(client.url).port) for _ in beginnings]
    for (_, writer), beginning in zip(sockets, beginnings, strict=True):
        writer.write(beginning)
        await writer.drain()
    yield sockets
    for _, writer in sockets:
        writer.transport.abort()


async def hung_up(caller: Socket, within: float = SOON) -> bytes:
    """What the caller was told before the connection ended. Raises TimeoutError when it does not."""
    async with asyncio.timeout(within):
        return await caller[0].read()


@pytest.mark.parametrize("beginning", [b"", b"POST /api/mess", HEAD], ids=["nothing", "half a line", "half a head"])
async def test_a_connection_that_brings_no_whole_head_is_closed(
    beginning: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.http.IDLE_SECONDS", 0.1)
    async with teams(EchoDesk()) as client, calling(client, beginning) as [caller]:
        assert await hung_up(caller) == b""


async def test_a_second_head_that_does_not_come_is_not_waited_for_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.http.IDLE_SECONDS", 0.1)
    first = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
    async with teams(EchoDesk()) as client, calling(client, first + HEAD) as [caller]:
        assert (await hung_up(caller)).count(b"HTTP/1.1 200") == 1


async def test_without_the_limit_the_connection_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control."""
    monkeypatch.setattr("bot.http.IDLE_SECONDS", NEVER)
    async with teams(EchoDesk()) as client, calling(client, HEAD) as [caller]:
        with pytest.raises(TimeoutError):
            await hung_up(caller, within=0.5)


async def test_a_body_that_does_not_go_on_is_answered_408_and_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.http.BODY_SECONDS", 0.1)
    monkeypatch.setattr("bot.http.IDLE_SECONDS", 0.1)
    async with teams(EchoDesk()) as client, calling(client, BODY) as [caller]:
        assert (await hung_up(caller)).startswith(b"HTTP/1.1 408 ")


async def test_a_body_that_trickles_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the whole body that has so long, not each piece of it."""
    monkeypatch.setattr("bot.http.BODY_SECONDS", 0.3)
    async with teams(EchoDesk()) as client, calling(client, BODY) as [(reader, writer)]:
        answer = asyncio.ensure_future(reader.readline())
        async with asyncio.timeout(SOON):
            while not answer.done():
                writer.write(b" ")
                await asyncio.sleep(0.02)
        assert (await answer).startswith(b"HTTP/1.1 408 ")


async def test_hundreds_of_half_open_connections_keep_nobody_waiting() -> None:
    async with teams(EchoDesk()) as client, calling(client, *(b"", HEAD, BODY) * (CALLERS // 3)) as callers:
        assert await client.post(sample("message_personal")) == (200, {})
        assert len(callers) == CALLERS
        assert not any(reader.at_eof() for reader, _ in callers)  # they are still there
