"""The door to pages behind links: whoever comes signs in, stays for a quarter of an hour, and sends only our forms."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from aiohttp import web

from bot.web.sheet import SAFE, said
from bot.web.sign_in import BACK, NotSignedIn
from dialogs.texts import Reader, language_of
from storage.views import Actor

if TYPE_CHECKING:
    from bot.web.seal import Seal
    from bot.web.sign_in import SignIn
    from storage.views import PersonView

SESSION: Final = "desk_session"
FLOW: Final = "desk_sign_in"
STAY: Final = timedelta(minutes=15)
ARRIVE: Final = timedelta(minutes=10)
FORM_BYTES: Final = 8 * 1024
FORM_FIELDS: Final = 20
FORM_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Guest:
    """Somebody who has signed in: who it is, and what goes with each form they are shown."""

    actor: Actor
    form: str


class Door:
    """Knows who has signed in by a signed cookie; this process remembers nobody."""

    def __init__(self, sign_in: SignIn, seal: Seal, *, secure: bool) -> None:
        self._sign_in = sign_in
        self._seal = seal
        self._secure = secure  # whether browsers reach us over https

    def routes(self) -> list[web.RouteDef]:
        return [web.post(BACK, self._back)]

    def guest(self, request: web.Request) -> Guest | None:
        """Who sends this request; None for somebody who has not signed in, or too long ago."""
        kept = self._seal.open(SESSION, request.cookies.get(SESSION, ""))
        if kept is None:
            return None
        form = self._seal.close("form", {"session": kept["session"]}, STAY)
        return Guest(Actor(kept["tenant"], kept["person"]), form)

    async def lead_in(self, request: web.Request) -> web.Response:
        """Sends the browser to where the person signs in, and from there back to this address."""
        try:
            begun = await self._sign_in.begin()
        except NotSignedIn:
            return _not_signed_in(request)
        answer = _to(begun.address)
        flow = self._seal.close(FLOW, {"flow": begun.flow, "to": request.path}, ARRIVE)
        # The answer comes from another site, by a form; nothing else that is kept is sent along with such a one.
        self._keep(answer, FLOW, flow, BACK, ARRIVE, "None" if self._secure else "Lax")
        return answer

    async def read_form(self, request: web.Request) -> dict[str, str]:
        """What was filled in on a page of ours by whoever has signed in; 403, 411, 413, 415, 408 or 400 for others."""
        kept = self._seal.open(SESSION, request.cookies.get(SESSION, ""))
        if kept is None or request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            raise web.HTTPForbidden
        filled_in = await _filled_in(request)
        ours = self._seal.open("form", filled_in.pop("form", ""))
        if ours is None or ours["session"] != kept["session"]:
            raise web.HTTPForbidden
        return filled_in

    def show_out(self, answer: web.Response) -> web.Response:
        """The same answer, after which the person has to sign in again."""
        answer.del_cookie(SESSION, path="/")
        return answer

    async def _back(self, request: web.Request) -> web.Response:
        """Whoever comes back from signing in, by name or not."""
        begun = self._seal.open(FLOW, request.cookies.get(FLOW, ""))
        if begun is None:
            return _not_signed_in(request)
        try:
            actor = await self._sign_in.finish(begun["flow"], await _filled_in(request))
        except NotSignedIn:
            return _not_signed_in(request)
        answer = _to(begun["to"])
        answer.del_cookie(FLOW, path=BACK)
        kept = {"tenant": actor.tenant, "person": actor.person, "session": secrets.token_urlsafe(16)}
        self._keep(answer, SESSION, self._seal.close(SESSION, kept, STAY), "/", STAY)
        return answer

    def _keep(
        self, answer: web.Response, name: str, value: str, path: str, lasts: timedelta, site: str = "Lax"
    ) -> None:
        seconds = int(lasts.total_seconds())
        answer.set_cookie(name, value, path=path, max_age=seconds, secure=self._secure, httponly=True, samesite=site)


def person_reads(person: PersonView, timezone: str, request: web.Request) -> Reader:
    """The language of somebody known, as they chose it or the directory says; else as the browser says."""
    return Reader(person.chosen_language or person.language or stranger_reads(request).language, timezone)


def stranger_reads(request: web.Request) -> Reader:
    """The language of somebody who has not signed in, as far as the browser says."""
    return Reader(language_of(request.headers.get("Accept-Language")))


def _to(address: str) -> web.Response:
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={**SAFE, "Location": address})


def _not_signed_in(request: web.Request) -> web.Response:
    reader = stranger_reads(request)
    text = reader.text("web.not_signed_in.text")
    return said(reader, reader.text("web.not_signed_in.title"), text, status=HTTPStatus.FORBIDDEN)


async def _filled_in(request: web.Request) -> dict[str, str]:
    if request.content_type != "application/x-www-form-urlencoded" or "Content-Encoding" in request.headers:
        raise web.HTTPUnsupportedMediaType
    if request.content_length is None:
        raise web.HTTPLengthRequired
    if request.content_length > FORM_BYTES:
        raise web.HTTPRequestEntityTooLarge(FORM_BYTES, request.content_length)
    try:
        async with asyncio.timeout(FORM_SECONDS):
            body = (await request.read()).decode()
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=FORM_FIELDS, errors="strict"))
    except TimeoutError as slow:
        raise web.HTTPRequestTimeout from slow
    except ValueError as wrong:
        raise web.HTTPBadRequest from wrong
