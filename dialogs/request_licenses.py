"""Ask somebody else for licenses, take that back, and see how it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialogs import request_cards
from dialogs.buy_product import WhichProduct
from dialogs.elements import Option
from dialogs.pages import page_of, paged
from dialogs.people_question import AT_ONCE, People, names_in, who
from dialogs.putting_right import OfPeople
from dialogs.questions import Choices, Choose, Settled, Unasked, WholeNumber
from dialogs.task import Change, Lookup
from dialogs.understanding import Request
from dialogs.which import wanted_products
from storage.actions import ActionName
from storage.quotes import EndRequestQuote, RequestQuote
from storage.request_views import RequestStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.elements import Card
    from dialogs.memory import Frame
    from dialogs.questions import Asking, Impossible, Question
    from dialogs.task import Task
    from dialogs.turn import Turn
    from storage.request_views import RequestView
    from storage.views import Receipt


class WhichRequest(Choose):
    """One of the requests that the task is about, by product and by who asks; a single one is not asked for."""

    def __init__(self) -> None:
        super().__init__("product", "product_candidates", "asker")

    async def _options(self, task: Any, turn: Turn, frame: Frame) -> Choices:
        reader, picked = turn.reader, frame.slots.get(f"pick.{self.name}")
        if picked:
            return Choices((Option(str(picked), ""),))  # of one that is decided, the record says so
        fitting = await _asked_by(turn, await task.requests(turn), names_in(frame.slots.get("asker")))
        wanted = wanted_products(frame.slots)
        fitting = [each for each in fitting if not wanted or each.product_name in wanted]
        options = tuple(Option(each.id, request_cards.option_title(reader, each)) for each in fitting)
        none = reader.text(f"request.none.{task.name}")
        return Choices(options, reader.text("request.which"), none=none, kind="request")


async def _asked_by(turn: Turn, requests: Sequence[RequestView], names: list[str]) -> list[RequestView]:
    meant = {person.id for fitting in (await who(turn, names)).values() for person in fitting}
    return [each for each in requests if not names or each.requester.id in meant]


class HowManyAsked(WholeNumber):
    """How many licenses: one for each who is named, one where nobody is; asked only where the number will not do."""

    async def settle(self, task: Task, turn: Turn, frame: Frame) -> Settled[int] | Asking | Impossible:
        if {"quantity", "unusable"} & frame.slots.keys():
            return await super().settle(task, turn, frame)
        return Settled(len(frame.answers["people"]) or 1)


class RequestLicenses(OfPeople[RequestQuote]):
    """“Request 2 Copilot for Ann and me, because …”: nothing is bought before somebody else has decided."""

    name = "request_licenses"
    actions = (ActionName.REQUEST,)
    intents = ("requests.make",)

    product = WhichProduct("product", "product_candidates")
    people = People(needed=False)
    quantity = HowManyAsked("quantity", again=("buy_at_least_one", "above_maximum", "not_enough"))
    note = Unasked("feedback", "")

    async def ask(self, turn: Turn, frame: Frame, question: Question[Any]) -> str:
        product = turn.record.catalog.product(frame.answers["product"]).name
        key = "seats.people.assign_licenses" if question is RequestLicenses.people else "request.quantity"
        return turn.reader.text(key, product=product)

    async def continues(self, _turn: Turn, frame: Frame, slots: dict[str, Any]) -> bool:
        return not wanted_products(slots) or wanted_products(slots) == wanted_products(frame.slots)

    def subject(self, frame: Frame) -> str | None:
        product: str | None = frame.answers.get("product")
        return product

    async def quote(self, turn: Turn, frame: Frame) -> RequestQuote:
        said = frame.answers
        oneself = [turn.actor.person] if said["quantity"] == 1 else []  # who is meant by the others, nobody has said
        return await turn.record.requests.quote(
            turn.actor,
            said["product"],
            said["quantity"],
            said["people"][:AT_ONCE] or oneself,
            note=said["note"],
            **frame.trail,
        )

    def quote_card(self, turn: Turn, quote: RequestQuote) -> tuple[str, Card]:
        return request_cards.quote_card(turn.reader, quote, turn.person)

    def receipt_card(self, turn: Turn, receipt: Receipt, quote: RequestQuote) -> tuple[str, Card]:
        return request_cards.receipt_card(turn.reader, receipt, quote, turn.person)

    def inverse(self, quote: RequestQuote) -> Request:
        return Request("requests.withdraw", {"pick.request": quote.id})


class EndsRequest(Change[EndRequestQuote]):
    """A change by which a request ends without a purchase."""

    async def continues(self, _turn: Turn, _frame: Frame, slots: dict[str, Any]) -> bool:
        return not slots

    def subject(self, frame: Frame) -> str | None:
        request: str | None = frame.answers.get("request")
        return request

    def quote_card(self, turn: Turn, quote: EndRequestQuote) -> tuple[str, Card]:
        return request_cards.end_card(turn.reader, quote)

    def receipt_card(self, turn: Turn, receipt: Receipt, quote: EndRequestQuote) -> tuple[str, Card]:
        return request_cards.ended_card(turn.reader, receipt, quote)

    def inverse(self, quote: EndRequestQuote) -> str:
        return f"undo.request_{request_cards.ending(quote)}"


class WithdrawRequest(EndsRequest):
    """“Withdraw my request”."""

    name = "withdraw_request"
    actions = (ActionName.WITHDRAW,)
    intents = ("requests.withdraw",)

    request = WhichRequest()

    async def requests(self, turn: Turn) -> list[RequestView]:
        """What of one's own waits."""
        return [each for each in await turn.record.requests.own(turn.actor) if each.status is RequestStatus.PENDING]

    async def quote(self, turn: Turn, frame: Frame) -> EndRequestQuote:
        return await turn.record.requests.quote_withdrawal(turn.actor, frame.answers["request"], **frame.trail)


class OwnRequests(Lookup):
    """“My requests”: how each stands."""

    name = "own_requests"
    intents = ("requests.mine",)

    page = Unasked("page", "1")

    async def show(self, turn: Turn, frame: Frame) -> None:
        found = await turn.record.requests.own(turn.actor)
        if not found:
            turn.say("request.none_made")
            return
        page = page_of([*found], frame.answers["page"])
        text, card = request_cards.own_card(turn.reader, page.rows, len(found))
        turn.show(text, paged(turn, card, page, ("look", self.name)))
