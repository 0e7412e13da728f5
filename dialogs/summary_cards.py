"""What a summary looks like: its scope, instant and filters first, then totals, a chart, and the lines or groups."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from dialogs.asked import Asked
from dialogs.elements import Bar, Button, Card, Chart, Element, Facts, Heading, Line, Link, Table, Tone
from storage.grouping import NOBODY, GroupBy
from storage.money import EXPONENTS
from storage.views import Status
from storage.wanted import Only, Order, Wanted

if TYPE_CHECKING:
    from dialogs.texts import Reader
    from storage.catalog import Catalog
    from storage.grouping import Group
    from storage.money import Money
    from storage.summaries import Line as Bought
    from storage.summaries import Summary, Totals
    from storage.views import SubscriptionView
    from storage.wanted import Days

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
    """A page of a summary, what was asked for it, and what those are called who it is limited to."""

    summary: Summary
    asked: Asked
    purchasers: list[str]
    catalog: Catalog


def summary_card(reader: Reader, shown: Shown) -> tuple[str, Card]:
    """The page with buttons for other groups and orders; each button carries the filters."""
    summary, limits = shown.summary, filters(reader, shown)
    whose = "all" if summary.everything else "own"
    kind = "subscriptions.title.found" if limits else f"summary.title.{whose}"
    title = reader.text(kind, count=summary.totals.subscriptions)
    limited = reader.text("summary.filters", filters=reader.names(limits)) if limits else ""
    scope = Line(reader.text(f"summary.scope.{whose}", time=summary.as_of), Tone.QUIET)
    head: tuple[Element, ...] = (Heading(title), scope, *([Line(limited)] if limited else []))
    text = reader.text("summary.fallback", title=title, limited=limited).strip()
    if not summary.totals.subscriptions:
        return text, Card((*head, Line(reader.text("summary.nothing"))), _all_again(reader, shown))
    rows = _groups(reader, shown) if shown.asked.group_by else _lines(reader, shown)
    return text, Card((*head, Facts(_totals(reader, summary)), *_chart(reader, shown), rows), _buttons(reader, shown))


def filters(reader: Reader, shown: Shown) -> list[str]:
    """What the summary is limited to, in words: what was understood can be checked."""
    wanted, found = shown.asked.wanted, []
    if wanted.products:
        found.append(reader.either([shown.catalog.product(each).name for each in wanted.products]))
    if shown.purchasers:
        found.append(reader.text("summary.filter.purchaser", names=reader.either(shown.purchasers)))
    for name, days in (("bought", wanted.bought), ("ends", wanted.ends)):
        if days:
            found.append(_between(reader, name, days))
    found += [reader.text(f"summary.filter.{each}") for each in (wanted.status, wanted.only) if each]
    return found


def _between(reader: Reader, name: str, days: Days) -> str:
    return reader.text(f"summary.filter.{name}", first=days.first, last=days.last)


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
    bars = tuple(Bar(_called(reader, each, by), _major(each.a_month), reader.shown(each.a_month)) for each in groups)
    return (Chart(reader.text(f"summary.chart.{by}"), bars),)


def _major(price: Money) -> int:
    """Whole dollars: what a client writes beside a bar has no currency."""
    return int(price.amount // 10 ** EXPONENTS[price.currency])


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
    again = _all_again(reader, shown)
    if shown.summary.totals.subscriptions < 2:
        return again
    csv = Button(reader.text("button.csv"), (*_button("", shown.asked).data, ("file", "yes")))
    return (*_other_groups(reader, shown), *_other_orders(reader, shown), csv, *again)


def file_card(reader: Reader, shown: Shown, url: str) -> tuple[str, Card]:
    """Where the file is, and what is in it; it opens for this reader alone."""
    count = shown.summary.totals.subscriptions
    text = reader.text("summary.file", count=count)
    limits = filters(reader, shown)
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


def _all_again(reader: Reader, shown: Shown) -> tuple[Button, ...]:
    return (_button(reader.text("button.everything"), Asked()),) if shown.asked.wanted != Wanted() else ()


def _button(title: str, asked: Asked) -> Button:
    return Button(title, (("look", "purchase_summary"), ("asked", asked.coded())))
