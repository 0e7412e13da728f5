"""Words that turn the page of a list in view, or sort it: “next page”, “by price”, 下一页, 按到期日排序."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final

from dialogs.understanding.languages import lexicon
from dialogs.understanding.whole import Whole

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST: Final = 60  # characters; who writes more says something else


class To(StrEnum):
    """Which page, as seen from the one in view."""

    NEXT = "next"
    BACK = "back"
    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True)
class Leaf:
    """What is to be seen of the list: another page, by its place or number, or all of it in another order.

    `bare` words say so only to whoever has a list before their eyes and nothing else open: “more”, 更多.
    """

    page: To | int | None = None
    order: str | None = None  # as `storage.wanted.Order` names it
    bare: bool = False


_ORDER: Final = "by_"
_BARE: Final = "bare_"


def leaf(words: str) -> Leaf | None:
    """What the words want to see of a list, where they say nothing else."""
    said = " ".join(words.casefold().split())
    if len(said) > LONGEST:
        return None
    for does, pattern, numbers in _ways():
        if match := pattern.fullmatch(said):
            return _meant(does, match, numbers)
    return None


def _meant(does: str, match: re.Match[str], numbers: Mapping[str, int]) -> Leaf:
    if does == "number":
        number = match["number"]
        return Leaf(numbers.get(number) or int(number))
    if does.startswith(_ORDER):
        return Leaf(order=does.removeprefix(_ORDER))
    return Leaf(To(does.removeprefix(_BARE)), bare=does.startswith(_BARE))


@cache
def _ways() -> list[tuple[str, re.Pattern[str], Mapping[str, int]]]:
    """What each pattern of every language does, with the end that may follow it and the numbers that it may name."""
    files = [file["leafing"] for file in lexicon().data.values()]
    return [
        (does, re.compile(f"(?:{pattern.pattern}){file['end']}"), file["numbers"])
        for file in files
        for does, pattern in Whole([file]).patterns
    ]
