"""How a subscription goes on: recurring billing off or on, brought back, or without its scheduled reduction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs import renewal_cards
from dialogs.which import OfOneSubscription, WhichBought
from storage.actions import ActionName
from storage.quotes import Renewal, RenewalQuote
from storage.views import Status

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
    """“Don't renew Visio”, “keep Visio after all”, “reactivate Copilot”, “drop the scheduled reduction”."""

    name = "renewals"
    actions = (ActionName.RENEW,)
    intents = tuple(RENEWALS)

    subscription = WhichBought(_fits)

    async def quote(self, turn: Turn, frame: Frame) -> RenewalQuote:
        renewal = RENEWALS[frame.intent]
        return await turn.record.renewals.quote(turn.actor, frame.answers["subscription"], renewal, **frame.trail)

    def quote_card(self, turn: Turn, quote: RenewalQuote) -> tuple[str, Card]:
        return renewal_cards.quote_card(turn.reader, quote)

    def receipt_card(self, turn: Turn, receipt: Receipt, quote: RenewalQuote) -> tuple[str, Card]:
        return renewal_cards.receipt_card(turn.reader, receipt, quote)
