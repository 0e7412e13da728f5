"""Change how many licenses a subscription has: which one, how many, a look at the price, yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialogs import license_cards
from dialogs.elements import Card, Option
from dialogs.questions import Choices, Choose, Question, WholeNumber
from dialogs.task import Change, Instead
from dialogs.understanding import Request
from storage.actions import ActionName
from storage.errors import Refused
from storage.quotes import ChangeQuote

if TYPE_CHECKING:
    from dialogs.memory import Frame
    from dialogs.texts import Reader
    from dialogs.turn import Turn
    from storage.views import Receipt, SubscriptionView


class ChangeLicenses(Change[ChangeQuote]):
    """“Add 5 licenses to Power BI Pro”, “Visio down to 8”, “set Teams Premium to 12”."""

    name = "change_licenses"
    actions = (ActionName.CHANGE_TOTAL,)
    intents = ("licenses.add", "licenses.remove", "licenses.set", "purchase.new")

    subscription = Choose("product", "product_candidates")
    quantity = WholeNumber("quantity", again=("zero", "at_least_one", "above_maximum", "no_change"))

    @subscription.options
    async def owned(self, turn: Turn, frame: Frame) -> Choices:
        mine = await turn.record.subscriptions.owned_by(turn.actor)
        wanted = wanted_products(frame.slots)
        fitting = [each for each in mine if not wanted or each.product_name in wanted]
        if not mine or (wanted and not fitting):
            return await self._not_owned(turn, wanted, mine)
        return Choices(options(turn, fitting), turn.reader.text("change_licenses.which"))

    def hear(self, frame: Frame, slots: dict[str, Any], intent: str | None = None) -> None:
        """Once the direction is said, “change to 5” puts right the number, and only “5 in total” asks for a total."""
        if "altogether" in slots:
            intent = intent or "licenses.set"
        elif intent == "licenses.set" and not wanted_products(slots) and frame.slots:
            intent = None
        super().hear(frame, slots, intent)

    async def ask(self, turn: Turn, frame: Frame, question: Question[Any]) -> str:
        product = await self._product(turn, frame)
        return turn.reader.text(f"change_licenses.{question.name}.{self._direction(frame)}", product=product or "")

    def subject(self, frame: Frame) -> str | None:
        subscription: str | None = frame.answers.get("subscription")
        return subscription

    async def continues(self, turn: Turn, frame: Frame, slots: dict[str, Any]) -> bool:
        wanted, product = wanted_products(slots), await self._product(turn, frame)
        return not wanted or product is None or product in wanted

    async def quote(self, turn: Turn, frame: Frame) -> ChangeQuote:
        try:
            return await self._quote(turn, frame, release=None)
        except Refused as refused:
            if refused.code != "below_assigned":
                raise
            people = int(refused.values["to_free"])
        # Not “unassign first, goodbye”: propose who could give one up, and do both as one operation.
        idle = await turn.record.licenses.idle(turn.actor, frame.answers["subscription"], people)
        return await self._quote(turn, frame, release=[holder.person.id for holder in idle])

    def quote_card(self, turn: Turn, quote: ChangeQuote) -> tuple[str, Card]:
        return license_cards.quote_card(turn.reader, quote)

    def receipt_card(self, turn: Turn, receipt: Receipt, quote: ChangeQuote) -> tuple[str, Card]:
        return license_cards.receipt_card(turn.reader, receipt, quote)

    def adjust(self, turn: Turn, quote: ChangeQuote, to: str) -> Instead | None:
        """“Only down to 9”: the total that takes a license from nobody."""
        total = license_cards.without_releases(quote)
        if to != "keep_people" or total is None:
            return None
        slots = {"pick.subscription": quote.subscription.id, "quantity": total}
        return Instead(turn.reader.text("button.keep_people", total=total), Request("licenses.set", slots))

    async def _quote(self, turn: Turn, frame: Frame, release: list[str] | None) -> ChangeQuote:
        direction, quantity = self._direction(frame), frame.answers["quantity"]
        if quantity == 0 and direction != "set":
            raise Refused("zero")
        amount = {"by": -quantity if direction == "remove" else quantity} if direction != "set" else {"to": quantity}
        return await turn.record.licenses.quote(
            turn.actor,
            frame.answers["subscription"],
            **amount,
            release=release,
            said=" / ".join(frame.said),
            understood={"intent": frame.intent, **frame.slots},
        )

    async def _not_owned(self, turn: Turn, wanted: list[str], mine: list[SubscriptionView]) -> Choices:
        reader = turn.reader
        products = [turn.record.catalog.by_name(name).id for name in wanted]
        others = await turn.record.subscriptions.of_product(turn.actor, products)
        if others:
            return Choices(none=_whose(reader, others))
        if not mine:
            return Choices(none=reader.text("change_licenses.nothing_bought"))
        text = reader.text("change_licenses.not_owned", product=reader.either(wanted))
        return Choices(options(turn, mine), text, settles=False)

    async def _product(self, turn: Turn, frame: Frame) -> str | None:
        """The name of the product whose subscription is settled; None while it is not, or when it is gone."""
        mine = await turn.record.subscriptions.owned_by(turn.actor) if "subscription" in frame.answers else []
        return next((each.product_name for each in mine if each.id == frame.answers["subscription"]), None)

    def _direction(self, frame: Frame) -> str:
        return {"licenses.remove": "remove", "licenses.set": "set"}.get(frame.intent, "add")


def _whose(reader: Reader, subscriptions: list[SubscriptionView]) -> str:
    """Who bought what, a sentence a product, and that only they can change it."""
    owners: dict[str, set[str]] = {}
    for each in subscriptions:
        owners.setdefault(each.product_name, set()).add(each.purchaser.name)
    bought = [
        reader.text("change_licenses.bought_by", product=product, owner=reader.names(sorted(names)))
        for product, names in sorted(owners.items())
    ]
    return "\n".join([*bought, reader.text("change_licenses.only_the_purchaser")])


def wanted_products(slots: dict[str, Any]) -> list[str]:
    """The product names that the words fit: one, several when ambiguous, none when not said."""
    one = slots.get("product")
    return [one] if one else list(slots.get("product_candidates", ()))


def options(turn: Turn, subscriptions: list[SubscriptionView]) -> tuple[Option, ...]:
    """Subscriptions to choose from; two of one product are told apart by their size and renewal."""
    names = [each.product_name for each in subscriptions]
    return tuple(
        Option(
            each.id,
            each.product_name
            if names.count(each.product_name) == 1
            else turn.reader.text(
                "choose.subscription", product=each.product_name, count=each.total, date=each.period_end
            ),
            turn.reader.text("choose.hint", count=each.total),
        )
        for each in subscriptions
    )
