"""Where conversations stand, in Redis or Valkey: one call begins a turn and reads, one saves and ends it.

    ConversationsError
     ├─ ConversationsUnavailable   no answer within a second; the desk goes on without memory
     ├─ ConversationBusy           the turn before this one, same person, same conversation, does not end
     └─ ConversationLost           another turn has begun since this one; nothing was saved

A conversation is one hash: `state`, its envelope; `owner`, the process that holds the turn; `turn`, that process's
count of turns; `lease`, the server's time in ms until which no other process may begin. To begin overwrites owner
and turn, to save needs both unchanged. So whoever can save has read the newest state, and a call that is repeated
because its answer was lost does no harm.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote
from weakref import WeakValueDictionary

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from storage.clock import monotonic
from storage.envelope import State, seal, unseal
from storage.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from redis.commands.core import AsyncScript

ANSWER = 1.0  # seconds all attempts of one call may take together, and one of them half as long
POLL = 0.02  # seconds between two looks at a turn that another process holds
CONNECTIONS = 32  # a burst of turns queues here instead of opening a connection each

# The process that holds a turn may begin the next at once: its own lock saw the last one end, even if the server did
# not. But a turn the server reads late (it was frozen) must not take over from one that began after it.
BEGIN = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local held = redis.call('HMGET', KEYS[1], 'owner', 'turn', 'lease', 'state')
if held[1] == ARGV[1] then
  if tonumber(held[2]) > tonumber(ARGV[2]) then return false end
elseif held[1] and tonumber(held[3]) > now then
  return false
end
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'turn', ARGV[2], 'lease', now + ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return {held[4]}
"""

# A conversation without state goes away by itself, but not at once: a repeated call must still find its turn.
END = """
local held = redis.call('HMGET', KEYS[1], 'owner', 'turn')
if held[1] ~= ARGV[1] or held[2] ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'lease', 0)
if ARGV[5] == 'save' then
  redis.call('HSET', KEYS[1], 'state', ARGV[6])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
elseif ARGV[5] == 'forget' then
  redis.call('HDEL', KEYS[1], 'state')
end
if redis.call('HEXISTS', KEYS[1], 'state') == 0 then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return 1
"""


class ConversationsError(Exception):
    """Everything the memory of conversations raises on purpose."""


class ConversationsUnavailable(ConversationsError):
    """No answer in time, or nothing can be stored. What was being saved may have been saved or not."""


class ConversationBusy(ConversationsError):
    """The turn before this one does not end; nothing was read."""


class ConversationLost(ConversationsError):
    """This is no longer the turn that began last, or the server has forgotten it; nothing was saved."""


