"""The memory of conversations: what was said is there in the next turn, and no two turns happen at once."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from storage.conversations import ConversationBusy, ConversationLost, Conversations
from storage.errors import Misconfigured
from tests.conversing import DAYS_30, HERE, count_up, keep, kept, only_key, within
from tests.servers import conversing

if TYPE_CHECKING:
    from redis.asyncio import Redis

SOON = timedelta(milliseconds=80)


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
    async with conversing(valkey_url, wait=SOON) as ours:
        async with await ours.begin(*HERE):
            with within(5), pytest.raises(ConversationBusy):
                await ours.begin(*HERE)
        async with await elsewhere.begin(*HERE):
            with within(5), pytest.raises(ConversationBusy):
                await ours.begin(*HERE)
        assert await kept(ours) is None


async def test_a_turn_that_fails_ends_without_a_change(conversations: Conversations, elsewhere: Conversations) -> None:
    await keep(conversations, {"count": 5})
    with pytest.raises(ZeroDivisionError):
        async with await conversations.begin(*HERE):
            raise ZeroDivisionError
    with within(5):
        assert await kept(elsewhere) == {"count": 5}


async def test_a_turn_may_save_twice(conversations: Conversations) -> None:
    async with await conversations.begin(*HERE) as turn:
        assert await turn.save({"count": 1})
        assert await turn.save({"count": 2})
    assert await kept(conversations) == {"count": 2}


async def test_a_turn_that_outlasts_its_lease_loses_to_the_next_one(valkey_url: str, elsewhere: Conversations) -> None:
    async with conversing(valkey_url, lease=SOON) as ours:
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
    with within(5):
        assert await kept(conversations) is None


async def test_conversations_that_are_over_take_no_memory_here(conversations: Conversations) -> None:
    for number in range(50):
        await kept(conversations, ("contoso", f"a:{number}", "ada"))
    assert not conversations._locks


@pytest.mark.parametrize("url", ["http://:hunter2@host", "redis://:hunter2/@host", "host:6379"])
def test_an_address_that_is_none_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(Misconfigured, match="REDIS_URL cannot be used") as refused:
        Conversations(url)
    assert "hunter2" not in str(refused.value)
