"""How a subscription goes on: recurring billing on and off, a scheduled change dropped, and reactivation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import update

from storage import assignments, audit, billing, invoices, outbox, scheduled, trials
from storage.actions import ActionName
from storage.change_total import tell_purchaser
from storage.errors import Refused
from storage.models import Cancellation, LineKind, Subscription
from storage.money import Money
from storage.quotes import Renewal, RenewalQuote
from storage.subscriptions import views
from storage.terms import Period, period
from storage.views import Amounts, Status

if TYPE_CHECKING:
    from storage.catalog import Catalog, Product
    from storage.models import Operation
    from storage.models.columns import Json
    from storage.operations import Operations
    from storage.payments import Gateway
    from storage.rights import Rights
    from storage.terms import Terms
    from storage.transaction import Transaction
    from storage.views import Actor, SubscriptionView


@dataclass(frozen=True)
class Renewals:
    """Quotes what becomes of a subscription after its term; storage/operations.py carries it out."""

    _operations: Operations
    _renew: Renew

    async def quote(
        self,
        actor: Actor,
        subscription_id: str,
        renewal: Renewal,
        *,
        said: str = "",
        understood: dict[str, Any] | None = None,
    ) -> RenewalQuote:
        """What the decision would cost and change, stored to be carried out.

        Raises Refused: "already_on", "already_off", "nothing_scheduled", "not_expired", "not_active", "unpaid",
        "no_payment_method", what storage/trials.py says of a trial, "unknown_subscription" for what is deleted, or what
        `Rights.refusal` says for everybody but the purchaser; a deputy, who schedules changes, may drop one.
        """
        return await self._operations.draw(
            actor, self._renew, subscription_id, {"renewal": renewal.value}, said=said, understood=understood
        )


@dataclass(frozen=True)
class Renew:
    """Decides how a subscription goes on. Sources: Microsoft, "Renew" and "Reactivate your subscription"."""

    _catalog: Catalog
    _terms: Terms
    _rights: Rights
    _gateway: Gateway
    name: ClassVar = ActionName.RENEW
    quotes: ClassVar = RenewalQuote
    any_version: ClassVar = False

    async def authorise(self, tx: Transaction, subscription: Subscription) -> None:
        """Raises Refused for everybody but the purchaser and deputies, to whom `draw` leaves the total alone."""
        await self._rights.member(tx)
        if not await self._rights.may_change_total(tx, subscription):
            raise await self._rights.refusal(tx, subscription, self._catalog.product(subscription.product_id).name)

    async def draw(self, tx: Transaction, subscription: Subscription, parameters: Json, quote_id: str) -> RenewalQuote:
        """The quote for this decision."""
        renewal = Renewal(parameters["renewal"])
        if renewal is not Renewal.KEEP_TOTAL:
            await self._rights.purchaser(tx, subscription, self._catalog.product(subscription.product_id).name)
        [view] = await views(tx, self._catalog, Subscription.id == subscription.id)
        _check(tx, view, self._catalog.product(view.product), renewal)
        return RenewalQuote(
            id=quote_id,
            subscription=view,
            renewal=renewal,
            amounts=await self._amounts(tx, subscription, view, renewal),
            ends_on=view.period_end if renewal is Renewal.OFF else None,
            renews_on=_fresh(tx, subscription).end if renewal is Renewal.REACTIVATE else None,
            drops=None if renewal is Renewal.ON else view.scheduled,
            payment_method=view.payment_method,
            quoted_at=tx.now,
            expires_at=tx.now + self._terms.quote_valid_for,
        )

    async def still_holds(self, tx: Transaction, subscription: Subscription, quote: RenewalQuote) -> bool:
        """Whether it may still be decided, and costs what was shown."""
        fresh = await self.draw(tx, subscription, {"renewal": quote.renewal.value}, quote.id)
        return fresh.amounts == quote.amounts

    async def carry_out(
        self, tx: Transaction, subscription: Subscription, operation: Operation, quote: RenewalQuote
    ) -> str | None:
        """Decides it; the number of the invoice, if a new period is paid for."""
        renewal = quote.renewal
        stay = await scheduled.drop(tx, subscription.id) if quote.drops else frozenset()
        if renewal is not Renewal.KEEP_TOTAL:
            subscription.recurring = renewal is not Renewal.OFF
        subscription.version += 1
        if subscription.purchaser_id == tx.actor.person:
            subscription.last_used_at = tx.now
        if subscription.recurring:
            await _take_back(tx, subscription)
        if renewal is Renewal.REACTIVATE:
            _begin_anew(tx, subscription)
        _note(tx, subscription, operation, quote)
        await _tell(tx, operation, quote, stay)
        if renewal is Renewal.REACTIVATE:
            return await self._charge(tx, subscription, operation, quote)
        return None

    async def _amounts(
        self, tx: Transaction, subscription: Subscription, view: SubscriptionView, renewal: Renewal
    ) -> Amounts:
        nothing = Money(0, tx.currency)
        if renewal is Renewal.OFF:
            return Amounts(nothing, nothing, nothing, nothing)
        price = self._catalog.product(view.product).price(view.term, tx.currency)
        keeps = view.scheduled if renewal is Renewal.ON else None
        each_period = price * (keeps.total if keeps else view.total)
        owed = await billing.open_credits(tx, subscription)
        next_invoice = Money(max((each_period - owed).amount, 0), tx.currency)
        due = each_period if renewal is Renewal.REACTIVATE else nothing
        return Amounts(due_now=due, next_invoice=next_invoice, each_period=each_period, net=due)

    async def _charge(
        self, tx: Transaction, subscription: Subscription, operation: Operation, quote: RenewalQuote
    ) -> str | None:
        view = quote.subscription
        price = self._catalog.product(view.product).price(view.term, tx.currency)
        sold = billing.Sold(view.total, price, quote.amounts.due_now, LineKind.RENEW)
        try:
            charge = await billing.charge(tx, self._gateway, subscription, operation, sold)
        except Refused as refused:
            raise Refused(refused.code, **{"product": view.product_name, **refused.values}) from None
        line = invoices.Line(charge, subscription.period_start, subscription.period_end)
        return await invoices.issue(tx, subscription.purchaser_id, operation, line)


def _check(tx: Transaction, view: SubscriptionView, product: Product, renewal: Renewal) -> None:
    if view.status is Status.DELETED:
        raise Refused("unknown_subscription")
    over = view.status is not Status.ACTIVE or tx.today >= view.period_end
    if view.trial:
        raise trials.had(product) if over else trials.ends_by_itself(product, view)
    check = _check_reactivation if renewal is Renewal.REACTIVATE else _check_decision
    check(view, renewal, over=over)
    if renewal in (Renewal.ON, Renewal.REACTIVATE) and view.payment_method is None:
        raise Refused("no_payment_method", product=view.product_name)


def _check_reactivation(view: SubscriptionView, _renewal: Renewal, *, over: bool) -> None:
    renewal_due = view.status is Status.ACTIVE and view.recurring
    if not over or renewal_due:
        raise Refused("not_expired", product=view.product_name)
    if view.unpaid:
        raise Refused("unpaid", product=view.product_name)


def _check_decision(view: SubscriptionView, renewal: Renewal, *, over: bool) -> None:
    product, until = view.product_name, view.period_end.isoformat()
    if over:
        status = Status.EXPIRED if view.status is Status.ACTIVE else view.status
        raise Refused("not_active", product=product, status=status.value)
    if renewal is Renewal.ON and view.recurring:
        raise Refused("already_on", product=product, until=until)
    if renewal is Renewal.OFF and not view.recurring:
        raise Refused("already_off", product=product, until=until)
    if renewal is Renewal.KEEP_TOTAL and view.scheduled is None:
        raise Refused("nothing_scheduled", product=product, total=view.total)


def _fresh(tx: Transaction, subscription: Subscription) -> Period:
    """The period that begins where it is brought back today."""
    return period(tx.today, subscription.term, 1)


def _begin_anew(tx: Transaction, subscription: Subscription) -> None:
    """A new period begins today, and with it a new anchor: the days since the old period's end are not paid for."""
    fresh = _fresh(tx, subscription)
    subscription.status, subscription.status_since = Status.ACTIVE, None
    subscription.period_number += 1
    subscription.anchor, subscription.anchor_period = fresh.start, subscription.period_number
    subscription.period_start, subscription.period_end = fresh.start, fresh.end


