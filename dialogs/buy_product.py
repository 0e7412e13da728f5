"""Buy a product, or try it; and what there is to buy."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from dialogs import buy_cards, spare_licenses
from dialogs.elements import Option
from dialogs.handing import rest_of, tell_of_rest
from dialogs.pages import page_of, paged
from dialogs.pay_with import OTHER, PayWith
from dialogs.people_question import AT_ONCE, OneEach, People, one_each
from dialogs.putting_right import OfPeople
from dialogs.questions import Choices, Choose, Settled, Unasked
from dialogs.task import Instead, Lookup
from dialogs.understanding import Request
from dialogs.which import of, wanted_products
from storage.actions import ActionName
from storage.quotes import PurchaseQuote
from storage.views import Term

if TYPE_CHECKING:
    from dialogs.elements import Card
    from dialogs.memory import Frame
    from dialogs.questions import Asking, Impossible, Question
    from dialogs.task import Task
    from dialogs.turn import Turn
    from storage.views import Offer, Quote, Receipt


class WhichProduct(Choose):
    """A product of the catalog, by name; one that is not on sale may be named, and the record says why it is not."""

    async def _options(self, _task: Any, turn: Turn, frame: Frame) -> Choices:
        reader, wanted = turn.reader, wanted_products(frame.slots)
        offers = await turn.record.purchases.offers(turn.actor)
        trial = bool(frame.slots.get("trial"))
        fitting = [each for each in offers if (each.name in wanted if wanted else self.listed(each, frame))]
        options = tuple(Option(each.product, each.name, buy_cards.price(reader, each)) for each in fitting)
        return Choices(options, reader.text(f"buy.which.{'trial' if trial else 'buy'}"), kind="product")

    def listed(self, offer: Offer, _frame: Frame) -> bool:
        """Whether it is among those to choose from where none is named: here what has a price."""
        return offer.month is not None


class OnSale(WhichProduct):
    """A product that may be bought: what the policy blocks is refused before anything else is asked."""

    async def settle(self, task: Task, turn: Turn, frame: Frame) -> Settled[str] | Asking | Impossible:
        settled = await super().settle(task, turn, frame)
        if isinstance(settled, Settled):
            trial = bool(frame.slots.get("trial"))
            await turn.record.purchases.expect_on_sale(turn.actor, settled.value, trial=trial)
        return settled

    def listed(self, offer: Offer, frame: Frame) -> bool:
        return offer.trial if frame.slots.get("trial") else offer.why_not is None


class HowMany(OneEach):
    """How many licenses: for people who are named one each, for a trial one, else it is asked."""

    async def settle(self, task: Task, turn: Turn, frame: Frame) -> Settled[int] | Asking | Impossible:
        alone = not {"quantity", "unusable"} & frame.slots.keys() and not frame.answers["people"]
        return Settled(1) if alone and _tries(turn, frame) else await super().settle(task, turn, frame)


class ByTheMonth(Unasked[str]):
    """By the month, unless the year was said; on the offer a word is enough to change it."""

    expects = may_change = on_offer = frozenset({"term"})


class BuyProduct(OfPeople[PurchaseQuote]):
    """“Buy 3 Teams Premium yearly”, “try Teams Premium”, “buy 2 Visio Plan 2 for Ann and Bo”."""

    name = "buy_product"
    actions: ClassVar[tuple[str, ...]] = (ActionName.BUY,)
    intents = ("purchase.new",)
    corrected_by = MappingProxyType({"payment.replace": "method"})

    product: Question[str] = OnSale("product", "product_candidates")
    people = People(needed=False)
    quantity: Question[int] = HowMany("quantity", again=("buy_at_least_one", "above_maximum", "trial_maximum"))
    term = ByTheMonth("term", Term.MONTH.value)
    trial = Unasked("trial", default=False)
    payment = PayWith("method")

    async def ask(self, turn: Turn, frame: Frame, question: Question[Any]) -> str:
        product = turn.record.catalog.product(frame.answers["product"]).name
        if question is BuyProduct.people:
            return turn.reader.text("seats.people.assign_licenses", product=product)
        return turn.reader.text("buy.quantity", product=product)

    async def continues(self, _turn: Turn, frame: Frame, slots: dict[str, Any]) -> bool:
        return not wanted_products(slots) or wanted_products(slots) == wanted_products(frame.slots)

    def subject(self, frame: Frame) -> str | None:
        product: str | None = frame.answers.get("product")
        return product

    async def quote(self, turn: Turn, frame: Frame) -> PurchaseQuote:
        said, trial = frame.answers, _tries(turn, frame)
        alone = trial and said["quantity"] == 1  # whoever tries something alone is who tries it
        quote = await turn.record.purchases.quote(
            turn.actor,
            said["product"],
            None if one_each(frame) else said["quantity"],
            term=Term(said["term"]),
            trial=trial,
            method=said["payment"] or None,
            assign=said["people"][:AT_ONCE] or ([turn.actor.person] if alone else []),
            request=said.get("request"),
            **frame.trail,
        )
        tell_of_rest(turn, frame)
        return quote

    def rest(self, frame: Frame, quote: Quote) -> Request | None:
        return rest_of(frame, "licenses.add" if one_each(frame) else "licenses.assign", quote)

    def quote_card(self, turn: Turn, quote: PurchaseQuote) -> tuple[str, Card]:
        return buy_cards.quote_card(turn.reader, quote, sold=_sold(turn, quote))

    def receipt_card(self, turn: Turn, receipt: Receipt, quote: PurchaseQuote) -> tuple[str, Card]:
        return buy_cards.receipt_card(turn.reader, receipt, quote, sold=_sold(turn, quote))

    def inverse(self, quote: PurchaseQuote) -> Request | str:
        """A cancellation, refunded within the window. A trial stays used."""
        return "undo.trial_used" if quote.trial_ends else Request("subscription.cancel", of(quote.subscription))

    def handed_out(self, quote: PurchaseQuote) -> int:
        return len(quote.assigns)

    def adjust(self, turn: Turn, quote: PurchaseQuote, to: str) -> Instead | None:
        """The same by the month or the year, with another card, or added to what is there already."""
        view, intent = quote.subscription, "requests.approve" if quote.request else "purchase.new"
        same: dict[str, Any] = {
            **({"pick.request": quote.request.id} if quote.request else {"pick.product": view.product}),
            "quantity": view.total,
            "people": [person.id for person in (*quote.assigns, *(each.person for each in quote.left_out))],
        }
        match to:
            case "month" | "year":
                return Instead(turn.reader.text(f"button.pay_{to}"), Request(intent, {**same, "term": to}))
            case "card":
                slots = {**same, "term": view.term.value, "method": OTHER}
                return Instead(turn.reader.text("button.other_card"), Request(intent, slots))
            case "add" if quote.owned:
                slots = {"product": view.product_name, "quantity": view.total, "people": same["people"]}
                return Instead(
                    turn.reader.text("button.add_instead", count=quote.owned), Request("licenses.add", slots)
                )
            case spare_licenses.SPARE:
                return spare_licenses.instead(turn.reader, view.product_name)
        return None


class ListProducts(Lookup):
    """“What can I buy”: the catalog, family by family, with prices."""

    name = "list_products"
    intents = ("catalog.list",)

    page = Unasked("page", "1")

    async def show(self, turn: Turn, frame: Frame) -> None:
        offers = await turn.record.purchases.offers(turn.actor)
        families = list(dict.fromkeys(each.family for each in offers))
        page = page_of(sorted(offers, key=lambda each: families.index(each.family)), frame.answers["page"])
        text, card = buy_cards.catalog_card(turn.reader, page.rows, total=len(offers))
        turn.show(text, paged(turn, card, page, ("look", self.name)))


def _sold(turn: Turn, quote: PurchaseQuote) -> bool:
    return not turn.record.catalog.product(quote.subscription.product).trial


def _tries(turn: Turn, frame: Frame) -> bool:
    """Whether it is a trial: because that was said, or because the product is never sold."""
    return frame.slots.get("trial") is True or turn.record.catalog.product(frame.answers["product"]).trial
