"""The keys that sign for Teams, as their publisher names them: asked seldom, kept through its bad days."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import orjson
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK, PyJWTError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from storage.clock import Clock

FETCH_SECONDS: Final = 3.0  # for both documents together
LARGEST: Final = 512 * 1024  # bytes of a document; the real ones have about 20 KB
SMALLEST_KEY: Final = 2048  # bits
PAUSE: Final = timedelta(seconds=10)  # between two fetches, whoever asks for keys that do not exist
FRESH: Final = timedelta(hours=24)  # source: Bot Connector authentication, "cache … for no longer than 24 hours"
USABLE: Final = timedelta(days=5)  # while the publisher cannot be reached


class KeysUnavailable(Exception):
    """The publisher does not answer, so nobody can say whether the token is good."""


class _NotKeys(Exception):
    """What was answered is no key document; the message is for debugging only."""


@dataclass(frozen=True)
class Key:
    """A public key, and the channels whose activities it may sign."""

    public: RSAPublicKey
    endorsements: frozenset[str]


class SigningKeys:
    """The keys behind one OpenID metadata address. Made inside a running event loop; `close` it."""

    def __init__(self, metadata: str, clock: Clock, *, seconds: float = FETCH_SECONDS) -> None:
        self._metadata = metadata
        self._clock = clock
        self._seconds = seconds
        self._client = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        self._keys: Mapping[str, Key] = {}
        self._fetched: datetime | None = None
        self._asked: datetime | None = None
        self._under_way: asyncio.Task[None] | None = None

    async def find(self, kid: str) -> Key | None:
        """The key of that id, None where there is none.

        A key that is not known yet, right after a rollover, is asked for at once. Raises KeysUnavailable where the
        publisher would have to say and does not.
        """
        if kid in self._keys and self._younger_than(USABLE):
            if not self._younger_than(FRESH):
                self._start()  # nobody waits for it: the key at hand will do
            return self._keys[kid]
        fetch = self._start()
        if fetch is not None:
            await asyncio.shield(fetch)
        if not self._younger_than(USABLE) or (kid not in self._keys and self._fetched != self._asked):
            raise KeysUnavailable
        return self._keys.get(kid)

    async def close(self) -> None:
        """Gives up a fetch under way and lets go of the connection."""
        if self._under_way is not None:
            self._under_way.cancel()
            await asyncio.gather(self._under_way, return_exceptions=True)
        await self._client.close()

    def _younger_than(self, age: timedelta) -> bool:
        return self._fetched is not None and self._clock.now() - self._fetched < age

    def _start(self) -> asyncio.Task[None] | None:
        """The fetch that is under way, or a new one; None when the last was a moment ago."""
        if self._under_way is not None and not self._under_way.done():
            return self._under_way
        now = self._clock.now()
        if self._asked is not None and timedelta(0) <= now - self._asked < PAUSE:
            return None
        self._asked = now
        self._under_way = asyncio.create_task(self._fetch(now))
        return self._under_way

    async def _fetch(self, asked: datetime) -> None:
        """Puts new keys in the place of the old; leaves these where there are none to be had."""
        try:
            async with asyncio.timeout(self._seconds):
                self._keys = _keys(await self._document(await self._address()))
            self._fetched = asked
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError, _NotKeys) as fault:
            structlog.get_logger().error("keys_unavailable", kind=type(fault).__name__)

    async def _address(self) -> str:
        address = (await self._document(self._metadata)).get("jwks_uri")
        if not isinstance(address, str) or address.partition(":")[0] != self._metadata.partition(":")[0]:
            raise _NotKeys("no jwks_uri, or one that is less safe than the metadata's own address")
        return address

    async def _document(self, address: str) -> dict[str, Any]:
        """The JSON object at `address`, read no further than it may be long."""
        body = bytearray()
        async with self._client.get(address, allow_redirects=False, raise_for_status=True) as response:
            async for part in response.content.iter_chunked(65_536):
                body += part
                if len(body) > LARGEST:
                    raise _NotKeys("too long")
        document = orjson.loads(body)
        if not isinstance(document, dict):
            raise _NotKeys("not an object")
        return document


def _keys(document: dict[str, Any]) -> Mapping[str, Key]:
    """The usable keys by id. One that is of another kind or broken is left out; raises _NotKeys for none at all."""
    listed = document.get("keys")
    found = (_key(each) for each in listed if isinstance(each, dict)) if isinstance(listed, list) else ()
    keys = dict(pair for pair in found if pair is not None)
    if not keys:
        raise _NotKeys("no key")
    return keys


def _key(published: dict[str, Any]) -> tuple[str, Key] | None:
    kid, endorsements = published.get("kid"), published.get("endorsements")
    if not isinstance(kid, str) or published.get("kty") != "RSA":
        return None
    try:
        public = PyJWK(published, algorithm="RS256").key
    except (PyJWTError, ValueError, TypeError):
        return None
    if not isinstance(public, RSAPublicKey) or public.key_size < SMALLEST_KEY:
        return None
    names = endorsements if isinstance(endorsements, list) else []
    return kid, Key(public, frozenset(name for name in names if isinstance(name, str)))
