"""A summary behind its link: a file for spreadsheets, written while it is read, however many lines it has."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING, Final, TypeVar

from aiohttp import web

from bot.web.sheet import SAFE
from dialogs.asked import About, Asked
from dialogs.history_cards import ANYWHERE, told
from dialogs.leaving_cards import reason
from dialogs.summary_cards import SHEET
from storage.money import EXPONENTS
from storage.summaries import SOME

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    from bot.web.links import Page, Visit
    from storage.history import Happened
    from storage.record import Record
    from storage.summaries import Line
    from storage.wanted import Wanted

T = TypeVar("T")

MARK: Final = "\N{BYTE ORDER MARK}"  # without it Excel reads names in Chinese as something else
# What a spreadsheet would take for a formula (OWASP, "CSV Injection"); an apostrophe before it makes it words.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
REASONS: Final = ("day", "product", "purchaser", "reason", "feedback")
NAMED: Final = {"Content-Disposition": 'attachment; filename="purchases.csv"'}


def spreadsheet(record: Record) -> Page:
    """What answers who opens the link of a summary: all that this person may see of it now."""

    async def show(visit: Visit) -> web.StreamResponse:
        asked = Asked.decoded(visit.opened.subject)
        lines = _file(_WRITES[asked.about](visit, record, asked.wanted))
        return web.Response(body=lines, content_type="text/csv", charset="utf-8", headers={**SAFE, **NAMED})

    return show


async def _file(parts: AsyncIterator[list[list[str]]]) -> AsyncIterator[bytes]:
    """Written while it is read: each part goes out before the next one is asked for."""
    mark = MARK
    async for rows in parts:
        yield (mark + _rows(rows)).encode()
        mark = ""


async def _bought(visit: Visit, record: Record, wanted: Wanted) -> AsyncIterator[list[list[str]]]:
    yield [[visit.reader.text(f"summary.sheet.{name}") for name in SHEET]]
    async for part in record.summaries.each(visit.actor, wanted):
        yield [_line(each) for each in part]


async def _reasons(visit: Visit, record: Record, wanted: Wanted) -> AsyncIterator[list[list[str]]]:
    reader = visit.reader
    yield [[reader.text(f"leaving.column.{name}") for name in REASONS]]
    async for part in _pages(lambda page: record.leaving.each(visit.actor, wanted, page=page, size=SOME)):
        yield [
            [reader.day(each.at).isoformat(), each.product, each.purchaser, reason(reader, each.reason), each.feedback]
            for each in part
        ]


async def _changes(visit: Visit, record: Record, wanted: Wanted) -> AsyncIterator[list[list[str]]]:
    reader = visit.reader
    yield [[reader.text(f"history.column.{name}") for name in ANYWHERE]]

    async def read(page: int) -> tuple[Happened, ...]:
        return (await record.history.by(visit.actor, wanted, page=page, size=SOME)).page

    async for part in _pages(read):
        yield [[each.at.isoformat(), *told(reader, each)] for each in part]


_WRITES = {About.BOUGHT: _bought, About.REASONS: _reasons, About.CHANGES: _changes}


async def _pages(read: Callable[[int], Awaitable[tuple[T, ...]]]) -> AsyncIterator[tuple[T, ...]]:
    """Page after page, until one is empty."""
    page = 1
    while rows := await read(page):
        yield rows
        page += 1


def _rows(rows: Iterable[list[str]]) -> str:
    written = StringIO(newline="")
    csv.writer(written).writerows([_harmless(cell) for cell in row] for row in rows)
    return written.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _line(line: Line) -> list[str]:
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
