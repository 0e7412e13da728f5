""" "Not X but Y": only Y counts."""

from __future__ import annotations

from dataclasses import replace

from dialogs.understanding.tokens import ENTITIES, Kind, Token

_INERT = frozenset({"filler"})


def without_denied(tokens: list[Token]) -> list[Token]:
    """The tokens with what was named only to be denied made inert, where something else is named besides."""
    result = list(tokens)
    for at, token in enumerate(tokens):
        if not token.has("not"):
            continue
        end = _end(tokens, at + 1)
        denied, rest = tokens[at + 1 : end], tokens[:at] + tokens[end:]
        named = any(one.kind in ENTITIES or one.kind is Kind.UNKNOWN for one in denied)
        if named and _only_names(denied) and any(one.kind in ENTITIES for one in rest):
            result[at] = token.meaning("not", "correct", "filler")
            for place, one in enumerate(denied, at + 1):
                result[place] = replace(one, kind=Kind.WORD, senses=_INERT)
    return result


def _end(tokens: list[Token], at: int) -> int:
    while at < len(tokens) and tokens[at].kind is not Kind.MARK and not tokens[at].has("rejoin"):
        at += 1
    return at


def _only_names(tokens: list[Token]) -> bool:
    names = ENTITIES | {Kind.UNKNOWN}
    return all(token.kind in names or token.has("filler", "license", "measure", "joint") for token in tokens)
