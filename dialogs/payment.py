"""How one pays: the cards on file, another card for a subscription or for all, and links to pages for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialogs import payment_cards
from dialogs.elements import Option
from dialogs.pay_with import is_named
from dialogs.questions import Choices, Choose
from dialogs.task import Lookup
from dialogs.understanding import Request
from dialogs.which import OfOneSubscription, WhichBought, bought, of, wanted_products
from storage.actions import ActionName
from storage.errors import Refused
from storage.links import Purpose
from storage.quotes import SwitchQuote
from storage.views import Status

if TYPE_CHECKING:
    from dialogs.elements import Card
    from dialogs.memory import Frame
    from dialogs.questions import Question
    from dialogs.turn import Turn
    from storage.views import CardView, Receipt, SubscriptionView

ALL = "all"  # of one's subscriptions
NEW = "new"  # a card that is not on file yet


class WhichPaid(WhichBought):
    """One of those that a card pays for, or all of them."""

    def __init__(self) -> None:
        super().__init__(lambda subscription, _frame: _costs(subscription))

    async def _options(self, task: Any, turn: Turn, frame: Frame) -> Choices:
        choices = await super()._options(task, turn, frame)
        if wanted_products(frame.slots) or len(choices.options) < 2:
            return choices
        everything = Option(ALL, turn.reader.text("method.all"))
        return Choices((everything, *choices.options), choices.text, choices.none)


class WhichCard(Choose):
    """A card on file that does not pay for it yet, by its brand or last digits; or a new one."""

    expects = frozenset({"choice"})
    may_change = frozenset()

    async def _options(self, task: Any, turn: Turn, frame: Frame) -> Choices:
        text = await task.ask(turn, frame, self)
        picked = frame.slots.get(f"pick.{self.name}")
        others = await other_cards(turn, frame, picked)
        said = " ".join(frame.said)
        named = [card for card in others if is_named(turn.reader, card.method, said)]
        if len(named) == 1 and picked is None:
            return Choices((card_option(turn, named[0]),))
        new = Option(NEW, turn.reader.text("method.new"))
        return Choices((*(card_option(turn, card) for card in named or others), new), text, kind="payment")


class SwitchCard(OfOneSubscription[SwitchQuote]):
    """“Pay Visio with the Mastercard”, “change my card”."""

    name = "switch_card"
    actions = (ActionName.SWITCH,)
    intents = ("payment.replace",)

    subscription = WhichPaid()
    card = WhichCard(again=("card_expired", "unknown_method"))

    async def ask(self, turn: Turn, frame: Frame, _question: Question[Any]) -> str:
        chosen = await self._chosen(turn, frame)
        if len(chosen) > 1:
            return turn.reader.text("method.which_all")
        return turn.reader.text("method.which", product=chosen[0].product_name)

    async def conclude(self, turn: Turn, frame: Frame) -> bool:
        if frame.answers["card"] != NEW:
            return await super().conclude(turn, frame)
        everything = frame.answers["subscription"] == ALL
        chosen = await self._chosen(turn, frame)
        subject = "" if everything else frame.answers["subscription"]
        kind = "replace_all" if everything else "replace"
        await hand_over(turn, Purpose.PAYMENT_REPLACE, kind, subject, product=chosen[0].product_name)
        return False

    async def quote(self, turn: Turn, frame: Frame) -> SwitchQuote:
        everything = frame.answers["subscription"] == ALL
        first = (await self._chosen(turn, frame))[0].id
        return await turn.record.switching.quote(
            turn.actor, first, frame.answers["card"], all_of_them=everything, **frame.trail
        )

    def inverse(self, quote: SwitchQuote) -> Request | str:
        """The card that paid before, where it was one."""
        if quote.former is None or quote.others:
            return "undo.switched"
        return Request("payment.replace", of(quote.subscription, **{"pick.card": quote.former}))

    def quote_card(self, turn: Turn, quote: SwitchQuote) -> tuple[str, Card]:
        return payment_cards.quote_card(turn.reader, quote)

    def receipt_card(self, turn: Turn, receipt: Receipt, quote: SwitchQuote) -> tuple[str, Card]:
        return payment_cards.receipt_card(turn.reader, receipt, quote)

    async def _chosen(self, turn: Turn, frame: Frame) -> list[SubscriptionView]:
        """What the card is to pay for, as it is settled; at least one, for that is how it was settled."""
        wanted = frame.answers["subscription"]
        found = [each for each in await bought(turn) if each.id == wanted or (wanted == ALL and _costs(each))]
        if not found:
            raise Refused("unknown_subscription")
        return sorted(found, key=lambda each: each.id)


class ShowPayment(Lookup):
    """“How am I paying”: the cards on file, what each pays, and whom invoices name."""

    name = "show_payment"
    intents = ("payment.show",)

    async def show(self, turn: Turn, _frame: Frame) -> None:
        payments = turn.record.payments
        await payments.catch_up(turn.actor)
        cards, profile = await payments.of(turn.actor), await payments.profile(turn.actor)
        turn.show(*payment_cards.file_card(turn.reader, cards, profile))


class AddPayment(Lookup):
    """“Add a payment method”: a link to the page for it."""

    name = "add_payment"
    intents = ("payment.add",)

    async def show(self, turn: Turn, _frame: Frame) -> None:
        await hand_over(turn, Purpose.PAYMENT_ADD, "add")


class EditPayment(Lookup):
    """“Edit my card”, “new billing address”: a link to the page for it."""

    name = "edit_payment"
    intents = ("payment.edit",)

    async def show(self, turn: Turn, _frame: Frame) -> None:
        await hand_over(turn, Purpose.PAYMENT_EDIT, "edit")


async def hand_over(turn: Turn, purpose: Purpose, kind: str, subject: str = "", **values: str) -> None:
    """A link to the page, for this person alone; where there is no payment provider, that it cannot be done here."""
    if not turn.record.payments.takes_cards:
        turn.say("method.not_connected")
        return
    turn.show(*payment_cards.link_card(turn.reader, kind, await turn.link_to(purpose, subject), **values))


def _costs(subscription: SubscriptionView) -> bool:
    return not subscription.trial and subscription.status is not Status.DELETED


async def other_cards(turn: Turn, frame: Frame, picked: str | None) -> list[CardView]:
    """Those that could pay instead: they are good, and do not pay for the subscription already; or were `picked`."""
    wanted, known = frame.answers["subscription"], await turn.record.payments.of(turn.actor)
    good = [card for card in known if not card.expired and wanted not in (view.id for view in card.pays)]
    return [card for card in known if card in good or card.id == picked]


def card_option(turn: Turn, card: CardView) -> Option:
    method = card.method
    return Option(card.id, turn.reader.text("fact.card", brand=method.brand, digits=method.last_four))
