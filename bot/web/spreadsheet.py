"""A summary as a file for spreadsheets: written while it is read, however many lines it has."""

from __future__ import annotations

import csv
from decimal import Decimal
from functools import partial
from io import StringIO
from typing import TYPE_CHECKING, Final, TypeVar

from dialogs.asked import About, Asked
from dialogs.history_cards import ANYWHERE, told
from dialogs.leaving_cards import reason
from dialogs.summary_cards import SHEET
from storage.money import EXPONENTS
from storage.summaries import SOME

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    from bot.web.links import Visit
    from dialogs.texts import Reader
    from storage.history import Happened
    from storage.leaving import LastWords
    from storage.record import Record
    from storage.summaries import Line
    from storage.wanted import Wanted

    Sheet = tuple[list[str], AsyncIterator[list[list[str]]]]  # the head, and the lines part by part

T = TypeVar("T")

MARK: Final = "\N{BYTE ORDER MARK}"  # without it Excel reads names in Chinese as something else
# What a spreadsheet would take for a formula (OWASP, "CSV Injection"); an apostrophe before it makes it words.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
REASONS: Final = ("day", "product", "purchaser", "reason", "feedback")


async def written(visit: Visit, record: Record) -> AsyncIterator[tuple[bytes, int]]:
    """All that this person may see of it now, written while it is read: part after part, with its number of lines.

    The first part is the head, which is none of them. Raises Refused.
    """
    asked = Asked.decoded(visit.opened.subject)
    head, parts = _WRITES[asked.about](visit, record, asked.wanted)
    yield (MARK + _rows([head])).encode(), 0
    async for rows in parts:
        yield _rows(rows).encode(), len(rows)


async def lines_of(visit: Visit, record: Record) -> int:
    """How many lines it has now. Raises Refused."""
    asked = Asked.decoded(visit.opened.subject)
    match asked.about:
        case About.REASONS:
            return (await record.leaving.of(visit.actor, asked.wanted, size=1)).count
        case About.CHANGES:
            return (await record.history.by(visit.actor, asked.wanted, size=1)).count
        case _:
            return (await record.summaries.of(visit.actor, asked.wanted, size=1)).totals.subscriptions


def _bought(visit: Visit, record: Record, wanted: Wanted) -> Sheet:
    head = [visit.reader.text(f"summary.sheet.{name}") for name in SHEET]
    return head, _each(record.summaries.each(visit.actor, wanted), _line)


def _reasons(visit: Visit, record: Record, wanted: Wanted) -> Sheet:
    reader = visit.reader
    pages = _pages(lambda page: record.leaving.each(visit.actor, wanted, page=page, size=SOME))
    return [reader.text(f"leaving.column.{name}") for name in REASONS], _each(pages, partial(_last_words, reader))


def _changes(visit: Visit, record: Record, wanted: Wanted) -> Sheet:
    reader = visit.reader

    async def read(page: int) -> tuple[Happened, ...]:
        return (await record.history.by(visit.actor, wanted, page=page, size=SOME)).page

    head = [reader.text(f"history.column.{name}") for name in ANYWHERE]
    return head, _each(_pages(read), lambda each: [each.at.isoformat(), *told(reader, each)])


_WRITES = {About.BOUGHT: _bought, About.REASONS: _reasons, About.CHANGES: _changes}


async def _each(parts: AsyncIterator[tuple[T, ...]], line: Callable[[T], list[str]]) -> AsyncIterator[list[list[str]]]:
    async for part in parts:
        yield [line(each) for each in part]


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


def _last_words(reader: Reader, each: LastWords) -> list[str]:
    day = reader.day(each.at).isoformat()
    return [day, each.product, each.purchaser, reason(reader, each.reason), each.feedback]


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
