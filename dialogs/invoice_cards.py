"""What invoices look like: those of some months in a table, and one with its lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dialogs.elements import Button, Card, Element, Facts, Heading, Line, Link, Table, Tone
from dialogs.pay_cards import pay_buttons
from storage.invoice_views import InvoiceStatus
from storage.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from dialogs.spans import Span
    from dialogs.texts import Reader
    from storage.invoice_views import InvoiceLineView, InvoiceView

USUAL = "3"  # months: Microsoft's own default, with 6 as the next choice
WIDER = ("6", "12")
MOST_BUTTONS = 5  # of a list; of a longer one people say which they want to see
BETWEEN = "|"  # products in one line of a button's data

Tap = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Asked:
    """Which invoices were asked for: of these days, as they were said, and only those for these products."""

    span: Span
    said: str
    products: tuple[str, ...]
    today: date


def look(asked: Asked) -> Tap:
    """What a button carries that asks for the same again."""
    return ("look", "list_invoices"), ("span", asked.said), ("products", BETWEEN.join(asked.products))


def list_card(
    reader: Reader, asked: Asked, rows: Sequence[InvoiceView], found: Sequence[InvoiceView]
) -> tuple[str, Card]:
    """A page of the invoices `found`, the newest first, and what all of them come to."""
    title = reader.text("invoices.title", count=len(found), span=asked.span.shown(reader, asked.today))
    columns = tuple(reader.text(f"invoices.column.{name}") for name in ("invoice", "products", "total"))
    table = Table(columns, tuple(_row(reader, each) for each in rows))
    few = len(found) <= MOST_BUTTONS
    elements: tuple[Element, ...] = (
        Heading(title),
        *_which(reader, asked),
        table,
        Facts(tuple((reader.text("invoices.altogether"), reader.shown(each)) for each in _totals(found))),
        *(() if few else (Line(reader.text("invoices.open", number=rows[0].number), Tone.QUIET),)),
    )
    buttons = tuple(_show(each) for each in rows) if few else ()
    sums = reader.names([reader.shown(each) for each in _totals(found)])
    return reader.text("invoices.fallback", title=title, total=sums), Card(elements, (*buttons, *_wider(reader, asked)))


def none_card(reader: Reader, asked: Asked, latest: Sequence[InvoiceView]) -> tuple[str, Card]:
    """Nothing was found: in which days, what the `latest` one is, and wider spans to look at."""
    if not latest:
        text = reader.text("invoices.none_at_all")
        return text, Card((Heading(text),))
    span = asked.span.shown(reader, asked.today)
    text = (
        reader.text("invoices.none_of", span=span, products=reader.either(list(asked.products)))
        if asked.products
        else reader.text("invoices.none", span=span)
    )
    [newest] = latest
    last = reader.text("invoices.latest", number=newest.number, date=reader.day(newest.issued_at))
    return text, Card((Heading(text), Line(last)), (_show(newest), *_wider(reader, asked)))


def invoice_card(reader: Reader, invoice: InvoiceView, pdf: str, only_one_of: Asked | None) -> tuple[str, Card]:
    """One invoice with its lines; `pdf` is the address of its PDF, if it has one.

    `only_one_of` is what was asked for, where this is all that was found.
    """
    title = reader.text("invoices.one", number=invoice.number, date=reader.day(invoice.issued_at))
    columns = tuple(reader.text(f"invoices.column.{name}") for name in ("what", "licenses", "amount"))
    table = Table(columns, tuple(_line(reader, line) for line in invoice.lines))
    status = Line(reader.text(f"invoices.status.{invoice.status}"), _TONES[invoice.status])
    only = (Line(_only(reader, only_one_of), Tone.QUIET),) if only_one_of else ()
    own_record = Line(reader.text("invoices.own_record"), Tone.QUIET)
    elements = (Heading(title), *only, status, table, Facts(_sums(reader, invoice)), own_record)
    why = Button(reader.text("button.why"), (("look", "explain_invoice"), ("pick.invoice", invoice.number)))
    total = reader.shown(invoice.total)
    text = reader.text("invoices.fallback_one", title=title, products=reader.names([*invoice.products]), total=total)
    pay = pay_buttons(reader, invoice.payable) if invoice.payable else ()
    return text, Card(elements, (*pay, why, *((Link(reader.text("button.pdf"), pdf),) if pdf else ())))


_TONES = {
    InvoiceStatus.PAID: Tone.GOOD,
    InvoiceStatus.UNPAID: Tone.WARNING,
    InvoiceStatus.CREDIT_NOTE: Tone.PLAIN,
    InvoiceStatus.SET_AGAINST: Tone.PLAIN,
}
CARD_FACTS: Final = {  # what the card on an invoice is there for
    InvoiceStatus.PAID: "paid_with",
    InvoiceStatus.UNPAID: "to_pay_with",
    InvoiceStatus.CREDIT_NOTE: "refunded_to",
    InvoiceStatus.SET_AGAINST: "rest_to",
}


def _which(reader: Reader, asked: Asked) -> list[Element]:
    """What was left out of the list, and how to see it."""
    of = [Line(reader.text("invoices.only_of", products=reader.names([*asked.products])))] if asked.products else []
    usual = [Line(reader.text("invoices.usual"), Tone.QUIET)] if asked.said == USUAL else []
    return [*of, *usual]


def _wider(reader: Reader, asked: Asked) -> tuple[Button, ...]:
    """Buttons for more months than were asked for, where a number of months was."""
    months = int(asked.said) if asked.said.isdecimal() else 0
    wider = [each for each in WIDER if int(each) > months][: 1 if asked.said == USUAL else 2]
    products = ("products", BETWEEN.join(asked.products))
    return tuple(
        Button(reader.text("button.months", count=int(each)), (("look", "list_invoices"), ("span", each), products))
        for each in wider
    )


def _only(reader: Reader, asked: Asked) -> str:
    return reader.text("invoices.only_one", span=asked.span.shown(reader, asked.today))


def _row(reader: Reader, invoice: InvoiceView) -> tuple[str, ...]:
    issued = reader.text("invoices.option", number=invoice.number, date=reader.day(invoice.issued_at))
    total = reader.text(f"invoices.total.{invoice.status}", total=invoice.total)
    return issued, reader.names([*invoice.products]), total


def _line(reader: Reader, line: InvoiceLineView) -> tuple[str, ...]:
    what = reader.text(f"invoices.kind.{line.kind}")
    days = reader.text("word.span", first=line.start, last=line.last_day)
    return (
        reader.text("invoices.what", what=what, product=line.product_name, days=days),
        reader.text("invoices.times", count=line.quantity, price=line.unit_price),
        reader.shown(line.amount),
    )


def _sums(reader: Reader, invoice: InvoiceView) -> tuple[tuple[str, str], ...]:
    amounts = (("subtotal", invoice.subtotal), ("tax", invoice.tax), ("total", invoice.total))
    rows = [(reader.text(f"invoices.sum.{name}"), reader.shown(amount)) for name, amount in amounts]
    if invoice.still_open and invoice.still_open != invoice.total:
        rows.append((reader.text("invoices.sum.still_open"), reader.shown(invoice.still_open)))
    cards = [reader.text("fact.card", brand=each.brand, digits=each.last_four) for each in invoice.methods]
    if cards:
        rows.append((reader.text(f"invoices.sum.{CARD_FACTS[invoice.status]}"), reader.names(cards)))
    if named := invoice.made_out_to:
        rows.append((reader.text("invoices.made_out_to"), reader.names([named.name, *named.address.splitlines()])))
    return tuple(rows)


def _totals(invoices: Iterable[InvoiceView]) -> list[Money]:
    """What they come to, a sum for each currency."""
    sums: dict[str, Money] = {}
    for each in invoices:
        currency = each.total.currency
        sums[currency] = sums.get(currency, Money(0, currency)) + each.total
    return list(sums.values())


def _show(invoice: InvoiceView) -> Button:
    return Button(invoice.number, (("look", "show_invoice"), ("pick.invoice", invoice.number)))
