"""A no to an offer that says what it is to be: “no, monthly” and 不，给王芳 put it right, and let nothing go."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from dialogs.understanding.intents import intents
from dialogs.understanding.replies import term_of
from dialogs.understanding.slots import slots
from dialogs.understanding.tokens import Kind, Token

if TYPE_CHECKING:
    from dialogs.understanding.meaning import Slots

_WHEN = "when=renewal"
_VALUES = (Kind.NUMBER, Kind.PRODUCT, Kind.PERSON)
_BESIDES = (
    "filler", "polite", "for", "give", "to", "license", "measure", "joint", "ref", "need", "correct", "rejoin", "set",
    "total", "replace", "pay", "speaker",
)  # fmt: skip


def put_right(tokens: list[Token]) -> Slots:
    """What is said in place of what the no denies; nothing where it is a plain no, or asks for something else."""
    clauses = [list(clause) for mark, clause in groupby(tokens, lambda token: token.kind is Kind.MARK) if not mark]
    if not clauses or not clauses[0][0].has("no"):
        return {}
    (no, *first), *others = clauses
    denied = no.has("negation", "not")  # 不按年: what follows at once is what it is not to be
    said = [] if denied else first
    for clause in others:
        said += [] if clause[0].has("not") else clause
    if not all(_may_be_said(token) for token in said):
        return {}
    terms = {term for token in said if (term := term_of(token))}
    found, surplus = slots([token for token in said if not term_of(token)], intents()["flow.correct"])
    if surplus or None in found.values() or len(terms) > 1:
        return {}
    renewal = {"when": "renewal"} if any(token.has(_WHEN) for token in said) else {}
    return {**found, **({"term": terms.pop()} if terms else {}), **renewal}


def _may_be_said(token: Token) -> bool:
    return bool(token.kind in _VALUES or term_of(token)) or (token.has(*_BESIDES, _WHEN) and not token.has("hold"))