async def _take_back(tx: Transaction, subscription: Subscription) -> None:
    """A cancellation does not happen after all."""
    await tx.session.execute(
        update(Cancellation)
        .where(
            Cancellation.tenant == tx.tenant,
            Cancellation.subscription_id == subscription.id,
            Cancellation.taken_back_at.is_(None),
        )
        .values(taken_back_at=tx.now)
    )


async def _tell(tx: Transaction, operation: Operation, quote: RenewalQuote, stay: frozenset[str]) -> None:
    """Those who hold a license that now ends, or after all does not; `stay`, who would have lost it with fewer."""
    view, what = quote.subscription, {"subscription": quote.subscription.id}
    if quote.renewal is Renewal.KEEP_TOTAL:
        stays = {"total": view.total, "on": view.period_end.isoformat()}
        await tell_purchaser(tx, operation, quote, what | stays)
        await outbox.tell(tx, operation, "license_stays", sorted(stay), what)
        return
    holding = [holder.person.id for holder in await assignments.holders(tx, view.id)]
    if quote.ends_on:
        await outbox.tell(tx, operation, "subscription_ends", holding, what | {"on": quote.ends_on.isoformat()})
    elif not view.recurring:
        await outbox.tell(tx, operation, "subscription_goes_on", holding, what)


def _note(tx: Transaction, subscription: Subscription, operation: Operation, quote: RenewalQuote) -> None:
    view = quote.subscription
    dropped = quote.drops.total if quote.drops else None
    before = {"status": view.status.value, "recurring": view.recurring, "scheduled": dropped}
    after = {"status": subscription.status.value, "recurring": subscription.recurring, "scheduled": None}
    audit.note(tx, operation, before=before, after=after)
    total = view.total if subscription.recurring else 0
    what = {"subscription": view.id, "total": total, "on": subscription.period_end.isoformat()}
    outbox.post(tx, operation, outbox.FULFIL, outbox.MICROSOFT, what)
