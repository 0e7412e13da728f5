"""The HTTP shell: what may come in at all, and every mistake of a caller's answered as one (4xx, never 5xx)."""

from __future__ import annotations

import asyncio
import errno
import re
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Protocol

import orjson
import structlog
from aiohttp import web

from bot.logs import where
from bot.strict_json import parse
from bot.teams.auth import Unauthenticated
from bot.teams.keys import KeysUnavailable
from bot.teams.wire import ActivityError
from storage.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.teams.adapter import Answer
    from bot.teams.auth import Authentication

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LARGEST: Final = 256 * 1024  # bytes of body; Teams' own limit for a message is 100 KB
BODY_SECONDS: Final = 5.0
READY_SECONDS: Final = 2.0
# A connection that brings no whole head of a request for so long is closed: a proxy in front must let go of it sooner.
IDLE_SECONDS: Final = 20.0
LINGER_SECONDS: Final = 2.0  # in which the rest of a body that was refused is taken, so that the caller hears why

_JSON = re.compile(r'application/json(\s*;\s*charset="?utf-8"?)?', re.IGNORECASE)
_LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?", re.IGNORECASE)


class Bot(Protocol):
    """What is behind /api/messages (`bot.teams.adapter.DeskAdapter`)."""

    async def process(self, payload: dict[str, object]) -> Answer: ...

    async def close(self) -> None: ...


def build_app(bot: Bot, *, auth: Authentication | None, ready: Callable[[], Awaitable[bool]]) -> web.Application:
    """The application; it closes `bot` and `auth` when it ends. Serve it with `runner`.

    Without `auth` it is a demo: nobody is asked for a token, and it answers to loopback hosts only, so that no web
    page elsewhere can reach it under a name of its own.
    """
    app = web.Application(middlewares=[_faults] if auth else [_faults, _loopback_only])
    app.add_routes(
        [
            web.post("/api/messages", _Messages(bot, auth).receive),
            web.get("/livez", _live, allow_head=False),
            web.get("/readyz", _Readiness(ready).answer, allow_head=False),
        ]
    )
    app.on_response_prepare.append(_nameless)
    app.on_cleanup.append(lambda _: bot.close())
    if auth:
        app.on_cleanup.append(lambda _: auth.close())
    return app


def runner(app: web.Application, *, drain: float = 2.0) -> web.AppRunner:
    """A runner that unpacks no compressed body (aiohttp would, without a limit).

    At its end the requests that have come in have `drain` seconds to be answered.
    """
    return web.AppRunner(
        app,
        auto_decompress=False,
        access_log=None,
        keepalive_timeout=IDLE_SECONDS,
        lingering_time=LINGER_SECONDS,
        shutdown_timeout=drain,
    )


async def listen(runner: web.AppRunner, host: str, port: int) -> str:
    """Listens; returns the address with the port that was got. Raises Misconfigured where that cannot be."""
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise Misconfigured(_why_not(error, host, port)) from error
    name, number = runner.addresses[0][:2]
    return f"http://{f'[{name}]' if ':' in name else name}:{number}"


def _why_not(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"PORT {port} is in use: choose another, for example PORT={port % 65535 + 1}"
        case errno.EACCES:
            return f"PORT {port} is not open to this user: choose one above 1023"
        case _:
            return f"HOST {host!r} is no address of this machine"


@web.middleware
async def _loopback_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    hosts = request.headers.getall("Host", [])
    if len(hosts) != 1 or not _LOOPBACK.fullmatch(hosts[0]):
        raise web.HTTPMisdirectedRequest(text="the demo answers to 127.0.0.1 and localhost only")
    return await handler(request)


class _Messages:
    def __init__(self, bot: Bot, auth: Authentication | None) -> None:
        self._bot = bot
        self._auth = auth

    async def receive(self, request: web.Request) -> web.Response:
        try:
            answer = await self._bot.process(await self._heard(request))
        except ActivityError as wrong:
            raise web.HTTPBadRequest(text=str(wrong)) from wrong
        if answer.body is None:
            return web.Response(status=answer.status)
        return _json(answer.body, answer.status)

    async def _heard(self, request: web.Request) -> dict[str, object]:
        """The body; where tokens are asked for, read only behind a good one, and taken only if that is its own."""
        if self._auth is None:
            return await _payload(request)
        grant = await self._auth.grant(request.headers.getall("Authorization", []))
        payload = await _payload(request)
        grant.cover(payload)
        return payload


async def _payload(request: web.Request) -> dict[str, object]:
    if "Content-Encoding" in request.headers:
        raise web.HTTPUnsupportedMediaType(text="send the body uncompressed")
    if not _JSON.fullmatch(", ".join(request.headers.getall("Content-Type", []))):
        raise web.HTTPUnsupportedMediaType(text="send application/json")
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await _body(request)
    except TimeoutError as slow:
        raise web.HTTPRequestTimeout(text=f"send the body within {BODY_SECONDS:.0f} seconds") from slow
    except web.RequestPayloadError as broken:
        raise web.HTTPBadRequest(text="the body broke off") from broken
    try:
        return parse(body)
    except ValueError as wrong:
        raise web.HTTPBadRequest(text=f"the body is not usable JSON: {wrong}") from wrong


async def _body(request: web.Request) -> bytes:
    """The whole body, read no further than it may be long."""
    body = bytearray()
    announced = request.content_length or 0
    if announced <= LARGEST:
        async for part in request.content.iter_any():
            body += part
            if len(body) > LARGEST:
                break
    size = max(announced, len(body))
    if size > LARGEST:
        raise web.HTTPRequestEntityTooLarge(max_size=LARGEST, actual_size=size)
    return bytes(body)


@web.middleware
async def _faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A fault of ours that no turn could apologise for: its number is in the answer and in the log."""
    try:
        return await handler(request)
    except Unauthenticated as stranger:
        structlog.get_logger().warning("unauthenticated", status=HTTPStatus.UNAUTHORIZED, kind=stranger.why)
        return web.Response(status=HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})
    except KeysUnavailable:  # logged where it happened; Teams brings the message again
        return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "10"})
    except web.HTTPException as refused:
        if refused.status >= HTTPStatus.BAD_REQUEST:
            structlog.get_logger().info("refused", status=refused.status)
        raise
    except Exception as fault:
        reference = secrets.token_hex(4)
        structlog.get_logger().error(
            "request_failed", reference=reference, kind=type(fault).__name__, where=where(fault)
        )
        return _json({"reference": reference}, HTTPStatus.INTERNAL_SERVER_ERROR)


async def _live(_: web.Request) -> web.Response:
    return _json({"ok": True})


class _Readiness:
    def __init__(self, ready: Callable[[], Awaitable[bool]]) -> None:
        self._ready = ready

    async def answer(self, _: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(READY_SECONDS):
                ok = await self._ready()
        except Exception as fault:  # whatever keeps it from answering, it is not ready
            structlog.get_logger().warning("not_ready", kind=type(fault).__name__)
            ok = False
        return _json({"ok": ok}, HTTPStatus.OK if ok else HTTPStatus.SERVICE_UNAVAILABLE)


def _json(body: object, status: int = HTTPStatus.OK) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json", charset="utf-8")


async def _nameless(_: web.Request, response: web.StreamResponse) -> None:
    """Whoever scans for versions learns none."""
    response.headers.popall("Server", None)
