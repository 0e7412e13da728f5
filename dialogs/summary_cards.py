"""What a summary looks like: its scope, instant and filters first, then totals, a chart, and the lines or groups."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from dialogs.asked import About, Asked
from dialogs.elements import Bar, Button, Card, Chart, Facts, Heading, Line, Link, Table, Tone
from dialogs.scope import Scope, filters, head
from storage.grouping import NOBODY, GroupBy
from storage.views import Status
from storage.wanted import Only, Order, Wanted

if TYPE_CHECKING:
    from dialogs.texts import Reader
    from storage.grouping import Group
    from storage.summaries import Line as Bought
    from storage.summaries import Summary, Totals
    from storage.views import SubscriptionView

MOST_BARS: Final = 6
COLUMNS: Final = ("product", "purchaser", "licenses", "expiry", "price", "people")
SHEET: Final = (
    "product",
    "purchaser",
    "mail",
    "licenses",
    "expiry",
    "price",
    "currency",
    "term",
    "status",
    "assigned",
    "people",
)
GROUPED: Final = ("subscriptions", "licenses", "a_month")
ORDERS: Final = (Order.PRICE, Order.EXPIRY, Order.PURCHASER, Order.BOUGHT)


@dataclass(frozen=True)
class Shown:
    """A page of a summary under its scope."""

    summary: Summary
    scope: Scope

    @property
    def asked(self) -> Asked:
        return self.scope.asked


def summary_card(reader: Reader, shown: Shown) -> tuple[str, Card]:
    """The page with buttons for other groups and orders; each button carries the filters."""
    summary = shown.summary
    if not summary.totals.subscriptions:
        return nothing_card(reader, shown.scope)
    kind = "subscriptions.title.found" if filters(reader, shown.scope) else f"summary.title.{shown.scope.whose}"
    text, above = head(reader, shown.scope, reader.text(kind, count=summary.totals.subscriptions))
    rows = _groups(reader, shown) if shown.asked.group_by else _lines(reader, shown)
    return text, Card((*above, Facts(_totals(reader, summary)), *_chart(reader, shown), rows), _buttons(reader, shown))


def nothing_card(reader: Reader, scope: Scope) -> tuple[str, Card]:
    """That there is nothing, under what was looked for, and what to ask instead, if there is more to know."""
    about, limited = scope.asked.about, bool(filters(reader, scope))
    title = reader.text(f"summary.none.{about}.{'found' if limited else scope.whose}")
    text, above = head(reader, scope, title)
    instead = "found" if limited else "bought" if about is About.BOUGHT else ""
    lines = [Line(reader.text(f"summary.instead.{instead}"))] if instead else []
    return text, Card((*above, *lines), all_again(reader, scope.asked))


def _totals(reader: Reader, summary: Summary) -> tuple[tuple[str, str], ...]:
    totals = summary.totals
    rows = [
        ("licenses", reader.text("summary.in_use", used=totals.assigned, total=totals.licenses)),
        ("price", _price(reader, totals)),
    ]
    if totals.monthly and totals.yearly:
        rows.append(("a_month", reader.shown(totals.a_month)))
    if totals.unused:
        rows.append(("unused", reader.text("summary.unused", count=totals.unused, price=totals.unused_month)))
    return tuple((reader.text(f"summary.total.{name}"), value) for name, value in rows)


def _price(reader: Reader, totals: Totals) -> str:
    month = reader.text("subscriptions.price.month", price=totals.monthly)
    year = reader.text("subscriptions.price.year", price=totals.yearly)
    if totals.monthly and totals.yearly:
        return reader.text("summary.both", month=month, year=year)
    return year if totals.yearly else month


def _chart(reader: Reader, shown: Shown) -> tuple[Chart, ...]:
    """What the groups cost a month; one alone needs no picture."""
    by = shown.asked.group_by or GroupBy.PRODUCT
    costly = [each for each in shown.summary.groups if each.a_month or by is GroupBy.MONTH]
    groups = costly[-MOST_BARS:] if by is GroupBy.MONTH else costly[:MOST_BARS]
    if len(groups) < 2:
        return ()
    bars = tuple(Bar(_called(reader, each, by), each.a_month.whole, reader.shown(each.a_month)) for each in groups)
    return (Chart(reader.text(f"summary.chart.{by}"), bars),)


def _called(reader: Reader, group: Group, by: GroupBy) -> str:
    if by is GroupBy.MONTH:
        return reader.month(date.fromisoformat(group.key))
    return reader.text("summary.nobody") if group.key == NOBODY else group.name


def _lines(reader: Reader, shown: Shown) -> Table:
    """The six columns of Microsoft's own view; and what is unused, where that is asked."""
    unused = shown.asked.wanted.only is Only.UNUSED
    names = [f"column.{name}" for name in COLUMNS] + ["total.unused"] * unused
    rows = tuple((*cells(reader, each), *([_unused(reader, each)] * unused)) for each in shown.summary.lines)
    return Table(tuple(reader.text(f"summary.{name}") for name in names), rows)


