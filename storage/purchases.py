"""Buying: what is on offer, how it can be paid, and the quote for a new subscription."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage.buying import methods, owned
from storage.errors import Refused
from storage.money import Money
from storage.payments import payment_method_view
from storage.policy_views import Sale
from storage.ruling import Buying
from storage.standing import sales
from storage.transaction import Transaction
from storage.trials import tried
from storage.views import Offer, Term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.buying import Buy
    from storage.catalog import Catalog, Product
    from storage.clock import Clock
    from storage.database import Database
    from storage.operations import Operations
    from storage.quotes import PurchaseQuote
    from storage.rights import Rights
    from storage.ruling import Ruling
    from storage.views import Actor, PaymentMethodView


@dataclass(frozen=True)
class Purchases:
    """Shows what can be bought, and quotes it; storage/operations.py carries the purchase out."""

    _database: Database
    _clock: Clock
    _catalog: Catalog
    _rights: Rights
    _ruling: Ruling
    _operations: Operations
    _buy: Buy

    async def offers(self, actor: Actor) -> tuple[Offer, ...]:
        """Every product of the catalog, as it is on offer for the actor. Raises Refused("not_a_member")."""

        async def question(session: AsyncSession) -> tuple[Offer, ...]:
            tx = await Transaction.of(session, actor, self._clock.now())
            await self._rights.member(tx)
            mine, gone, sale = await owned(tx), await tried(tx), await sales(tx)
            return tuple(
                _offer(product, tx.currency, sale(product.id), owned=mine.get(product.id, 0), tried=product.id in gone)
                for product in self._catalog.products
            )

        return await self._database.read(question)

    async def expect_on_sale(self, actor: Actor, product_id: str, *, trial: bool) -> None:
        """Raises Refused where the policy lets nobody buy the product, or try it, however many licenses there are."""

        async def question(session: AsyncSession) -> None:
            tx = await Transaction.of(session, actor, self._clock.now())
            product, free = self._catalog.product(product_id), Money(0, tx.currency)
            await self._ruling.expect(tx, Buying(actor.person, product, 0, free, trial=trial or product.trial))

        await self._database.read(question)

    async def methods(self, actor: Actor) -> tuple[tuple[str, PaymentMethodView], ...]:
        """The actor's payment methods by id, the one charged last first."""

        async def question(session: AsyncSession) -> tuple[tuple[str, PaymentMethodView], ...]:
            tx = await Transaction.of(session, actor, self._clock.now())
            views = [(method.id, payment_method_view(method)) for method in await methods(tx)]
            return tuple((method_id, view) for method_id, view in views if view)

        return await self._database.read(question)

    async def quote(
        self,
        actor: Actor,
        product_id: str,
        licenses: int | None,
        *,
        term: Term = Term.MONTH,
        trial: bool = False,
        method: str | None = None,
        assign: Sequence[str] = (),
        request: str | None = None,
        said: str = "",
        understood: dict[str, Any] | None = None,
    ) -> PurchaseQuote:
        """What a new subscription would cost, or that it costs nothing for a time; stored to be carried out.

        `method` is an id of `methods`, left out the one used last; `assign` are the ids of people who get a license at
        once, of whom those who cannot are left out with the reason; `licenses` is None for one for each of the others;
        `request` is the id of somebody else's that is approved by it.
        Raises Refused: "not_a_member", "unknown_product", "no_price", "trial_only", "trial_used", "trial_over",
        "trial_maximum", "buy_at_least_one", "above_maximum", "no_card_to_buy_with", "not_enough", "too_many_people",
        "unknown_request", "request_ended", "own_request", "more_than_requested", or with names why somebody can get
        no license.
        """
        wish = {
            "product": product_id,
            "licenses": licenses,
            "term": term.value,
            "trial": trial,
            "method": method,
            "assigns": list(dict.fromkeys(assign)),
            "request": request,
        }
        return await self._operations.draw(actor, self._buy, None, wish, said=said, understood=understood)


def _offer(product: Product, currency: str, sale: Sale, *, owned: int, tried: bool) -> Offer:
    month, year = (_price(product, term, currency) for term in (Term.MONTH, Term.YEAR))
    why_not = "trial_only" if product.trial else None if month else "no_price"
    can_try = (product.trial or month is not None) and not tried
    return Offer(
        product=product.id,
        name=product.name,
        family=product.family,
        month=month,
        year=year,
        trial=can_try and sale is not Sale.DISABLED,
        owned=owned,
        why_not=why_not if sale is Sale.TRIALS_ONLY and product.trial else _BLOCKED.get(sale, why_not),
    )


_BLOCKED = {Sale.DISABLED: "product_disabled", Sale.TRIALS_ONLY: "only_trials"}


def _price(product: Product, term: Term, currency: str) -> Money | None:
    try:
        return product.price(term, currency)
    except Refused:
        return None
