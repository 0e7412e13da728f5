"""From tokens to the slots of a request, named as the annotation rules name them."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from dialogs.understanding.people import people
from dialogs.understanding.tokens import Kind, Token
from dialogs.understanding.topics import topic

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dialogs.understanding.intents import Intent
    from dialogs.understanding.meaning import Slots

_ONE_VALUE = (Kind.PERIOD, Kind.INVOICE, Kind.GROUP_BY, Kind.TEAM, Kind.REASON, Kind.FEEDBACK)
_WAYS = {"reduce": "down", "add": "up"}
_TAKEN = ("off", "strip", "relieve")  # somebody
_SLOT = {Kind.NUMBER: "quantity", Kind.PERSON: "people"}


def slots(tokens: list[Token], intent: Intent) -> tuple[Slots, list[str]]:
    """The slots, and the kinds of entities that were said but do not fit: two numbers, a person where none belongs."""
    found: Slots = _by_meaning(tokens, intent)
    if "not_people" in intent.slots and (denied := [token.value for token in tokens if token.has("not_person")]):
        found["not_people"] = denied
    surplus: list[str] = []
    for kind, values in _values(tokens).items():
        slot = _SLOT.get(kind, kind.value)
        if slot not in intent.slots:
            if not (kind is Kind.NUMBER and _only_a(tokens, len(people(tokens)))):
                surplus.append(kind.value)
        elif kind is Kind.PERSON:
            found |= _people(tokens, intent)
        elif len(values) > 1:
            surplus.append(kind.value)
        elif kind is Kind.PRODUCT:
            found |= named(values[0])
        else:
            found[slot] = values[0]
    return found, surplus


def _by_meaning(tokens: Sequence[Token], intent: Intent) -> Slots:
    """What words fill a slot by their sense: "at renewal" has the sense "when=renewal"."""
    found: Slots = {"topic": about} if "topic" in intent.slots and (about := topic(tokens)) else {}
    for token in tokens:
        for slot, value in _fills(token.senses):
            if slot in intent.slots:
                found.setdefault(slot, value == "true" or value)
    if "way" in intent.slots:  # whether the total is to be lower, or higher, than it is now
        ways = {way for sense, way in _WAYS.items() if any(token.has(sense) for token in tokens)}
        if len(ways) == 1:
            found.setdefault("way", *ways)
    return found


@lru_cache(maxsize=4096)  # an amount said is a sense of its own
def _fills(senses: frozenset[str]) -> list[list[str]]:
    return [sense.split("=") for sense in sorted(senses) if "=" in sense]


def _people(tokens: list[Token], intent: Intent) -> Slots:
    """Who is named; where something changes hands, from whom and to whom."""
    if "from_people" not in intent.slots:
        return {"people": people(tokens)}
    giving = [token for before, token in pairwise([None, *tokens]) if token and _gives(before, token)]
    sides = {"from_people": giving, "people": [token for token in tokens if token not in giving]}
    return {slot: people(side) for slot, side in sides.items() if people(side)}


def _gives(before: Token | None, token: Token) -> bool:
    """ "from Bo", "Bo's"; "take it off Bo", "strip Bo of it"."""
    return token.has("giver") or (before is not None and before.text.lower() in _TAKEN)


def named(products: Sequence[str]) -> Slots:
    """One product, or the candidates."""
    return {"product": products[0]} if len(products) == 1 else {"product_candidates": list(products)}


def _values(tokens: Iterable[Token]) -> dict[Kind, list[Any]]:
    values: dict[Kind, list[Any]] = {}
    for token in tokens:
        if token.kind is Kind.NUMBER and token.has("number"):
            numbers = values.setdefault(Kind.NUMBER, [])
            numbers += [token.value.value] if token.value.value not in numbers else []
        elif token.kind in (Kind.PRODUCT, Kind.PERSON, *_ONE_VALUE):
            known = values.setdefault(token.kind, [])
            if token.value not in known:
                known.append(token.value)
    return values


def _only_a(tokens: Iterable[Token], people_named: int) -> bool:
    """Whether the numbers only repeat what is said anyway: "a license", "two of them to Ann and Bo"."""
    numbers = [token.value for token in tokens if token.kind is Kind.NUMBER and token.has("number")]
    return all(number.weak or number.value == people_named for number in numbers)
