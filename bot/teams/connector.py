"""The Bot Connector REST protocol over one pooled client: send, update and delete activities, open a private chat.

Paths and bodies: Bot Framework REST API v3. A create is never repeated after a failure that may have reached
Teams; an update or a delete may be, once.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import quote

import aiohttp
import orjson
import structlog
from yarl import URL

from bot.teams.pacing import Pacing
from bot.teams.tokens import TokenUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.teams.wire import Json

SECONDS: Final = 3.0  # for one call, connecting included
IDLE: Final = 4.0  # seconds; Node servers close after five, and what is sent just then is lost and must not be repeated
LONGEST_PAUSE: Final = 2.0  # seconds; a Retry-After beyond it is a refusal

# Teams was never reached, so it has taken nothing.
_UNHEARD: Final = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, TokenUnavailable)


class ConnectorError(Exception):
    """Not delivered. `status` is what Teams answered, None when it did not; `certain` whether it surely took nothing.

    `pause` is how many seconds Teams asked us to wait.
    """

    def __init__(self, method: str, status: int | None, *, certain: bool = False, pause: float | None = None) -> None:
        super().__init__(f"{method} was answered {status}" if status else f"{method} was not answered")
        self.status = status
        self.certain = certain or (status is not None and status < HTTPStatus.INTERNAL_SERVER_ERROR)
        self.pause = pause


class Tokens(Protocol):
    """Where the bearer token for Teams comes from (`bot.teams.tokens.EntraTokens`); may raise TokenUnavailable."""

    async def token(self) -> str | None: ...


class NoToken:
    """For the demo, where nobody asks for one."""

    async def token(self) -> str | None:
        return None


class Connector:
    """One client for every service URL. Made inside a running event loop; `close` it."""

    def __init__(self, tokens: Tokens, *, seconds: float = SECONDS, pacing: Pacing | None = None) -> None:
        self._tokens = tokens
        self._pacing = pacing or Pacing()
        self._client = aiohttp.ClientSession(
            # Half of the time for connecting: who has not been reached by then has certainly heard nothing.
            timeout=aiohttp.ClientTimeout(total=seconds, connect=seconds / 2),
            connector=aiohttp.TCPConnector(keepalive_timeout=IDLE),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Content-Type": "application/json; charset=utf-8"},
        )

    async def close(self) -> None:
        await self._client.close()

    async def send(self, service_url: str, conversation: str, activity: Json, *, tenant: str = "") -> str:
        """Posts into a conversation and returns the activity's id ("" when none is given). Raises ConnectorError."""
        await self._pacing.turn(tenant, conversation)
        return _id(await self._call("POST", _address(service_url, conversation, "activities"), activity))

    async def update(self, service_url: str, conversation: str, activity_id: str, activity: Json) -> None:
        """Puts `activity` in the place of the one with this id. Raises ConnectorError."""
        await self._repeatable("PUT", _address(service_url, conversation, "activities", activity_id), activity)

    async def delete(self, service_url: str, conversation: str, activity_id: str) -> None:
        """Takes an activity away. Raises ConnectorError."""
        await self._repeatable("DELETE", _address(service_url, conversation, "activities", activity_id))

    async def open_chat(self, service_url: str, parameters: Json) -> str:
        """The id of the private chat that ConversationParameters ask for. Raises ConnectorError."""
        chat = _id(await self._call("POST", _address(service_url), parameters))
        if not chat:
            raise ConnectorError("POST", None)
        return chat

    async def member(self, service_url: str, conversation: str, account: str) -> Json:
        """What the roster of a conversation or team says of an account. Raises ConnectorError, with 404 for nobody."""
        answer = await self._repeatable("GET", _address(service_url, conversation, "members", account))
        return _object(answer)

    async def _repeatable(self, method: str, address: URL, body: Json | None = None) -> bytes:
        try:
            return await self._call(method, address, body)
        except ConnectorError as failed:
            if failed.status and failed.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            return await self._call(method, address, body)

    async def _call(self, method: str, address: URL, body: Json | None) -> bytes:
        status, pause, answer = await self._once(method, address, body)
        if status == HTTPStatus.TOO_MANY_REQUESTS and pause <= LONGEST_PAUSE:
            await asyncio.sleep(pause)
            status, pause, answer = await self._once(method, address, body)
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            structlog.get_logger().warning("connector_refused", kind=method, status=status)
            raise ConnectorError(method, status, pause=pause if status == HTTPStatus.TOO_MANY_REQUESTS else None)
        return answer

    async def _once(self, method: str, address: URL, body: Json | None) -> tuple[int, float, bytes]:
        try:
            token = await self._tokens.token()
            async with self._client.request(
                method,
                address,
                data=orjson.dumps(body) if body is not None else None,
                headers={"Authorization": f"Bearer {token}"} if token else None,
                allow_redirects=False,  # a token and a person's words go to the address that was checked only
            ) as response:
                return response.status, _pause(response.headers), await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError, TokenUnavailable) as fault:
            structlog.get_logger().warning("connector_unreachable", kind=type(fault).__name__)
            raise ConnectorError(method, None, certain=isinstance(fault, _UNHEARD)) from fault


def _address(service_url: str, *path: str) -> URL:
    """Ids hold ":", "@" and ";" and may hold "/": each is one encoded segment, as Teams expects them."""
    steps = "/".join(quote(step, safe="") for step in ("v3", "conversations", *path))
    return URL(f"{service_url.rstrip('/')}/{steps}", encoded=True)


def _pause(headers: Mapping[str, str]) -> float:
    asked = headers.get("Retry-After", "1")
    return float(asked) if asked.isascii() and asked.isdigit() else 1.0


def _id(answer: bytes) -> str:
    """The id in Teams' answer; some channels answer without a body."""
    return str(_object(answer).get("id") or "")


def _object(answer: bytes) -> Json:
    """The JSON object in an answer, empty where there is none."""
    try:
        found = orjson.loads(answer)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
