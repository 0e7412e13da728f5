"""English periods: "last month", "the past 3 months", "from 1 May 2026 to 31 May 2026", "since June", "Q2"."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from dialogs.understanding import days
from dialogs.understanding.days import Period

_NAMES = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = "|".join(f"{name}|{name[:3]}" for name in _NAMES) + "|sept"
_YEAR = r"(?:20\d\d)"
_DAY = rf"(?:\d{{4}}-\d\d?-\d\d?|\d\d?(?:st|nd|rd|th)?(?: of)? (?:{_MONTH})(?:,? {_YEAR})?|(?:{_MONTH})\.? \d\d?(?:st|nd|rd|th)?(?:,? {_YEAR})?)(?![a-z0-9])"
_MONTHLY = rf"(?:{_YEAR}[-/]\d\d?|\d\d?/{_YEAR}|(?:{_MONTH})\.?(?:,? {_YEAR})?)(?![a-z0-9-])"
_LENGTHS = {"month": 1, "quarter": 3, "half": 6, "half year": 6, "half-year": 6, "year": 12}
_WHICH = {"last": -1, "previous": -1, "this": 0, "current": 0, "next": 1}
_COUNTS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_FROM = r"(?:from|between|starting)?(?: the)? ?"
_TO = r" ?(?:to|until|till|through|and|-) ?(?:the )?"


def find(text: str, today: date) -> list[tuple[int, int, Period]]:
    """(start, end, period) of each period named; a month's name alone counts only after "in", "of", "since" …"""
    found: list[tuple[int, int, Period]] = []
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            period = read(match, today)
            if period and all(match.end() <= start or match.start() >= end for start, end, _ in found):
                found.append((match.start(), match.end(), period))
    return found


def _rolling(match: re.Match[str], _: date) -> Period:
    if match["half"]:
        return days.months(6)
    count = match["count"] or "one"
    number = int(count) if count.isdecimal() else _COUNTS.index(count) + 1
    return days.months(number * _LENGTHS[match["unit"]])


def _unit(match: re.Match[str], today: date) -> Period:
    return days.unit(_WHICH[match["which"]], _LENGTHS[match["unit"]], today)


def _range_of_days(match: re.Match[str], today: date) -> Period | None:
    last = _day(match["last"], today)
    first = _day(match["first"], today, last.year if last else None)
    return days.between(first, last) if first and last else None


def _range_of_months(match: re.Match[str], today: date) -> Period | None:
    year, month = _month(match["last"], today)
    first_year, first_month = _month(match["first"], today, year if month else None)
    count = (year - first_year) * 12 + month - first_month + 1
    return days.span_of_months(first_year, first_month, count, today) if count > 0 else None


def _since(match: re.Match[str], today: date) -> Period | None:
    named = match["first"]
    if first := _day(named, today):
        return days.between(first, today)
    if re.fullmatch(_YEAR, named):
        return days.between(date(int(named), 1, 1), today)
    return days.between(days.month_start(*_month(named, today)), today)


def _one_month(match: re.Match[str], today: date) -> Period | None:
    year, month = _month(match["month"], today)
    return days.span_of_months(year, month, 1, today) if 1 <= month <= 12 else None


def _quarter(match: re.Match[str], today: date) -> Period:
    length = 3 if match["kind"] == "q" else 6
    first = (int(match["number"]) - 1) * length + 1
    year = int(match["year"]) if match["year"] else days.latest_year(first, today)
    return days.span_of_months(year, first, length, today)


def _year(match: re.Match[str], today: date) -> Period:
    return days.span_of_months(int(match["year"]), 1, 12, today)


def _one_day(match: re.Match[str], today: date) -> Period | None:
    found = _day(match["day"], today)
    return days.between(found, found) if found else None


def _day(words: str, today: date, year: int | None = None) -> date | None:
    if iso := re.fullmatch(r"(\d{4})-(\d\d?)-(\d\d?)", words):
        return days.day(int(iso[1]), int(iso[2]), int(iso[3]))
    month, number = re.search(_MONTH, words), re.search(r"(?<!\d)\d\d?(?!\d)", words)
    if not (month and number):
        return None
    index = _index(month.group())
    named = re.search(_YEAR, words)
    chosen = int(named.group()) if named else year or days.latest_year(index, today)
    return days.day(chosen, index, int(number.group()))


def _month(words: str, today: date, year: int | None = None) -> tuple[int, int]:
    named = re.search(_YEAR, words)
    if name := re.match(_MONTH, words):
        month = _index(name.group())
    else:
        month = int(next(part for part in re.split("[-/]", words) if len(part) < 4))
    return (int(named.group()) if named else year or days.latest_year(month, today)), month


def _index(name: str) -> int:
    return next(place for place, full in enumerate(_NAMES, 1) if full.startswith(name[:3]))


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Period | None]], ...] = tuple(
    (re.compile(rf"(?<![a-z0-9-]){pattern}"), read)
    for pattern, read in (
        (rf"{_FROM}(?P<first>{_DAY}){_TO}(?P<last>{_DAY})", _range_of_days),
        (rf"{_FROM}(?P<first>{_MONTHLY}){_TO}(?P<last>{_MONTHLY})", _range_of_months),
        (rf"since (?P<first>{_DAY}|{_MONTHLY}|{_YEAR}(?!\d))", _since),
        (
            rf"(?:in|over|during|of|for|from|within)? ?(?:the )?(?:past|last|previous|recent) (?:(?P<count>\d+|{'|'.join(_COUNTS)}) (?P<unit>month|quarter|year)s|(?P<half>half(?: a)?[ -]year))(?![a-z])",
            _rolling,
        ),
        (r"(?:in|over|during|of|within)? ?(?:the )past (?P<count>(?!))?(?P<half>(?!))?(?P<unit>month|quarter|year)(?![a-z])", _rolling),
        (r"(?:(?:in|from|of|for|during) )?(?:the )?(?P<which>last|previous|this|current|next) (?P<unit>month|quarter|half[ -]?year|half|year)(?:'s)?(?![a-z])", _unit),
        (rf"(?:(?:in|from|of|for|during) )?(?:the )?(?P<kind>[qh])(?P<number>[1-4])(?: (?:of )?(?P<year>{_YEAR}))?(?![a-z0-9])", _quarter),
        (rf"(?:(?:on|of|from|dated) )?(?:the )?(?P<day>{_DAY})", _one_day),
        (rf"(?:(?:in|from|of|for|during) )?(?P<month>(?:{_MONTH}) {_YEAR}|{_YEAR}[-/]\d\d?|\d\d?/{_YEAR})(?![a-z0-9-])", _one_month),
        (rf"(?:in|of|during|from) (?P<month>{_MONTH})(?![a-z0-9])", _one_month),
        (rf"(?P<month>(?:{_MONTH}))(?='s (?:invoice|bill)| (?:invoice|bill))", _one_month),
        (rf"(?<=invoices for )(?P<month>{_MONTH})(?![a-z0-9])|(?<=bills for )(?P<also>{_MONTH})(?![a-z0-9])", _one_month),
        (rf"(?:(?:in|from|of|for|during) )?(?:the )?(?:year )?(?P<year>{_YEAR})(?![\d-])", _year),
    )
)  # fmt: skip
