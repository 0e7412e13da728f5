"""The action behind every purchase: what a new subscription would cost, and everything that begins with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import func, select

from storage import assignments, audit, billing, deciding, invoices, outbox, requesting, spares, trials
from storage.actions import ActionName
from storage.errors import Refused
from storage.models import Charge, LineKind, PaymentMethod, Person, Subscription
from storage.money import Money
from storage.payments import payment_method_view
from storage.people import person_view
from storage.quotes import PurchaseQuote
from storage.ruling import Buying
from storage.terms import Period, period
from storage.views import Amounts, Status, SubscriptionView, Term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.catalog import Catalog, Product
    from storage.models import Operation
    from storage.models.columns import Json
    from storage.payments import Gateway
    from storage.quotes import SeatResult
    from storage.rights import Rights
    from storage.ruling import Ruling
    from storage.terms import Terms
    from storage.transaction import Transaction
    from storage.views import PersonView


@dataclass(frozen=True)
class Wish:
    """A purchase as asked for, by ids."""

    product: str
    licenses: int
    term: Term
    trial: bool
    method: str | None  # None: the one used last
    assigns: tuple[str, ...]
    request: str | None = None  # of somebody else, which is approved by it

    @classmethod
    def of(cls, parameters: Json, people: Sequence[str]) -> Wish:
        """With a license for these of the people who were named; one each where no number was said."""
        said = parameters["licenses"]
        licenses = len(people) if said is None else said
        return cls(**{**parameters, "licenses": licenses, "term": Term(parameters["term"]), "assigns": tuple(people)})


@dataclass(frozen=True)
class Buy:
    """Buys a product, or tries it. The subscription's id is the operation's: a second tap buys no second one."""

    _catalog: Catalog
    _terms: Terms
    _rights: Rights
    _gateway: Gateway
    _ruling: Ruling
    name: ClassVar = ActionName.BUY
    quotes: ClassVar = PurchaseQuote
    any_version: ClassVar = False

    async def authorise(self, tx: Transaction, _subscription: None) -> None:
        """Raises Refused("not_a_member"). One buyer's purchases, and an erasure, come one after the other from here."""
        key = (tx.tenant, tx.actor.person)
        await tx.session.get(Person, key, with_for_update={"key_share": True}, populate_existing=True)
        await self._rights.member(tx)

    async def draw(self, tx: Transaction, _subscription: None, parameters: Json, quote_id: str) -> PurchaseQuote:
        """The quote for what `parameters`, a packed `Wish`, ask for."""
        product = self._catalog.product(parameters["product"])
        request = await deciding.approved(tx, self._catalog, parameters, product)
        if len(parameters["assigns"]) > self._terms.max_batch:
            raise Refused("too_many_people", product=product.name)
        gets, left_out = await _getting(tx, quote_id, product, parameters["assigns"])
        wish = Wish.of(parameters, [person.id for person in gets])
        self._check(product, wish)
        if wish.trial and product.id in await trials.tried(tx):
            raise trials.had(product)
        price = _price(product, wish, tx.currency)
        due = price * wish.licenses
        if request is None:  # to approve a request is to make an exception
            await self._ruling.expect(tx, Buying(tx.actor.person, product, wish.licenses, due, trial=wish.trial))
        known = await methods(tx)
        method = None if wish.trial else _chosen(product, known, wish)
        view = await self._view(tx, quote_id, wish, product, price, method)
        return PurchaseQuote(
            id=quote_id,
            subscription=view,
            amounts=Amounts(due_now=due, next_invoice=due, each_period=due, net=due),
            payment_method=payment_method_view(method),
            method=method.id if method else None,
            other_methods=len(known) - 1 if method else 0,
            trial_ends=view.period_end if wish.trial else None,
            assigns=gets,
            left_out=left_out,
            owned=(await owned(tx)).get(product.id, 0),
            request=request,
            spare=0 if wish.trial or request else await spares.besides(tx, view),
            quoted_at=tx.now,
            expires_at=tx.now + self._terms.quote_valid_for,
        )

    async def still_holds(self, tx: Transaction, _subscription: None, quote: PurchaseQuote) -> bool:
        """Whether it costs the same, from the same day on, and can be paid in the same way."""
        view = quote.subscription
        if quote.payment_method is not None and await _shown(tx, quote) is None:
            return False
        wish = {
            "product": view.product,
            "licenses": view.total,
            "term": view.term,
            "trial": view.trial,
            "method": quote.method,
            "assigns": [person.id for person in quote.assigns],
            "request": quote.request and quote.request.id,
        }
        fresh = await self.draw(tx, None, wish, quote.id)
        same_days = fresh.subscription.period_start == view.period_start
        return same_days and fresh.amounts == quote.amounts and not fresh.left_out

    async def carry_out(
        self, tx: Transaction, _subscription: None, operation: Operation, quote: PurchaseQuote
    ) -> str | None:
        """Begins the subscription with its licenses, books and trail; the invoice's number, none for a trial."""
        if quote.request is None:
            await self._ruling.expect_bought(tx, quote)
        row = _row(tx, quote, await _shown(tx, quote))
        tx.session.add(row)
        await tx.session.flush()
        operation.subscription_id = row.id
        billing.enter(tx, operation, delta=row.total, total_after=row.total)
        assignments.give(tx, row.id, [person.id for person in quote.assigns])
        await _tell(tx, operation, quote)
        if quote.request:
            await requesting.grant(tx, self._catalog, operation, quote.request.id, row.total)
        if not quote.amounts.due_now:
            return None
        charge = await self._charge(tx, row, operation, quote)
        line = invoices.Line(charge, row.period_start, row.period_end)
        return await invoices.issue(tx, row.purchaser_id, operation, line)

    async def _charge(self, tx: Transaction, row: Subscription, operation: Operation, quote: PurchaseQuote) -> Charge:
        sold = billing.Sold(row.total, quote.subscription.price, quote.amounts.due_now, LineKind.PURCHASE)
        try:
            return await billing.charge(tx, self._gateway, row, operation, sold)
        except Refused as refused:
            raise Refused(refused.code, **{"product": quote.subscription.product_name, **refused.values}) from None

    def _check(self, product: Product, wish: Wish) -> None:
        if product.trial and not wish.trial:
            raise Refused("trial_only", product=product.name)
        if wish.licenses < product.min_licenses:
            raise Refused("buy_at_least_one", product=product.name)
        if wish.trial and wish.licenses > self._terms.trial_licenses:
            raise Refused("trial_maximum", product=product.name, maximum=self._terms.trial_licenses)
        if wish.licenses > product.max_licenses:
            raise Refused("above_maximum", product=product.name, maximum=product.max_licenses)
        if len(wish.assigns) > wish.licenses:
            lacking = len(wish.assigns) - wish.licenses
            raise Refused("not_enough", product=product.name, lacking=lacking, free=wish.licenses)

    async def _view(
        self,
        tx: Transaction,
        quote_id: str,
        wish: Wish,
        product: Product,
        price: Money,
        method: PaymentMethod | None,
    ) -> SubscriptionView:
        first = self._first_period(tx, wish)
        return SubscriptionView(
            id=quote_id,
            product=product.id,
            product_name=product.name,
            purchaser=person_view(await self._rights.member(tx)),
            total=wish.licenses,
            assigned=len(wish.assigns),
            term=wish.term,
            status=Status.ACTIVE,
            recurring=not wish.trial,
            unpaid=False,
            price=price,
            purchased_at=tx.now,
            period_start=first.start,
            period_end=first.end,
            scheduled=None,
            payment_method=payment_method_view(method),
            last_used_at=tx.now,
            trial=wish.trial,
        )

    def _first_period(self, tx: Transaction, wish: Wish) -> Period:
        if wish.trial:
            return Period(1, tx.today, tx.today + self._terms.trial_for)
        return period(tx.today, wish.term, 1)


