"""The steps of a subscription's life that nobody asks for, each in one transaction with its books and its promises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage import assignments, audit, billing, dues, invoices, outbox, scheduled
from storage.actions import Unasked
from storage.errors import Refused
from storage.models import Operation, ScheduledTotal
from storage.reminders import is_quiet
from storage.terms import local_day, period
from storage.views import Status

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import date

    from storage.catalog import Catalog
    from storage.models import Charge, Subscription
    from storage.models.columns import Json
    from storage.money import Money
    from storage.payments import Gateway
    from storage.terms import Terms
    from storage.transaction import Transaction

    Step = Callable[[Transaction, Subscription, Operation, date], Awaitable[Json]]


@dataclass(frozen=True)
class NewPeriods:
    """Takes one step, of a subscription that is locked."""

    _catalog: Catalog
    _terms: Terms
    _gateway: Gateway

    async def take(self, tx: Transaction, subscription: Subscription, step: Unasked, on: date) -> None:
        """Does it as on the day on which it was due; a renewal whose product is no longer sold ends instead."""
        if step is Unasked.RENEWED and not self._sold(tx, subscription):
            step = Unasked.EXPIRED
        steps: dict[Unasked, Step] = {
            Unasked.RENEWED: self._renew,
            Unasked.CHARGED_AGAIN: self._charge_again,
            Unasked.EXPIRED: self._expire,
            Unasked.DISABLED: self._disable,
            Unasked.DELETED: self._delete,
        }
        operation = await audit.unasked(tx, step, subscription)
        before = _standing(subscription)
        subscription.version += 1
        told = await steps[step](tx, subscription, operation, on)
        audit.note(tx, operation, before=before, after={**_standing(subscription), **told})

    async def _renew(self, tx: Transaction, subscription: Subscription, operation: Operation, on: date) -> Json:
        """The next period from the anchor, with the total that waited for it, paid as far as the card will."""
        price = self._price(tx, subscription)
        released = await _scheduled_total(tx, subscription, operation)
        subscription.period_number += 1
        due = await dues.ask_for(tx, subscription, operation, price)
        number = subscription.period_number - subscription.anchor_period + 1
        fresh = period(subscription.anchor, subscription.term, number)
        subscription.period_start, subscription.period_end = fresh.start, fresh.end
        _fulfil(tx, operation, subscription, subscription.total, fresh.start)
        await self._collect(tx, subscription, operation, due.charge)
        line = invoices.Line(due.charge, fresh.start, fresh.end)
        invoice = await invoices.issue(tx, subscription.purchaser_id, operation, line, *due.lines)
        return {"on": on.isoformat(), "released": released, "invoice": invoice}

    async def _charge_again(self, tx: Transaction, subscription: Subscription, operation: Operation, on: date) -> Json:
        """The card once more; on the last day on which that is done it ends instead."""
        charge = await dues.unpaid(tx, subscription)
        await self._collect(tx, subscription, operation, charge)
        if subscription.unpaid and subscription.retry_on is None:
            given_up = self._terms.given_up_on(local_day(charge.at, tx.zone))
            await self._end(tx, subscription, operation, given_up)
        return {"on": on.isoformat()}

    async def _collect(self, tx: Transaction, subscription: Subscription, operation: Operation, charge: Charge) -> None:
        asked, amount = local_day(charge.at, tx.zone), dues.open_part(charge)
        what = {"amount": amount.amount, "currency": amount.currency, "total": subscription.total}
        try:
            await dues.collect(tx, self._gateway, subscription, charge)
        except Refused as refused:
            subscription.unpaid, subscription.retry_on = True, self._terms.retry_on(asked, tx.today)
            if again := subscription.retry_on:
                what |= {"again": again.isoformat(), "until": self._terms.given_up_on(asked).isoformat()}
                if not await is_quiet(tx, subscription.purchaser_id, "charge_failed"):
                    _tell_purchaser(tx, operation, subscription, "charge_failed", what | refused.values)
            return
        subscription.unpaid, subscription.retry_on = False, None
        if amount:
            method = await billing.method_of(tx, subscription)
            what |= {"brand": method.brand, "last_four": method.last_four}
        what |= {"assigned": subscription.assigned, "on": subscription.period_end.isoformat()}
        _tell_purchaser(tx, operation, subscription, "renewed", what)

    async def _expire(self, tx: Transaction, subscription: Subscription, operation: Operation, on: date) -> Json:
        """The end of what is not renewed: everybody can still use it, and it can be brought back."""
        await self._end(tx, subscription, operation, on)
        return {"on": on.isoformat()}

    async def _end(self, tx: Transaction, subscription: Subscription, operation: Operation, on: date) -> None:
        subscription.status, subscription.status_since, subscription.retry_on = Status.EXPIRED, on, None
        await scheduled.drop(tx, subscription.id)
        _fulfil(tx, operation, subscription, 0, on)
        until = self._terms.data_until(on, at_once=False, trial=subscription.trial)
        what = {"on": on.isoformat(), "until": until.isoformat(), "stops": (on + self._terms.expired_for).isoformat()}
        why = {"unpaid": subscription.unpaid, "trial": subscription.trial}
        _tell_purchaser(tx, operation, subscription, "subscription_expired", what | why)

    async def _disable(self, tx: Transaction, subscription: Subscription, operation: Operation, on: date) -> Json:
        """Nobody can use it any more; it can still be brought back, with everybody's license."""
        subscription.status, subscription.status_since = Status.DISABLED, on
        until = (on + self._terms.disabled_for).isoformat()
        what = {"subscription": subscription.id, "on": on.isoformat()}
        _fulfil(tx, operation, subscription, 0, on)
        whole = {"on": on.isoformat(), "until": until, "unpaid": subscription.unpaid}
        _tell_purchaser(tx, operation, subscription, "subscription_disabled", whole)
        holding = [each.person.id for each in await assignments.holders(tx, subscription.id)]
        others = (person for person in holding if person != subscription.purchaser_id)
        await outbox.tell(tx, operation, "license_ended", others, what)
        return {"on": on.isoformat()}

    async def _delete(self, tx: Transaction, subscription: Subscription, operation: Operation, on: date) -> Json:
        """Nothing brings it back."""
        await assignments.release_all(tx, subscription.id)
        subscription.assigned, subscription.status, subscription.status_since = 0, Status.DELETED, on
        _fulfil(tx, operation, subscription, 0, on)
        _tell_purchaser(tx, operation, subscription, "subscription_deleted", {"on": on.isoformat()})
        return {"on": on.isoformat()}

    def _price(self, tx: Transaction, subscription: Subscription) -> Money:
        return self._catalog.product(subscription.product_id).price(subscription.term, tx.currency)

    def _sold(self, tx: Transaction, subscription: Subscription) -> bool:
        try:
            self._price(tx, subscription)
        except Refused:
            return False
        return True


