"""The sandbox's own pages, where a payment provider's would be: test cards are picked by name, nothing is typed."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from aiohttp import web

from bot.web.door import stranger_reads
from bot.web.sheet import SAFE, sheet
from storage.payments import SANDBOX, SandboxCard

if TYPE_CHECKING:
    from storage.clock import Clock
    from storage.payments import SandboxGateway


class SandboxPages:
    """For the demo and the tests only. Whoever knows the page's name may use it, as at a real provider."""

    def __init__(self, gateway: SandboxGateway, clock: Clock) -> None:
        self._gateway = gateway
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        return [web.get(f"{SANDBOX}{{page}}", self._show), web.post(f"{SANDBOX}{{page}}", self._take)]

    async def _show(self, request: web.Request, asks: str = "", wrong: str = "") -> web.Response:
        """What there is to choose; `asks` is set while the card's bank wants a confirmation."""
        page = request.match_info["page"]
        back = self._gateway.back_from(page)
        if back is None:
            raise web.HTTPNotFound
        reader = stranger_reads(request)
        kind = asks or ("renew" if self._gateway.changes(page) else "pick")
        title = reader.text(f"web.sandbox.{kind}")
        return sheet(reader, "sandbox", title=title, kind=kind, cards=list(SandboxCard), back=back, wrong=wrong)

    async def _take(self, request: web.Request) -> web.Response:
        page, today = request.match_info["page"], self._clock.now().date()
        back = self._gateway.back_from(page)
        if back is None:
            raise web.HTTPNotFound
        chosen = parse_qs((await request.read())[:1000].decode(errors="replace")).get("card", [""])[0]
        match chosen:
            case "renew":
                self._gateway.renew(page, today)
            case SandboxCard.EXPIRED:
                return await self._show(request, wrong=stranger_reads(request).text("web.sandbox.expired_refused"))
            case SandboxCard.CONFIRM:
                return await self._show(request, asks="bank")
            case "confirmed":
                self._gateway.pick(page, SandboxCard.CONFIRM, today)
            case SandboxCard.WORKS | SandboxCard.DECLINED:
                self._gateway.pick(page, SandboxCard(chosen), today)
            case _:
                raise web.HTTPBadRequest
        return web.Response(status=HTTPStatus.SEE_OTHER, headers={**SAFE, "Location": back})
