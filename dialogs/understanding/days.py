"""Days, months and quarters as the periods they are, both days included, never later than today."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

Period = dict[str, str | int]
Reader = Callable[[re.Match[str], date], Period | None]  # what was said, and today
Readers = tuple[tuple[re.Pattern[str], Reader], ...]
# "today" says from when as often as it says when: a day or a week is a period only where something has a date
DATED = re.compile(
    "invoice|bill|receipt|purchase|bought|expir|chang(?:es|ed)|(?:did|has|have) .+ change|happened"
    "|发票|账单|帐单|收据|采购|购买|买了|到期|改了|改过|改动|变动|的变更|的更改|更改了|变更了|发生了"
)


def between(first: date, last: date) -> Period:
    """From one day to another, both included."""
    first, last = min(first, last), max(first, last)
    return {"from": first.isoformat(), "to": last.isoformat()}


def months(count: int) -> Period:
    """The past months, rolling."""
    return {"months": count}


def span_of_months(year: int, month: int, count: int, today: date) -> Period:
    """Whole months from the first of `month` (which may lie outside 1..12); a period still running ends today."""
    first = month_start(year, month)
    return running(first, month_start(year, month + count) - timedelta(days=1), today)


def month_start(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def running(first: date, last: date, today: date) -> Period:
    """A period as far as it has run; one that has not begun stays whole."""
    return between(first, min(last, today) if first <= today else last)


def latest_year(month: int, today: date) -> int:
    """The year of the latest month of this name that has begun."""
    return today.year if month <= today.month else today.year - 1


def day(year: int, month: int, number: int) -> date | None:
    """The day, or None when the calendar has no such day."""
    if not (1 <= month <= 12 and 1 <= number <= monthrange(year, month)[1]):
        return None
    return date(year, month, number)


def unit(which: int, length: int, today: date) -> Period:
    """The calendar month (1), quarter (3), half year (6) or year (12) before (-1), of (0) or after (1) today."""
    first = (today.month - 1) // length * length + 1 + which * length
    return span_of_months(today.year, first, length, today)


def week(which: int, today: date) -> Period:
    """The week, from Monday to Sunday, before (-1), of (0) or after (1) today."""
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=which)
    return running(monday, monday + timedelta(days=6), today)
