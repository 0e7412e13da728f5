"""Periods in every language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.understanding import periods_en, periods_zh
from dialogs.understanding.tokens import Kind, Token, entity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from dialogs.understanding.days import Period, Readers
    from dialogs.understanding.normalise import Text


def find(text: Text, shown: str, today: date) -> Iterator[Token]:
    """The periods named where `shown` is open."""
    taken = 0
    found = _named(periods_en.READERS, shown, today) + _named(periods_zh.READERS, shown, today)
    for start, end, period in sorted(found, key=lambda one: (one[0], -one[1])):
        if start >= taken:
            yield entity(Kind.PERIOD, start, end, text.written(start, end), period)
            taken = end


def _named(readers: Readers, text: str, today: date) -> list[tuple[int, int, Period]]:
    """(start, end, period) of each period named, by the first reader that has a use for the words."""
    found: list[tuple[int, int, Period]] = []
    for pattern, read in readers:
        for match in pattern.finditer(text):
            period = read(match, today)
            if period and all(match.end() <= start or match.start() >= end for start, end, _ in found):
                found.append((match.start(), match.end(), period))
    return found
