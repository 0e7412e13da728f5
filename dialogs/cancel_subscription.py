"""Cancel a subscription: which one, why, what that means for whom, yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialogs import cancel_cards
from dialogs.elements import Card, Option, TextInput
from dialogs.questions import Choices, Choose, Question, Settled, Unasked
from dialogs.task import Instead
from dialogs.understanding import Request
from dialogs.which import OfOneSubscription, WhichBought, of, product_of
from storage.actions import ActionName
from storage.cancellations import REASONS
from storage.quotes import CancelQuote
from storage.views import When

if TYPE_CHECKING:
    from dialogs.memory import Frame
    from dialogs.turn import Turn
    from storage.views import Receipt


class WhyCancel(Choose):
    """One of the eight reasons; words of one's own may come with it, in a field of the same card or in the answer."""

    expects = frozenset({"reason", "choice"})
    may_change = frozenset({"reason"})

    async def _options(self, _task: Any, turn: Turn, frame: Frame) -> Choices:
        reader, said = turn.reader, frame.slots.get("reason")
        reasons = (said,) if said in REASONS else REASONS
        field = TextInput("feedback", reader.text("cancel.feedback"), reader.text("cancel.feedback_hint"), lines=True)
        options = tuple(Option(reason, reader.text(f"cancel.reason_{reason}")) for reason in reasons)
        why = reader.text("cancel.why", product=await product_of(turn, frame))
        return Choices(options, why, inputs=(field,), kind="reason")


class Cancellable(Question[bool]):
    """Nobody is asked this: what cannot be cancelled is refused by the record before anybody has given a reason."""

    async def settle(self, _task: Any, turn: Turn, frame: Frame) -> Settled[bool]:
        await turn.record.cancellations.check(turn.actor, frame.answers["subscription"])
        return Settled(value=True)


class CancelSubscription(OfOneSubscription[CancelQuote]):
    """“Cancel Visio, too expensive”. Before the yes stands who loses access, what comes back, and until when."""

    name = "cancel_subscription"
    let_go_by = frozenset({"recurring.on"})
    actions = (ActionName.CANCEL,)
    intents = ("subscription.cancel",)

    subscription = WhichBought(lambda subscription, _frame: subscription.recurring or subscription.trial)
    cancellable = Cancellable("product", "product_candidates", "pick.subscription")
    reason = WhyCancel("reason")
    feedback = Unasked("feedback", "")

    async def quote(self, turn: Turn, frame: Frame) -> CancelQuote:
        return await turn.record.cancellations.quote(
            turn.actor,
            frame.answers["subscription"],
            frame.answers["reason"],
            feedback=frame.answers["feedback"],
            language=turn.reader.language,
            **frame.trail,
        )

    def quote_card(self, turn: Turn, quote: CancelQuote) -> tuple[str, Card]:
        return cancel_cards.quote_card(turn.reader, quote)

    def receipt_card(self, turn: Turn, receipt: Receipt, quote: CancelQuote) -> tuple[str, Card]:
        return cancel_cards.receipt_card(turn.reader, receipt, quote)

    def inverse(self, quote: CancelQuote) -> Request | str:
        """It is taken back while it has not come; what was refunded at once has ended for good."""
        if quote.when is When.RENEWAL:
            return Request("recurring.on", of(quote.subscription))
        return "undo.trial_ended" if quote.subscription.trial else "undo.cancelled"

    def adjust(self, turn: Turn, quote: CancelQuote, to: str) -> Instead | None:
        """“Keep 17 instead”: only the licenses that somebody holds."""
        total = cancel_cards.enough(quote)
        if to != "reduce" or total is None:
            return None
        slots = {"pick.subscription": quote.subscription.id, "quantity": total}
        return Instead(turn.reader.text("cancel.reduce", total=total), Request("licenses.set", slots))
