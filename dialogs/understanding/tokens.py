"""What a message is cut into: words that mean something, entities, marks, and what nobody knows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a piece of a message is. Entities carry a value; a word carries senses; `UNKNOWN` carries nothing."""

    PRODUCT = "product"
    NUMBER = "number"
    PERSON = "person"
    PERIOD = "period"
    INVOICE = "invoice"
    GROUP_BY = "group_by"
    TEAM = "team"
    REASON = "reason"
    FEEDBACK = "feedback"
    WORD = "word"
    MARK = "mark"
    UNKNOWN = "unknown"


ENTITIES = frozenset(Kind) - {Kind.WORD, Kind.MARK, Kind.UNKNOWN}
# senses of words that order a change
CHANGE_WORDS = (
    "add", "reduce", "remove", "set", "buy", "give", "take", "cancel", "replace", "update", "save",
    "move", "renews", "switch_off", "switch_on", "renew_again", "reactivate", "share", "unshare", "deputy", "drop_it",
)  # fmt: skip


@dataclass(frozen=True)
class Token:
    """One piece: where it stands, as written, and what it may mean.

    `senses` are concepts of the language files; every token also has its kind as a sense, so that rules ask for both
    in one way. `value` is the product candidates, the number, the name, the period and so on.
    """

    kind: Kind
    start: int
    end: int
    text: str
    senses: frozenset[str] = frozenset()
    value: Any = None
    language: str | None = None

    def has(self, *senses: str) -> bool:
        return not self.senses.isdisjoint(senses)

    def meaning(self, *senses: str) -> Token:
        """The same piece in these senses only."""
        return replace(self, senses=frozenset(senses))


def entity(kind: Kind, start: int, end: int, text: str, value: Any) -> Token:
    return Token(kind, start, end, text, frozenset({kind.value}), value)
