"""What the numbers of a message are for: a total, a change, a count that means no more than "a", or no quantity."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from dialogs.understanding.meaning import Unusable
from dialogs.understanding.tokens import Kind, Token

_ARTICLES = ("a", "an")
_CURRENCIES = ("$", "€", "£", "¥")
_COUNTED = ("license", "product", "measure", "add", "person_noun")
_FEWER = ("less", "fewer")


def with_roles(tokens: list[Token]) -> list[Token]:
    """The tokens with the senses that numbers give them and their neighbours."""
    tokens = _from_old_to_new(list(tokens))
    for at, token in enumerate(tokens):
        if token.kind is not Kind.NUMBER:
            continue
        before = tokens[at - 1] if at else None
        after = next((later for later in tokens[at + 1 :] if not later.senses <= {"filler", "by"}), None)
        counts_units = after is not None and after.has("unit") and tokens[at + 1] is after
        if counts_units or (before and before.text in _CURRENCIES):
            tokens[at] = token.meaning("elsewhere", *_money(token, before, after))
        elif token.value.weak:
            tokens[at] = _weak(token, before, after)
        elif token.value.unusable:
            tokens[at] = token.meaning("relative")
        elif token.value.sign == "+":
            tokens[at] = token.meaning("number", "add")
        if before and before.has("to") and tokens[at].has("number", "relative") and not _for_people(before, after):
            tokens[at - 1] = before.meaning("total")
    return _without_needless(tokens)


def _money(token: Token, before: Token | None, after: Token | None) -> tuple[str, ...]:
    """What "$49" and 49美元 say about a sum of money."""
    said = (before and before.text in _CURRENCIES) or (after and after.has("currency"))
    return ("amount", f"amount={token.text.strip()}") if said else ()


def unusable(tokens: list[Token]) -> Unusable | None:
    """Why an amount that was said is no quantity."""
    for token in tokens:
        if token.kind is Kind.NUMBER and token.value.unusable:
            return Unusable(token.value.unusable)
    return Unusable.RELATIVE if any(token.has("relative") for token in tokens) else None


def _weak(token: Token, before: Token | None, after: Token | None) -> Token:
    """ "a license" and 减少一个 count; "a report", "the Visio one" and 新建一个…订阅 do not."""
    counts = after.has(*_COUNTED) or after.text.lower() in _FEWER if after else token.text.lower() not in _ARTICLES
    counts = counts or (before is not None and before.has("buy") and (after is None or after.kind is Kind.MARK))
    named = before is not None and (before.has("determiner") or before.kind is Kind.PRODUCT)
    if counts and not (named and token.text.lower() == "one"):
        return token
    return replace(token, kind=Kind.WORD, senses=(token.senses - {"number"}) | {"filler"})


def _for_people(before: Token, after: Token | None) -> bool:
    return before.text == "为" and after is not None and after.has("person_noun")


def _from_old_to_new(tokens: list[Token]) -> list[Token]:
    """ "from 20 to 25": the old total is no second quantity."""
    for at, (before, token) in enumerate(pairwise(tokens), 1):
        later = tokens[at + 1 : at + 3]
        if before.has("from") and token.kind is Kind.NUMBER and any(after.has("to", "total") for after in later):
            tokens[at] = replace(token, kind=Kind.WORD, senses=frozenset({"filler"}))
    return tokens


def _without_needless(tokens: list[Token]) -> list[Token]:
    """ "a" says nothing beside a real number, and 一个 nothing beside a subscription; "by one" says how many."""
    real = any(token.has("number") and not token.value.weak for token in tokens if token.kind is Kind.NUMBER)
    whole = any(token.has("subscription") for token in tokens)
    return [
        replace(token, kind=Kind.WORD, senses=(token.senses - {"number"}) | {"filler"})
        if token.kind is Kind.NUMBER and token.value.weak and (real or (whole and not _is_difference(tokens, at)))
        else token
        for at, token in enumerate(tokens)
    ]


def _is_difference(tokens: list[Token], at: int) -> bool:
    """ "by one", "one seat" of a subscription."""
    seat = tokens[at].text.lower() == "one" and any(token.has("license") for token in tokens[at + 1 : at + 2])
    return seat or (at > 0 and tokens[at - 1].has("by"))
