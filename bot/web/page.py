"""The try-it page over HTTP: one document, its own assets, two ways to speak and a stream of what is said."""

from __future__ import annotations

import re
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import jinja2
import orjson
from aiohttp import web

from bot.web.choosing import LAST
from bot.web.rooms import CHANNEL, Rooms, personal
from bot.web.talk import Talk
from bot.web.texts import TEXTS
from bot.web.visitors import Role
from dialogs.turn import Tap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.answer import Conversation
    from bot.web.rooms import Entry
    from bot.web.visitors import Visitor
    from dialogs.turn import Reply
    from storage.clock import Clock

HERE: Final = Path(__file__).parent
ASSETS: Final = {"page.css": "text/css", "page.js": "text/javascript", "mark.svg": "image/svg+xml"}
SAFE: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
BODY_BYTES: Final = 32 * 1024
QUIET_SECONDS: Final = 15.0  # then the stream says so, and a window that is gone is noticed
KEY: Final = re.compile("[0-9a-f]{32}")

_ENVIRONMENT: Final = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def mount(
    app: web.Application, desk: Conversation, visitors: Sequence[Visitor], *, tenant: str, clock: Clock
) -> TryItPage:
    """Puts the page at `/` of `app`. For the demo only: whoever opens it speaks as any of `visitors`."""
    page = TryItPage(desk, visitors, tenant=tenant, clock=clock)
    app.add_routes(page.routes())
    app.on_shutdown.append(page.close)
    return page


