"""The books: what is charged, credited and refunded for a change, with its ledger entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select

from storage.errors import Refused
from storage.invoices import Line
from storage.models import Charge, Credit, LedgerEntry, LineKind, PaymentMethod
from storage.money import Money
from storage.payments import Declined
from storage.terms import Period, local_day, local_midnight
from storage.transaction import new_id

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from storage.models import Operation, Subscription
    from storage.payments import Gateway
    from storage.transaction import Transaction


def enter(tx: Transaction, operation: Operation, *, delta: int, total_after: int) -> None:
    """Writes into the ledger that the operation changed the total by `delta`."""
    tx.session.add(
        LedgerEntry(
            tenant=tx.tenant,
            operation_id=operation.id,
            subscription_id=operation.subscription_id,
            delta=delta,
            total_after=total_after,
            at=tx.now,
        )
    )


async def changes_since(tx: Transaction, subscription: Subscription, since: datetime) -> list[tuple[datetime, int]]:
    """When the total changed after `since`, and by how much; oldest first."""
    entries = await tx.session.scalars(
        select(LedgerEntry)
        .where(
            LedgerEntry.tenant == tx.tenant,
            LedgerEntry.subscription_id == subscription.id,
            LedgerEntry.at > since,
        )
        .order_by(LedgerEntry.at)
    )
    return [(entry.at, entry.delta) for entry in _one_after_the_other(list(entries), subscription.total)]


def _one_after_the_other(entries: list[LedgerEntry], total: int) -> list[LedgerEntry]:
    """The entries so that each begins where the one before it ended, the last with `total`.

    Their instants alone do not tell: two can be equal, and two processes' clocks differ.
    """
    ordered: list[LedgerEntry] = []
    while entries:
        last = next((entry for entry in reversed(entries) if entry.total_after == total), entries[-1])
        entries.remove(last)
        ordered.insert(0, last)
        total -= last.delta
    return ordered


async def began(tx: Transaction, subscription: Subscription) -> datetime:
    """When the period under way was bought: the purchase, a reactivation, or the local midnight of its renewal."""
    if subscription.period_number == 1:
        return subscription.purchased_at
    if subscription.period_number > subscription.anchor_period:
        return local_midnight(subscription.period_start, tx.zone)
    paid = select(Charge.at).where(_of_this_period(tx, subscription, Charge), Charge.kind == LineKind.RENEW)
    return (await tx.session.scalars(paid)).one()


async def open_credits(tx: Transaction, subscription: Subscription) -> Money:
    """What the subscription's next invoice has set against it."""
    owed = await tx.session.scalar(
        select(func.sum(Credit.remaining)).where(
            Credit.tenant == tx.tenant,
            Credit.subscription_id == subscription.id,
            Credit.currency == tx.currency,
        )
    )
    return Money(int(owed or 0), tx.currency)


async def refundable(tx: Transaction, subscription: Subscription) -> Money:
    """What was paid for the period under way and has not been given back."""
    paid = await tx.session.scalar(
        select(func.sum(Charge.captured - Charge.refunded)).where(_of_this_period(tx, subscription, Charge))
    )
    return Money(int(paid or 0), tx.currency)


async def unused(tx: Transaction, subscription: Subscription) -> Money:
    """What was paid for the days left of the period under way, whatever a license costs by now.

    Each charge, and against it each credit, covers the days from its own to the end of the period, and counts for
    those that are left.
    """
    nothing = Money(0, tx.currency)
    charges = await tx.session.scalars(select(Charge).where(_of_this_period(tx, subscription, Charge)))
    back = await tx.session.scalars(select(Credit).where(_of_this_period(tx, subscription, Credit)))
    paid = sum((_for_the_rest(tx, subscription, each, each.captured) for each in charges), nothing)
    given_back = sum((_for_the_rest(tx, subscription, each, each.amount) for each in back), nothing)
    rest = max(paid.amount - given_back.amount, 0)
    return Money(min(rest, (await refundable(tx, subscription)).amount), tx.currency)


def _for_the_rest(tx: Transaction, subscription: Subscription, entry: Charge | Credit, amount: int) -> Money:
    whole = entry.kind in (LineKind.PURCHASE, LineKind.RENEW)
    start = subscription.period_start if whole else local_day(entry.at, tx.zone)
    covered = Period(subscription.period_number, start, subscription.period_end)
    return Money(amount, tx.currency).share(covered.days_left(tx.today), covered.days)


