"""How a subscription goes on: recurring billing off or on, brought back, or without its scheduled reduction."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dialogs import renewal_cards
from dialogs.understanding import Request
from dialogs.which import OfOneSubscription, WhichBought, WhichSubscription, of
from storage.actions import ActionName
from storage.quotes import Renewal, RenewalQuote
from storage.views import Status, When

if TYPE_CHECKING:
    from dialogs.elements import Card
    from dialogs.memory import Frame
    from dialogs.turn import Turn
    from storage.views import Receipt, SubscriptionView

RENEWALS = {
    "recurring.on": Renewal.ON,
    "recurring.off": Renewal.OFF,
    "subscription.reactivate": Renewal.REACTIVATE,
    "schedule.drop": Renewal.KEEP_TOTAL,
}


def _fits(subscription: SubscriptionView, frame: Frame) -> bool:
    match RENEWALS[frame.intent]:
        case Renewal.ON:
            return subscription.status is Status.ACTIVE and not subscription.recurring
        case Renewal.OFF:
            return subscription.status is Status.ACTIVE and subscription.recurring
        case Renewal.REACTIVATE:
            return subscription.status in (Status.EXPIRED, Status.DISABLED)
        case Renewal.KEEP_TOTAL:
            return subscription.scheduled is not None


class Renewals(OfOneSubscription[RenewalQuote]):
    """“Don't renew Visio”, “keep Visio after all”, “reactivate Copilot”."""

    name = "renewals"
    actions: ClassVar[tuple[str, ...]] = (ActionName.RENEW,)
    intents: ClassVar[tuple[str, ...]] = ("recurring.on", "recurring.off", "subscription.reactivate")

    subscription: WhichSubscription = WhichBought(_fits)

    async def quote(self, turn: Turn, frame: Frame) -> RenewalQuote:
        renewal = RENEWALS[frame.intent]
        return await turn.record.renewals.quote(turn.actor, frame.answers["subscription"], renewal, **frame.trail)

    def inverse(self, quote: RenewalQuote) -> Request:
        """The other way round; a subscription brought back is cancelled, a total no longer scheduled is again."""
        match quote.renewal:
            case Renewal.KEEP_TOTAL if quote.drops:
                slots = of(quote.subscription, quantity=quote.drops.total, when=When.RENEWAL.value)
                return Request("licenses.set", slots)
            case Renewal.ON:
                return Request("recurring.off", of(quote.subscription))
            case Renewal.OFF:
                return Request("recurring.on", of(quote.subscription))
        return Request("subscription.cancel", of(quote.subscription))

    def quote_card(self, turn: Turn, quote: RenewalQuote) -> tuple[str, Card]:
        return renewal_cards.quote_card(turn.reader, quote)

    def receipt_card(self, turn: Turn, receipt: Receipt, quote: RenewalQuote) -> tuple[str, Card]:
        return renewal_cards.receipt_card(turn.reader, receipt, quote)


class ScheduledReduction(Renewals):
    """“Drop the scheduled reduction”: whoever may schedule one may, a deputy too."""

    name = "scheduled"
    actions = ()
    intents = ("schedule.drop",)

    subscription = WhichSubscription(fits=_fits)
