"""What the causes of a difference look like: a row each with its change, day and person, and what they add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from dialogs.elements import Bar, Button, Card, Chart, Element, Facts, Heading, Line, Table, Tone
from storage.invoice_views import CauseKind

if TYPE_CHECKING:
    from dialogs.texts import Reader
    from storage.invoice_views import Cause, Explanation

MOST_ROWS = 10  # the smaller ones are one row together


def invoice_card(reader: Reader, why: Explanation) -> tuple[str, Card]:
    """Why an invoice comes to what it does; one that has none like it before is explained by itself."""
    show = Button(why.number, (("look", "show_invoice"), ("pick.invoice", why.number)))
    if not why.before_number:
        title = reader.text("explain.title.alone", this=why.number, total=why.total)
        return title, Card((Heading(title), _table(reader, why, "amount")), (show,))
    return _compared(reader, why, why.number, why.before_number, show)


def days_card(reader: Reader, why: Explanation, this: str, before: str, span: str) -> tuple[str, Card]:
    """Why the invoices of some days come to another sum than those of the days before."""
    data = (("look", "list_invoices"), ("span", span))
    return _compared(reader, why, this, before, Button(reader.text("button.invoices"), data))


def _compared(reader: Reader, why: Explanation, this: str, before: str, button: Button) -> tuple[str, Card]:
    difference = why.difference
    which = "higher" if difference.amount > 0 else "lower" if difference.amount < 0 else "same"
    size = -difference if difference.amount < 0 else difference
    title = reader.text(f"explain.title.{which}", this=this, before=before, difference=size)
    sums = ((this, reader.shown(why.total)), (before, reader.shown(why.before)))
    facts = Facts((*sums, (reader.text("explain.column.difference"), reader.signed(difference))))
    causes: tuple[Element, ...] = (
        (_table(reader, why, "difference"),) if why.causes else (Line(reader.text("explain.no_change")),)
    )
    picture = _picture(reader, why, this, before)
    untraced = any(cause.kind is CauseKind.UNTRACED for cause in why.causes)
    note = (Line(reader.text("explain.untraced"), Tone.WARNING),) if untraced else ()
    return title, Card((Heading(title), facts, *picture, *causes, *note), (button,))


def _picture(reader: Reader, why: Explanation, this: str, before: str) -> tuple[Chart, ...]:
    """How much longer the one is than the other, where that can be seen: nothing below zero has a length."""
    sums = ((this, why.total), (before, why.before))
    if why.total.whole == why.before.whole or min(why.total.amount, why.before.amount) < 0:
        return ()
    return (
        Chart(reader.text("explain.chart"), tuple(Bar(name, sum_.whole, reader.shown(sum_)) for name, sum_ in sums)),
    )


def _table(reader: Reader, why: Explanation, last: str) -> Table:
    """A row for each cause, the largest first; together they are the difference, which the column `last` shows."""
    columns = tuple(reader.text(f"explain.column.{name}") for name in ("why", "change", last))
    causes = sorted(why.causes, key=lambda cause: -abs(cause.amount.amount))
    largest, rest = (causes, []) if len(causes) <= MOST_ROWS else (causes[: MOST_ROWS - 1], causes[MOST_ROWS - 1 :])
    rows = [(_why(reader, cause), _change(reader, cause), reader.signed(cause.amount)) for cause in largest]
    if rest:
        together = sum((cause.amount for cause in rest[1:]), rest[0].amount)
        rows.append((reader.text("explain.rest", count=len(rest)), "", reader.signed(together)))
    return Table(columns, tuple(rows))


def _change(reader: Reader, cause: Cause) -> str:
    """When it was changed, and by whom."""
    if cause.on is None:
        return ""
    return reader.text("explain.by", date=cause.on, name=cause.by) if cause.by else reader.shown(cause.on)


def _why(reader: Reader, cause: Cause) -> str:
    prices = {name: price for name, price in (("price", cause.price), ("old", cause.old_price)) if price is not None}
    days = {"left": cause.days, "days": cause.days_in_period}
    product, count = cause.product_name, abs(cause.licenses)
    return reader.text(f"explain.cause.{_key(cause)}", product=product, count=count, **days, **prices)


def _key(cause: Cause) -> str:
    match cause.kind:
        case CauseKind.CREDIT | CauseKind.PERIOD | CauseKind.PRORATION:
            return f"{cause.kind}_earlier" if cause.earlier else cause.kind.value
        case CauseKind.LICENSES:
            return "more" if cause.licenses > 0 else "fewer"
        case CauseKind.NEW | CauseKind.ENDED | CauseKind.PRICE | CauseKind.TAX | CauseKind.UNTRACED:
            return cause.kind.value
    assert_never(cause.kind)
