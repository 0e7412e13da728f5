"""The memory of conversations: nothing said is lost between turns, and no fault of Redis holds anybody up."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis

from storage.clock import monotonic
from storage.conversations import (
    BEGIN,
    ConversationBusy,
    ConversationLost,
    Conversations,
    ConversationsUnavailable,
    Turnstile,
)
from storage.embedded import EmbeddedValkey
from storage.envelope import seal, unseal
from storage.errors import Misconfigured
from tests.servers import process_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


HERE = ("contoso", "19:meeting@thread.v2;messageid=7", "ada")
SOON = timedelta(milliseconds=80)
DAYS_30 = 30 * 24 * 3600


@pytest.fixture
async def redis(valkey_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(valkey_url) as client:
        yield client


@asynccontextmanager
async def connected(url: str, **times: timedelta) -> AsyncIterator[Conversations]:
    conversations = Conversations(url, **times)
    yield conversations
    await conversations.close()


@pytest.fixture
async def conversations(valkey_url: str) -> AsyncIterator[Conversations]:
    async with connected(valkey_url) as ours:
        yield ours


@pytest.fixture
async def elsewhere(valkey_url: str) -> AsyncIterator[Conversations]:
    """What another process of ours has: its own connections, its own turns."""
    async with connected(valkey_url) as theirs:
        yield theirs


async def kept(conversations: Conversations, place: tuple[str, str, str] = HERE) -> dict[str, Any] | None:
    async with await conversations.begin(*place) as turn:
        return turn.state


async def keep(conversations: Conversations, state: dict[str, Any] | None) -> None:
    async with await conversations.begin(*HERE) as turn:
        assert await turn.save(state)


async def count_up(conversations: Conversations) -> None:
    async with await conversations.begin(*HERE) as turn:
        await turn.save({"count": (turn.state or {"count": 0})["count"] + 1})


@contextmanager
def within(seconds: float) -> Iterator[None]:
    began = monotonic()
    yield
    assert monotonic() - began < seconds


async def only_key(redis: Redis) -> bytes:
    [key] = await redis.keys("*")
    assert isinstance(key, bytes)
    return key


# What is kept


async def test_a_conversation_nobody_has_had_has_no_state(conversations: Conversations) -> None:
    assert await kept(conversations) is None


async def test_what_was_saved_is_there_in_the_next_turn(conversations: Conversations) -> None:
    state = {
        "v": 1,
        "frames": [{"task": "加许可证", "count": 5, "share": 0.5, "on": None, "ok": True}],
        "odd": "\ud83d",
    }
    await keep(conversations, state)
    assert await kept(conversations) == state


async def test_another_process_reads_what_this_one_saved(
    conversations: Conversations, elsewhere: Conversations
) -> None:
    await keep(conversations, {"count": 5})
    assert await kept(elsewhere) == {"count": 5}


@pytest.mark.parametrize(
    "place",
    [
        ("fabrikam", HERE[1], HERE[2]),
        ("contoso", "a:1", HERE[2]),
        ("contoso", HERE[1], "bob"),
        ("contoso", "19:meeting@thread.v2", "messageid=7;ada"),
        ("contoso:19", "meeting@thread.v2;messageid=7", "ada"),
    ],
)
async def test_nobody_gets_the_state_of_another_place(
    conversations: Conversations, place: tuple[str, str, str]
) -> None:
    await keep(conversations, {"secret": True})
    assert await kept(conversations, place) is None


async def test_what_is_forgotten_is_gone_at_once_and_leaves_no_key_for_long(
    conversations: Conversations, redis: Redis
) -> None:
    await keep(conversations, {"count": 5})
    await keep(conversations, None)
    assert await redis.hget(await only_key(redis), "state") is None
    assert 0 < await redis.ttl(await only_key(redis)) <= 15
    assert await kept(conversations) is None


async def test_a_conversation_is_kept_for_thirty_days_after_its_last_turn(
    conversations: Conversations, redis: Redis
) -> None:
    await keep(conversations, {"count": 5})
    assert DAYS_30 - 5 <= await redis.ttl(await only_key(redis)) <= DAYS_30
    await redis.expire(await only_key(redis), 60)
    assert await kept(conversations) == {"count": 5}
    assert DAYS_30 - 5 <= await redis.ttl(await only_key(redis)) <= DAYS_30


async def test_keys_begin_with_the_tenant_and_show_neither_person_nor_conversation(
    conversations: Conversations, redis: Redis
) -> None:
    await keep(conversations, {"count": 5})
    assert re.fullmatch(r"contoso:conversation:\{[0-9a-f]{32}\}", (await only_key(redis)).decode())


# One turn at a time


async def test_thirty_turns_at_once_count_to_thirty(conversations: Conversations) -> None:
    await asyncio.gather(*(count_up(conversations) for _ in range(30)))
    assert await kept(conversations) == {"count": 30}


async def test_thirty_turns_at_once_in_two_processes_count_to_thirty(
    conversations: Conversations, elsewhere: Conversations
) -> None:
    await asyncio.gather(*(count_up(process) for process in (conversations, elsewhere) for _ in range(15)))
    assert await kept(conversations) == {"count": 30}


async def test_the_same_thirty_turns_lose_counts_where_they_just_read_and_write(redis: Redis) -> None:
    """The positive control: without turns the two tests above would fail."""

    async def count_up_carelessly() -> None:
        await redis.set("count", int(await redis.get("count") or 0) + 1)

    await asyncio.gather(*(count_up_carelessly() for _ in range(30)))
    assert int(await redis.get("count") or 0) < 30


async def test_turns_of_one_process_come_in_the_order_they_were_asked_for(conversations: Conversations) -> None:
    order: list[int] = []

    async def note(number: int) -> None:
        async with await conversations.begin(*HERE):
            order.append(number)

    await asyncio.gather(*(note(number) for number in range(10)))
    assert order == list(range(10))


async def test_a_turn_that_does_not_end_makes_the_next_one_busy_not_stuck(
    valkey_url: str, elsewhere: Conversations
) -> None:
    async with connected(valkey_url, wait=SOON) as ours:
        async with await ours.begin(*HERE):
            with within(0.5), pytest.raises(ConversationBusy):
                await ours.begin(*HERE)
        async with await elsewhere.begin(*HERE):
            with within(0.5), pytest.raises(ConversationBusy):
                await ours.begin(*HERE)
        assert await kept(ours) is None


async def test_a_turn_that_fails_ends_without_a_change(conversations: Conversations, elsewhere: Conversations) -> None:
    await keep(conversations, {"count": 5})
    with pytest.raises(ZeroDivisionError):
        async with await conversations.begin(*HERE):
            raise ZeroDivisionError
    with within(0.5):
        assert await kept(elsewhere) == {"count": 5}


async def test_a_turn_may_save_twice(conversations: Conversations) -> None:
    async with await conversations.begin(*HERE) as turn:
        assert await turn.save({"count": 1})
        assert await turn.save({"count": 2})
    assert await kept(conversations) == {"count": 2}


async def test_a_turn_that_outlasts_its_lease_loses_to_the_next_one(valkey_url: str, elsewhere: Conversations) -> None:
    async with connected(valkey_url, lease=SOON) as ours:
        slow = await ours.begin(*HERE)
        next_one = await elsewhere.begin(*HERE)
        with pytest.raises(ConversationLost):
            await slow.save({"by": "slow"})
        await next_one.save({"by": "next"})
    assert await kept(elsewhere) == {"by": "next"}


async def test_a_turn_cancelled_while_it_waits_holds_nobody_up(conversations: Conversations) -> None:
    async with await conversations.begin(*HERE):
        waiting = asyncio.create_task(conversations.begin(*HERE))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    with within(0.5):
        assert await kept(conversations) is None


async def test_conversations_that_are_over_take_no_memory_here(conversations: Conversations) -> None:
    for number in range(50):
        await kept(conversations, ("contoso", f"a:{number}", "ada"))
    assert not conversations._locks


# What cannot be read


def spoiled(envelope: str) -> dict[str, bytes]:
    sound = envelope.encode()
    return {
        "a changed value": sound.replace(b"5", b"6"),
        "a part of it": sound[:-9],
        "no text": b"\xff\xfe" + sound,
        "no JSON": b"count: 5",
        "no envelope": b"[1]",
        "no checksum": b'{"v":1,"d":{"count":5}}',
        "no end": b"[" * 100_000,
        "an unknown old version": sound.replace(b'"v":1', b'"v":0'),
    }


@pytest.mark.parametrize("damage", spoiled(seal({"count": 5})))
async def test_a_damaged_state_counts_as_none_and_is_replaced(
    conversations: Conversations, redis: Redis, damage: str
) -> None:
    await keep(conversations, {"count": 5})
    await redis.hset(await only_key(redis), "state", spoiled(seal({"count": 5}))[damage])
    async with await conversations.begin(*HERE) as turn:
        assert (turn.state, turn.damaged, turn.newer) == (None, True, False)
        assert await turn.save({"count": 1})
    assert await kept(conversations) == {"count": 1}


@pytest.mark.parametrize("state", [{"count": 1}, None])
async def test_the_state_of_a_newer_release_is_left_as_it_is(
    conversations: Conversations, redis: Redis, state: dict[str, Any] | None
) -> None:
    await keep(conversations, {"count": 5})
    newer = b'{"v":2,"algorithm":"other","frames":{}}'
    await redis.hset(await only_key(redis), "state", newer)
    async with await conversations.begin(*HERE) as turn:
        assert (turn.state, turn.damaged, turn.newer) == (None, False, True)
        assert await turn.save(state) is False
    assert await redis.hget(await only_key(redis), "state") == newer
    assert await redis.ttl(await only_key(redis)) > DAYS_30 - 5


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_every_state_comes_back_as_it_was(state: dict[str, Any]) -> None:
    assert unseal(seal(state).encode()).state == state


@given(st.dictionaries(st.text(), JSON, max_size=4), st.data())
def test_one_changed_byte_never_gives_another_state(state: dict[str, Any], data: st.DataObject) -> None:
    envelope = bytearray(seal(state).encode())
    envelope[data.draw(st.integers(0, len(envelope) - 1))] = data.draw(st.integers(0, 255))
    opened = unseal(bytes(envelope))
    assert opened.damaged or opened.newer or opened.state == state


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ((1, 2), r"state\.slots\[1\] is a tuple"),
        ({"a"}, r"state\.slots\[1\] is a set"),
        (datetime(2026, 1, 1, tzinfo=UTC), r"state\.slots\[1\] is a datetime"),
        (b"5", r"state\.slots\[1\] is a bytes"),
        (float("nan"), r"state\.slots\[1\] is a float \(nan\)"),
        ({5: "five"}, r"state\.slots\[1\] has the key 5"),
    ],
)
async def test_what_is_not_plain_json_is_refused_with_the_reason(
    conversations: Conversations, value: object, reason: str
) -> None:
    async with await conversations.begin(*HERE) as turn:
        with pytest.raises(TypeError, match=reason):
            await turn.save({"slots": [1, value]})
        assert await turn.save({"slots": [1]})


# Faults of the server


async def ask(conversations: Conversations) -> Turnstile:
    with within(1.5):
        return await conversations.begin(*HERE)


async def test_a_frozen_server_is_unavailable_soon_and_usable_as_soon_as_it_thaws(own_valkey: EmbeddedValkey) -> None:
    server = process_id(own_valkey.url)
    async with connected(own_valkey.url) as conversations:
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
    async with connected(own_valkey.url) as conversations:
        async with await conversations.begin(*HERE) as turn:
            os.kill(server, signal.SIGSTOP)
            with within(1.5), pytest.raises(ConversationsUnavailable):
                await turn.save({"count": 5})
        os.kill(server, signal.SIGCONT)
        await ask(conversations)


async def test_a_killed_server_comes_back_with_everything(own_valkey: EmbeddedValkey) -> None:
    async with connected(own_valkey.url) as conversations:
        await keep(conversations, {"count": 5})
        os.kill(process_id(own_valkey.url), signal.SIGKILL)
        async with asyncio.timeout(5):
            assert await kept_once_back(conversations) == {"count": 5}


async def kept_once_back(conversations: Conversations) -> dict[str, Any] | None:
    while True:
        with suppress(ConversationsUnavailable), within(1.5):
            return await kept(conversations)
        await asyncio.sleep(0.01)


async def test_a_server_that_has_ended_is_unavailable_at_once(tmp_path: Path) -> None:
    async with EmbeddedValkey(tmp_path) as server, connected(server.url) as conversations:
        await keep(conversations, {"count": 5})
        turn = await conversations.begin(*HERE)
        await server.__aexit__()
        with within(0.5), pytest.raises(ConversationsUnavailable):
            await turn.save({"count": 6})
        with within(0.5), pytest.raises(ConversationsUnavailable):
            await conversations.begin(*HERE)


async def test_where_no_server_is_nobody_waits(tmp_path: Path) -> None:
    async with connected(f"unix://{tmp_path}/none") as conversations:
        assert await conversations.ping() is False
        with within(0.5), pytest.raises(ConversationsUnavailable):
            await conversations.begin(*HERE)


async def test_a_full_server_is_unavailable_and_throws_nothing_away(own_valkey: EmbeddedValkey) -> None:
    async with connected(own_valkey.url) as conversations, Redis.from_url(own_valkey.url) as redis:
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
    async with LosingAnswers(tmp_path / "way", valkey_url).open() as way, connected(way.url) as conversations:
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


@pytest.mark.parametrize("url", ["http://:hunter2@host", "redis://:hunter2/@host", "host:6379"])
def test_an_address_that_is_none_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(Misconfigured, match="REDIS_URL cannot be used") as refused:
        Conversations(url)
    assert "hunter2" not in str(refused.value)