async def methods(tx: Transaction) -> list[PaymentMethod]:
    """The actor's payment methods, the one charged last first."""
    charged = (Charge.tenant == PaymentMethod.tenant) & (Charge.payment_method_id == PaymentMethod.id)
    known = await tx.session.scalars(
        select(PaymentMethod)
        .outerjoin(Charge, charged)
        .where(
            PaymentMethod.tenant == tx.tenant,
            PaymentMethod.person_id == tx.actor.person,
            PaymentMethod.removed_at.is_(None),
        )
        .group_by(PaymentMethod.tenant, PaymentMethod.id)
        .order_by(func.max(Charge.at).desc().nulls_last(), PaymentMethod.id)
    )
    return list(known)


async def owned(tx: Transaction) -> dict[str, int]:
    """How many licenses of each product the actor pays for or tries now, by product id."""
    mine = (Subscription.tenant == tx.tenant, Subscription.purchaser_id == tx.actor.person)
    rows = await tx.session.execute(
        select(Subscription.product_id, func.sum(Subscription.total))
        .where(*mine, Subscription.status == Status.ACTIVE)
        .group_by(Subscription.product_id)
    )
    return {product: int(total) for product, total in rows}


def _price(product: Product, wish: Wish, currency: str) -> Money:
    nothing = Money(0, currency)
    if product.trial:
        return nothing
    price = product.price(wish.term, currency)  # what is not on sale cannot be tried either
    return nothing if wish.trial else price


