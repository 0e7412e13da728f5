"""Several requests in one message: the fewest parts that are each clear, in the order in which they were said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING

from dialogs.understanding.intents import intents
from dialogs.understanding.meaning import Request, Tier
from dialogs.understanding.tokens import ENTITIES, Kind, Token

from dialogs.understanding.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dialogs.understanding.meaning import Slots

_STOPS = frozenset(",.;:\n?!(")
_OPENS_ORDER = ("把", "将")
_MOST_PARTS = 6
_LONGEST_PART = 4  # pieces
_SWALLOWS = 1.1  # what it costs to read as one what could stand alone
_BREAKS_A_LIST = 0.5  # what it costs to part "Ann and Bo"
_YES = "confirm.yes"
_OF_PEOPLE = ("licenses.assign", "licenses.unassign", "licenses.who")
_PRONOUNS = frozenset({"he", "she", "him", "her", "hers", "his", "他", "她", "他的", "她的", "他们", "她们", "他俩", "她俩"})
_NO_TASKS = ("greet", "thanks")
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


@dataclass(frozen=True)
class _Way:
    """A way to read the message up to some place: what it costs, and the tasks so far."""

    cost: float = 0.0
    readings: tuple[Reading, ...] = ()


def parts(tokens: list[Token]) -> list[list[Token]]:
    """The tokens between the places where a new request may begin."""
    found: list[list[Token]] = [[]]
    for token in tokens:
        stop = token.kind is Kind.MARK and token.text in _STOPS
        opens = token.text in _OPENS_ORDER and token.kind is Kind.WORD
        if (stop or opens or token.has("joint")) and any(not _is_link(one) for one in found[-1]):
            found.append([])
        found[-1].append(token)
    return found


def readings(tokens: list[Token], read: Callable[[list[Token]], Reading]) -> list[Reading] | None:
    """The fewest parts that are each accepted as a task of its own; None if there is no such way."""
    pieces = _at_most(_MOST_PARTS, [piece for piece in parts(tokens) if not _says_nothing(piece)])
    alone = [len(pieces) > 1 and _is_task(read(_without_joint(piece))) for piece in pieces]
    ways: list[_Way | None] = [_Way()] + [None] * len(pieces)
    for end in range(1, len(pieces) + 1):
        for start in range(max(0, end - _LONGEST_PART), end):
            before = ways[start]
            if before is None:
                continue
            way = _onwards(before, pieces, start, end, read)
            if way:
                way = replace(way, cost=way.cost + _SWALLOWS * max(0, sum(alone[start:end]) - 1))
            best = ways[end]
            if way and (best is None or way.cost < best.cost) and len(way.readings) > (end == len(pieces)):
                ways[end] = way
    last = ways[-1]
    return _about_the_same_people(last.readings) if last and last.readings else None


def _at_most(count: int, pieces: list[list[Token]]) -> list[list[Token]]:
    """The pieces, the shortest joined to the one before it until they are few enough."""
    while len(pieces) > count:
        at = min(range(1, len(pieces)), key=lambda place: len(pieces[place]))
        pieces = [*pieces[: at - 1], pieces[at - 1] + pieces[at], *pieces[at + 1 :]]
    return pieces


def _onwards(
    way: _Way, pieces: list[list[Token]], start: int, end: int, read: Callable[[list[Token]], Reading]
) -> _Way | None:
    tokens = [token for piece in pieces[start:end] for token in piece]
    found = _one(tokens, way.readings, read)
    listed = start > 0 and _goes_on_with_a_list(pieces[start - 1], pieces[start])
    return _Way(way.cost + 1 + _BREAKS_A_LIST * listed, (*way.readings, *found)) if found else None


def _goes_on_with_a_list(before: list[Token], after: list[Token]) -> bool:
    """Whether names of one kind are parted: "Ann, Bo and Carla"."""
    last = next((token for token in reversed(before) if not _is_link(token)), None)
    first = next((token for token in after if not _is_link(token)), None)
    return bool(last and first and last.kind is first.kind and last.kind in (Kind.PERSON, Kind.PRODUCT))


def _says_nothing(tokens: list[Token]) -> bool:
    """A greeting, thanks, or "two things:"."""
    words = [token for token in tokens if token.kind is not Kind.MARK]
    return all(token.has("filler", "polite", "greet", "thanks", "joint", "determiner", "several") for token in words)


def _one(
    tokens: list[Token], before: tuple[Reading, ...], read: Callable[[list[Token]], Reading]
) -> tuple[Reading, ...]:
    """The task that these tokens ask for, or the same task for each of the products that they list."""
    # 再 means "then" before another verb ("再给Bo一个"), and "more" where nothing else does ("再两个")
    bare = _without_joint(tokens)
    if before and any(token.has("ref") for token in bare) and _is_task(about := read(_about_the_same(bare, before))):
        return (about,)
    for said in (bare, tokens) if len(bare) < len(tokens) else (bare,):
        reading = read(said)
        if _is_task(reading):
            return (reading,)
        each = [read(one) for one in _for_each_product(said)]
        if each and all(map(_is_task, each)) and len({one.requests[0].intent for one in each}) == 1:
            return tuple(each)
    if not before:
        return ()
    about = read(_about_the_same(bare, before))
    return (about,) if _is_task(about) else _elided(tokens, before[-1], read)


def _for_each_product(tokens: list[Token]) -> list[list[Token]]:
    """The tokens once for each product of a list: "cancel Visio and Clipchamp"."""
    products = [at for at, token in enumerate(tokens) if token.kind is Kind.PRODUCT]
    if len(products) < 2 or any(not _is_link(token) for token in tokens[products[0] : products[-1]] if token.kind is not Kind.PRODUCT):
        return []
    return [[*tokens[: products[0]], tokens[at], *tokens[products[-1] + 1 :]] for at in products]


def _about_the_same(tokens: list[Token], before: tuple[Reading, ...]) -> list[Token]:
    """The tokens with the product named last in the place of "it", or at the end."""
    named = [token for reading in before for token in reading.tokens if token.kind is Kind.PRODUCT]
    if not named or any(token.kind is Kind.PRODUCT for token in tokens):
        return tokens
    at = next((place for place, token in enumerate(tokens) if token.has("ref")), None)
    return [*tokens, named[-1]] if at is None else [*tokens[:at], named[-1], *tokens[at + 1 :]]


def _about_the_same_people(readings: tuple[Reading, ...]) -> list[Reading]:
    """The readings, "her Copilot" and 给他 with the people named last."""
    found: list[Reading] = []
    people: Slots = {}
    for reading in readings:
        (request,) = reading.requests
        refers = any(token.text.lower() in _PRONOUNS for token in reading.tokens)
        if refers and "people" not in request.slots and request.intent in _OF_PEOPLE:
            request = Request(request.intent, request.slots | people)
        people = {slot: value for slot, value in request.slots.items() if slot == "people"} or people
        found.append(replace(reading, requests=(request,)))
    return found


def _elided(tokens: list[Token], last: Reading, read: Callable[[list[Token]], Reading]) -> tuple[Reading, ...]:
    """ "add 5 to Visio and 3 to Clipchamp": the second part leaves its verb to the first."""
    if any(token.has(*_OWN_WORDS) for token in tokens):
        return ()
    people = [token for token in tokens if token.kind is Kind.PERSON]
    verb = [
        token
        for token in last.tokens
        if token.kind not in ENTITIES or (token.kind is Kind.PERSON and not people and last.requests[-1].intent in _OF_PEOPLE)
    ]
    elided = read([*verb, *tokens])
    same = _is_task(elided) and elided.requests[0].intent == last.requests[-1].intent
    return (elided,) if same and _said(elided.requests[0]) == _said(last.requests[-1]) else ()


def _said(request: Request) -> set[str]:
    """Which slots are filled; one product says as much as several that may be meant."""
    return {"product" if slot == "product_candidates" else slot for slot in request.slots}


def _without_joint(tokens: list[Token]) -> list[Token]:
    joints = takewhile(lambda token: token.kind is Kind.MARK or token.has("joint"), tokens)
    return tokens[len(list(joints)) :]


def _is_link(token: Token) -> bool:
    return token.kind is Kind.MARK or token.has("joint")


def _is_task(reading: Reading) -> bool:
    return reading.tier is Tier.ACCEPT and all(one.intent not in _NO_TASKS for one in reading.requests)


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


def to_do(requests: Sequence[Request]) -> tuple[Request, ...]:
    """The requests without a yes among others: it was said to what is shown, and may change before its turn comes."""
    alone = len(requests) == 1
    return tuple(request for request in requests if alone or request.intent != _YES)


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
