"""English periods: "last month", "the past 3 months", "from 1 May 2026 to 31 May 2026", "since June", "Q2"."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from dialogs.understanding import days

if TYPE_CHECKING:
    from dialogs.understanding.days import Period, Readers

_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_COUNTS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "twenty-one", "twenty-two",
    "twenty-three", "twenty-four",
)  # fmt: skip
_FEW = {"couple of": 2, "a couple of": 2, "half a dozen": 6, "dozen": 12, "a dozen": 12}
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_DAYS = {"today": 0, "yesterday": -1, "the day before yesterday": -2}
_LENGTHS = {"month": 1, "quarter": 3, "half": 6, "half year": 6, "half-year": 6, "year": 12}
_WHICH = {"last": -1, "previous": -1, "this": 0, "current": 0, "next": 1}
_MONTH = "|".join(f"{name}|{name[:3]}" for name in _NAMES) + "|sept"
_NEVER_A_NAME = "january|february|july|september|october|november|december"
_YEAR = r"(?:20\d\d)"
_SOME_YEAR = f"{_YEAR}|(?:the )?(?:last|this|previous|current|next) year"
_NUMBER = r"\d\d?(?:st|nd|rd|th)?"
_OF_YEAR = f"(?:,? (?:of )?(?:{_SOME_YEAR}))?"
_DAY = (
    rf"(?:\d{{4}}-\d\d?-\d\d?|{_NUMBER}(?: of)? (?:{_MONTH}){_OF_YEAR}|(?:{_MONTH})\.? {_NUMBER}{_OF_YEAR})"
    r"(?![a-z0-9])"
)
_MONTHLY = rf"(?:{_YEAR}[-/]\d\d?|\d\d?/{_YEAR}|(?:{_MONTH})\.?{_OF_YEAR})(?![a-z0-9-])"
_FROM = r"(?:from|between|starting)?(?: the)? ?"
_TO = r" ?(?:to|until|till|through|thru|and|-|到|至) ?(?:the )?"
_IN = "(?:(?:in|over|from|of|for|during|within) )?(?:the )?"
_PAST = "(?:past|last|previous|recent|trailing|rolling)"
_END = "(?![a-z0-9])"
_MANY = "|".join((*reversed(_COUNTS), *_FEW)).replace("-", "[ -]")


def _rolling(match: re.Match[str], _: date) -> Period:
    count = match["count"]
    number = _FEW.get(count) or (int(count) if count.isdecimal() else _COUNTS.index(count.replace(" ", "-")) + 1)
    return days.months(number * _LENGTHS[match["unit"]])


def _rolling_one(match: re.Match[str], _: date) -> Period:
    return days.months(_LENGTHS[match["unit"]])


def _half_year(_match: re.Match[str], _: date) -> Period:
    return days.months(6)


def _unit(match: re.Match[str], today: date) -> Period:
    return days.unit(_WHICH[match["which"]], _LENGTHS[match["unit"]], today)


def _before_last(match: re.Match[str], today: date) -> Period:
    return days.unit(-2, _LENGTHS[match["unit"]], today)


def _ago(match: re.Match[str], today: date) -> Period:
    count = match["count"]
    return days.unit(-(int(count) if count.isdecimal() else _COUNTS.index(count) + 1), 1, today)


def _to_date(match: re.Match[str], today: date) -> Period:
    return days.unit(0, 1 if match["unit"] in ("month", "m") else 12, today)


def _near_day(match: re.Match[str], today: date) -> Period | None:
    if not days.DATED.search(match.string):
        return None
    near = today + timedelta(days=_DAYS[match["near"]])
    return days.between(near, near)


def _week(match: re.Match[str], today: date) -> Period | None:
    return days.week(_WHICH[match["which"]], today) if days.DATED.search(match.string) else None


def _part_of_year(match: re.Match[str], today: date) -> Period:
    length = 3 if match["kind"] == "quarter" else 6
    number = min(_ORDINALS[match["number"]], 12 // length)
    first = (number - 1) * length + 1
    return days.span_of_months(_said_year(match["year"], today) or days.latest_year(first, today), first, length, today)


def _said_year(words: str | None, today: date) -> int | None:
    """The year of "2025", "last year", "this year"."""
    if words is None or words.isdecimal():
        return int(words) if words else None
    return today.year + _WHICH[words.removeprefix("the ").split()[0]]


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
    year = _said_year(match["year"] or match["before"], today) or days.latest_year(first, today)
    return days.span_of_months(year, first, length, today)


def _year(match: re.Match[str], today: date) -> Period:
    return days.span_of_months(int(match["year"]), 1, 12, today)


def _month_of_bills(match: re.Match[str], today: date) -> Period | None:
    """ "the bill for May"; "a license for May" is somebody's."""
    return _one_month(match, today) if days.DATED.search(match.string) else None


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
    chosen = _year_in(words, today) or year or days.latest_year(index, today)
    return days.day(chosen, index, int(number.group()))


