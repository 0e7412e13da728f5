"""What subscriptions look like: many in a table, one with its people and next steps, and licenses somebody holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dialogs.elements import Button, Card, Element, Facts, Heading, Line, Table, Tone
from dialogs.pay_cards import pay_buttons
from storage.views import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.elements import Option
    from dialogs.texts import Reader
    from storage.views import GrantView, Held, LicenseHolder, SubscriptionView

MOST_BUTTONS = 5  # of a list; of a longer one people say which they want to see


@dataclass(frozen=True)
class Row:
    """A subscription, and whether this reader may see what it costs."""

    view: SubscriptionView
    priced: bool


@dataclass(frozen=True)
class Rights:
    """What the reader may do with a subscription."""

    buys: bool  # it is the reader's own: cancels, renews, pays
    changes: bool  # its number of licenses
    assigns: bool


@dataclass(frozen=True)
class Detail:
    """All that is shown of one subscription."""

    row: Row
    holders: tuple[LicenseHolder, ...]
    grants: tuple[GrantView, ...]
    rights: Rights


def list_card(
    reader: Reader,
    rows: Sequence[Row],
    choices: Sequence[Option],
    *,
    total: int,
    kind: str,
    own: bool,
    held: list[str],
) -> tuple[str, Card]:
    """A page of subscriptions: all one's own ("mine"), all there are to see ("all"), or those looked for ("found").

    Who bought them is named unless all are one's `own`, and there are prices where the reader may see any. `held` are
    the products of which the reader has a license that somebody else bought.
    """
    priced = any(row.priced for row in rows)
    shown = [True, not own, True, priced, True]
    names = ("product", "purchaser", "in_use", "price", "next")
    columns = [reader.text(f"subscriptions.column.{name}") for name in names]
    table = Table(_kept(columns, shown), tuple(_kept(_cells(reader, row), shown) for row in rows))
    title = reader.text(f"subscriptions.title.{kind}", count=total)
    notes = [note for row in rows for note in _notes(reader, row.view)]
    if held:
        notes.append(Line(reader.text("subscriptions.also_held", names=reader.names(held)), Tone.QUIET))
    buttons = tuple(_look(choice) for choice in choices) if len(choices) <= MOST_BUTTONS else ()
    text = reader.text("subscriptions.fallback", title=title, names=reader.names([choice.title for choice in choices]))
    return text, Card((Heading(title), table, *notes), buttons)


def detail_card(reader: Reader, detail: Detail) -> tuple[str, Card]:
    """One subscription with its people, and buttons for what this reader can do with it now."""
    view = detail.row.view
    steps = (_say(reader.text(f"example.{step}", product=view.product_name)) for step in _steps(detail))
    buttons = (*_pay(reader, detail), *steps)
    elements = (
        Heading(view.product_name),
        Facts(_facts(reader, detail)),
        *_notes(reader, view),
        *_holders(reader, view, detail.holders),
    )
    text = reader.text(
        "subscriptions.detail", product=view.product_name, used=view.assigned, total=view.total, free=view.free
    )
    return text, Card(elements, buttons)


def held_card(reader: Reader, held: Sequence[Held]) -> tuple[str, Card]:
    """The licenses of somebody who has bought nothing: from whom they are."""
    if not held:
        text, buy = reader.text("subscriptions.nothing"), reader.text("example.catalog")
        return text, Card((Heading(text),), (_say(buy),))
    rows = tuple(
        (
            each.product_name,
            reader.text("subscriptions.held_from", name=each.purchaser.name, date=reader.day(each.assigned_at)),
        )
        for each in held
    )
    title = reader.text("subscriptions.held", count=len(rows))
    names = reader.names([each.product_name for each in held])
    return reader.text("subscriptions.fallback", title=title, names=names), Card((Heading(title), Facts(rows)))


def _kept(cells: Sequence[str], shown: Sequence[bool]) -> tuple[str, ...]:
    return tuple(cell for cell, kept in zip(cells, shown, strict=True) if kept)


def _cells(reader: Reader, row: Row) -> list[str]:
    view = row.view
    in_use = reader.text("subscriptions.with_free", used=view.assigned, total=view.total, free=view.free)
    return [view.product_name, view.purchaser.name, in_use, _price(reader, row), _next(reader, view)]


def _price(reader: Reader, row: Row) -> str:
    """What all its licenses cost for a period."""
    view = row.view
    if not row.priced:
        return reader.text("subscriptions.no_price")
    if view.trial:
        return reader.text("subscriptions.free")
    return reader.text(f"subscriptions.price.{view.term}", price=view.price * view.total)


def _next(reader: Reader, view: SubscriptionView) -> str:
    """What the calendar has for it: renews, ends, or has ended."""
    return reader.text(f"subscriptions.next.{_state(view)}", date=view.ended_on or view.period_end)


def _state(view: SubscriptionView) -> str:
    if view.status is not Status.ACTIVE:
        return view.status
    if view.trial:
        return "trial"
    return "active" if view.recurring else "ending"


def _notes(reader: Reader, view: SubscriptionView) -> list[Element]:
    """What the numbers do not say."""
    notes: list[Element] = []
    if view.scheduled:
        total, on = view.scheduled.total, view.scheduled.on
        text = reader.text("subscriptions.scheduled", product=view.product_name, total=total, date=on)
        notes.append(Line(text, Tone.QUIET))
    if view.unpaid:
        notes.append(Line(reader.text("subscriptions.unpaid", product=view.product_name), Tone.WARNING))
    return notes


def _facts(reader: Reader, detail: Detail) -> tuple[tuple[str, str], ...]:
    row, view = detail.row, detail.row.view
    rows = [
        ("in_use", reader.text("subscriptions.with_free", used=view.assigned, total=view.total, free=view.free)),
        ("next", _next(reader, view)),
        ("bought", reader.shown(reader.day(view.purchased_at))),
    ]
    if row.priced:
        rows.append(("price", _price(reader, row)))
        if view.payment_method:
            method = view.payment_method
            rows.append(("paid_with", reader.text("fact.card", brand=method.brand, digits=method.last_four)))
    else:
        rows.append(("price", reader.text("subscriptions.price_of", owner=view.purchaser.name)))
    if not detail.rights.buys:
        rows.append(("purchaser", view.purchaser.name))
    teams = [grant.team.name for grant in detail.grants if grant.team]
    deputies = [grant.deputy.name for grant in detail.grants if grant.deputy]
    rows += [(name, reader.names(who)) for name, who in (("shared_with", teams), ("deputy", deputies)) if who]
    return tuple((reader.text(f"subscriptions.column.{name}"), value) for name, value in rows)


def _holders(reader: Reader, view: SubscriptionView, holders: Sequence[LicenseHolder]) -> list[Element]:
    if not holders:
        return [Line(reader.text("subscriptions.nobody"), Tone.QUIET)]
    rows = tuple((each.person.name, used(reader, each)) for each in holders)
    return [Line(reader.text("subscriptions.people", count=view.assigned)), Facts(rows)]


def used(reader: Reader, holder: LicenseHolder) -> str:
    """When somebody last used their license."""
    if holder.last_used_at is None:
        return reader.text("people.never_used")
    return reader.text("people.last_used", date=reader.day(holder.last_used_at))


def _pay(reader: Reader, detail: Detail) -> tuple[Button, ...]:
    """What comes first where it is open, for whoever pays."""
    owes = detail.row.view.unpaid and detail.rights.buys
    return pay_buttons(reader, detail.row.view.id) if owes else ()


def _steps(detail: Detail) -> list[str]:
    """The examples that fit: what this reader can really do with it as it is."""
    view, rights = detail.row.view, detail.rights
    active = view.status is Status.ACTIVE
    fitting = {
        "add": rights.changes and active and not (view.unpaid or view.trial),
        "assign": rights.assigns and active and view.free > 0,
        "drop": rights.changes and view.scheduled is not None,
        "cancel": rights.buys and active and (view.recurring or view.trial),
        "keep": rights.buys and active and view.cancelled and not view.trial,
        "reactivate": rights.buys and view.status in (Status.EXPIRED, Status.DISABLED) and not view.trial,
    }
    return [step for step, fits in fitting.items() if fits]


def _look(choice: Option) -> Button:
    return Button(choice.title, (("look", "show_subscription"), ("pick.subscription", choice.value)))


def _say(words: str) -> Button:
    return Button(words, (("say", words),))
