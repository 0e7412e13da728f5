"""Requests in the words of the annotation rules, which know fewer intents and slots than the desk does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dialogs.understanding.meaning import Request, Slots

_INTENTS = {
    "licenses.move": "licenses.unassign",
    "recurring.off": "subscription.cancel",
    "recurring.on": "flow.undo",
    "subscription.reactivate": "purchase.new",
    "schedule.drop": "flow.undo",
    "share.give": "help",
    "share.take": "help",
    "catalog.list": "help",
    "invoice.explain": "invoices.list",
    "payment.pay": "payment.show",
    "requests.make": "purchase.new",
    "requests.withdraw": "flow.abort",
}
_OURS_ONLY = frozenset(
    {
        "when", "term", "trial", "unused", "status", "topic", "team", "from_people", "way", "not_people", "also",
        "about", "only", "past", "amount", "file",
    }
)  # fmt: skip
_WITHOUT_PEOPLE = ("licenses.add", "purchase.new", "requests.make", "admin.summary")
# answers to what the desk sends by itself, and what is decided here, of which they know nothing
_NO_REQUESTS = (
    "notices.later", "notices.stop", "requests.mine", "requests.waiting", "requests.approve", "requests.deny",
    "requests.spare",
    "policy.show", "policy.sale", "policy.cap", "policy.uncap", "policy.approvers", "policy.requests",
)  # fmt: skip
_WITHOUT_SLOTS = ("flow.undo", "flow.abort", "help")
_ABOUT = ("product", "product_candidates")


def contract(requests: Iterable[Request]) -> list[dict[str, Any]]:
    """Separate requests as `{"intent", "slots"}`: a hand-over is taking and giving, not renewing is cancelling."""
    return [{"intent": intent, "slots": slots} for request in requests for intent, slots in _told(request)]


def names(intents: Iterable[str]) -> list[str]:
    """The ids that the rules know for these, each once."""
    return list(dict.fromkeys(_INTENTS.get(intent, intent) for intent in intents if intent not in _NO_REQUESTS))


def _told(request: Request) -> Iterator[tuple[str, Slots]]:
    slots = {slot: value for slot, value in request.slots.items() if slot not in _OURS_ONLY}
    about = {slot: value for slot, value in slots.items() if slot in _ABOUT}
    if request.intent in _NO_REQUESTS:
        return
    if request.intent == "licenses.move":
        yield "licenses.unassign", about | _people(request.slots, "from_people")
        yield "licenses.assign", about | _people(request.slots, "people")
        return
    if request.intent == "invoice.explain" and "invoice" in slots:
        yield "invoice.show", {"invoice": slots["invoice"]}
        return
    if request.intent in _WITHOUT_PEOPLE:
        slots.pop("people", None)
    intent = _INTENTS.get(request.intent, request.intent)
    yield intent, {} if intent in _WITHOUT_SLOTS else slots


def _people(slots: Slots, slot: str) -> Slots:
    return {"people": slots[slot]} if slot in slots else {}
