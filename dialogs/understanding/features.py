"""What a learned model sees of a message: its pieces with entities as their kinds, their neighbours, their senses."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from dialogs.understanding.languages import is_chinese
from dialogs.understanding.tokens import ENTITIES, Kind, Token

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dialogs.understanding.propose import Proposal

_WORD = re.compile(r"[^\W_一-鿿〇]+(?:'[a-z]+)?|[一-鿿〇]|[?!+=@]")
_UNSAID = frozenset({"filler", "polite", "determiner"})  # too common to tell anything
_PIECE = 4  # letters; what misspelt words and those of one family have in common
_MANY = 2
_PARTED = 4
_STOPS = frozenset(",.;:?!\n")
_ASKING = (
    "add", "reduce", "remove", "set", "buy", "give", "take", "cancel", "show", "who", "what", "replace", "update",
    "edit", "save", "support", "undo", "move", "share", "renews",
)  # fmt: skip


def features(tokens: Sequence[Token], proposals: Sequence[Proposal]) -> list[str]:
    """The features of these tokens and of what the rules make of them, each once, in a fixed order."""
    units = ["^", *(unit for token in tokens for unit in _units(token)), "$"]
    if len(units) == len("^$"):
        return []
    found: dict[str, None] = dict.fromkeys(units[1:-1])
    found |= dict.fromkeys(f"{one} {two}" for one, two in pairwise(units))
    found |= dict.fromkeys(f"{one} {two} {three}" for one, two, three in zip(units, units[1:], units[2:], strict=False))
    found |= dict.fromkeys(f"{one} _ {three}" for one, _, three in zip(units, units[1:], units[2:], strict=False))
    found |= dict.fromkeys(_pieces(tokens))
    found |= dict.fromkeys(_senses(tokens))
    found |= dict.fromkeys(_shape(tokens))
    found |= dict.fromkeys(
        f"@{one.intent} {place} {min(len(one.unexplained), _MANY)}" for place, one in enumerate(proposals[:3])
    )
    return list(found)


def _units(token: Token) -> Iterator[str]:
    """An entity is its kind, a word itself, Chinese its characters."""
    if token.kind is Kind.NUMBER:
        yield "<rough>" if token.value.unusable else "<one>" if token.value.weak else "<number>"
    elif token.kind in ENTITIES:
        yield f"<{token.kind}>"
    else:
        yield from _WORD.findall(token.text.lower())


def _pieces(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.kind not in ENTITIES and token.text.isascii():
            word = f"_{token.text.lower()}_"
            yield from (f"~{word[at : at + _PIECE]}" for at in range(len(word) - _PIECE + 1))


def _senses(tokens: Iterable[Token]) -> Iterator[str]:
    meant = [sorted(token.senses - _UNSAID) for token in tokens]
    for senses in meant:
        yield from (f"#{sense}" for sense in senses)
    firsts = [senses for senses in meant if senses]
    for one, two in pairwise(firsts):
        yield from (f"#{first} #{second}" for first in one[:3] for second in two[:3])


def _shape(tokens: Sequence[Token]) -> Iterator[str]:
    """How many clauses, verbs and entities of a kind there are: what several requests have in common."""
    parted = sum(token.has("joint") or token.text in _STOPS for token in tokens[1:-1])
    yield f"%parted {min(parted, _PARTED)}"
    yield f"%asked {min(sum(token.has(*_ASKING) for token in tokens), _PARTED)}"
    for kind in (Kind.PRODUCT, Kind.PERSON, Kind.NUMBER):
        yield f"%{kind} {min(len({token.text.lower() for token in tokens if token.kind is kind}), _MANY)}"


def words(tokens: Iterable[Token]) -> Iterator[str]:
    """The features of the words that no language file knows; Chinese in pairs of characters."""
    for token in tokens:
        if token.kind is Kind.UNKNOWN:
            text = token.text.lower()
            if is_chinese(text[0]) and len(text) > 1:
                yield from (f"{text[at]} {text[at + 1]}" for at in range(len(text) - 1))
            else:
                yield text
