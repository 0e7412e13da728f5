"""What is read back is what was saved, or it is nothing: damage, other releases, and what JSON cannot hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.envelope import seal, unseal
from tests.conversing import DAYS_30, HERE, keep, kept, only_key

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from storage.conversations import Conversations


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
