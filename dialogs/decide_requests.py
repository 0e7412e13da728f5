"""Decide about what others ask for: see what waits, approve it by buying it, or deny it with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialogs import request_cards
from dialogs.buy_product import BuyProduct, ByTheMonth
from dialogs.elements import TextInput
from dialogs.pages import page_of, paged
from dialogs.pay_with import PayWith
from dialogs.people_question import People, names_in, person_option
from dialogs.questions import Asking, Question, Settled, Unasked, WholeNumber
from dialogs.request_licenses import EndsRequest, WhichRequest
from dialogs.task import Lookup
from storage.actions import ActionName
from storage.request_views import RequestKind
from storage.views import Term

if TYPE_CHECKING:
    from dialogs.elements import Option
    from dialogs.memory import Frame
    from dialogs.questions import Impossible
    from dialogs.task import Task
    from dialogs.turn import Turn
    from storage.quotes import EndRequestQuote
    from storage.request_views import RequestView

PART = "part"  # the slot that says: not all of it


async def waiting(turn: Turn) -> list[RequestView]:
    """What waits for the decision of whoever speaks."""
    return [*await turn.record.requests.waiting(turn.actor)]


def of_others(slots: dict[str, Any]) -> dict[str, Any]:
    """The slots of words about a request: whoever is named in them is who asks, and not who gets a license."""
    said = slots.get("people")
    return slots if "pick.request" in slots or not said else {**slots, "asker": said, "people": []}


class ItsProduct(Question[str]):
    """What is asked for."""

    async def settle(self, _task: Task, turn: Turn, frame: Frame) -> Settled[str]:
        return Settled((await _request(turn, frame)).product)


class Getting(People):
    """Who gets a license: those who were named in the request, unless it is for a part of them."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = (*self.reads, PART)

    async def settle(self, task: Task, turn: Turn, frame: Frame) -> Settled[list[str]] | Asking | Impossible:
        request, fewer = await _request(turn, frame), frame.slots.get("quantity")
        people = [person.id for person in request.people if person.name]
        part = PART in frame.slots or (isinstance(fewer, int) and fewer < len(people))
        named = bool(frame.slots.get("people")) or (part and len(people) > 1)
        return await super().settle(task, turn, frame) if named else Settled(people)


class HowManyGranted(WholeNumber):
    """How many: all that were asked for, one for each who gets one, or as many as are said."""

    async def settle(self, task: Task, turn: Turn, frame: Frame) -> Settled[int] | Asking | Impossible:
        if {"quantity", "unusable"} & frame.slots.keys():
            return await super().settle(task, turn, frame)
        if frame.slots.get("people"):
            return Settled(len(frame.answers["people"]))
        if PART in frame.slots:
            return await super().settle(task, turn, frame)
        return Settled((await _request(turn, frame)).licenses)


class ApproveRequest(BuyProduct):
    """“Approve Ann's request”: a purchase of one's own, with its own price, for those whom the request names."""

    name = "approve_request"
    actions = ()  # a purchase is a purchase
    intents = ("requests.approve",)

    request = WhichRequest()
    product = ItsProduct()
    people = Getting()
    quantity = HowManyGranted("quantity", PART, again=("buy_at_least_one", "more_than_requested", "not_enough"))
    term = ByTheMonth("term", Term.MONTH.value)
    trial = Unasked("trial", default=False)
    payment = PayWith("method")

    async def requests(self, turn: Turn) -> list[RequestView]:
        """Those that one may approve: a license that nobody uses is handed out, and not bought."""
        return [each for each in await waiting(turn) if each.kind is RequestKind.PURCHASE]

    def hear(self, frame: Frame, slots: dict[str, Any], intent: str | None = None) -> None:
        """With another number it is settled anew who gets a license: fewer may not be enough for all."""
        heard = of_others(slots) if intent else slots
        super().hear(frame, heard, intent)
        if isinstance(many := heard.get("quantity"), int) and "people" not in heard:
            frame.answers.pop("people", None)
            if many < len(names_in(frame.slots.get("people"))):
                del frame.slots["people"]

    async def ask(self, turn: Turn, frame: Frame, question: Question[Any]) -> str:
        request = await _request(turn, frame)
        key = "request.who_gets" if question is ApproveRequest.people else "request.how_many"
        return turn.reader.text(key, product=request.product_name, total=request.licenses)

    async def suggested(self, turn: Turn, frame: Frame, _question: Question[Any]) -> tuple[Option, ...]:
        return tuple(person_option(person) for person in (await _request(turn, frame)).people)

    async def continues(self, _turn: Turn, _frame: Frame, slots: dict[str, Any]) -> bool:
        return slots.keys() <= {"quantity"}

    def subject(self, frame: Frame) -> str | None:
        request: str | None = frame.answers.get("request")
        return request


class WhyDenied(Question[str]):
    """The reason, in words of one's own: whoever asked is told."""

    expects = frozenset({"feedback"})
    unasked = frozenset()

    async def settle(self, _task: Task, turn: Turn, frame: Frame) -> Settled[str] | Asking:
        reader, said, request = turn.reader, frame.slots.get("feedback"), await _request(turn, frame)
        if request.kind is RequestKind.SPARE:
            return Settled("")  # nobody is told who said no, and so not why
        if isinstance(said, str) and said.strip():
            return Settled(said.strip())
        name = request.requester.name
        field = TextInput("feedback", reader.text("fact.reason"), reader.text("request.reason_hint"), lines=True)
        return Asking(reader.text("request.why", name=name), inputs=(field,))


class DenyRequest(EndsRequest):
    """“Deny Ann's request, no budget”."""

    name = "deny_request"
    actions = (ActionName.DENY,)
    intents = ("requests.deny",)

    request = WhichRequest()
    reason = WhyDenied("feedback")

    async def requests(self, turn: Turn) -> list[RequestView]:
        """Those that one may deny."""
        return await waiting(turn)

    def hear(self, frame: Frame, slots: dict[str, Any], intent: str | None = None) -> None:
        super().hear(frame, of_others(slots) if intent else slots, intent)

    async def quote(self, turn: Turn, frame: Frame) -> EndRequestQuote:
        said = frame.answers
        return await turn.record.requests.quote_denial(turn.actor, said["request"], said["reason"], **frame.trail)


class WaitingRequests(Lookup):
    """“Requests waiting”: one is shown at once, of several the list."""

    name = "waiting_requests"
    intents = ("requests.waiting",)

    request = Unasked("pick.request", "")
    page = Unasked("page", "1")

    async def show(self, turn: Turn, frame: Frame) -> None:
        found, wanted = await waiting(turn), frame.answers["request"]
        one = [each for each in found if each.id == wanted] or (found if len(found) == 1 else [])
        if not found:
            turn.say("request.none.deny_request")
        elif one:
            turn.show(*request_cards.decide_card(turn.reader, one[0]))
        else:
            page = page_of(found, frame.answers["page"])
            text, card = request_cards.waiting_card(turn.reader, page.rows, len(found))
            turn.show(text, paged(turn, card, page, ("look", self.name)))


async def _request(turn: Turn, frame: Frame) -> RequestView:
    return await turn.record.requests.find(turn.actor, frame.answers["request"])
