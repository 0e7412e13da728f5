"""Every sentence people read, in each of their languages, with money, dates and numbers formatted for them."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal

from storage.money import EXPONENTS, Money

if TYPE_CHECKING:
    from collections.abc import Mapping

CHINESE = "zh-CN"
LANGUAGES = ("en", CHINESE)
DEFAULT_LANGUAGE = "en"

_HAN = re.compile(r"[\u3400-\u9fff]")

Catalogue = dict[str, str | dict[str, str]]
AMOUNTS = frozenset({"cap", "room", "cost"})  # of refusals, in minor units of their currency
Value = str | int | Money | date | datetime


@cache
def catalogue(language: str) -> Catalogue:
    """All texts of one language by dotted key; a plural is a table of `one` and `other`."""
    tables = tomllib.loads((Path(__file__).parent / f"{language}.toml").read_text(encoding="utf-8"))
    return dict(_flat(tables, ""))


@cache
def locale(language: str) -> Locale:
    """How numbers, money and dates are written in a language; looked up once, for Babel searches all it knows."""
    return Locale.parse(language, sep="-")


def fields(text: str) -> set[str]:
    """The names that a text expects to be given."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def language_of(locale: str | None) -> str:
    """The catalogue for an activity's locale: zh* reads Chinese, everyone else English."""
    return CHINESE if (locale or "").lower().startswith("zh") else DEFAULT_LANGUAGE


class Reader:
    """One reader's language and time zone. A key or a value that is missing raises KeyError: a test finds it first."""

    def __init__(self, language: str, timezone: str = "UTC") -> None:
        self.language = language
        self._locale = locale(language)
        self.timezone = timezone
        self._zone = ZoneInfo(timezone)
        self._texts = catalogue(language)

    def in_language(self, language: str) -> Reader:
        """The same reader in another language."""
        return Reader(language, self.timezone)

    def text(self, key: str, **values: Value) -> str:
        """The sentence under `key`, its fields filled; `count`, else `total`, chooses between one and other."""
        found = self._texts[key]
        if isinstance(found, dict):
            many = values.get("count", values.get("total"))
            found = found["one" if many == 1 and "one" in found else "other"]
        if self.language == CHINESE:
            return self._filled_in_chinese(found, values)
        return found.format_map({name: self.shown(value) for name, value in values.items()})

    def refused(self, code: str, values: Mapping[str, str | int]) -> str:
        """Why the record says no, and the way on where it names one: for fewer licenses, for something else, or both.

        A stored answer keeps days as words and money in minor units; here they are again.
        """
        days = {name: date.fromisoformat(str(values[name])) for name in ("until", "date") if name in values}
        amounts = {name: Money(int(values[name]), str(values["currency"])) for name in AMOUNTS & values.keys()}
        nobody = {name: self.text("word.nobody") for name, value in values.items() if value == ""}
        shown = {**values, **days, **amounts, **nobody}
        said = self.text(f"refused.{code}", **shown)
        if "fewer" in values:
            said = self._then(said, self.text("way_on.fewer", count=values["fewer"]))
        if "way" in values:
            said = self._then(said, self.text(f"way_on.{values['way']}", **{"wish": values["product"], **shown}))
        return said

    def _then(self, said: str, more: str) -> str:
        return self.text("refused.and_again", reason=said, question=more)

    def shown(self, value: Value) -> str:
        """A value as this reader writes it."""
        match value:
            case Money():
                return self._money(value)
            case datetime():
                moment = value.astimezone(self._zone)
                return str(format_datetime(moment, self.text("word.instant"), locale=self._locale))
            case date():
                return str(format_date(value, "long", locale=self._locale))
            case int():
                return str(format_decimal(value, locale=self._locale))
        return value

    def signed(self, value: Money | int) -> str:
        """A change with its sign, also when it goes up: +5, −$18.57; nothing has none."""
        amount = value.amount if isinstance(value, Money) else value
        sign = "−" if amount < 0 else "+" if amount else ""
        return f"{sign}{self.shown(-value if amount < 0 else value)}"

    def month(self, day: date) -> str:
        """The calendar month of that day."""
        return str(format_date(day, self.text("word.month"), locale=self._locale))

    def day(self, instant: datetime) -> date:
        """The day it is for this reader."""
        return instant.astimezone(self._zone).date()

    def names(self, names: list[str]) -> str:
        """A list of names as one phrase."""
        return self.text("word.comma").join(names)

    def either(self, names: list[str]) -> str:
        """Names of which one is meant, as one phrase."""
        first, *others = names or [""]
        for name in others:
            first = _beside(_beside(first, self.text("word.or")), name)
        return first

    def _filled_in_chinese(self, text: str, values: Mapping[str, Value]) -> str:
        """The text with its fields, a space between Chinese and the Latin words that fill them; dates have none."""
        filled, after_words = "", False
        for literal, name, _, _ in Formatter().parse(text):
            filled = _beside(filled, literal) if after_words else filled + literal
            value = values[name] if name else ""
            filled = _beside(filled, value) if isinstance(value, str) else filled + self.shown(value)
            after_words = isinstance(value, str)
        return filled

    def _money(self, money: Money) -> str:
        amount = Decimal(money.amount).scaleb(-EXPONENTS[money.currency])
        return str(format_currency(amount, money.currency, locale=self._locale))


def _beside(left: str, right: str) -> str:
    """One after the other: with a space between Chinese and Latin letters or digits, and none within Chinese."""
    before, after = left.rstrip(" "), right.lstrip(" ")
    beside = (before[-1:], after[:1])
    if all(map(_HAN.match, beside)):
        return before + after
    mixed = any(map(_HAN.match, beside)) and all(each.isalnum() for each in beside)
    return f"{before} {after}" if mixed else left + right


def _flat(table: dict[str, object], path: str) -> list[tuple[str, str | dict[str, str]]]:
    found: list[tuple[str, str | dict[str, str]]] = []
    for name, value in table.items():
        key = f"{path}{name}"
        if isinstance(value, str):
            found.append((key, value))
        elif isinstance(value, dict) and "other" in value:
            found.append((key, {str(form): str(text) for form, text in value.items()}))
        elif isinstance(value, dict):
            found += _flat(value, f"{key}.")
    return found
