"""Chinese periods: 上个月, 过去6个月, 2026年7月10日至8月20日, 三月到五月, 今年以来, 第二季度, 上半年."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from dialogs.understanding import days

if TYPE_CHECKING:
    from dialogs.understanding.days import Period, Readers

_DIGITS = {"一": 1, "二": 2, "两": 2, "俩": 2, "仨": 3, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_NUMBER = "(?:[0-9]{1,2}|[一二三]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
_YEAR = "(?:(?:20[0-9]{2}|今|去|前|明) ?年)"
_BACK = {"今": 0, "去": 1, "前": 2, "明": -1}
_NEAR = {"今天": 0, "今日": 0, "昨天": -1, "昨日": -1, "前天": -2}
_DAY = f"{_YEAR}?{_NUMBER} ?月(?:[0-9]{{1,2}}|[一二三]?十?[一二三四五六七八九十]) ?[日号]"
_MONTH = f"{_YEAR}?{_NUMBER} ?月份?"
_TO = " ?(?:到|至|-|~) ?"
_PAST = "(?:在?过去|最近|近|前|这|past|last)的? ?"
_WITHIN = "(?:内|里|间|来)?"
_LENGTHS = {"月": 1, "季": 3, "年": 12}
_WHICH = {"上": -1, "这": 0, "本": 0, "当": 0, "下": 1}


def _rolling(match: re.Match[str], _: date) -> Period:
    return days.months(_number(match["count"]) * _LENGTHS[match["unit"][0]])


def _rolling_one(match: re.Match[str], _: date) -> Period:
    return days.months(_LENGTHS[match["unit"][0]])


def _before_last(match: re.Match[str], today: date) -> Period:
    return days.unit(-2, _LENGTHS[match["unit"][0]], today)


def _this_year(_match: re.Match[str], today: date) -> Period:
    return days.unit(0, 12, today)


def _near_day(match: re.Match[str], today: date) -> Period | None:
    if not days.DATED.search(match.string):
        return None
    near = today + timedelta(days=_NEAR[match["near"]])
    return days.between(near, near)


def _week(match: re.Match[str], today: date) -> Period | None:
    return days.week(_WHICH[match["which"]], today) if days.DATED.search(match.string) else None


def _half_year(_match: re.Match[str], _: date) -> Period:
    return days.months(6)


def _unit(match: re.Match[str], today: date) -> Period:
    return days.unit(_WHICH[match["which"]], _LENGTHS[match["unit"]], today)


def _half(match: re.Match[str], today: date) -> Period:
    year = _year_of(match["year"], today) if match["year"] else None
    first = 1 if match["which"] == "上" else 7
    return days.span_of_months(year or days.latest_year(first, today), first, 6, today)


def _quarter(match: re.Match[str], today: date) -> Period:
    first = (_number(match["number"]) - 1) * 3 + 1
    year = _year_of(match["year"], today) if match["year"] else days.latest_year(first, today)
    return days.span_of_months(year, first, 3, today)


def _year(match: re.Match[str], today: date) -> Period:
    return days.span_of_months(_year_of(match["year"], today), 1, 12, today)


def _range_of_days(match: re.Match[str], today: date) -> Period | None:
    first = _day(match["first"], today)
    last = _day(match["last"], today, first.year if first else None)
    return days.between(first, last) if first and last else None


def _range_of_months(match: re.Match[str], today: date) -> Period | None:
    first_year, first = _month(match["first"], today)
    year, last = _month(match["last"], today, first_year)
    count = (year - first_year) * 12 + last - first + 1
    return days.span_of_months(first_year, first, count, today) if count > 0 else None


def _two_months(match: re.Match[str], today: date) -> Period | None:
    """三月和四月: two months that follow each other."""
    first_year, first = _month(match["first"], today)
    year, last = _month(match["last"], today, first_year)
    follows = (year, last) == (first_year, first + 1)
    return days.span_of_months(first_year, first, 2, today) if follows and last <= 12 else None


def _since(match: re.Match[str], today: date) -> Period | None:
    named = match["first"]
    if "日" in named or "号" in named:
        first = _day(named, today)
        return days.between(first, today) if first else None
    if "月" in named:
        return days.between(days.month_start(*_month(named, today)), today)
    return days.between(date(_year_of(named, today), 1, 1), today)


def _one_day(match: re.Match[str], today: date) -> Period | None:
    found = _day(match["day"], today)
    return days.between(found, found) if found else None


def _one_month(match: re.Match[str], today: date) -> Period | None:
    year, month = _month(match["month"], today)
    return days.span_of_months(year, month, 1, today) if 1 <= month <= 12 else None


def _day(words: str, today: date, year: int | None = None) -> date | None:
    number = re.search("月(.+?) ?[日号]", words)
    chosen, month = _month(words, today, year)
    return days.day(chosen, month, _number(number[1])) if number else None


def _month(words: str, today: date, year: int | None = None) -> tuple[int, int]:
    named, month = re.match(_YEAR, words), re.search(f"({_NUMBER}) ?月", words)
    number = _number(month[1]) if month else 0
    return (_year_of(named.group(), today) if named else year or days.latest_year(number, today)), number


def _year_of(words: str, today: date) -> int:
    back = _BACK.get(words[0])
    return int(words[:4]) if back is None else today.year - back


def _number(words: str) -> int:
    if words.isdecimal():
        return int(words)
    tens, ten, ones = words.rpartition("十")
    return (10 * _DIGITS.get(tens, 1) if ten else 0) + _DIGITS.get(ones, 0)


READERS: Readers = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (f"从?(?P<first>{_DAY}){_TO}(?P<last>{_DAY})", _range_of_days),
        (f"从?(?P<first>{_MONTH}){_TO}(?P<last>{_MONTH})", _range_of_months),
        (f"[从自]?(?P<first>{_DAY}|{_MONTH}|{_YEAR})初?(?:份?以来|至今|到现在|到今天|到目前|开始|起)", _since),
        (f"(?P<first>{_MONTH})(?:和|跟|与|,)? ?(?P<last>{_MONTH})", _two_months),
        ("[从自]?(?:今年)?年初(?:以来|至今|到现在|到今天|开始|起)", _this_year),
        (f"{_PAST}(?P<count>{_NUMBER}|[俩仨]) ?(?:个?(?=[月季])|(?=年))(?P<unit>月|季度?|年){_WITHIN}", _rolling),
        ("滚动(?:的)?一?(?P<unit>年|季)度?", _rolling_one),
        ("上上一?个?(?P<unit>月|季)度?份?", _before_last),
        (f"(?P<near>{'|'.join(_NEAR)})", _near_day),
        ("(?P<which>[上这本下])一?个?(?:周|星期|礼拜)(?![一二三四五六日天末])", _week),
        (f"(?P<year>{_YEAR})的?第?[qQ](?P<number>[1-4])(?:季度)?", _quarter),
        (f"{_PAST}半年{_WITHIN}", _half_year),
        (f"(?P<year>{_YEAR})?的?第?(?P<number>[一二三四1-4])个?季度?", _quarter),
        (f"(?P<year>{_YEAR})?的?(?P<which>[上下])半年", _half),
        ("(?P<which>[上这本当下])一?个?(?P<unit>月|季)度?份?", _unit),
        ("(?P<which>本)(?P<unit>年)度?", _unit),
        (f"(?P<day>{_DAY})", _one_day),
        (f"(?P<month>{_MONTH})", _one_month),
        (f"(?P<year>{_YEAR})(?:全年|度)?", _year),
    )
)
