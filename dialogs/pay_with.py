"""Which card pays for a purchase: the one used last, unless another is asked for or named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialogs.elements import Option
from dialogs.questions import Choices, Choose
from storage.views import Term

if TYPE_CHECKING:
    from dialogs.memory import Frame
    from dialogs.texts import Reader
    from dialogs.turn import Turn
    from storage.money import Money
    from storage.views import PaymentMethodView

OTHER = "other"  # another payment method than the one used last: asked for, not named

# Brands that people call by another name too; which, stands in [card_called].
CALLED = ("visa", "mastercard", "american express", "unionpay")


class PayWith(Choose):
    """The payment method used last; another by its name or last digits, else by choosing."""

    expects = frozenset()
    may_change = frozenset()

    async def _options(self, _task: Any, turn: Turn, frame: Frame) -> Choices:
        reader, price = turn.reader, await _price(turn, frame)
        asked = "method" in frame.slots or f"pick.{self.name}" in frame.slots
        if price is None or frame.answers["trial"] or not asked:
            return Choices((Option("", ""),))
        methods = await turn.record.purchases.methods(turn.actor)
        named = [each for each in methods if is_named(reader, each[1], frame.slots.get("method", OTHER))]
        options = tuple(
            Option(each, reader.text("fact.card", brand=method.brand, digits=method.last_four))
            for each, method in named or methods
        )
        return Choices(
            options, _question(turn, frame, price), reader.text("buy.no_method"), settles=bool(named), kind="payment"
        )


def is_named(reader: Reader, method: PaymentMethodView, said: str) -> bool:
    """Whether the words name this card: its last four digits, or its brand."""
    words, brand = said.lower(), method.brand.lower()
    called = {reader.text(f"card_called.{brand.replace(' ', '_')}")} if brand in CALLED else set()
    return any(name in words for name in {method.last_four, brand, *called})


async def _price(turn: Turn, frame: Frame) -> Money | None:
    """What one license costs for one period; None for what is not on sale."""
    offers = await turn.record.purchases.offers(turn.actor)
    [offer] = [each for each in offers if each.product == frame.answers["product"]]
    return offer.year if frame.answers["term"] == Term.YEAR else offer.month


def _question(turn: Turn, frame: Frame, price: Money) -> str:
    """Asked with what is to be paid: the offer that says so has made room for the question."""
    product = turn.record.catalog.product(frame.answers["product"]).name
    term, count = frame.answers["term"], frame.answers["quantity"]
    return turn.reader.text(f"buy.pay_with.{term}", product=product, count=count, due=price * count)
