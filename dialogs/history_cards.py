"""What changes look like: of a subscription or by people, each with its words, how they were understood, its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.elements import Card, Heading, Table
from dialogs.scope import head
from dialogs.summary_cards import all_again, as_file, nothing_card
from storage.actions import ActionName, Unasked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.scope import Scope
    from dialogs.texts import Reader
    from storage.history import Changes, Happened
    from storage.views import SubscriptionView

COLUMNS: Final = ("when", "who", "what", "said", "understood", "quote", "result")
ANYWHERE: Final = (*COLUMNS[:2], "product", *COLUMNS[2:])  # also of which subscription
NAMED: Final = frozenset({*ActionName, *Unasked})
COUNTED: Final = ("total", "assigned", "scheduled")


def history_card(reader: Reader, view: SubscriptionView, changes: Sequence[Happened], count: int) -> tuple[str, Card]:
    """A page of changes, the latest first."""
    title = reader.text("history.title", product=view.product_name, count=count)
    columns = tuple(reader.text(f"history.column.{name}") for name in COLUMNS)
    return title, Card((Heading(title), Table(columns, tuple(_cells(reader, each) for each in changes))))


def changes_card(reader: Reader, scope: Scope, changes: Changes) -> tuple[str, Card]:
    """A page of what people changed, the latest first."""
    if not changes.count:
        return nothing_card(reader, scope)
    text, above = head(reader, scope, reader.text("history.changes", count=changes.count))
    again = all_again(reader, scope.asked)
    columns = tuple(reader.text(f"history.column.{name}") for name in ANYWHERE)
    rows = tuple((reader.shown(each.at), *told(reader, each)) for each in changes.page)
    return text, Card((*above, Table(columns, rows)), (as_file(reader, scope.asked), *again))


def told(reader: Reader, change: Happened) -> tuple[str, ...]:
    """A change of any subscription but for its time: who, product, what, words, how understood, quote, result."""
    _, who, *rest = _cells(reader, change)
    return who, change.product or reader.text("history.none"), *rest


def _cells(reader: Reader, change: Happened) -> tuple[str, ...]:
    return (
        reader.shown(change.at),
        _who(reader, change),
        reader.text(f"history.what.{change.action if change.action in NAMED else 'changed'}"),
        _said(reader, change),
        _understood(reader, change),
        _quoted(reader, change),
        _result(reader, change),
    )


def _who(reader: Reader, change: Happened) -> str:
    if change.action in set(Unasked):
        return reader.text("history.desk")
    return change.by or reader.text("history.somebody")


def _said(reader: Reader, change: Happened) -> str:
    if change.said:
        return reader.text("history.said", words=change.said)
    return reader.text("history.erased" if change.erased else "history.nothing_said")


def _understood(reader: Reader, change: Happened) -> str:
    """What was asked for, of what and how many: “I said 7, not 70” is one look."""
    understood = change.understood or {}
    intent = understood.get("intent")
    if intent is None:
        return reader.text("history.none")
    slots = [understood.get("product"), understood.get("quantity")]
    return reader.names([reader.text(f"intents.{intent}"), *(reader.shown(each) for each in slots if each is not None)])


def _quoted(reader: Reader, change: Happened) -> str:
    """What it was to cost, or to bring back."""
    if change.due_now is not None:
        return reader.text("history.due", price=change.due_now)
    return reader.text("history.back", price=change.back) if change.back else reader.text("history.none")


def _result(reader: Reader, change: Happened) -> str:
    """What the record says is different since."""
    told = [
        reader.text(f"history.{_kind(name, was, now)}", before=_number(reader, was), after=_number(reader, now))
        for name in COUNTED
        if (was := change.before.get(name)) != (now := change.after.get(name)) and name in change.after
    ]
    if change.invoice_number:
        told.append(reader.text("history.invoice", number=change.invoice_number))
    return reader.names(told) or reader.text("history.done")


def _kind(name: str, was: object, now: object) -> str:
    """What is scheduled is mostly new, or gone; the other numbers are always there."""
    if name != "scheduled":
        return f"counted.{name}"
    return "scheduled.new" if was is None else "scheduled.gone" if now is None else "scheduled.changed"


def _number(reader: Reader, value: object) -> str:
    return reader.shown(value) if isinstance(value, int) else reader.text("history.none")
