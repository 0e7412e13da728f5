"""What the reasons of cancellations look like: counted, in a chart, and below it what people said, word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.elements import Bar, Card, Chart, Facts, Line, Table, Tone
from dialogs.scope import head
from dialogs.summary_cards import all_again, as_file, nothing_card

if TYPE_CHECKING:
    from dialogs.scope import Scope
    from dialogs.texts import Reader
    from storage.leaving import LastWords, Reasons

SAID: Final = ("feedback", "reason", "product", "purchaser", "day")


def reasons_card(reader: Reader, scope: Scope, reasons: Reasons) -> tuple[str, Card]:
    """How often each reason was given, and a page of what was said."""
    if not reasons.count:
        return nothing_card(reader, scope)
    text, above = head(reader, scope, reader.text("leaving.title", count=reasons.count))
    again = all_again(reader, scope.asked)
    named = [(reason(reader, code), count) for code, count in reasons.counts]
    counted = Facts(tuple((words, reader.text("leaving.times", count=count)) for words, count in named))
    bars = tuple(Bar(words, count, reader.shown(count)) for words, count in named)
    chart = (Chart(reader.text("leaving.chart"), bars),) if len(bars) > 1 else ()
    said = _said(reader, reasons.page) if reasons.said else Line(reader.text("leaving.no_words"), Tone.QUIET)
    return text, Card((*above, counted, *chart, said), (as_file(reader, scope.asked), *again))


def _said(reader: Reader, page: tuple[LastWords, ...]) -> Table:
    """Feedback stands as it was said, in the language it was said in."""
    columns = tuple(reader.text(f"leaving.column.{name}") for name in SAID)
    return Table(columns, tuple(_row(reader, each) for each in page))


def _row(reader: Reader, said: LastWords) -> tuple[str, ...]:
    words = reader.text("history.said", words=said.feedback)
    return words, reason(reader, said.reason), said.product, said.purchaser, reader.shown(reader.day(said.at))


def reason(reader: Reader, code: str) -> str:
    """One of the eight reasons in words."""
    return reader.text(f"cancel.reason_{code}")
