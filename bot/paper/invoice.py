"""An invoice as PDF on A4, in the reader's language; equal invoices are equal bytes."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from bot.paper.typesetting import GREY, LEADING, broken, is_printable, write
from dialogs.invoice_cards import CARD_FACTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogs.texts import Reader
    from storage.invoice_views import InvoiceLineView, InvoiceView

WIDTH: Final[float] = A4[0]  # points
HEIGHT: Final[float] = A4[1]
LEFT, RIGHT, TOP, BOTTOM = 56.0, WIDTH - 56.0, HEIGHT - 64.0, 96.0
LICENSES, PRICE = RIGHT - 170.0, RIGHT - 85.0  # where these columns end
WHAT = LICENSES - LEFT - 60.0  # the room for what a line is for
VALUES = 110.0  # from the margin to the values of the head
SIZE, SMALL, TITLE = 10.0, 8.0, 22.0
SUMS = 90.0  # the room for the sums, which stay together
FIRST, OTHERS = TOP - 180.0 - BOTTOM, TOP - 60.0 - BOTTOM  # the room for lines, on the first page without the payer's
MOST_LINES = 6  # of an address; one with more is run on

_ONE_AT_A_TIME: Final = threading.Lock()  # the library keeps what it embeds of a font with the font


def invoice_pdf(reader: Reader, invoice: InvoiceView) -> bytes:
    """The document. It says that it is of License Desk's own record, and what of a name cannot be printed."""
    with _ONE_AT_A_TIME:
        out = io.BytesIO()
        canvas = Canvas(out, pagesize=A4, invariant=1)
        canvas.setTitle(f"{_title(reader, invoice)} {invoice.number}")
        canvas.setAuthor("License Desk")
        canvas.setCatalogEntry("Lang", reader.language)
        _Sheet(canvas, reader, invoice).fill()
        canvas.save()
        return out.getvalue()


@dataclass(frozen=True)
class _Row:
    """A line of the invoice, broken to fit."""

    what: list[str]
    days: list[str]
    cells: tuple[tuple[str, float], ...]  # a text, and where it ends

    @property
    def height(self) -> float:
        return (len(self.what) * SIZE + len(self.days) * SMALL) * LEADING + 10