class Conversations:
    """All conversations at `url` (redis://, rediss:// or unix://), each kept for `ttl` after its last turn.

    A turn holds its conversation for `lease` at most; the next one waits `wait` at most.
    Raises Misconfigured when `url` cannot be one.
    """

    def __init__(
        self,
        url: str,
        *,
        ttl: timedelta = timedelta(days=30),
        lease: timedelta = timedelta(seconds=10),
        wait: timedelta = timedelta(seconds=3),
    ) -> None:
        self._redis = Redis.from_pool(pool(url))
        self._begin = self._redis.register_script(BEGIN)
        self._end = self._redis.register_script(END)
        self._times = [time // timedelta(milliseconds=1) for time in (lease, ttl)]
        self._wait = wait.total_seconds()
        self._owner = secrets.token_hex(8)
        self._turns = count(1)
        # Turns of one process queue here in order, so that it never polls against itself; unused locks vanish.
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def begin(self, tenant: str, conversation: str, person: str) -> Turnstile:
        """The person's turn in the conversation, with the state as it stands; the next one waits until it ends.

        Use it as a context manager, so that it always ends: `async with await conversations.begin(…) as turn`.
        Raises ConversationBusy or ConversationsUnavailable.
        """
        key = _key(tenant, conversation, person)
        lock = self._locks.setdefault(key, asyncio.Lock())
        deadline = monotonic() + self._wait
        try:
            async with asyncio.timeout(self._wait):
                await lock.acquire()
        except TimeoutError:
            raise ConversationBusy("an earlier turn in this process does not end") from None
        try:
            turn = next(self._turns)
            return Turnstile(await self._take(key, turn, deadline), lock, partial(self._finish, key, turn))
        except BaseException:
            lock.release()
            raise

    async def kept(self, tenant: str, conversation: str, person: str) -> State | None:
        """The state as it stands, without a turn; None where there is none. Raises ConversationsUnavailable."""
        kept: bytes | None = await self._ask(self._redis.hget(_key(tenant, conversation, person), "state"))
        return unseal(kept).state

    async def forget(self, tenant: str, conversation: str, person: str) -> None:
        """Removes the conversation; a turn under way can no longer be saved. Raises ConversationsUnavailable."""
        await self._ask(self._redis.delete(_key(tenant, conversation, person)))

    async def ping(self) -> bool:
        """Whether the server answers in time."""
        try:
            async with asyncio.timeout(ANSWER):
                return bool(await self._redis.ping())
        except (RedisError, OSError):
            return False

    async def close(self) -> None:
        """Ends the connections; a turn under way can no longer be saved."""
        await self._redis.aclose(close_connection_pool=True)

    async def _take(self, key: str, turn: int, deadline: float) -> bytes | None:
        while True:
            taken: list[bytes | None] | None = await self._run(self._begin, key, turn)
            if taken is not None:
                return taken[0]
            if monotonic() >= deadline:
                raise ConversationBusy("a turn in another process does not end")
            await asyncio.sleep(POLL)

    async def _finish(self, key: str, turn: int, *change: str) -> None:
        if not await self._run(self._end, key, turn, *change):
            raise ConversationLost("another turn has begun since, or the server has forgotten this one")

    async def _run(self, script: AsyncScript, key: str, turn: int, *change: str) -> Any:
        return await self._ask(script(keys=[key], args=[self._owner, turn, *self._times, *change]))

    async def _ask(self, question: Awaitable[Any]) -> Any:
        try:
            async with asyncio.timeout(ANSWER):
                return await question
        except (RedisError, OSError) as error:
            raise ConversationsUnavailable(f"no answer from Redis: {type(error).__name__}") from error


class Turnstile:
    """One turn of one person in one conversation. `state` is None where there is none, or none that can be used.

    `damaged`: the state kept cannot be read; saving replaces it.
    `newer`: a newer release keeps a state here that this one cannot read; saving leaves it and returns False.
    """

    def __init__(self, kept: bytes | None, lock: asyncio.Lock, finish: Callable[..., Awaitable[None]]) -> None:
        opened = unseal(kept)
        self.state, self.damaged, self.newer = opened.state, opened.damaged, opened.newer
        self._lock: asyncio.Lock | None = lock
        self._finish = finish

    async def save(self, state: State | None) -> bool:
        """Stores `state` (None: forgets it) and ends the turn; False if a newer release's state was left in place.

        Saving again is fine until the next turn begins. Raises ConversationLost, ConversationsUnavailable, and
        TypeError, before anything has happened, for a state that is not plain JSON.
        """
        change = ("forget",) if state is None else ("save", seal(state))
        await self._leave(*(("keep",) if self.newer else change))
        return not self.newer

    async def release(self) -> None:
        """Ends the turn without a change. Never fails: a lease that nobody gives back ends by itself."""
        if self._lock:
            with suppress(ConversationsError):
                await self._leave("keep")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.release()

    async def _leave(self, *change: str) -> None:
        try:
            await self._finish(*change)
        finally:
            lock, self._lock = self._lock, None
            if lock:
                lock.release()


def _key(tenant: str, conversation: str, person: str) -> str:
    """The tenant leads; the rest is short and unmistakable, in the braces that pick one node of a cluster."""
    whose = hashlib.sha256(json.dumps([conversation, person]).encode()).hexdigest()[:32]
    return f"{quote(tenant, safe='')}:conversation:{{{whose}}}"


def pool(url: str) -> BlockingConnectionPool:
    """Connections that give up early, so that a turn goes on without Redis. Raises Misconfigured."""
    try:
        return BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            timeout=ANSWER / 2,
            socket_timeout=ANSWER / 2,
            socket_connect_timeout=ANSWER / 2,
            retry=Retry(NoBackoff(), 1),
        )
    except ValueError:
        # Its own message may quote a part of the password.
        raise Misconfigured(
            "REDIS_URL cannot be used: give redis://host:6379/0, rediss://… or unix://…, special characters as %XX"
        ) from None
