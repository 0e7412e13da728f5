"""English number words: "five hundred thousand", "twenty-five", "half a dozen"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORD = re.compile(r"[a-z]+")
_JOINT = re.compile(r"[ -]+(?:and )?")


def read(text: str, at: int, words: Mapping[str, int]) -> tuple[int, int] | None:
    """(end, value) of the number words that begin here: the longest that make one number; None if there are none."""
    total = group = 0
    found: tuple[int, int] | None = None
    last = 0
    while (match := _WORD.match(text, at)) and (value := words.get(match.group())) is not None:
        if value < 100 and not _fits(value, last):
            break
        if value >= 1000:
            total, group = total + max(group, 1) * value, 0
        elif value == 100:
            group = max(group, 1) * 100
        else:
            group += value
        found, last = (match.end(), total + group), value
        joint = _JOINT.match(text, match.end())
        if not joint:
            break
        at = joint.end()
    return found


def _fits(value: int, last: int) -> bool:
    """Whether a number below 100 may follow: "twenty five" and "hundred five" are one number, "five six" are two."""
    return last == 0 or last >= 100 or (last % 10 == 0 and last >= 20 and value < 10)
