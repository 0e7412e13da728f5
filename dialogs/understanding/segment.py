"""Cuts a message into words, names and numbers: the cut that leaves least unknown, in the fewest pieces.

They are read together, for each alone is misled: 三 is a name in 张三, no number in 一下 and a number in 三个; 少 is
part of 多少. The cheapest cut of the whole line decides: maximal munch, but not blind to what comes after.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialogs.understanding.languages import is_chinese, is_latin
from dialogs.understanding.numbers import Numbers
from dialogs.understanding.people import Names
from dialogs.understanding.tokens import Kind, Token, entity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogs.understanding.languages import Lexicon
    from dialogs.understanding.normalise import Text

_KNOWN, _UNKNOWN_CHARACTER, _UNKNOWN_WORD, _MARK, _SIGN = 1.0, 4.0, 6.0, 0.1, 0.05
_WORD = re.compile(r"[^\W_一-鿿〇]+(?:'[a-z]+)?")


class Segmenter:
    """Cuts text into tokens; immutable."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._numbers = Numbers(lexicon)
        self._names = Names(lexicon)

    def cut(self, text: Text, entities: list[Token]) -> list[Token]:
        """All of the text as tokens, in order; `entities` are those already read."""
        fixed = {token.start: token for token in entities}
        shown = blank(text.lower, entities)
        size = len(shown)
        costs = [0.0] + [float("inf")] * size
        steps: list[Token | None] = [None] * (size + 1)
        origin = list(range(-1, size))
        for at in range(size):
            if costs[at] == float("inf"):
                continue
            for end, cost, token in self._pieces(text, shown, at, fixed):
                if costs[at] + cost < costs[end]:
                    costs[end], steps[end], origin[end] = costs[at] + cost, token, at
        return _walk_back(steps, origin, size)

    def _pieces(
        self, text: Text, shown: str, at: int, fixed: dict[int, Token]
    ) -> Iterator[tuple[int, float, Token | None]]:
        if at in fixed:
            yield fixed[at].end, _KNOWN, fixed[at]
            return
        if shown[at] == " ":
            yield at + 1, 0.0, None
            return
        for phrase in self._lexicon.starting_at(shown, at):
            end = at + len(phrase.text)
            word = Token(Kind.WORD, at, end, text.cased[at:end], phrase.senses, phrase.text, phrase.language)
            yield end, (_KNOWN if phrase.spoken else _SIGN), word
        for end, amount in self._numbers.starting_at(shown, at):
            senses = self._lexicon.words(shown[at:end]) | {Kind.NUMBER.value}
            yield end, _KNOWN - 0.1, Token(Kind.NUMBER, at, end, text.cased[at:end], senses, amount)
        for end, cost in self._names.starting_at(text, at):
            if "\0" not in shown[at:end]:
                yield end, cost, entity(Kind.PERSON, at, end, text.cased[at:end], text.cased[at:end])
        yield self._unknown(text, shown, at)

    def _unknown(self, text: Text, shown: str, at: int) -> tuple[int, float, Token]:
        if is_chinese(shown[at]) or not is_latin(shown[at]):
            kind = Kind.UNKNOWN if is_chinese(shown[at]) else Kind.MARK
            cost = _UNKNOWN_CHARACTER if is_chinese(shown[at]) else _MARK
            return at + 1, cost, Token(kind, at, at + 1, text.cased[at])
        word = _WORD.match(shown, at)
        end = word.end() if word else at + 1
        return end, _UNKNOWN_WORD, Token(Kind.UNKNOWN, at, end, text.cased[at:end])


def blank(text: str, read: list[Token]) -> str:
    """The text with what is already read made unreadable, in its old length."""
    for token in read:
        text = text[: token.start] + "\0" * (token.end - token.start) + text[token.end :]
    return text


def _walk_back(steps: list[Token | None], origin: list[int], at: int) -> list[Token]:
    found: list[Token] = []
    while at > 0:
        step = steps[at]
        if step is not None:
            found.append(step)
        at = origin[at]
    return _joined(found[::-1])


def _joined(tokens: list[Token]) -> list[Token]:
    """Unknown characters that stand together are one unknown word."""
    joined: list[Token] = []
    for token in tokens:
        last = joined[-1] if joined else None
        if last and last.kind is token.kind is Kind.UNKNOWN and last.end == token.start:
            joined[-1] = Token(Kind.UNKNOWN, last.start, token.end, last.text + token.text)
        else:
            joined.append(token)
    return joined
