"""How fast one person may go on: counted in each process, and for members in Redis for all processes together.

A count is one number, the time at which the person has made up for everything so far (the generic cell rate
algorithm, ITU-T I.371): each message moves it on by `interval`, and it may be ahead of now by `slack` at most.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import Final
from urllib.parse import quote

from redis.asyncio import Redis
from redis.exceptions import RedisError

from storage.clock import monotonic
from storage.conversations import ANSWER, pool

MINUTE: Final = 60_000  # ms
PAUSE: Final = 5_000  # ms in which a Redis that did not answer is not asked again
MOST_PEOPLE: Final = 10_000  # counted by this process alone

# A count that is further ahead than any message could have put it is of a clock that has been set back since.
TAKE: Final = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local interval, slack = tonumber(ARGV[1]), tonumber(ARGV[2])
local even = tonumber(redis.call('GET', KEYS[1]) or now)
if even < now or even > now + slack + interval then even = now end
if even > now + slack then return 0 end
redis.call('SET', KEYS[1], even + interval, 'PX', even + interval - now)
return 1
"""


class Pace:
    """Lets each person have `per_minute` messages a minute in the long run, and half of those at once.

    Raises Misconfigured when `url` cannot be one of a Redis.
    """

    def __init__(self, url: str, per_minute: int) -> None:
        self._redis = Redis.from_pool(pool(url))
        self._take = self._redis.register_script(TAKE)
        self._interval = max(1, MINUTE // per_minute)
        self._slack = self._interval * max(0, per_minute // 2 - 1)
        self._asked_again = 0  # ms; Redis is left alone until then
        self._even: dict[str, int] = {}

    async def allows(self, tenant: str, person: str, *, shared: bool = True) -> bool:
        """Whether the person may have another message answered now; one that may not costs nothing. Never raises.

        Redis is asked only about people who go on faster than `interval` and are not too fast for this process alone;
        unless `shared`, about nobody. Without its answer each process counts by itself.
        """
        key, now = _key(tenant, person), _now()
        even = self._even.pop(key, now)
        allowed = even <= now + self._slack
        self._count(key, max(even, now) + self._interval if allowed else even)
        if not shared or even <= now or not allowed or now < self._asked_again:
            return allowed
        try:
            async with asyncio.timeout(ANSWER):
                return bool(await self._take(keys=[key], args=[self._interval, self._slack]))
        except (RedisError, OSError):
            self._asked_again = _now() + PAUSE
            return allowed

    async def close(self) -> None:
        """Ends the connections."""
        await self._redis.aclose(close_connection_pool=True)

    def _count(self, key: str, even: int) -> None:
        self._even[key] = even
        if len(self._even) > MOST_PEOPLE:
            del self._even[next(iter(self._even))]


def _now() -> int:
    return int(monotonic() * 1000)


def _key(tenant: str, person: str) -> str:
    """The tenant leads, as with conversations; the person cannot be read from it."""
    who = hashlib.sha256(json.dumps([tenant, person]).encode()).hexdigest()[:32]
    return f"{quote(tenant, safe='')}:pace:{{{who}}}"
