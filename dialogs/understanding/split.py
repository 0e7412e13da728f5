"""Several requests in one message: the fewest parts that are each clear, in the order in which they were said."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from dialogs.understanding.intents import intents
from dialogs.understanding.meaning import Request, Tier
from dialogs.understanding.tokens import ENTITIES, Kind, Token

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dialogs.understanding.meaning import Slots
    from dialogs.understanding.reading import Reading

_STOPS = frozenset(",.;\n?!")
_MOST_PARTS = 8
_OWN_WORDS = ("add", "reduce", "remove", "set", "buy", "give", "take", "cancel", "show", "who", "what", "replace")
_ABOUT_A_PRODUCT = frozenset(
    {
        "licenses.add",
        "licenses.remove",
        "licenses.set",
        "licenses.assign",
        "licenses.unassign",
        "licenses.who",
        "subscriptions.show",
        "subscription.cancel",
    }
)


def parts(tokens: list[Token]) -> list[list[Token]]:
    """The tokens between the places where a new request may begin."""
    found: list[list[Token]] = [[]]
    for token in tokens:
        stop = token.kind is Kind.MARK and token.text in _STOPS
        if (stop or token.has("joint")) and any(one.kind is not Kind.MARK for one in found[-1]):
            found.append([])
        found[-1].append(token)
    return found


def readings(tokens: list[Token], read: Callable[[list[Token]], Reading]) -> list[Reading] | None:
    """The fewest parts that are each accepted as a task of its own; None if there is no such way."""
    pieces = parts(tokens)
    if not 1 < len(pieces) <= _MOST_PARTS:
        return None
    best: list[list[Reading] | None] = [[]] + [None] * len(pieces)
    for end in range(1, len(pieces) + 1):
        for start in range(end):
            before = best[start]
            if before is None or (start == 0 and end == len(pieces)):
                continue
            reading = _one([token for piece in pieces[start:end] for token in piece], before, read)
            if reading and (best[end] is None or len(before) + 1 < len(best[end] or ())):
                best[end] = [*before, reading]
    return best[-1]


def _one(tokens: list[Token], before: list[Reading], read: Callable[[list[Token]], Reading]) -> Reading | None:
    # 再 means "then" before another verb ("再给Bo一个"), and "more" where nothing else does ("再两个")
    for said in (_without_joint(tokens), tokens):
        reading = read(said)
        if _is_task(reading):
            return reading
    if not before or any(token.has(*_OWN_WORDS) for token in tokens):
        return None
    # "add 5 to Visio and 3 to Clipchamp": the second part leaves its verb to the first
    verb = [token for token in before[-1].tokens if token.kind not in ENTITIES]
    elided = read([*verb, *tokens])
    same = _is_task(elided) and elided.requests[0].intent == before[-1].requests[-1].intent
    return elided if same and _said(elided.requests[0]) == _said(before[-1].requests[-1]) else None


def _said(request: Request) -> set[str]:
    """Which slots are filled; one product says as much as several that may be meant."""
    return {"product" if slot == "product_candidates" else slot for slot in request.slots}


def _without_joint(tokens: list[Token]) -> list[Token]:
    joints = takewhile(lambda token: token.kind is Kind.MARK or token.has("joint"), tokens)
    return tokens[len(list(joints)) :]


def _is_task(reading: Reading) -> bool:
    return reading.tier is Tier.ACCEPT and all(intents()[one.intent].risk != "talk" for one in reading.requests)


def carried_over(requests: Sequence[Request]) -> tuple[Request, ...]:
    """The requests, each with the product that an earlier one of the message named; what is said twice counts once."""
    found: list[Request] = []
    product: Slots = {}
    for request in requests:
        own: Slots = {slot: request.slots[slot] for slot in ("product", "product_candidates") if slot in request.slots}
        if not own and request.intent in _ABOUT_A_PRODUCT:
            request = Request(request.intent, product | request.slots)
        product = own or product
        if request not in found:
            found.append(request)
    return tuple(found)


def together(requests: Sequence[Request]) -> tuple[Request, ...]:
    """The requests, those of one task as one: bought and handed out, taken from one and given to another."""
    found: list[Request] = []
    for request in requests:
        found[-1:] = _together(found[-1], request) if found else [request]
    return tuple(found)


def _together(first: Request, second: Request) -> list[Request]:
    """Licenses bought and handed out, or taken from one and given to another, are one request."""
    about = {slot: second.slots[slot] for slot in ("product", "product_candidates") if slot in second.slots}
    if second.intent != "licenses.assign" or "people" not in second.slots or not about.items() <= first.slots.items():
        return [first, second]
    if first.intent in ("licenses.add", "purchase.new") and "people" not in first.slots:
        return [Request(first.intent, first.slots | {"people": second.slots["people"]})]
    if first.intent == "licenses.unassign" and "people" in first.slots:
        sides = {"from_people": first.slots["people"], "people": second.slots["people"]}
        return [Request("licenses.move", about | sides)]
    return [first, second]
