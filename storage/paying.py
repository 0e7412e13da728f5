"""Paying what could not be charged, now, with the card on file or another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import and_, select

from storage import audit, billing, dues, outbox
from storage.actions import ActionName
from storage.buying import methods
from storage.errors import Refused
from storage.models import Invoice, InvoiceLine, Subscription
from storage.money import Money
from storage.payments import payment_method_view
from storage.quotes import PayQuote
from storage.subscriptions import views
from storage.views import Amounts, Status

if TYPE_CHECKING:
    from storage.catalog import Catalog
    from storage.models import Charge, Operation
    from storage.models.columns import Json
    from storage.operations import Operations
    from storage.payments import Gateway
    from storage.rights import Rights
    from storage.terms import Terms
    from storage.transaction import Transaction
    from storage.views import Actor, SubscriptionView


@dataclass(frozen=True)
class Paying:
    """Quotes what is open; storage/operations.py carries the payment out."""

    _operations: Operations
    _pay: Pay

    async def quote(
        self,
        actor: Actor,
        subscription_id: str,
        *,
        method: str | None = None,
        said: str = "",
        understood: dict[str, Any] | None = None,
    ) -> PayQuote:
        """What is open of the period under way, and how it would be paid; stored to be carried out.

        `method` is an id of `Purchases.methods`, which then also pays what comes; left out, the subscription's own.
        Raises Refused: "nothing_open", "no_payment_method", "unknown_subscription" for what is deleted, or for
        everybody but the purchaser what `Rights.refusal` says.
        """
        wish = {"method": method}
        return await self._operations.draw(actor, self._pay, subscription_id, wish, said=said, understood=understood)


@dataclass(frozen=True)
class Pay:
    """Pays what is open. Source: Microsoft, "Pay for your subscription"."""

    _catalog: Catalog
    _terms: Terms
    _rights: Rights
    _gateway: Gateway
    name: ClassVar = ActionName.PAY
    quotes: ClassVar = PayQuote
    any_version: ClassVar = True  # the worker tries the card in between: what is open, and how much, is what counts

    async def authorise(self, tx: Transaction, subscription: Subscription) -> None:
        """Raises Refused for everybody but the purchaser."""
        await self._rights.purchaser(tx, subscription, self._catalog.product(subscription.product_id).name)

    async def draw(self, tx: Transaction, subscription: Subscription, parameters: Json, quote_id: str) -> PayQuote:
        """The quote for what is open, with the card that `parameters` name."""
        [view] = await views(tx, self._catalog, Subscription.id == subscription.id)
        _check(view)
        known = await methods(tx)
        wanted = parameters["method"] or subscription.payment_method_id
        method = next((each for each in known if each.id == wanted), None)
        if method is None:
            raise Refused("no_payment_method", product=view.product_name)
        charge = await dues.unpaid(tx, subscription)
        return PayQuote(
            id=quote_id,
            subscription=view,
            amounts=await self._amounts(tx, subscription, view, dues.open_part(charge)),
            invoice=await _invoice(tx, charge),
            payment_method=payment_method_view(method),
            method=method.id,
            other_methods=len(known) - 1,
            goes_on=_goes_on(tx, subscription),
            quoted_at=tx.now,
            expires_at=tx.now + self._terms.quote_valid_for,
        )

    async def still_holds(self, tx: Transaction, subscription: Subscription, quote: PayQuote) -> bool:
        """Whether as much is open, and brings the same."""
        fresh = await self.draw(tx, subscription, {"method": quote.method}, quote.id)
        return (fresh.amounts, fresh.goes_on) == (quote.amounts, quote.goes_on)

    async def carry_out(
        self, tx: Transaction, subscription: Subscription, operation: Operation, quote: PayQuote
    ) -> None:
        """Takes the money; what has expired for want of it is active again while its period lasts."""
        view = quote.subscription
        subscription.payment_method_id = quote.method
        try:
            await dues.collect(tx, self._gateway, subscription, await dues.unpaid(tx, subscription))
        except Refused as refused:
            raise Refused(refused.code, **{"product": view.product_name, **refused.values}) from None
        subscription.unpaid, subscription.retry_on = False, None
        if quote.goes_on:
            subscription.status, subscription.status_since = Status.ACTIVE, None
        subscription.version += 1
        subscription.last_used_at = tx.now
        before = {"status": view.status.value, "unpaid": True}
        audit.note(tx, operation, before=before, after={"status": subscription.status.value, "unpaid": False})
        what = {"subscription": view.id, "total": view.total, "on": tx.today.isoformat()}
        outbox.post(tx, operation, outbox.FULFIL, outbox.MICROSOFT, what)

    async def _amounts(
        self, tx: Transaction, subscription: Subscription, view: SubscriptionView, due: Money
    ) -> Amounts:
        total = view.scheduled.total if view.scheduled else view.total
        each_period = view.price * (total if view.recurring else 0)
        owed = await billing.open_credits(tx, subscription)
        next_invoice = Money(max((each_period - owed).amount, 0), tx.currency)
        return Amounts(due_now=due, next_invoice=next_invoice, each_period=each_period, net=due)


def _check(view: SubscriptionView) -> None:
    if view.status is Status.DELETED:
        raise Refused("unknown_subscription")
    if not view.unpaid:
        raise Refused("nothing_open", product=view.product_name)


def _goes_on(tx: Transaction, subscription: Subscription) -> bool:
    """Whether what has expired for want of the money has days left that it is for."""
    return subscription.status is Status.EXPIRED and tx.today < subscription.period_end


async def _invoice(tx: Transaction, charge: Charge) -> str:
    """The number of the invoice that is open."""
    shows = and_(InvoiceLine.tenant == Invoice.tenant, InvoiceLine.invoice_id == Invoice.id)
    this = (InvoiceLine.tenant == tx.tenant, InvoiceLine.charge_id == charge.id)
    found = await tx.session.scalars(select(Invoice).join(InvoiceLine, shows).where(*this))
    return found.one().number
