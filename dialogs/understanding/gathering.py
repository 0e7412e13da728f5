"""The requests of one message, put together: what one leaves to another, and what is one task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.understanding.meaning import Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.understanding.meaning import Slots

YES = "confirm.yes"
_TAKEN = "licenses.unassign"
_PRODUCT = ("product", "product_candidates")
_OF_PEOPLE = ("licenses.assign", "licenses.unassign", "licenses.who")
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
        "recurring.off",
    }
)


def carried_over(requests: Sequence[Request]) -> tuple[Request, ...]:
    """The requests, each with the product that an earlier one of the message named; what is said twice counts once."""
    found: list[Request] = []
    product: Slots = {}
    for request in requests:
        own: Slots = {slot: request.slots[slot] for slot in _PRODUCT if slot in request.slots}
        whose = request.intent == "licenses.who" and "people" in request.slots  # all that they have
        if not own and request.intent in _ABOUT_A_PRODUCT and not whose:
            request = Request(request.intent, product | request.slots)
        product = own or product
        _add(found, _passed_on(found, request))
    return tuple(found)


def _passed_on(found: Sequence[Request], request: Request) -> Request:
    """ "strip Sam of Copilot and pass it to Nina": whose it was is said before."""
    passes = request.intent == "licenses.move" and "from_people" not in request.slots
    return Request("licenses.assign", request.slots) if passes and found and found[-1].intent == _TAKEN else request


def _add(found: list[Request], request: Request) -> None:
    """One more request, unless one before it says the same or, of the same product, the same for other people."""
    for at, other in enumerate(found):
        if other.intent == request.intent:
            if _said_again(other.slots, request.slots):
                found[at] = Request(request.intent, other.slots | request.slots)
                return
            same = _without_people(other.slots) == _without_people(request.slots)
            if same and request.intent in _OF_PEOPLE:
                everyone = [*other.slots["people"], *request.slots["people"]]
                found[at] = Request(request.intent, other.slots | {"people": list(dict.fromkeys(everyone))})
                return
    found.append(request)


def _said_again(before: Slots, slots: Slots) -> bool:
    """Whether nothing that is said is said otherwise; Visio Plan 2 is another product than one of two of Power BI."""
    if len({slot for slot in (*before, *slots) if slot in _PRODUCT}) > 1:
        return False
    return all(slots[slot] == before[slot] for slot in slots.keys() & before.keys())


def _without_people(slots: Slots) -> Slots:
    return {slot: value for slot, value in slots.items() if slot != "people"}


def to_do(requests: Sequence[Request]) -> tuple[Request, ...]:
    """The requests without a yes among others: it was said to what is shown, and may change before its turn comes."""
    alone = len(requests) == 1
    return tuple(request for request in requests if alone or request.intent != YES)


def together(requests: Sequence[Request]) -> tuple[Request, ...]:
    """The requests, those of one task as one: bought and handed out, taken from one and given to another."""
    found: list[Request] = []
    for request in requests:
        found[-1:] = _together(found[-1], request) if found else [request]
    return tuple(found)


def _together(first: Request, second: Request) -> list[Request]:
    """Licenses bought and handed out, or taken from one and given to another, are one request."""
    about = {slot: second.slots[slot] for slot in _PRODUCT if slot in second.slots}
    if second.intent != "licenses.assign" or "people" not in second.slots or not about.items() <= first.slots.items():
        return [first, second]
    if first.intent in ("licenses.add", "purchase.new") and "people" not in first.slots:
        return [Request(first.intent, first.slots | {"people": second.slots["people"]})]
    if first.intent == _TAKEN and "people" in first.slots:
        sides = {"from_people": first.slots["people"], "people": second.slots["people"]}
        return [Request("licenses.move", about | sides)]
    return [first, second]
