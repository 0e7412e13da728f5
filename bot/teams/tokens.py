"""The token that we show Teams: from Microsoft Entra by client credentials, fetched before the old one runs out."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import structlog
from msal import ConfidentialClientApplication

if TYPE_CHECKING:
    from datetime import datetime

    from storage.clock import Clock

WAIT: Final = 3.0  # seconds that a reply waits for a token
REQUEST_SECONDS: Final = 2.0  # for each of MSAL's requests: metadata, then the token
AHEAD: Final = timedelta(minutes=5)
PAUSE: Final = timedelta(seconds=10)  # after a failure


class TokenUnavailable(Exception):
    """Entra gave no token in time, or refused; the log says why."""


class _Refused(Exception):
    """Entra said no, in the word of OAuth that `error` is."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass(frozen=True)
class _Token:
    value: str
    expires: datetime


class EntraTokens:
    """Tokens of one app for one audience. Nothing is asked of Entra before the first reply is sent."""

    def __init__(self, app_id: str, secret: str, *, authority: str, scope: str, clock: Clock) -> None:
        self._app_id = app_id
        self._secret = secret
        self._authority = authority
        self._scope = scope
        self._clock = clock
        self._token: _Token | None = None
        self._failed: datetime | None = None
        self._under_way: asyncio.Task[None] | None = None

    async def token(self) -> str:
        """A token that is good for this moment. Raises TokenUnavailable."""
        now = self._clock.now()
        if self._token is None or now >= self._token.expires:
            await asyncio.wait({self._refresh()}, timeout=WAIT)
        elif now >= self._token.expires - AHEAD:
            self._refresh()  # nobody waits for it: the token at hand will do
        if self._token is None or now >= self._token.expires:
            raise TokenUnavailable
        return self._token.value

    def _refresh(self) -> asyncio.Task[None]:
        """The one request that is under way."""
        if self._under_way is None or self._under_way.done():
            self._under_way = asyncio.create_task(self._ask())
        return self._under_way

    async def _ask(self) -> None:
        now = self._clock.now()
        if self._failed is not None and timedelta(0) <= now - self._failed < PAUSE:
            return
        try:
            answer = await asyncio.to_thread(self._acquire)
            self._token = _Token(answer["access_token"], now + timedelta(seconds=int(answer["expires_in"])))
        except Exception as fault:  # MSAL lets through what its HTTP client, its parser and its own checks raise
            self._failed = now
            kind = fault.error if isinstance(fault, _Refused) else type(fault).__name__
            structlog.get_logger().error("token_unavailable", kind=kind)

    def _acquire(self) -> dict[str, Any]:
        """Runs in a thread, one at a time, for MSAL blocks.

        A client for each request, because one that has met an error repeats it for a minute without asking again.
        """
        client = ConfidentialClientApplication(
            self._app_id,
            client_credential=self._secret,
            authority=self._authority,
            instance_discovery=False,  # the authority is our own data
            timeout=REQUEST_SECONDS,
        )
        answer: dict[str, Any] = client.acquire_token_for_client(scopes=[self._scope])
        if "access_token" not in answer:
            raise _Refused(str(answer.get("error", "no_token")))
        return answer
