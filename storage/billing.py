"""The books: what is charged, credited and refunded for a change, with its ledger entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from storage.errors import Refused
from storage.invoices import Line
from storage.models import Charge, Credit, LedgerEntry, LineKind, PaymentMethod
from storage.money import Money
from storage.payments import Declined
from storage.terms import Period, local_day, local_midnight, prorated
from storage.transaction import new_id

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from storage.models import Operation, Subscription
    from storage.payments import Gateway
    from storage.transaction import Transaction


@dataclass(frozen=True)
class Sold:
    """So many licenses, at this price for a whole period each, and what they cost for the days that are left."""

    licenses: int
    price: Money
    amount: Money
    kind: LineKind = LineKind.ADD_QUANTITY


@dataclass(frozen=True)
class Return:
    """Licenses of one charge that are given back, and what they are worth, in minor units."""

    charge: Charge
    licenses: int
    amount: int

    @property
    def unpaid(self) -> int:
        """What of the charge was asked for and not paid."""
        return self.charge.amount - self.charge.captured

    @property
    def waived(self) -> int:
        """How much of the worth was never paid, and need not be any more."""
        return min(self.amount, self.unpaid)


@dataclass(frozen=True)
class Ending:
    """What it comes to when the period under way ends today."""

    refund: Money
    waived: Money  # what was never paid, and need not be any more
    still_open: Money  # what was used and never paid, which is owed


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
    paid = select(Charge.at).where(_of_this_period(tx, subscription), Charge.kind == LineKind.RENEW)
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


async def returns(tx: Transaction, subscription: Subscription, licenses: int, days_left: int) -> list[Return]:
    """What was charged for the days left of so many licenses, the newest first, whatever a license costs by now.

    The part of each charge is rounded once, half up, and never more than is left of the charge.
    """
    under_way = Period(subscription.period_number, subscription.period_start, subscription.period_end)
    charges = await tx.session.scalars(
        select(Charge).where(_of_this_period(tx, subscription)).order_by(Charge.at.desc(), Charge.id)
    )
    found = []
    for charge in charges:
        part = min(licenses, charge.licenses - charge.returned)
        licenses -= part
        if part:
            worth = prorated(Money(charge.unit_price, charge.currency), part, days_left, under_way.days)
            found.append(Return(charge, part, min(worth.amount, charge.amount - charge.refunded)))
    return found


async def ending(tx: Transaction, subscription: Subscription) -> Ending:
    """For the days left of the period under way what was paid goes back, and what is unpaid need not be paid.

    What is unpaid of the days before stays owed: a cancellation deducts them (Microsoft, "Cancel your subscription").
    """
    given_back = await _everything(tx, subscription)
    waived = Money(sum(each.waived for each in given_back), tx.currency)
    unpaid = Money(sum(each.unpaid for each in given_back), tx.currency)
    paid = worth(tx, given_back) - waived
    return Ending(paid + await open_credits(tx, subscription), waived, unpaid - waived)


def worth(tx: Transaction, given_back: list[Return]) -> Money:
    """What they come to together."""
    return Money(sum(each.amount for each in given_back), tx.currency)


async def _everything(tx: Transaction, subscription: Subscription) -> list[Return]:
    return await returns(tx, subscription, subscription.total, (subscription.period_end - tx.today).days)


async def charge(
    tx: Transaction,
    gateway: Gateway,
    subscription: Subscription,
    operation: Operation,
    sold: Sold,
) -> Charge:
    """Takes the amount; raises Refused("payment_declined") with brand and last four, or "no_payment_method".

    The sandbox answers at once. A provider that has to ask a bank needs two operations, place and settle,
    so that no row stays locked meanwhile (design: record.md).
    """
    method = await method_of(tx, subscription)
    try:
        await gateway.charge(method.gateway_token, sold.amount, operation.id)
    except Declined:
        raise Refused("payment_declined", brand=method.brand, last_four=method.last_four) from None
    row = Charge(
        tenant=tx.tenant,
        id=new_id(),
        operation_id=operation.id,
        subscription_id=subscription.id,
        payment_method_id=method.id,
        kind=sold.kind,
        period_number=subscription.period_number,
        currency=sold.amount.currency,
        licenses=sold.licenses,
        unit_price=sold.price.amount,
        amount=sold.amount.amount,
        captured=sold.amount.amount,
        at=tx.now,
    )
    tx.session.add(row)
    return row


def credit(tx: Transaction, operation: Operation, given_back: list[Return]) -> None:
    """Owes what was paid for these licenses until the next invoice."""
    for row in _give_back(tx, operation, given_back, LineKind.REMOVE_QUANTITY):
        row.remaining = row.amount


async def settle(tx: Transaction, subscription: Subscription, operation: Operation) -> list[Line]:
    """Enters that the days left are given back, as `ending` says, and with them every credit that is still owed.

    Returns the lines of the credit note, none where nothing goes back.
    """
    waiting = await set_against(tx, subscription, await open_credits(tx, subscription))
    back = _give_back(tx, operation, await _everything(tx, subscription), LineKind.CANCEL)
    return [*(Line(row, tx.today, subscription.period_end, row.amount) for row in back), *waiting]


async def refund(tx: Transaction, gateway: Gateway, subscription: Subscription, amount: Money) -> None:
    """Gives `amount` back to the card; raises Refused("refund_declined") with brand and last four.

    Call it after everything else: no rollback takes it back. A period's money goes back once, so that whoever comes
    again after a failure, with another operation even, is not paid twice.
    """
    method = await method_of(tx, subscription)
    await tx.session.flush()
    try:
        await gateway.refund(method.gateway_token, amount, f"{subscription.id}:{subscription.period_number}")
    except Declined:
        raise Refused("refund_declined", brand=method.brand, last_four=method.last_four) from None


def _give_back(tx: Transaction, operation: Operation, given_back: list[Return], kind: LineKind) -> list[Credit]:
    """A credit for each charge that something goes back of."""
    for each in given_back:
        each.charge.captured += each.waived
        each.charge.returned += each.licenses
        each.charge.refunded += each.amount
    rows = [_credit(tx, operation, each, kind) for each in given_back if each.amount]
    tx.session.add_all(rows)
    return rows


def _credit(tx: Transaction, operation: Operation, given_back: Return, kind: LineKind) -> Credit:
    charge = given_back.charge
    return Credit(
        tenant=tx.tenant,
        id=new_id(),
        operation_id=operation.id,
        subscription_id=charge.subscription_id,
        kind=kind,
        period_number=charge.period_number,
        currency=charge.currency,
        licenses=given_back.licenses,
        unit_price=charge.unit_price,
        amount=given_back.amount,
        remaining=0,
        at=tx.now,
    )


async def set_against(tx: Transaction, subscription: Subscription, amount: Money) -> list[Line]:
    """Uses up what is owed to the purchaser, the oldest first and no more than `amount`: a line for each credit."""
    owed = await tx.session.scalars(
        select(Credit)
        .where(
            Credit.tenant == tx.tenant,
            Credit.subscription_id == subscription.id,
            Credit.currency == tx.currency,
            Credit.remaining > 0,
        )
        .order_by(Credit.at, Credit.id)
    )
    lines, left = [], amount.amount
    for row in owed:
        used = min(row.remaining, left)
        left -= used
        if used:
            lines.append(Line(row, local_day(row.at, tx.zone), subscription.period_end, used))
            row.remaining -= used
    return lines


async def method_of(tx: Transaction, subscription: Subscription) -> PaymentMethod:
    """How the subscription is paid; raises Refused("no_payment_method")."""
    if subscription.payment_method_id is None:
        raise Refused("no_payment_method")
    return await tx.session.get_one(PaymentMethod, (tx.tenant, subscription.payment_method_id))


def _of_this_period(tx: Transaction, subscription: Subscription) -> ColumnElement[bool]:
    return (
        (Charge.tenant == tx.tenant)
        & (Charge.subscription_id == subscription.id)
        & (Charge.period_number == subscription.period_number)
        & (Charge.currency == tx.currency)
    )
