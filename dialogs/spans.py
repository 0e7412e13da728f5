"""Spans of days: what “the last 6 months”, “from March to May” or a button means, and the span before one."""

from __future__ import annotations

from calendar import monthrange
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from dialogs.questions import Question, Settled

if TYPE_CHECKING:
    from dialogs.memory import Frame
    from dialogs.questions import Asking, Impossible
    from dialogs.task import Task
    from dialogs.texts import Reader
    from dialogs.turn import Turn

EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)  # whatever is said, calendars and databases can count there
MOST_MONTHS = 120
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    @classmethod
    def of_months(cls, months: int, today: date) -> Span:
        """The past months, today included."""
        return cls(_months_later(today, -months), today)

    @property
    def months(self) -> int:
        """How many calendar months it is made of, the last of them perhaps as far as it has run; 0: it is not."""
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        return count if self.first.day == 1 else 0

    def before(self) -> Span:
        """As many whole months before it, or as many days where it is not made of months."""
        last = self.first - DAY
        if self.months:
            return Span(_months_later(self.first, -self.months), last)
        return Span(last - (self.last - self.first), last)

    def shown(self, reader: Reader, today: date) -> str:
        """A calendar month by its name, anything else by its first and last day."""
        ends = self.last.day == monthrange(self.last.year, self.last.month)[1] or self.last == today
        if self.months == 1 and ends:
            return reader.month(self.first)
        if self.first == self.last:
            return reader.shown(self.first)
        return reader.text("word.span", first=self.first, last=self.last)


class During(Question[str]):
    """A span of days that is said or tapped, and not asked for: its default stands on the card.

    Settled as the number of past months, as two ISO days with a space, or as the default.
    """

    def __init__(self, default: str) -> None:
        super().__init__("period", "span")
        self._default = default

    async def settle(self, _task: Task, _turn: Turn, frame: Frame) -> Settled[str] | Asking | Impossible:
        said = _said(frame.slots.get("period")) or str(frame.slots.get("span", ""))
        return Settled(said if _readable(said) else self._default)


def span_of(said: str, today: date) -> Span:
    """The span that `During` has settled on."""
    if said.isdecimal():
        return Span.of_months(int(said), today)
    first, last = map(date.fromisoformat, said.split(" "))
    return Span(_kept_within(min(first, last)), _kept_within(max(first, last)))


def _said(period: Any) -> str:
    """The period of a request: so many months, or from one day to another."""
    if not isinstance(period, dict):
        return ""
    return str(period["months"]) if "months" in period else f"{period['from']} {period['to']}"


def _readable(said: str) -> bool:
    """Whether `span_of` can read it: taps bring anything."""
    if said.isascii() and said.isdecimal():
        return 0 < int(said[:9]) <= MOST_MONTHS
    with suppress(ValueError):
        return len([date.fromisoformat(day) for day in said.split(" ")]) == 2
    return False


def _kept_within(day: date) -> date:
    return max(EARLIEST, min(day, LATEST))


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
