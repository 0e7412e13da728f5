"""Pay what could not be charged: with the card on file, or with another one that then pays what comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialogs import pay_cards
from dialogs.elements import Option
from dialogs.pay_with import OTHER
from dialogs.payment import NEW, card_option, hand_over, other_cards
from dialogs.questions import Choices, Choose
from dialogs.task import Instead
from dialogs.understanding import Request
from dialogs.which import OfOneSubscription, WhichBought, bought, of
from storage.actions import ActionName
from storage.links import Purpose
from storage.quotes import PayQuote

if TYPE_CHECKING:
    from dialogs.elements import Card
    from dialogs.memory import Frame
    from dialogs.turn import Turn
    from storage.views import Receipt


class WhichCard(Choose):
    """The card on file, unless another is asked for; a new one is put on file on a page, and then pays."""

    expects = frozenset()
    may_change = frozenset()

    async def _options(self, _task: Any, turn: Turn, frame: Frame) -> Choices:
        picked = frame.slots.get(f"pick.{self.name}")
        if "method" not in frame.slots and picked is None:
            return Choices((Option("", ""),))
        options = [card_option(turn, card) for card in await other_cards(turn, frame, picked)]
        new = Option(NEW, turn.reader.text("method.new"))
        return Choices((*options, new), turn.reader.text("pay.which_card"), kind="payment")


class PayOpen(OfOneSubscription[PayQuote]):
    """“Pay now”, from the notice that a charge has failed or the subscription's own card."""

    name = "pay_open"
    actions = (ActionName.PAY,)
    intents = ("payment.pay",)

    subscription = WhichBought(lambda subscription, _frame: subscription.unpaid)
    method = WhichCard("method")

    async def conclude(self, turn: Turn, frame: Frame) -> bool:
        if frame.answers["method"] != NEW:
            return await super().conclude(turn, frame)
        subscription = frame.answers["subscription"]
        [product] = [each.product_name for each in await bought(turn) if each.id == subscription]
        await hand_over(turn, Purpose.PAYMENT_REPLACE, "replace", subscription, product=product)
        return False

    async def quote(self, turn: Turn, frame: Frame) -> PayQuote:
        said = frame.answers
        method = said["method"] or None
        return await turn.record.paying.quote(turn.actor, said["subscription"], method=method, **frame.trail)

    def quote_card(self, turn: Turn, quote: PayQuote) -> tuple[str, Card]:
        return pay_cards.quote_card(turn.reader, quote)

    def receipt_card(self, turn: Turn, receipt: Receipt, quote: PayQuote) -> tuple[str, Card]:
        return pay_cards.receipt_card(turn.reader, receipt, quote)

    def inverse(self, _quote: PayQuote) -> str:
        """What was owed and is paid stays so."""
        return "undo.paid"

    def adjust(self, turn: Turn, quote: PayQuote, to: str) -> Instead | None:
        """The same with another card."""
        if to != "card":
            return None
        slots = of(quote.subscription, method=OTHER)
        return Instead(turn.reader.text("button.other_card"), Request("payment.pay", slots))
