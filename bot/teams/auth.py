"""Who is calling: the token that Teams brings, checked in full before the body is read, and then against the body.

Rules: Bot Connector authentication, "Authenticate requests from the Bot Connector service to your bot", each without
its exceptions: no emulator, no skill, no key without endorsements, no claim that may be missing.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import jwt

from bot.teams.keys import KeysUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.teams.clouds import Cloud
    from bot.teams.keys import SigningKeys
    from bot.teams.wire import Json
    from storage.clock import Clock

CHANNEL: Final = "msteams"
ALGORITHM: Final = "RS256"
LEEWAY: Final = 300  # seconds; the rules' "industry-standard clock-skew of 5 minutes"
REMEMBERED: Final = timedelta(minutes=5)
MOST_REMEMBERED: Final = 1_000  # tokens; Teams uses one for many activities

_BEARER: Final = re.compile(r"Bearer ([\w-]+\.[\w-]+\.[\w-]+)", re.ASCII)


class Unauthenticated(Exception):
    """Whoever calls is not Teams speaking to us. `why` is a word for the log, and holds nothing of the token."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Grant:
    """What a good token allows until then: activities of Teams that are answered at this service URL."""

    service_url: str
    until: datetime

    def cover(self, activity: Json) -> None:
        """Raises Unauthenticated when the token was not issued for this activity."""
        if activity.get("channelId") != CHANNEL:
            raise Unauthenticated("channel")
        if activity.get("serviceUrl") != self.service_url:
            raise Unauthenticated("service_url")


class Authentication:
    """Checks the tokens that one cloud issues for one bot."""

    def __init__(self, keys: SigningKeys, cloud: Cloud, *, app_id: str, clock: Clock) -> None:
        self._keys = keys
        self._cloud = cloud
        self._app_id = app_id
        self._clock = clock
        self._known: dict[bytes, Grant] = {}

    async def close(self) -> None:
        await self._keys.close()

    async def grant(self, headers: Sequence[str]) -> Grant:
        """What the request's Authorization header allows. Raises Unauthenticated, KeysUnavailable."""
        token = _token(headers)
        digest = hashlib.sha256(token.encode()).digest()
        known = self._known.get(digest)
        if known is not None and self._clock.now() < known.until:
            return known
        try:
            grant = await self._verified(token)
        except (Unauthenticated, KeysUnavailable):
            raise
        except Exception as wrong:  # whatever a token does to its reader (nesting, numbers), it is not a good one
            raise Unauthenticated(type(wrong).__name__) from None
        self._remember(digest, grant)
        return grant

    async def _verified(self, token: str) -> Grant:
        header = jwt.get_unverified_header(token)
        if header["alg"] != ALGORITHM:
            raise Unauthenticated("algorithm")
        key = await self._keys.find(header["kid"])
        if key is None:
            raise Unauthenticated("key")
        claims = jwt.decode(
            token,
            key.public,
            algorithms=[ALGORITHM],
            audience=self._app_id,
            issuer=self._cloud.issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "nbf", "iss", "aud", "serviceurl"], "strict_aud": True},
        )
        if CHANNEL not in key.endorsements:
            raise Unauthenticated("endorsement")
        if not self._cloud.serves(claims["serviceurl"]):
            raise Unauthenticated("service_url")
        return Grant(claims["serviceurl"], self._until(claims))

    def _until(self, claims: dict[str, Any]) -> datetime:
        return min(datetime.fromtimestamp(int(claims["exp"]), UTC), self._clock.now() + REMEMBERED)

    def _remember(self, digest: bytes, grant: Grant) -> None:
        self._known[digest] = grant
        if len(self._known) > MOST_REMEMBERED:
            del self._known[next(iter(self._known))]


def _token(headers: Sequence[str]) -> str:
    """The one token in `headers`, if it has the shape of one."""
    if len(headers) != 1:
        raise Unauthenticated("header")
    found = _BEARER.fullmatch(headers[0])
    if found is None:
        raise Unauthenticated("header")
    return found[1]