async def charge(
    tx: Transaction,
    gateway: Gateway,
    subscription: Subscription,
    operation: Operation,
    amount: Money,
    kind: LineKind = LineKind.ADD_QUANTITY,
) -> Charge:
    """Takes the amount; raises Refused("payment_declined") with brand and last four, or "no_payment_method".

    The sandbox answers at once. A provider that has to ask a bank needs two operations, place and settle,
    so that no row stays locked meanwhile (design: record.md).
    """
    method = await _method(tx, subscription)
    try:
        await gateway.charge(method.gateway_token, amount, operation.id)
    except Declined:
        raise Refused("payment_declined", brand=method.brand, last_four=method.last_four) from None
    row = Charge(
        tenant=tx.tenant,
        id=new_id(),
        operation_id=operation.id,
        subscription_id=subscription.id,
        payment_method_id=method.id,
        kind=kind,
        period_number=subscription.period_number,
        currency=amount.currency,
        amount=amount.amount,
        captured=amount.amount,
        at=tx.now,
    )
    tx.session.add(row)
    return row


async def credit(tx: Transaction, subscription: Subscription, operation: Operation, amount: Money) -> None:
    """Owes the amount until the next invoice; raises Refused("nothing_to_credit") if less was ever paid."""
    row = await _give_back(tx, subscription, operation, amount, LineKind.REMOVE_QUANTITY)
    row.remaining = row.amount


async def settle(
    tx: Transaction, subscription: Subscription, operation: Operation, amount: Money, price: Money
) -> list[Line]:
    """Enters that `amount` of this period's charges goes back, and with it every credit that is still owed.

    Returns the lines of the credit note, none where nothing goes back. `price` is that of one license for one period.
    Raises Refused("nothing_to_credit") if less was ever paid.
    """
    lines = await _pay_out(tx, subscription, price)
    if amount:
        row = await _give_back(tx, subscription, operation, amount, LineKind.CANCEL)
        lines.insert(0, Line(row, subscription.total, price, tx.today, subscription.period_end, row.amount))
    return lines


async def refund(tx: Transaction, gateway: Gateway, subscription: Subscription, amount: Money) -> None:
    """Gives `amount` back to the card; raises Refused("refund_declined") with brand and last four.

    Call it after everything else: no rollback takes it back. A period's money goes back once, so that whoever comes
    again after a failure, with another operation even, is not paid twice.
    """
    method = await _method(tx, subscription)
    await tx.session.flush()
    try:
        await gateway.refund(method.gateway_token, amount, f"{subscription.id}:{subscription.period_number}")
    except Declined:
        raise Refused("refund_declined", brand=method.brand, last_four=method.last_four) from None


async def _give_back(
    tx: Transaction, subscription: Subscription, operation: Operation, amount: Money, kind: LineKind
) -> Credit:
    left = amount.amount
    charges = await tx.session.scalars(
        select(Charge).where(_of_this_period(tx, subscription, Charge)).order_by(Charge.at.desc(), Charge.id)
    )
    for paid in charges:
        part = min(left, paid.captured - paid.refunded)
        paid.refunded += part
        left -= part
    if left:
        raise Refused("nothing_to_credit")
    row = Credit(
        tenant=tx.tenant,
        id=new_id(),
        operation_id=operation.id,
        subscription_id=subscription.id,
        kind=kind,
        period_number=subscription.period_number,
        currency=amount.currency,
        amount=amount.amount,
        remaining=0,
        at=tx.now,
    )
    tx.session.add(row)
    return row


async def _pay_out(tx: Transaction, subscription: Subscription, price: Money) -> list[Line]:
    """A line for each credit that waited for an invoice which will not come."""
    same = and_(LedgerEntry.tenant == Credit.tenant, LedgerEntry.operation_id == Credit.operation_id)
    owed = await tx.session.execute(
        select(Credit, LedgerEntry.delta)
        .join(LedgerEntry, same)
        .where(Credit.tenant == tx.tenant, Credit.subscription_id == subscription.id, Credit.remaining > 0)
        .order_by(Credit.at, Credit.id)
    )
    lines = []
    for row, delta in owed:
        start = local_day(row.at, tx.zone)
        lines.append(Line(row, -delta, price, start, subscription.period_end, row.remaining))
        row.remaining = 0
    return lines


async def _method(tx: Transaction, subscription: Subscription) -> PaymentMethod:
    if subscription.payment_method_id is None:
        raise Refused("no_payment_method")
    return await tx.session.get_one(PaymentMethod, (tx.tenant, subscription.payment_method_id))


def _of_this_period(tx: Transaction, subscription: Subscription, table: type[Charge | Credit]) -> ColumnElement[bool]:
    return (
        (table.tenant == tx.tenant)
        & (table.subscription_id == subscription.id)
        & (table.period_number == subscription.period_number)
        & (table.currency == tx.currency)
    )
