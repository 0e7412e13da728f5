"""How far a long file is written, for whoever waits for it: a few bytes in Redis, which go by themselves.

The file comes over one connection and the page that shows how far it is over another, perhaps of another process.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import quote

from redis.asyncio import Redis
from redis.exceptions import RedisError

from storage.conversations import ANSWER, pool

KEPT: Final = timedelta(minutes=10)  # after the last word of it, as long as a link is good


class Stage(StrEnum):
    """Where a file stands."""

    GOING = "going"
    WHOLE = "whole"
    BROKEN = "broken"  # whoever read it stopped, or we could not go on


@dataclass(frozen=True)
class Progress:
    """So many lines of a file have been handed to whoever saves it, of all that there are."""

    stage: Stage
    written: int
    lines: int


class Files:
    """The files that are being written, by the secret of their link. Raises Misconfigured when `url` cannot be one."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_pool(pool(url))

    async def wrote(self, tenant: str, token: str, progress: Progress) -> bool:
        """Say how far it is; False where that could not be kept, which is no reason to stop. Never raises."""
        try:
            async with asyncio.timeout(ANSWER):
                await self._redis.set(_key(tenant, token), json.dumps(asdict(progress)), px=KEPT)
        except (RedisError, OSError):
            return False
        return True

    async def of(self, tenant: str, token: str) -> Progress | None:
        """How far the last file behind this link is; None where none has begun or nobody knows. Never raises."""
        try:
            async with asyncio.timeout(ANSWER):
                kept = await self._redis.get(_key(tenant, token))
        except (RedisError, OSError):
            return None
        said = json.loads(kept) if kept else None
        return said and Progress(Stage(said["stage"]), said["written"], said["lines"])

    async def close(self) -> None:
        """Ends the connections."""
        await self._redis.aclose(close_connection_pool=True)


def _key(tenant: str, token: str) -> str:
    """The tenant leads, as with conversations; the secret cannot be read from it."""
    return f"{quote(tenant, safe='')}:file:{{{hashlib.sha256(token.encode()).hexdigest()[:32]}}}"
