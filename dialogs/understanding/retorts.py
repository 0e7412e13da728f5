"""A no to an offer: “no, monthly” and 不，给王芳 put it right; “no, not yearly” and “no, too expensive” let it go."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from dialogs.understanding.gates import QUESTION_MARKS
from dialogs.understanding.intents import intents
from dialogs.understanding.replies import term_of
from dialogs.understanding.slots import slots
from dialogs.understanding.tokens import ENTITIES, Kind, Token

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialogs.understanding.meaning import Slots

_WHEN = "when=renewal"
_IN_NO_REASON = ("yes", "hold", "correct", "negation", "buy", "add", "reduce", "remove", "set", "total", "only", "term")
_VALUES = (Kind.NUMBER, Kind.PRODUCT, Kind.PERSON)
_BESIDES = (
    "filler", "polite", "for", "give", "to", "license", "measure", "joint", "ref", "need", "correct", "rejoin", "set",
    "total", "replace", "pay", "speaker",
)  # fmt: skip


def put_right(tokens: list[Token]) -> Slots:
    """What is said in place of what the no denies; nothing where it is a plain no, or asks for something else."""
    clauses = _clauses(tokens)
    if not clauses or not (clauses[0][0].has("no") or _denies_a_term(clauses[0])):
        return {}
    (no, *first), *others = clauses
    denied = no.has("negation", "not")  # 不按年: what follows at once is what it is not to be
    said = [] if denied else first
    for clause in others:
        said += [] if clause[0].has("not") else clause
    if not all(_may_be_said(token) for token in said):
        return {}
    terms = {term for token in said if (term := term_of(token))}
    values = [token for token in said if not term_of(token) and not token.has("filler")]  # "no, now" only urges
    found, surplus = slots(values, intents()["flow.correct"])
    if surplus or None in found.values() or len(terms) > 1:
        return {}
    return {**found, **({"term": terms.pop()} if terms else {})}


def lets_go(tokens: list[Token], gives_reason: Callable[[list[Token]], bool]) -> bool:
    """Whether it is a no that says besides at most why, or what term it is not to be: nothing is left to offer."""
    if any(token.text in QUESTION_MARKS for token in tokens) or not (clauses := _clauses(tokens)):
        return False
    if not _denies_a_term(clauses[0]):
        no, *first = clauses.pop(0)
        if not no.has("no") or (first and no.has("negation")):  # 不太贵 is no reason against it
            return False
        clauses = [first, *clauses] if first else clauses
    return bool(clauses) and all(_denies_a_term(clause) or _is_reason(clause, gives_reason) for clause in clauses)


def _clauses(tokens: list[Token]) -> list[list[Token]]:
    return [list(clause) for mark, clause in groupby(tokens, lambda token: token.kind is Kind.MARK) if not mark]


def _denies_a_term(clause: list[Token]) -> bool:
    denial, *denied = clause
    terms = [token for token in denied if term_of(token)]
    return denial.has("not", "negation") and bool(terms) and all(one in terms or one.has("filler") for one in denied)


def _is_reason(clause: list[Token], gives_reason: Callable[[list[Token]], bool]) -> bool:
    asks = any(token.kind in ENTITIES or token.has(*_IN_NO_REASON) for token in clause)
    return not asks and gives_reason(clause)


def _may_be_said(token: Token) -> bool:
    return bool(token.kind in _VALUES or term_of(token)) or (token.has(*_BESIDES, _WHEN) and not token.has("hold"))