async def _scheduled_total(tx: Transaction, subscription: Subscription, operation: Operation) -> list[str]:
    """The total becomes the one that waited; who lost a license with it, who are told so."""
    change = await tx.session.get(ScheduledTotal, (tx.tenant, subscription.id))
    if change is None:
        return []
    by = await tx.session.get_one(Operation, (tx.tenant, change.operation_id))
    operation.parameters = {"scheduled_by": by.id}
    total, on = change.total, change.effective_on
    released = sorted(await scheduled.drop(tx, subscription.id))
    await assignments.release(tx, subscription.id, released)
    billing.enter(tx, operation, delta=total - subscription.total, total_after=total)
    subscription.assigned -= len(released)
    subscription.total = total
    what = {"subscription": subscription.id, "on": on.isoformat(), "by": by.person_id}
    await outbox.tell(tx, operation, "license_given_up", released, what)
    return released


def _standing(subscription: Subscription) -> dict[str, Any]:
    return {
        "status": subscription.status.value,
        "total": subscription.total,
        "assigned": subscription.assigned,
        "period": subscription.period_number,
        "unpaid": subscription.unpaid,
    }


def _fulfil(tx: Transaction, operation: Operation, subscription: Subscription, total: int, on: date) -> None:
    what = {"subscription": subscription.id, "total": total, "on": on.isoformat()}
    outbox.post(tx, operation, outbox.FULFIL, outbox.MICROSOFT, what)


def _tell_purchaser(tx: Transaction, operation: Operation, subscription: Subscription, kind: str, what: Json) -> None:
    outbox.post(tx, operation, kind, subscription.purchaser_id, {"subscription": subscription.id, **what})
