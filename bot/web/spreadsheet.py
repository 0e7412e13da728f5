"""A summary behind its link: a file for spreadsheets, written while it is read, however many lines it has."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING, Final

from aiohttp import web

from bot.web.sheet import SAFE
from dialogs.asked import Asked
from dialogs.summary_cards import SHEET
from storage.money import EXPONENTS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from bot.web.links import Page, Visit
    from storage.record import Record
    from storage.summaries import Line

MARK: Final = "\N{BYTE ORDER MARK}"  # without it Excel reads names in Chinese as something else
# What a spreadsheet would take for a formula (OWASP, "CSV Injection"); an apostrophe before it makes it words.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
NAMED: Final = {"Content-Disposition": 'attachment; filename="purchases.csv"'}


def spreadsheet(record: Record) -> Page:
    """What answers who opens the link of a summary: the lines that this person may see now, with all their people."""

    async def show(visit: Visit) -> web.StreamResponse:
        asked = Asked.decoded(visit.opened.subject)
        lines = _file(visit, record.summaries.each(visit.actor, asked.wanted))
        return web.Response(body=lines, content_type="text/csv", charset="utf-8", headers={**SAFE, **NAMED})

    return show


async def _file(visit: Visit, parts: AsyncIterator[tuple[Line, ...]]) -> AsyncIterator[bytes]:
    names = [visit.reader.text(f"summary.sheet.{name}") for name in SHEET]
    yield (MARK + _rows([names])).encode()
    async for part in parts:
        yield _rows(map(_cells, part)).encode()


def _rows(rows: Iterable[list[str]]) -> str:
    written = StringIO(newline="")
    csv.writer(written).writerows([_harmless(cell) for cell in row] for row in rows)
    return written.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _cells(line: Line) -> list[str]:
    """As programs read them: days in ISO 8601, amounts without a currency sign."""
    view, price = line.subscription, line.price
    return [
        view.product_name,
        view.purchaser.name,
        view.purchaser.mail,
        str(view.total),
        view.period_end.isoformat(),
        str(Decimal(price.amount).scaleb(-EXPONENTS[price.currency])),
        price.currency,
        view.term,
        view.status,
        str(view.assigned),
        "; ".join(line.holders),
    ]