def cells(reader: Reader, line: Bought) -> tuple[str, ...]:
    """Product, purchaser, licenses bought, expiry or renewal, purchase price, assigned people."""
    view = line.subscription
    price = reader.text(f"subscriptions.price.{view.term}", price=line.price)
    return (
        view.product_name,
        view.purchaser.name,
        reader.shown(view.total),
        reader.text(f"summary.{_state(view)}", date=view.period_end),
        reader.text("subscriptions.free") if view.trial else price,
        _people(reader, line),
    )


def _state(view: SubscriptionView) -> str:
    if view.status is not Status.ACTIVE:
        return "ended"
    return "renews" if view.recurring else "ends"


def _unused(reader: Reader, line: Bought) -> str:
    view = line.subscription
    price = reader.text(f"subscriptions.price.{view.term}", price=view.price * view.free)
    return reader.text("summary.unused_here", count=view.free, price=price)


def _people(reader: Reader, line: Bought) -> str:
    more = line.subscription.assigned - len(line.holders)
    if not line.holders:
        return reader.text("summary.nobody_yet")
    names = reader.names([*line.holders])
    return reader.text("summary.and_more", names=names, count=more) if more > 0 else names


def _groups(reader: Reader, shown: Shown) -> Table:
    by = shown.asked.group_by or GroupBy.PRODUCT
    columns = (reader.text(f"summary.by.{by}"), *(reader.text(f"summary.group.{name}") for name in GROUPED))
    rows = tuple(
        (
            _called(reader, each, by),
            reader.shown(each.subscriptions),
            reader.shown(each.licenses),
            reader.shown(each.a_month),
        )
        for each in shown.summary.groups
    )
    return Table(columns, rows)


def _buttons(reader: Reader, shown: Shown) -> tuple[Button, ...]:
    """Other groups and orders of what is there; one line alone has none."""
    again = all_again(reader, shown.asked)
    if shown.summary.totals.subscriptions < 2:
        return again
    return (*_other_groups(reader, shown), *_other_orders(reader, shown), as_file(reader, shown.asked), *again)


def as_file(reader: Reader, asked: Asked) -> Button:
    """The same as a file."""
    return Button(reader.text("button.csv"), (*_button("", asked).data, ("file", "yes")))


def file_card(reader: Reader, scope: Scope, count: int, url: str) -> tuple[str, Card]:
    """Where the file is, and what is in it; it opens for this reader alone."""
    text = reader.text(f"summary.file.{scope.asked.about}", count=count)
    limits = filters(reader, scope)
    limited = [Line(reader.text("summary.filters", filters=reader.names(limits)))] if limits else []
    about = Line(reader.text("summary.file_is"), Tone.QUIET)
    return text, Card((Heading(text), *limited, about), (Link(reader.text("button.csv"), url),))


def _other_groups(reader: Reader, shown: Shown) -> tuple[Button, ...]:
    everybodys = [each for each in GroupBy if shown.summary.everything or each is not GroupBy.PURCHASER]
    return tuple(
        _button(reader.text(f"button.by.{each}"), replace(shown.asked, group_by=each))
        for each in everybodys
        if each is not shown.asked.group_by
    )


def _other_orders(reader: Reader, shown: Shown) -> tuple[Button, ...]:
    """Of lines; groups have an order of their own, and a way back to the lines."""
    if shown.asked.group_by:
        return (_button(reader.text("button.each"), replace(shown.asked, group_by=None)),)
    orders = [each for each in ORDERS if shown.summary.everything or each is not Order.PURCHASER]
    return tuple(
        _button(reader.text(f"button.order.{each}"), replace(shown.asked, order=each))
        for each in orders
        if each is not shown.asked.order
    )


def all_again(reader: Reader, asked: Asked) -> tuple[Button, ...]:
    """The same without limits, where there are any."""
    if asked.wanted == Wanted():
        return ()
    return (_button(reader.text("button.everything"), Asked(about=asked.about)),)


def _button(title: str, asked: Asked) -> Button:
    return Button(title, (("look", "purchase_summary"), ("asked", asked.coded())))