def _month(words: str, today: date, year: int | None = None) -> tuple[int, int]:
    if name := re.match(_MONTH, words):
        month = _index(name.group())
    else:
        month = int(next(part for part in re.split("[-/]", words) if len(part) < 4))
    return _year_in(words, today) or year or days.latest_year(month, today), month


def _year_in(words: str, today: date) -> int | None:
    named = re.search(_SOME_YEAR, words)
    return _said_year(named.group(), today) if named else None


def _index(name: str) -> int:
    return next(place for place, full in enumerate(_NAMES, 1) if full.startswith(name[:3]))


# a month's name alone counts only after "in", "of", "since" …
READERS: Readers = tuple(
    (re.compile(rf"(?<![a-z0-9-]){pattern}"), read)
    for pattern, read in (
        (rf"{_FROM}(?P<first>{_DAY}){_TO}(?P<last>{_DAY})", _range_of_days),
        (rf"{_FROM}(?P<first>{_MONTHLY}){_TO}(?P<last>{_MONTHLY})", _range_of_months),
        (rf"{_FROM}(?P<first>{_DAY}|{_MONTHLY}){_TO}(?:now|today|date|this day){_END}", _since),
        (rf"since (?P<first>{_DAY}|{_MONTHLY}|{_YEAR}(?!\d))", _since),
        (rf"{_IN}{_PAST} (?P<count>\d+|{_MANY}) (?P<unit>month|quarter|year)s{_END}", _rolling),
        (rf"{_IN}{_PAST} half(?: a)?[ -]year{_END}", _half_year),
        (rf"{_IN}(?:past|rolling|trailing) (?P<unit>month|quarter|half[ -]?year|year){_END}", _rolling_one),
        (rf"{_IN}(?P<unit>month|quarter|year) before last{_END}", _before_last),
        (rf"(?:from )?(?P<count>\d\d?|{'|'.join(_COUNTS[:12])}) months ago{_END}", _ago),
        (rf"{_IN}(?:current )?(?P<unit>year|month)[ -]to[ -]date{_END}", _to_date),
        (rf"(?P<unit>y|m)td{_END}", _to_date),
        (rf"(?:since|from) the (?:start|beginning) of (?:the|this) (?P<unit>year|month)(?: on)?{_END}", _to_date),
        (rf"(?:(?:from|of|on) )?(?P<near>{'|'.join(reversed(_DAYS))})(?:'s)?{_END}", _near_day),
        (rf"{_IN}(?P<which>{'|'.join(_WHICH)}) week(?:'s)?{_END}", _week),
        (
            rf"{_IN}(?:(?P<before>{_SOME_YEAR})(?:'s)? ?)?(?P<kind>[qh])(?P<number>[1-4])"
            rf"(?:,? ?(?:of )?(?P<year>{_SOME_YEAR}))?{_END}",
            _quarter,
        ),
        (
            rf"{_IN}(?P<number>{'|'.join(_ORDINALS)}) (?P<kind>quarter|half)"
            rf"(?:,? (?:of )?(?P<year>{_SOME_YEAR}))?{_END}",
            _part_of_year,
        ),
        (rf"{_IN}(?P<month>(?:{_MONTH}),? (?:of )?(?:{_SOME_YEAR})){_END}", _one_month),
        (rf"{_IN}(?P<which>{'|'.join(_WHICH)}) (?P<unit>month|quarter|half[ -]?year|half|year)(?:'s)?{_END}", _unit),
        (rf"(?:(?:on|of|from|dated) )?(?:the )?(?P<day>{_DAY})", _one_day),
        (rf"{_IN}(?P<month>{_YEAR}[-/]\d\d?|\d\d?/{_YEAR})(?![a-z0-9-])", _one_month),
        # May and March are words: without a year they are months only where something says so
        (rf"(?:in|of|during|from) (?P<month>{_MONTH}){_END}", _one_month),
        (rf"for (?P<month>{_MONTH}){_END}", _month_of_bills),
        (rf"(?P<month>{_MONTH})(?=(?:'s)? (?:invoice|bill|receipt|statement))", _one_month),
        (rf"(?:(?<=invoices )|(?<=bills )|(?<=receipts ))(?:for )?(?P<month>{_MONTH}){_END}", _one_month),
        (rf"(?:(?<=why is )|(?<=why was ))(?P<month>{_MONTH}){_END}", _one_month),
        (rf"(?<![a-z])(?:for )?(?P<month>{_NEVER_A_NAME}){_END}", _one_month),
        (rf"{_IN}(?:calendar )?(?:year )?(?P<year>{_YEAR})(?![\d-])", _year),
    )
)
