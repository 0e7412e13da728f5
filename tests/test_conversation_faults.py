"""No fault of Redis holds anybody up for long, and none mixes up what was said."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest
from redis.asyncio import Redis

from storage.conversations import BEGIN, ConversationLost, Conversations, ConversationsUnavailable, Turnstile
from storage.embedded import EmbeddedValkey
from tests.conversing import HERE, count_up, keep, kept, only_key, within
from tests.servers import conversing, process_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.deadline


async def ask(conversations: Conversations) -> Turnstile:
    with within(5):
        return await conversations.begin(*HERE)


async def test_a_frozen_server_is_unavailable_soon_and_usable_as_soon_as_it_thaws(own_valkey: EmbeddedValkey) -> None:
    server = process_id(own_valkey.url)
    async with conversing(own_valkey.url) as conversations:
        await keep(conversations, {"count": 5})
        os.kill(server, signal.SIGSTOP)
        for _ in range(2):
            with pytest.raises(ConversationsUnavailable):
                await ask(conversations)
        assert await conversations.ping() is False
        os.kill(server, signal.SIGCONT)
        assert (await ask(conversations)).state == {"count": 5}


async def test_a_server_that_freezes_within_a_turn_is_unavailable_when_it_saves(own_valkey: EmbeddedValkey) -> None:
    server = process_id(own_valkey.url)
    async with conversing(own_valkey.url) as conversations:
        async with await conversations.begin(*HERE) as turn:
            os.kill(server, signal.SIGSTOP)
            with within(5), pytest.raises(ConversationsUnavailable):
                await turn.save({"count": 5})
        os.kill(server, signal.SIGCONT)
        await ask(conversations)


async def test_a_killed_server_comes_back_with_everything(own_valkey: EmbeddedValkey) -> None:
    async with conversing(own_valkey.url) as conversations:
        await keep(conversations, {"count": 5})
        os.kill(process_id(own_valkey.url), signal.SIGKILL)
        async with asyncio.timeout(5):
            assert await kept_once_back(conversations) == {"count": 5}


async def kept_once_back(conversations: Conversations) -> dict[str, Any] | None:
    while True:
        with suppress(ConversationsUnavailable), within(5):
            return await kept(conversations)
        await asyncio.sleep(0.01)


async def test_a_server_that_has_ended_is_unavailable_at_once(tmp_path: Path) -> None:
    async with EmbeddedValkey(tmp_path) as server, conversing(server.url) as conversations:
        await keep(conversations, {"count": 5})
        turn = await conversations.begin(*HERE)
        await server.__aexit__()
        with within(5), pytest.raises(ConversationsUnavailable):
            await turn.save({"count": 6})
        with within(5), pytest.raises(ConversationsUnavailable):
            await conversations.begin(*HERE)


async def test_where_no_server_is_nobody_waits(tmp_path: Path) -> None:
    async with conversing(f"unix://{tmp_path}/none") as conversations:
        assert await conversations.ping() is False
        with within(5):
            faults = await asyncio.gather(*(conversations.begin(*HERE) for _ in range(5)), return_exceptions=True)
        assert [type(fault) for fault in faults] == [ConversationsUnavailable] * 5


async def test_a_full_server_is_unavailable_and_throws_nothing_away(own_valkey: EmbeddedValkey) -> None:
    async with conversing(own_valkey.url) as conversations, Redis.from_url(own_valkey.url) as redis:
        await keep(conversations, {"count": 5})
        await redis.config_set("maxmemory", 1)
        with pytest.raises(ConversationsUnavailable):
            await conversations.begin(*HERE)
        await redis.config_set("maxmemory", 0)
        assert await kept(conversations) == {"count": 5}


async def test_a_flushed_server_has_forgotten_and_goes_on(conversations: Conversations, redis: Redis) -> None:
    await keep(conversations, {"count": 5})
    await redis.flushall()
    assert await kept(conversations) is None
    await keep(conversations, {"count": 6})
    assert await kept(conversations) == {"count": 6}


async def test_a_turn_the_server_forgets_under_way_is_lost(conversations: Conversations, redis: Redis) -> None:
    async with await conversations.begin(*HERE) as turn:
        await redis.flushall()
        with pytest.raises(ConversationLost):
            await turn.save({"count": 5})


async def test_a_server_that_has_forgotten_the_scripts_is_given_them_again(
    conversations: Conversations, redis: Redis
) -> None:
    async with await conversations.begin(*HERE) as turn:
        await redis.script_flush()
        assert await turn.save({"count": 5})
    await redis.script_flush()
    assert await kept(conversations) == {"count": 5}


async def test_an_old_turn_that_arrives_late_does_not_take_over(conversations: Conversations, redis: Redis) -> None:
    async with await conversations.begin(*HERE):
        pass
    async with await conversations.begin(*HERE) as turn:
        late = await redis.eval(BEGIN, 1, await only_key(redis), conversations._owner, "1", "15000", "60000")
        assert late is None
        assert await turn.save({"count": 5})


class LosingAnswers:
    """A way to the server on which the answer to the next script is lost, after the server has done it."""

    def __init__(self, path: Path, server: str) -> None:
        self.url, self.lost, self._armed = f"unix://{path}", 0, False
        self._path, self._server = path, server.removeprefix("unix://")

    def lose_one(self) -> None:
        self._armed = True

    @asynccontextmanager
    async def open(self) -> AsyncIterator[LosingAnswers]:
        async with await asyncio.start_unix_server(self._serve, self._path):
            yield self

    async def _serve(self, asked: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        upstream, server = await asyncio.open_unix_connection(self._server)
        while request := await asked.read(65536):
            server.write(request)
            answered = await upstream.read(65536)
            if self._armed and b"EVALSHA" in request:
                self._armed, self.lost = False, self.lost + 1
                break
            answer.write(answered)
        for side in (server, answer):
            side.close()
            await side.wait_closed()


async def test_a_lost_answer_neither_loses_a_turn_nor_counts_it_twice(valkey_url: str, tmp_path: Path) -> None:
    async with LosingAnswers(tmp_path / "way", valkey_url).open() as way, conversing(way.url) as conversations:
        await count_up(conversations)
        for _ in range(3):
            way.lose_one()
            async with await conversations.begin(*HERE) as turn:
                assert turn.state is not None
                way.lose_one()
                assert await turn.save({"count": turn.state["count"] + 1})
        way.lose_one()
        await keep(conversations, None)
        assert way.lost == 7
        assert await kept(conversations) is None
