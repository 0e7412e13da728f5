"""Pages about how somebody pays: on to the payment provider for a new card, and what is on file."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web

from bot.web.door import person_reads, stranger_reads
from bot.web.sheet import SAFE, said, sheet
from storage.errors import Refused
from storage.links import Purpose

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.web.door import Door, Guest
    from bot.web.links import Page, Taker, Visit
    from dialogs.texts import Reader
    from storage.record import Record

BEGUN, EDITED = "/payment/back/", "/payment/edited/"


class CardPages:
    """What stands behind links about payment, and where browsers come back to from the provider."""

    def __init__(self, record: Record, door: Door, address: Callable[[], str]) -> None:
        self._record = record
        self._door = door
        self._address = address

    @property
    def shows(self) -> dict[Purpose, Page]:
        return {
            Purpose.PAYMENT_ADD: self._show_begin,
            Purpose.PAYMENT_REPLACE: self._show_begin,
            Purpose.PAYMENT_EDIT: self._show_file,
        }

    @property
    def takes(self) -> dict[Purpose, Taker]:
        return {
            Purpose.PAYMENT_ADD: self._begin,
            Purpose.PAYMENT_REPLACE: self._begin,
            Purpose.PAYMENT_EDIT: self._change,
        }

    def routes(self) -> list[web.RouteDef]:
        return [web.get(f"{BEGUN}{{id}}", self._back), web.get(f"{EDITED}{{id}}", self._back_edited)]

    async def _show_begin(self, visit: Visit) -> web.Response:
        title = visit.reader.text(f"web.begin.title.{visit.opened.purpose.value}")
        return sheet(visit.reader, "begin", title=title, form=visit.form)

    async def _begin(self, visit: Visit, _: Mapping[str, str]) -> web.Response:
        back = f"{self._address()}{BEGUN}{{setup}}"
        return _to(await self._record.payments.begin(visit.actor, visit.token, back))

    async def _show_file(self, visit: Visit, wrong: str = "", typed: Mapping[str, str] | None = None) -> web.Response:
        """The cards on file and whom invoices name; what was typed stays where it cannot be kept."""
        payments = self._record.payments
        profile = await payments.profile(visit.actor)
        kept = {"name": profile.name, "address": profile.address} if profile else {"name": "", "address": ""}
        return sheet(
            visit.reader,
            "file",
            status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
            title=visit.reader.text("web.file.title"),
            form=visit.form,
            cards=await payments.of(visit.actor),
            profile=typed or kept,
            wrong=wrong,
        )

    async def _change(self, visit: Visit, filled_in: Mapping[str, str]) -> web.Response:
        payments, card = self._record.payments, filled_in.get("card", "")
        name, address = filled_in.get("name", ""), filled_in.get("address", "")
        try:
            match filled_in.get("do"):
                case "edit":
                    return _to(await payments.edit(visit.actor, card, f"{self._address()}{EDITED}{card}"))
                case "remove":
                    await payments.remove(visit.actor, card)
                case "profile":
                    await payments.keep_profile(visit.actor, name, address)
        except Refused as refused:
            wrong = visit.reader.refused(refused.code, refused.values)
            # What looks like a card number is not shown again.
            typed = {"name": name, "address": address} if refused.code.startswith("profile_") else None
            return await self._show_file(visit, wrong, None if refused.code == "profile_number" else typed)
        return _to(f"/link/{visit.token}")  # read anew: sent again, it would be done again

    async def _back(self, request: web.Request) -> web.Response:
        """Whoever comes back from the provider: what happened there, the provider is asked."""

        async def ask(guest: Guest, reader: Reader) -> web.Response:
            card = await self._record.payments.finish(guest.actor, request.match_info["id"])
            if card is None:
                return _said(reader, "nothing_added")
            values = {"brand": card.method.brand, "digits": card.method.last_four}
            products = reader.names([view.product_name for view in card.pays])
            return _said(reader, "pays" if products else "added", products=products, **values)

        return await self._asked(request, ask)

    async def _back_edited(self, request: web.Request) -> web.Response:
        async def ask(guest: Guest, reader: Reader) -> web.Response:
            card = await self._record.payments.edited(guest.actor, request.match_info["id"])
            values = {"brand": card.method.brand, "digits": card.method.last_four}
            return _said(reader, "edited", date=reader.shown(card.good_until), **values)

        return await self._asked(request, ask)

    async def _asked(
        self, request: web.Request, ask: Callable[[Guest, Reader], Awaitable[web.Response]]
    ) -> web.Response:
        guest = self._door.guest(request)
        if guest is None:
            return await self._door.lead_in(request)
        person = await self._record.people.find(guest.actor.tenant, guest.actor.person)
        timezone = self._record.timezone.key
        reader = person_reads(person, timezone, request) if person else stranger_reads(request)
        try:
            return await ask(guest, reader)
        except Refused as refused:
            why = reader.refused(refused.code, refused.values)
            return said(reader, reader.text("web.refused"), why, status=HTTPStatus.GONE)


def _said(reader: Reader, what: str, **values: str) -> web.Response:
    return said(reader, reader.text(f"web.{what}.title", **values), reader.text(f"web.{what}.text", **values))


def _to(address: str) -> web.Response:
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={**SAFE, "Location": address})