def _chosen(product: Product, known: list[PaymentMethod], wish: Wish) -> PaymentMethod:
    fitting = [method for method in known if wish.method in (None, method.id)]
    if not fitting:
        raise Refused("no_card_to_buy_with", product=product.name)
    return fitting[0]


async def _shown(tx: Transaction, quote: PurchaseQuote) -> PaymentMethod | None:
    """The buyer's payment method that the quote shows; None for a trial, and for one that is gone."""
    return next((method for method in await methods(tx) if method.id == quote.method), None)


async def _getting(
    tx: Transaction, quote_id: str, product: Product, people: Sequence[str]
) -> tuple[tuple[PersonView, ...], tuple[SeatResult, ...]]:
    """Who gets a license of those who were named, and who cannot hold one."""
    try:
        return assignments.parted(await assignments.seats(tx, quote_id, people))
    except Refused as refused:
        raise Refused(refused.code, **{"product": product.name, **refused.values}) from None


def _row(tx: Transaction, quote: PurchaseQuote, method: PaymentMethod | None) -> Subscription:
    view = quote.subscription
    return Subscription(
        tenant=tx.tenant,
        id=view.id,
        product_id=view.product,
        purchaser_id=tx.actor.person,
        total=view.total,
        assigned=view.assigned,
        term=view.term,
        recurring=view.recurring,
        trial=view.trial,
        purchased_at=tx.now,
        anchor=view.period_start,
        period_start=view.period_start,
        period_end=view.period_end,
        payment_method_id=method.id if method else None,
        last_used_at=tx.now,
    )


async def _tell(tx: Transaction, operation: Operation, quote: PurchaseQuote) -> None:
    view = quote.subscription
    people = [person.id for person in quote.assigns]
    what = {"subscription": view.id, "total": view.total, "on": view.period_start.isoformat()}
    after = {"product": view.product, "total": view.total, "trial": view.trial, "assigned": people}
    audit.note(tx, operation, before={}, after=after)
    outbox.post(tx, operation, outbox.FULFIL, outbox.MICROSOFT, what)
    asker = quote.request.requester.id if quote.request else None  # who hears of both in one sentence
    await spares.handed_out(tx, operation, view, people, hears=asker)
