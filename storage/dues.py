"""What a period costs once it begins: asked for with what is owed set against it, and collected, at once or later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from storage import billing, invoices
from storage.crashpoints import CrashPoint, crashpoint
from storage.errors import Refused
from storage.models import Charge, LineKind
from storage.money import Money
from storage.payments import Declined
from storage.transaction import new_id

if TYPE_CHECKING:
    from storage.models import Operation, Subscription
    from storage.payments import Gateway
    from storage.transaction import Transaction


@dataclass(frozen=True)
class Due:
    """The charge of a period that has begun, and the lines of its invoice with the credits that pay a part of it."""

    charge: Charge
    lines: list[invoices.Line]


def open_part(charge: Charge) -> Money:
    """What of a charge is not paid."""
    return Money(charge.amount - charge.captured, charge.currency)


async def ask_for(tx: Transaction, subscription: Subscription, operation: Operation, price: Money) -> Due:
    """Enters the charge of the subscription's next period, of which credits may pay a part; no card is charged yet.

    Call it with the total of the new period, and its number, while its days are still those of the old one.
    """
    whole = price * subscription.total
    credited = await billing.set_against(tx, subscription, whole)
    charge = Charge(
        tenant=tx.tenant,
        id=new_id(),
        operation_id=operation.id,
        subscription_id=subscription.id,
        payment_method_id=subscription.payment_method_id,
        kind=LineKind.RENEW,
        period_number=subscription.period_number,
        currency=whole.currency,
        licenses=subscription.total,
        unit_price=price.amount,
        amount=whole.amount,
        captured=sum(line.credited for line in credited),
        at=tx.now,
    )
    tx.session.add(charge)
    return Due(charge, credited)


async def unpaid(tx: Transaction, subscription: Subscription) -> Charge:
    """The charge that `subscription.unpaid` speaks of: there is at most one, since what is unpaid does not renew."""
    these = (Charge.tenant == tx.tenant, Charge.subscription_id == subscription.id, Charge.captured < Charge.amount)
    in_period = Charge.period_number == subscription.period_number
    return (await tx.session.scalars(select(Charge).where(*these, in_period))).one()


async def collect(tx: Transaction, gateway: Gateway, subscription: Subscription, charge: Charge) -> None:
    """Takes what is open of the charge; raises Refused("payment_declined") with brand and last four, or
    "no_payment_method".

    Whoever asks, the worker again or a person, after whichever crash: the provider takes a period's money once, since
    its key is the subscription and the period.
    """
    if not (due := open_part(charge)):
        return
    method = await billing.method_of(tx, subscription)
    await tx.session.flush()
    try:
        await gateway.charge(method.gateway_token, due, f"{subscription.id}:{charge.period_number}")
    except Declined:
        raise Refused("payment_declined", brand=method.brand, last_four=method.last_four) from None
    crashpoint(CrashPoint.AFTER_CHARGE)
    charge.captured, charge.payment_method_id = charge.amount, method.id
