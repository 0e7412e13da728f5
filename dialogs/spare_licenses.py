"""Ask others for a license that they pay for and nobody uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialogs import spare_cards
from dialogs.elements import Option
from dialogs.questions import Choices, Choose, Unasked
from dialogs.task import Change, Instead
from dialogs.understanding import Request
from dialogs.which import wanted_products
from storage.actions import ActionName
from storage.quotes import ChangeQuote, PurchaseQuote, SpareQuote

if TYPE_CHECKING:
    from dialogs.elements import Card
    from dialogs.hearing import Hearing
    from dialogs.memory import Frame
    from dialogs.texts import Reader
    from dialogs.turn import Turn
    from storage.views import Receipt

INTENT = "requests.spare"
SPARE = "spare"  # where a button of an offer to buy leads


class WhichSpare(Choose):
    """A product, by name, whatever the policy says: nothing is bought."""

    async def _options(self, _task: Any, turn: Turn, frame: Frame) -> Choices:
        wanted, products = wanted_products(frame.slots), turn.record.catalog.products
        fitting = tuple(Option(each.id, each.name) for each in products if not wanted or each.name in wanted)
        return Choices(fitting, turn.reader.text("spare.which"), kind="product")


class AskForSpare(Change[SpareQuote]):
    """“Ask for an unused license of Visio”; at an offer to buy “ask their owner”."""

    name = "ask_for_spare"
    actions = (ActionName.ASK_FOR_SPARE,)
    intents = (INTENT,)

    product = WhichSpare("product", "product_candidates")
    quantity = Unasked("quantity", 1)

    async def continues(self, _turn: Turn, frame: Frame, slots: dict[str, Any]) -> bool:
        return not wanted_products(slots) or wanted_products(slots) == wanted_products(frame.slots)

    def subject(self, frame: Frame) -> str | None:
        product: str | None = frame.answers.get("product")
        return product

    async def quote(self, turn: Turn, frame: Frame) -> SpareQuote:
        quote = await turn.record.requests.quote_spare(turn.actor, frame.answers["product"], **frame.trail)
        if frame.answers["quantity"] > 1:
            turn.say("spare.one_each", count=frame.answers["quantity"], product=quote.product_name)
        return quote

    def quote_card(self, turn: Turn, quote: SpareQuote) -> tuple[str, Card]:
        return spare_cards.quote_card(turn.reader, quote)

    def receipt_card(self, turn: Turn, receipt: Receipt, quote: SpareQuote) -> tuple[str, Card]:
        return spare_cards.receipt_card(turn.reader, receipt, quote)

    def inverse(self, quote: SpareQuote) -> Request:
        return Request("requests.withdraw", {"pick.request": quote.id})


def instead(reader: Reader, product_name: str) -> Instead:
    """What the button of an offer to buy asks for."""
    return Instead(reader.text("button.ask_for_spare"), Request(INTENT, {"product": product_name}))


async def of_the_offer(hearing: Hearing, request: Request) -> Request:
    """The same; but “ask their owner” of the offer that is open means its product, and as its button lets it go."""
    frame, turn = hearing.memory.open, hearing.turn
    if request != Request(INTENT, {}) or frame is None or frame.operation is None:
        return request
    outcome = await turn.record.operations.show(turn.actor, frame.operation)
    quote = outcome.quote if outcome else None
    if quote is None or quote.about is None:
        return request
    if isinstance(quote, PurchaseQuote | ChangeQuote) and quote.spare:
        await hearing.forget(frame)
    return instead(turn.reader, quote.about.product_name).request
