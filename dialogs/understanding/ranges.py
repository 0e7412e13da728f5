"""Two numbers that name one amount only roughly ("5-10", 3到5个, "5 or 6") are no quantity."""

from __future__ import annotations

from dialogs.understanding.meaning import Unusable
from dialogs.understanding.numbers import Amount
from dialogs.understanding.tokens import Kind, Token, entity

_BETWEEN = "between"
_SIGNS = ("~", "-")


def without_ranges(tokens: list[Token]) -> list[Token]:
    """The tokens with every range as one amount that cannot be used; 从3到5个 changes the total."""
    tokens = _without_rough(tokens)
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        last = None if found and found[-1].has("from") else _last_of_range(tokens, at)
        if last is None:
            found.append(tokens[at])
            at += 1
        else:
            text = "".join(token.text for token in tokens[at : last + 1])
            rough = Amount(None, Unusable.RELATIVE)
            found.append(entity(Kind.NUMBER, tokens[at].start, tokens[last].end, text, rough))
            at = last + 1
    return found


def _without_rough(tokens: list[Token]) -> list[Token]:
    """ "around 5", "3 or so" and 5个左右 are no number either; "between 5 and 10" loses its "between"."""
    found: list[Token] = []
    for at, token in enumerate(tokens):
        near = [one for one in (*tokens[max(at - 2, 0) : at], *tokens[at + 1 : at + 2]) if one.has("rough")]
        if near and token.kind is Kind.NUMBER and not (near[0].text.lower() == _BETWEEN and _is_range(tokens, at)):
            token = entity(Kind.NUMBER, token.start, token.end, token.text, Amount(None, Unusable.RELATIVE))
        found.append(token)
    amount = any(token.kind is Kind.NUMBER for token in tokens)
    return [token.meaning("filler") if token.has("rough") and amount else token for token in found]


def _is_range(tokens: list[Token], at: int) -> bool:
    return len(tokens) > at + 2 and tokens[at + 1].has("joint") and tokens[at + 2].kind is Kind.NUMBER


def _last_of_range(tokens: list[Token], at: int) -> int | None:
    """Where the range that begins here ends; "5-10" arrives as 5 and -10."""
    first, *after = tokens[at : at + 3]
    if first.kind is not Kind.NUMBER or not after:
        return None
    if after[0].kind is Kind.NUMBER and after[0].value.unusable is Unusable.NEGATIVE:
        return at + 1
    between = at > 0 and tokens[at - 1].text.lower() == _BETWEEN
    joined = after[0].text in _SIGNS or after[0].has("or") or (between and after[0].has("joint"))
    return at + 2 if joined and len(after) == 2 and after[1].kind is Kind.NUMBER else None
