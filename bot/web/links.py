"""Links over HTTP. Opening one changes nothing, since programs that show previews open it too; only a form does."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from aiohttp import web

from bot.web.door import person_reads, stranger_reads
from bot.web.sheet import STYLE, said, style
from dialogs.texts import Reader
from storage.errors import RecordUnavailable, Refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.web.door import Door, Guest
    from dialogs.texts import Reader
    from storage.links import Opened, Purpose
    from storage.record import Record
    from storage.views import Actor, PersonView

    Page = Callable[["Visit"], Awaitable[web.StreamResponse]]
    Taker = Callable[["Visit", Mapping[str, str]], Awaitable[web.StreamResponse]]

FORBIDDEN: Final = frozenset({"link_not_yours", "not_a_member"})  # every other refusal is of a link that is gone


@dataclass(frozen=True)
class Visit:
    """A link opened by the person it was made for, who has signed in."""

    request: web.Request
    token: str
    opened: Opened
    actor: Actor
    person: PersonView
    reader: Reader
    form: str  # goes along, as `form`, with what is filled in


class Links:
    """What stands behind the links of each purpose: `shows` answers who opens one, `takes` who sends its form.

    `parts` are what its page needs besides, by a name that follows the link; those that are `lasting` also tell whoever
    is on the page already what has become of it when the link's time is over.
    """

    def __init__(
        self,
        record: Record,
        door: Door,
        shows: Mapping[Purpose, Page],
        takes: Mapping[Purpose, Taker],
        parts: Mapping[tuple[Purpose, str], Page] = MappingProxyType({}),
        lasting: frozenset[str] = frozenset(),
    ) -> None:
        self._record = record
        self._door = door
        self._shows = shows
        self._takes = takes
        self._parts = parts
        self._lasting = lasting

    def routes(self) -> list[web.RouteDef]:
        link = "/link/{token:[A-Za-z0-9_-]{43}}"
        part = web.get(f"{link}/{{part:[a-z]+}}", self._open, allow_head=False)
        return [web.get(STYLE, style), web.get(link, self._open), part, web.post(link, self._send)]

    async def _open(self, request: web.Request) -> web.StreamResponse:
        part = request.match_info.get("part")

        async def show(visit: Visit) -> web.StreamResponse:
            purpose = visit.opened.purpose
            page = self._parts.get((purpose, part)) if part else self._shows.get(purpose)
            if page is None:
                raise web.HTTPNotFound
            return await page(visit)

        return await self._visited(request, show, late=part in self._lasting)

    async def _send(self, request: web.Request) -> web.StreamResponse:
        async def take(visit: Visit) -> web.StreamResponse:
            if visit.opened.purpose not in self._takes:
                raise web.HTTPMethodNotAllowed(request.method, ("GET",))
            return await self._takes[visit.opened.purpose](visit, await self._door.read_form(request))

        return await self._visited(request, take)

    async def _visited(self, request: web.Request, welcome: Page, *, late: bool = False) -> web.StreamResponse:
        """The page for whoever may open the link; for others, to sign in or why not."""
        guest = self._door.guest(request)
        if guest is None:
            return await self._door.lead_in(request)
        reader = stranger_reads(request)
        try:
            person = await self._record.people.find(guest.actor.tenant, guest.actor.person)
            if person is not None:
                reader = person_reads(person, self._record.timezone.key, request)
            return await welcome(await self._visit(request, guest, person, reader, late=late))
        except Refused as refused:
            return self._refused(request, reader, refused)
        except RecordUnavailable:
            title, text = (reader.text(f"web.away.{part}") for part in ("title", "text"))
            return said(reader, title, text, status=HTTPStatus.SERVICE_UNAVAILABLE)

    async def _visit(
        self, request: web.Request, guest: Guest, person: PersonView | None, reader: Reader, *, late: bool
    ) -> Visit:
        token = request.match_info["token"]
        opened = await self._record.links.open(token, guest.actor, late=late)
        if person is None:  # erased since; nobody else opens a link without being somebody
            raise Refused("not_a_member")
        return Visit(request, token, opened, guest.actor, person, reader, guest.form)

    def _refused(self, request: web.Request, reader: Reader, refused: Refused) -> web.Response:
        """Says no, and of somebody else's link not whose it is; with that one may sign in anew."""
        forbidden = refused.code in FORBIDDEN
        answer = said(
            reader,
            reader.text("web.refused"),
            reader.refused(refused.code, refused.values),
            status=HTTPStatus.FORBIDDEN if forbidden else HTTPStatus.GONE,
            again=request.path if forbidden else "",
        )
        return self._door.show_out(answer) if forbidden else answer
