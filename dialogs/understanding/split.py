"""Several requests in one message: the fewest parts that are each clear, in the order in which they were said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations, takewhile
from typing import TYPE_CHECKING

from dialogs.understanding.gates import QUESTION_MARKS
from dialogs.understanding.gathering import YES, carried_over
from dialogs.understanding.meaning import Request, Tier
from dialogs.understanding.tokens import ENTITIES, Kind, Token

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialogs.understanding.meaning import Slots
    from dialogs.understanding.reading import Reading

_STOPS = frozenset(",.;:\n?!(")
_OPENS_ORDER = ("把", "将")
_MOST_PARTS = 6
_LONGEST_PART = 4  # pieces
_SWALLOWS = 1.1  # what it costs to read as one what could stand alone
_BREAKS_A_LIST = 3.0  # what it costs to part "Ann and Bo"
_OF_PEOPLE = ("licenses.assign", "licenses.unassign", "licenses.who")
_PRONOUNS = frozenset(
    {"he", "she", "him", "her", "hers", "his", "他", "她", "他的", "她的", "他们", "她们", "他俩", "她俩"}
)
_ASKING = ("show", "what", "how", "many", "who", "question", "whether_i_have", "price", "bill", "invoice", "summary")
_QUESTIONS = ("subscriptions.show", "subscriptions.list", "licenses.who", "payment.show")
_ONE_WISH = (
    {"subscription.cancel", "licenses.remove"},
    {"payment.add", "payment.replace"},
    {"licenses.add", "licenses.set"},
    {"licenses.remove", "licenses.set"},
    {"licenses.add", "purchase.new"},
    {"subscription.cancel", "recurring.off"},
)
_FOR_ME = "给我"  # 给我和小林: no new request begins between them
_INSTEAD = "instead"  # of what the part before is about
_OF_THE_DIALOGUE = ("confirm.", "flow.")
_EACH = frozenset({"each", "apiece", "both", "respectively", "各", "各自", "分别", "都", "每个", "均"})
_NO_TASKS = ("greet", "thanks")
_OWN_WORDS = ("add", "reduce", "remove", "set", "buy", "give", "take", "cancel", "show", "who", "what", "replace")


@dataclass(frozen=True)
class _Way:
    """A way to read the message up to some place: what it costs, the tasks so far, and whether it parts a list."""

    cost: float = 0.0
    readings: tuple[Reading, ...] = ()
    parts_a_list: bool = False


def parts(tokens: list[Token]) -> list[list[Token]]:
    """The tokens between the places where a new request may begin."""
    found: list[list[Token]] = [[]]
    for token in tokens:
        stop = token.kind is Kind.MARK and token.text in _STOPS
        opens = token.text in _OPENS_ORDER and any(one.has(*_OWN_WORDS) for one in found[-1])
        joins = token.has("joint") and not any(one.text == _FOR_ME for one in found[-1][-1:])
        if (stop or opens or joins) and any(not _is_link(one) for one in found[-1]):
            found.append([])
        found[-1].append(token)
    *others, last = found
    return [*others[:-1], others[-1] + last] if others and all(map(_is_link, last)) else found


def readings(tokens: list[Token], read: Callable[[list[Token]], Reading]) -> list[Reading] | None:
    """The fewest parts that are each accepted as a task of its own; None if there is no such way."""
    pieces = _at_most(_MOST_PARTS, [piece for piece in parts(tokens) if not _says_nothing(piece)])
    alone = [len(pieces) > 1 and _is_task(read(_without_joint(piece))) for piece in pieces]
    ways: list[_Way | None] = [_Way()] + [None] * len(pieces)
    for end in range(1, len(pieces) + 1):
        for least, start, before in _worth_trying(ways, alone, end):
            best = ways[end]
            if best and best.cost <= least:
                break
            way = _onwards(before, pieces, start, end, least, read)
            if way and (best is None or way.cost < best.cost) and len(way.readings) > (end == len(pieces)):
                ways[end] = way
    last = ways[-1]
    if not last or not last.readings or _says_it_twice(last.readings):
        return None
    if last.parts_a_list and _is_task(read(tokens)):
        return None
    return _about_the_same_people(last.readings)


def _worth_trying(ways: list[_Way | None], alone: list[bool], end: int) -> list[tuple[float, int, _Way]]:
    """What a last part from each place would cost at least, that place, and the way there; the cheapest first."""
    starts = range(max(0, end - _LONGEST_PART), end)
    found = ((start, before) for start in starts if (before := ways[start]))
    return sorted(
        ((before.cost + 1 + _SWALLOWS * max(0, sum(alone[start:end]) - 1), start, before) for start, before in found),
        key=lambda one: one[:2],
    )


def _says_it_twice(readings: tuple[Reading, ...]) -> bool:
    """Whether two parts are two readings of one wish: "another card, I want to pay with that"."""
    requests = carried_over([reading.requests[0] for reading in readings])
    return any(
        {one.intent, two.intent} in _ONE_WISH and one.slots.get("product") == two.slots.get("product")
        for one, two in combinations(requests, 2)
    )


def lists_invoices(tokens: list[Token]) -> bool:
    """Whether more than one invoice is named: each is asked for by itself."""
    return len({token.value for token in tokens if token.kind is Kind.INVOICE}) > 1


def _at_most(count: int, pieces: list[list[Token]]) -> list[list[Token]]:
    """The pieces, the shortest joined to the one before it until they are few enough."""
    while len(pieces) > count:
        at = min(range(1, len(pieces)), key=lambda place: len(pieces[place]))
        pieces = [*pieces[: at - 1], pieces[at - 1] + pieces[at], *pieces[at + 1 :]]
    return pieces


def _onwards(
    way: _Way, pieces: list[list[Token]], start: int, end: int, cost: float, read: Callable[[list[Token]], Reading]
) -> _Way | None:
    tokens = [token for piece in pieces[start:end] for token in piece]
    found = _one(tokens, way.readings, read)
    listed = start > 0 and _goes_on_with_a_list(pieces[start - 1], pieces[start])
    asked = end < len(pieces) and pieces[end][0].text in QUESTION_MARKS
    if not found or not _may_follow(way.readings, found[0], pieces[start], pieces[end : end + 1]):
        return None
    if not (asked or all(map(_asks_or_changes, found))):
        return None
    return _Way(cost + _BREAKS_A_LIST * listed, (*way.readings, *found), listed or way.parts_a_list)


def _asks_or_changes(reading: Reading) -> bool:
    """Whether it is no mere circumstance: "all seats are taken, and we need four" asks for one thing.

    我的订阅 is asked for by whatever shows the next thing: 我的订阅和发票都列一下.
    """
    intent = reading.requests[0].intent
    if intent not in _QUESTIONS or (intent == "subscriptions.list" and not reading.learned):
        return True
    return any(token.has(*_ASKING) or token.text in QUESTION_MARKS for token in reading.tokens)


def _may_follow(before: tuple[Reading, ...], reading: Reading, opening: list[Token], after: list[list[Token]]) -> bool:
    """Whether a word of the dialogue stands apart: a no is no part of 不要和Bo共享, and a second one corrects."""
    said = [one.requests[0].intent for one in before]
    intent = reading.requests[0].intent
    if not intent.startswith(_OF_THE_DIALOGUE):
        return True
    apart = all(piece[0].kind is Kind.MARK for piece in after)
    if intent == YES and said == ["flow.correct"]:
        return apart and opening[0].kind is Kind.MARK
    return apart and not before


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
    if before:
        bare = [token for token in bare if token.text.lower() != _INSTEAD]
        if shown := _shown_as_well(bare, before[0], read):
            return (shown,)
    if before and any(token.has("ref") for token in bare) and _is_task(about := read(_about_the_same(bare, before))):
        return (about,)
    for said in (bare, tokens) if len(bare) < len(tokens) else (bare,):
        reading = read(said)
        if _may_stand(reading, before) and not reading.learned:
            return (reading,)
        each = [read(one) for one in _for_each(said)]  # the model alone reads a list as one, and names nothing of it
        if each and all(map(_is_task, each)) and len({one.requests[0].intent for one in each}) == 1:
            return tuple(each)
        if _may_stand(reading, before):
            return (reading,)
    if not before:
        return ()
    about = read(_about_the_same(bare, before))
    return (about,) if _may_stand(about, before) else _elided(tokens, before[-1], read)


def _may_stand(reading: Reading, before: tuple[Reading, ...]) -> bool:
    """Whether it is a task by itself: 今年的 is more about the one before, and so is 总数改成15 after a product."""
    if not _is_task(reading):
        return False
    bare = all(token.kind in ENTITIES or token.kind is Kind.MARK or token.has("filler") for token in reading.tokens)
    puts_right = bool(before) and reading.requests[0].intent == "flow.correct"
    return not (reading.learned and bare) and not puts_right


def _shown_as_well(tokens: list[Token], first: Reading, read: Callable[[list[Token]], Reading]) -> Reading | None:
    """ "show my invoices and the card": the first verb is said of what has none."""
    shows = [token for token in first.tokens if token.has("show")]
    if not shows or any(token.has(*_OWN_WORDS) for token in tokens):
        return None
    reading = read([shows[0], *tokens])
    return reading if _is_task(reading) and not reading.learned else None


def _for_each(tokens: list[Token]) -> list[list[Token]]:
    """The tokens once for each product or invoice of a list: "cancel Visio and Clipchamp"."""
    kind = Kind.INVOICE if any(token.kind is Kind.INVOICE for token in tokens) else Kind.PRODUCT
    listed = [at for at, token in enumerate(tokens) if token.kind is kind]
    if len(listed) < 2 or not all(
        token.kind is kind or _is_link(token) or token.has("bill") for token in tokens[listed[0] : listed[-1]]
    ):
        return []
    counted = any(token.kind is Kind.NUMBER and not token.value.weak for token in tokens)
    if counted and not any(token.text.lower() in _EACH for token in tokens):
        return []  # "add 5 to Visio and Clipchamp": five of each, or five in all?
    return [[*tokens[: listed[0]], tokens[at], *tokens[listed[-1] + 1 :]] for at in listed]


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
        if token.kind not in ENTITIES
        or (token.kind is Kind.PERSON and not people and last.requests[-1].intent in _OF_PEOPLE)
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
