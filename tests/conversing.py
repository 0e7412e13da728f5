"""What the tests of conversations have in common: one place to talk at, and turns that keep and count."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from storage.clock import monotonic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis.asyncio import Redis

    from storage.conversations import Conversations

HERE = ("contoso", "19:meeting@thread.v2;messageid=7", "ada")
DAYS_30 = 30 * 24 * 3600


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
    """Fails what hangs; a machine may stand still for a second or two, so the limit leaves room for that."""
    began = monotonic()
    yield
    assert monotonic() - began < seconds


async def only_key(redis: Redis) -> bytes:
    [key] = await redis.keys("*")
    assert isinstance(key, bytes)
    return key
