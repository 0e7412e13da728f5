"""Amounts in digits and words of every language, and why some amounts are no quantity."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dialogs.understanding import numbers_en, numbers_zh
from dialogs.understanding.languages import whole_word
from dialogs.understanding.meaning import Unusable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dialogs.understanding.languages import Lexicon

_DIGITS = re.compile(
    r"(?P<sign>[+-] ?)?(?:x ?)?(?P<number>\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?P<part>[.,/]\d+)?(?P<many>k|千|万)?"
    r"(?: ?[x×](?![a-z0-9]))?"
)
_MANY = {None: 1, "k": 1000, "千": 1000, "万": 10_000}
_PERCENT = re.compile(r" ?(?:%|percent|per cent|pct|个百分点|成(?!员|套|本))")
_PERCENT_OF = "百分之"
_A = "a "
_A_HUNDRED = ("a hundred", "a thousand")
_SOME_MORE = "[多来余几]"
_TENTHS = re.compile(r"点[零一二三四五六七八九]|个?半")


@dataclass(frozen=True)
class Amount:
    """A number that was said. A `weak` one ("a", 一个) counts only where a quantity is looked for."""

    value: int | None
    unusable: Unusable | None = None
    weak: bool = False
    sign: str = ""


class Numbers:
    """Reads the amounts of all languages; their words are in the language files."""

    def __init__(self, lexicon: Lexicon) -> None:
        english, chinese = lexicon.data["en"]["numbers"], lexicon.data["zh-CN"]["numbers"]
        self._english: Mapping[str, int] = english["words"]
        self._digits: Mapping[str, int] = chinese["digits"]
        self._scales: Mapping[str, int] = chinese["scales"]
        self._measure = re.compile(f" ?(?:{'|'.join(chinese['measures'])})")
        self._rough = re.compile(f"{_SOME_MORE}{self._measure.pattern}")
        self._phrases: Mapping[str, int] = english["phrases"] | chinese["phrases"]
        self._weak = frozenset(english["weak"] + chinese["weak"])
        self._starts = frozenset(phrase[0] for phrase in self._phrases)

    def starting_at(self, text: str, at: int) -> Iterator[tuple[int, Amount]]:
        """(end, amount) of each way to read a number that begins here."""
        if text[at] in self._starts:
            yield from self._phrase(text, at)
        for end, amount in self._plain(text, at):
            percent = _PERCENT.match(text, end)
            if percent:
                yield percent.end(), Amount(None, Unusable.PERCENT)
            elif whole_word(text, at, end):
                measure = self._measure.match(text, end)
                rough = None if measure else self._rough.match(text, end)
                if rough:
                    yield rough.end(), Amount(None, Unusable.RELATIVE)
                else:
                    yield (measure.end() if measure else end), amount

    def _phrase(self, text: str, at: int) -> Iterator[tuple[int, Amount]]:
        for phrase, value in self._phrases.items():
            end = at + len(phrase)
            if text.startswith(phrase, at) and whole_word(text, at, end):
                yield end, Amount(value, weak=phrase in self._weak)

    def _plain(self, text: str, at: int) -> Iterator[tuple[int, Amount]]:
        if text.startswith(_PERCENT_OF, at):
            for end, _ in self._plain(text, at + len(_PERCENT_OF)):
                yield end, Amount(None, Unusable.PERCENT)
        elif chinese := numbers_zh.read(text, at, self._digits, self._scales):
            yield self._chinese(text, at, *chinese)
        elif digits := _DIGITS.match(text, at):
            yield digits.end(), _amount(digits)
        elif english := numbers_en.read(text, at + len(_A) * text.startswith(_A_HUNDRED, at), self._english):
            yield english[0], Amount(english[1])

    def _chinese(self, text: str, start: int, end: int, value: int) -> tuple[int, Amount]:
        if tenths := _TENTHS.match(text, end):
            return tenths.end(), Amount(None, Unusable.FRACTION)
        if numbers_zh.roughly(text[start:end], self._digits):
            return end, Amount(None, Unusable.RELATIVE)
        return end, Amount(value)


def _amount(digits: re.Match[str]) -> Amount:
    sign = (digits["sign"] or "").strip()
    if sign == "-":
        return Amount(None, Unusable.NEGATIVE)
    if digits["part"] and digits["part"].strip(".,/0"):
        return Amount(None, Unusable.FRACTION)
    value = int(digits["number"].replace(",", "")) * _MANY[digits["many"]]
    return Amount(value, sign=sign)