class TryItPage:
    """The page's five addresses. Needs a server that answers only to loopback hosts (`bot/http.py`)."""

    def __init__(self, desk: Conversation, visitors: Sequence[Visitor], *, tenant: str, clock: Clock) -> None:
        self._visitors = {visitor.number: visitor for visitor in visitors}
        self._rooms = Rooms(clock)
        self._talk = Talk(desk, self._rooms, visitors, tenant=tenant, clock=clock)
        self._assets = {name: (HERE / "static" / name).read_bytes() for name in ASSETS}
        self._document = _ENVIRONMENT.get_template("page.html")

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self._show),
            web.get("/try/{asset}", self._asset),
            web.get("/try/as/{number}/events", self._events),
            web.post("/try/as/{number}/say", self._say),
            web.post("/try/as/{number}/tap", self._tap),
        ]

    def tell(self, person: str, reply: Reply) -> None:
        """Says something unasked, in the 1:1 chat or in the channel; nothing happens for somebody who is no visitor."""
        self._talk.tell(person, reply)

    async def close(self, _: web.Application) -> None:
        """Ends the windows' streams, so that stopping the server waits for none of them."""
        self._rooms.close()

    async def _show(self, request: web.Request) -> web.Response:
        asked = request.query.get("as", "")
        first = next(iter(self._visitors.values()))
        visitor = self._visitors.get(int(asked), first) if re.fullmatch("[0-9]{1,3}", asked) else first
        room = CHANNEL if request.query.get("room") == CHANNEL else "personal"
        document = self._document.render(
            visitor=visitor,
            room=room,
            texts=TEXTS[visitor.language],
            suggestions=_suggestions(visitor),
            everyone=self._visitors.values(),
            second=self._second(visitor),
        )
        answer = web.Response(text=document, content_type="text/html", headers=SAFE)
        answer.set_cookie(LAST, str(visitor.number), httponly=True, samesite="Lax")
        return answer

    async def _asset(self, request: web.Request) -> web.Response:
        name = request.match_info["asset"]
        if name not in ASSETS:
            raise web.HTTPNotFound
        return web.Response(body=self._assets[name], content_type=ASSETS[name], charset="utf-8", headers=SAFE)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: what the person's two rooms hold beyond `after`, then "ready", then news."""
        visitor, after = self._visitor(request), request.query.get("after", "0")
        _same_origin(request)
        if not re.fullmatch("[0-9]{1,16}", after):
            raise web.HTTPBadRequest
        if after == "0":
            await self._talk.enter(visitor)
        response = web.StreamResponse(headers=SAFE | {"Content-Type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        rooms = (personal(visitor.number), CHANNEL)
        ready = b"event: ready\ndata: {}\n\n"
        try:
            async for entries in self._rooms.changes(rooms, int(after), QUIET_SECONDS):
                await response.write((b"".join(map(_event, entries)) or b": quiet\n\n") + ready)
                ready = b""
        except ConnectionResetError:  # the window was closed
            return response
        return response

    async def _say(self, request: web.Request) -> web.Response:
        visitor, sent = self._visitor(request), await _read(request)
        match sent:
            case {"room": "personal" | "channel" as room, "key": str(key), "text": str(text)} if (
                KEY.fullmatch(key) and text.strip()
            ):
                await self._talk.say(visitor, _room(visitor, room), key, text)
            case _:
                raise web.HTTPBadRequest
        return web.Response(status=HTTPStatus.NO_CONTENT, headers=SAFE)

    async def _tap(self, request: web.Request) -> web.Response:
        visitor, sent = self._visitor(request), await _read(request)
        match sent:
            case {
                "room": "personal" | "channel" as room,
                "key": str(key),
                "entry": int(entry),
                "data": dict(data),
                "inputs": dict(inputs),
            } if KEY.fullmatch(key) and all(isinstance(value, str) for value in inputs.values()):
                await self._talk.tap(visitor, _room(visitor, room), key, entry, Tap(data, inputs))
            case _:
                raise web.HTTPBadRequest
        return web.Response(status=HTTPStatus.NO_CONTENT, headers=SAFE)

    def _second(self, visitor: Visitor) -> Visitor:
        """Whom to be in a second window: the team lead, or for the lead anybody else."""
        others = [one for one in self._visitors.values() if one != visitor]
        return next((one for one in others if one.role is Role.LEAD), others[0])

    def _visitor(self, request: web.Request) -> Visitor:
        number = request.match_info["number"]
        if not re.fullmatch("[0-9]{1,3}", number) or int(number) not in self._visitors:
            raise web.HTTPNotFound
        return self._visitors[int(number)]


def _room(visitor: Visitor, name: str) -> str:
    return CHANNEL if name == CHANNEL else personal(visitor.number)


def _suggestions(visitor: Visitor) -> list[str]:
    """Four things to say, for this person or else in this person's language."""
    chosen: Mapping[str, list[str]] = TEXTS["suggestions"]
    return chosen.get(str(visitor.number)) or chosen[visitor.language]


def _same_origin(request: web.Request) -> None:
    """Keeps other web sites from speaking as people of the demo: 403."""
    own = f"{request.scheme}://{request.host}"
    origin = request.headers.get("Origin", own if request.method == "GET" else "")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if urlsplit(origin).netloc != request.host or site != "same-origin":
        raise web.HTTPForbidden


async def _read(request: web.Request) -> object:
    """The JSON a window sent; 403 from elsewhere, 411/413/415/400 for what no window of ours sends."""
    _same_origin(request)
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    if request.content_length is None:
        raise web.HTTPLengthRequired
    if request.content_length > BODY_BYTES:
        raise web.HTTPRequestEntityTooLarge(BODY_BYTES, request.content_length)
    try:
        return orjson.loads(await request.read())
    except orjson.JSONDecodeError as error:
        raise web.HTTPBadRequest from error


def _event(entry: Entry) -> bytes:
    said = entry.said
    shown = {
        "id": entry.id,
        "revision": entry.revision,
        "room": "channel" if entry.room == CHANNEL else "personal",
        "author": said.author,
        "name": said.name,
        "text": said.text,
        "language": said.language,
        "at": entry.at,
        "card": said.card,
        "key": said.key,
        "aside": said.aside,
    }
    return b"data: " + orjson.dumps(shown) + b"\n\n"