@dataclass(frozen=True)
class _Sheet:
    canvas: Canvas
    reader: Reader
    invoice: InvoiceView

    def fill(self) -> None:
        """Draws every page."""
        pages = self._pages([self._row(line) for line in self.invoice.lines])
        for number, rows in enumerate(pages, 1):
            y = self._columns(self._head(first=number == 1))
            for row in rows:
                y = self._line(row, y)
            if number == len(pages):
                self._sums(y)
            self._foot(number, len(pages))
            self.canvas.showPage()

    def _pages(self, rows: list[_Row]) -> list[list[_Row]]:
        """The rows that fit on each page, with room for the sums below the last."""
        pages: list[list[_Row]] = [[]]
        first = FIRST - len(self._payer()) * SIZE * LEADING
        for row in rows:
            last = SUMS if row is rows[-1] else 0
            if pages[-1] and sum(each.height for each in (*pages[-1], row)) + last > (
                OTHERS if len(pages) > 1 else first
            ):
                pages.append([])
            pages[-1].append(row)
        return pages

    def _head(self, *, first: bool) -> float:
        """Draws what the document is, of when, and for whom; where the next thing begins."""
        invoice, reader = self.invoice, self.reader
        if not first:
            self._write(invoice.number, LEFT, TOP, SIZE, bold=True)
            return TOP - 24
        self._write("License Desk", LEFT, TOP + 18, SIZE, grey=True)
        self._write(_title(reader, invoice), LEFT, TOP - 12, TITLE, bold=True)
        y = TOP - 44
        for name, values in self._facts():
            self._write(name, LEFT, y, SIZE, grey=True)
            for value in values:
                self._write(value, LEFT + VALUES, y, SIZE)
                y -= SIZE * LEADING
            y -= 3
        return y - 14

    def _facts(self) -> Iterator[tuple[str, list[str]]]:
        invoice, reader = self.invoice, self.reader
        yield reader.text("paper.number"), [invoice.number]
        yield reader.text("paper.date"), [reader.shown(reader.day(invoice.issued_at))]
        yield reader.text("paper.payer"), self._payer()
        cards = [reader.text("fact.card", brand=each.brand, digits=each.last_four) for each in invoice.methods]
        if cards:
            yield reader.text(f"invoices.sum.{CARD_FACTS[invoice.status]}"), [reader.names(cards)]
        yield reader.text("paper.status"), [reader.text(f"paper.is.{invoice.status}")]

    def _payer(self) -> list[str]:
        """Whom it is made out to, with the mail address; a name that has no letters here is said to have none."""
        payer, named = self.invoice.payer, self.invoice.made_out_to
        address = named.address.splitlines() if named else []
        short = address if len(address) <= MOST_LINES else [self.reader.names(address)]
        who = [named.name if named else payer.name, *short]
        mail = [payer.mail] if payer.mail and is_printable(payer.mail) else [payer.id]
        unprintable = [] if all(map(is_printable, who)) else [self.reader.text("paper.unprintable")]
        lines = [*(line for line in who if is_printable(line)), *mail, *unprintable]
        return [part for line in lines for part in broken(line, SIZE, RIGHT - LEFT - VALUES)]

    def _columns(self, y: float) -> float:
        for name, end in (("licenses", LICENSES), ("price", PRICE), ("amount", RIGHT)):
            self._write(self.reader.text(f"paper.column.{name}"), end, y, SMALL, right=True, grey=True)
        self._write(self.reader.text("paper.column.what"), LEFT, y, SMALL, grey=True)
        self._rule(y - 6)
        return y - 20

    def _row(self, line: InvoiceLineView) -> _Row:
        reader, kind = self.reader, self.reader.text(f"invoices.kind.{line.kind}")
        what = reader.text("paper.what", what=kind, product=line.product_name)
        span = reader.text("word.span", first=line.start, last=line.last_day)
        days = reader.text("paper.days", span=span, count=(line.end - line.start).days)
        return _Row(
            broken(what, SIZE, WHAT),
            broken(days, SMALL, WHAT),
            (
                (reader.shown(line.quantity), LICENSES),
                (reader.shown(line.unit_price), PRICE),
                (reader.shown(line.amount), RIGHT),
            ),
        )

    def _line(self, row: _Row, y: float) -> float:
        for text, end in row.cells:
            self._write(text, end, y, SIZE, right=True)
        for text in row.what:
            self._write(text, LEFT, y, SIZE)
            y -= SIZE * LEADING
        for text in row.days:
            self._write(text, LEFT, y, SMALL, grey=True)
            y -= SMALL * LEADING
        return y - 10

    def _sums(self, y: float) -> None:
        invoice = self.invoice
        self._rule(y + 8)
        rows = [("subtotal", invoice.subtotal), ("tax", invoice.tax), ("total", invoice.total)]
        if invoice.still_open and invoice.still_open != invoice.total:
            rows.append(("still_open", invoice.still_open))
        for name, amount in rows:
            y -= 8
            last = name == "total"
            self._write(self.reader.text(f"invoices.sum.{name}"), PRICE, y, SIZE, right=True, bold=last)
            self._write(self.reader.shown(amount), RIGHT, y, SIZE, right=True, bold=last)
            y -= SIZE * LEADING

    def _foot(self, number: int, pages: int) -> None:
        y = BOTTOM - 30
        self._rule(y + 14)
        for text in broken(self.reader.text("invoices.own_record"), SMALL, RIGHT - LEFT - 90):
            self._write(text, LEFT, y, SMALL, grey=True)
            y -= SMALL * LEADING
        page = self.reader.text("paper.page", page=number, pages=pages)
        self._write(page, RIGHT, BOTTOM - 30, SMALL, right=True, grey=True)

    def _rule(self, y: float) -> None:
        self.canvas.setStrokeColorRGB(*GREY)
        self.canvas.setLineWidth(0.4)
        self.canvas.line(LEFT, y, RIGHT, y)

    def _write(
        self, text: str, x: float, y: float, size: float, *, bold: bool = False, right: bool = False, grey: bool = False
    ) -> None:
        color = {"color": GREY} if grey else {}
        write(self.canvas, text, x, y, size, bold=bold, right=right, **color)


def _title(reader: Reader, invoice: InvoiceView) -> str:
    kind = "credit_note" if invoice.total.amount < 0 else "invoice"
    return reader.text(f"paper.title.{kind}")
