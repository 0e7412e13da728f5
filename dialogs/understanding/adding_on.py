"""“And give Bo one too”, 再给王芳一个: whether words add to what was said before."""

from __future__ import annotations

import re
from typing import Final

_WORDS: Final = r"and\b|also\b|plus\b|additionally\b|besides\b|then\b|再|还|另外|此外|同时|顺便|然后|并且|而且|加上"
_BEGINS: Final = rf"(?:oh,? |wait,? |ok(?:ay)?,? |哦，?|对了，?)?(?:{_WORDS})"
_ENDS: Final = r"(?:\btoo|\bas well|\balso)(?:,? ?please)?[.! ]*"
_ADDS_ON: Final = re.compile(rf"{_BEGINS}.*|.*{_ENDS}|.*也.*", re.DOTALL)


def adds_on(words: str) -> bool:
    """Whether what is said comes in addition."""
    return _ADDS_ON.fullmatch(" ".join(words.casefold().split())) is not None
