"""What a question about self-service purchases is about: one of the topics of Microsoft's FAQ."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from dialogs.understanding.languages import lexicon, whole_word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialogs.understanding.tokens import Token


def topic(tokens: Iterable[Token]) -> str | None:
    """The first topic of the language files that the words name: "refund" before "cancel", "cancel" before "buy"."""
    words = _spoken(tokens)
    return next((name for name, phrases in _topics().items() if any(_stands(words, one) for one in phrases)), None)


@cache
def _topics() -> dict[str, tuple[str, ...]]:
    files = lexicon().data.values()
    names = dict.fromkeys(name for file in files for name in file["topics"])
    return {name: tuple(word for file in files for word in file["topics"].get(name, ())) for name in names}


def _spoken(tokens: Iterable[Token]) -> str:
    """The words as one line; single spaces where there was anything between."""
    line, end = "", 0
    for token in tokens:
        line += (" " if token.start > end else "") + token.text.lower()
        end = token.end
    return line


def _stands(line: str, phrase: str) -> bool:
    at = line.find(phrase)
    while at >= 0 and not whole_word(line, at, at + len(phrase)):
        at = line.find(phrase, at + 1)
    return at >= 0
