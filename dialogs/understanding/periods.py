"""Periods in every language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.understanding import periods_en, periods_zh
from dialogs.understanding.tokens import Kind, Token, entity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from dialogs.understanding.normalise import Text


def find(text: Text, shown: str, today: date) -> Iterator[Token]:
    """The periods named where `shown` is open."""
    taken = 0
    found = periods_en.find(shown, today) + periods_zh.find(shown, today)
    for start, end, period in sorted(found, key=lambda one: (one[0], -one[1])):
        if start >= taken:
            yield entity(Kind.PERIOD, start, end, text.written(start, end), period)
            taken = end
