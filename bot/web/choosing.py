"""The demo's way to sign in: a list of people to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

from bot.web.door import stranger_reads
from bot.web.sheet import sheet
from bot.web.sign_in import BACK, CHOOSE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.web.visitors import Visitor

LAST: Final = "desk_demo_person"  # the cookie that says who the try-it page was opened as


class Choosing:
    """Offers the people the try-it page shows first; whoever it was opened as last is chosen already."""

    def __init__(self, visitors: Sequence[Visitor]) -> None:
        self._people = [visitor for visitor in visitors if visitor.starring]

    def routes(self) -> list[web.RouteDef]:
        return [web.get(CHOOSE, self._show)]

    async def _show(self, request: web.Request) -> web.Response:
        reader = stranger_reads(request)
        last = request.cookies.get(LAST, "")
        return sheet(
            reader,
            "choose",
            title=reader.text("web.choose.title"),
            people=self._people,
            chosen=int(last) if last.isdecimal() and len(last) < 4 else 0,
            state=request.query.get("state", ""),
            back=BACK,
        )
