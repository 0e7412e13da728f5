"""What somebody was billed, line by line, and the change behind each line: what an explanation is made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from storage.actions import ActionName, Unasked
from storage.models import Charge, Credit, Invoice, InvoiceLine, LedgerEntry, Operation, Person, Subscription
from storage.money import Money
from storage.terms import local_day
from storage.views import OperationStatus

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy import ColumnElement

    from storage.models import LineKind
    from storage.transaction import Transaction


@dataclass(frozen=True)
class Change:
    """A change of a subscription: whose, and on which day; for licenses by how many, and how many they are then."""

    by: str
    at: datetime
    on: date
    delta: int = 0
    total_after: int = 0


@dataclass(frozen=True)
class Billed:
    """A line of an invoice."""

    invoice: Invoice
    line: InvoiceLine
    product_id: str
    period_number: int
    change: Change

    @property
    def kind(self) -> LineKind:
        return self.line.kind

    @property
    def subscription(self) -> str:
        return self.line.subscription_id

    @property
    def amount(self) -> Money:
        return Money(self.line.amount, self.invoice.currency)

    @property
    def unit_price(self) -> Money:
        return Money(self.line.unit_price, self.invoice.currency)

    @property
    def days(self) -> int:
        """How many days it pays for, or gives back."""
        return (self.line.period_end - self.line.period_start).days


_Scheduling = aliased(Operation)  # the one that License Desk carries out by itself, on the day of the renewal


def _scheduled_it() -> ColumnElement[bool]:
    wanted = Operation.parameters["scheduled_by"].as_string()
    return and_(_Scheduling.tenant == Operation.tenant, _Scheduling.id == wanted)


def _did_it() -> ColumnElement[bool]:
    """Whose change an operation is: of what was scheduled, whoever scheduled it."""
    who = func.coalesce(Operation.person_id, _Scheduling.person_id)
    return and_(Person.tenant == Operation.tenant, Person.id == who)


async def billed(tx: Transaction) -> list[Billed]:
    """Every line of the actor's own invoices, the oldest first."""
    same = Invoice.tenant
    operation_id = func.coalesce(Charge.operation_id, Credit.operation_id)
    rows = await tx.session.execute(
        select(
            Invoice,
            InvoiceLine,
            Subscription.product_id,
            func.coalesce(Charge.period_number, Credit.period_number),
            Person.name,
            func.coalesce(Charge.at, Credit.at),
        )
        .join(InvoiceLine, and_(InvoiceLine.tenant == same, InvoiceLine.invoice_id == Invoice.id))
        .join(Subscription, and_(Subscription.tenant == same, Subscription.id == InvoiceLine.subscription_id))
        .outerjoin(Charge, and_(Charge.tenant == same, Charge.id == InvoiceLine.charge_id))
        .outerjoin(Credit, and_(Credit.tenant == same, Credit.id == InvoiceLine.credit_id))
        .join(Operation, and_(Operation.tenant == same, Operation.id == operation_id))
        .outerjoin(_Scheduling, _scheduled_it())
        .outerjoin(Person, _did_it())
        .where(same == tx.tenant, Invoice.person_id == tx.actor.person)
        .order_by(Invoice.sequence, InvoiceLine.position)
    )
    return [
        Billed(invoice, line, product_id, number, Change(by or "", at, local_day(at, tx.zone)))
        for invoice, line, product_id, number, by, at in rows
    ]


async def totals_changed(tx: Transaction, subscriptions: Iterable[str]) -> dict[str, list[Change]]:
    """What the ledger says of each of these subscriptions, in the order in which it happened."""
    same = LedgerEntry.tenant
    rows = await tx.session.execute(
        select(LedgerEntry, Person.name)
        .join(Operation, and_(Operation.tenant == same, Operation.id == LedgerEntry.operation_id))
        .outerjoin(_Scheduling, _scheduled_it())
        .outerjoin(Person, _did_it())
        .where(same == tx.tenant, LedgerEntry.subscription_id.in_(list(subscriptions)))
        .order_by(LedgerEntry.at)
    )
    found: dict[str, list[Change]] = {}
    for entry, by in rows:
        change = Change(by or "", entry.at, local_day(entry.at, tx.zone), entry.delta, entry.total_after)
        found.setdefault(entry.subscription_id, []).append(change)
    return {subscription: _one_after_the_other(changes) for subscription, changes in found.items()}


def _one_after_the_other(changes: list[Change]) -> list[Change]:
    """The changes so that each begins where the one before it ended: of two at one instant, totals tell the first."""
    ordered: list[Change] = []
    total = 0
    while changes:
        follows = next((each for each in changes if each.total_after - each.delta == total), changes[0])
        changes.remove(follows)
        ordered.append(follows)
        total = follows.total_after
    return ordered


async def ended(tx: Transaction, subscriptions: Iterable[str]) -> dict[str, Change]:
    """Those of these subscriptions that are not renewed any more, and the change that decided it."""
    same = Operation.tenant
    rows = await tx.session.execute(
        select(Operation, Person.name)
        .join(Subscription, and_(Subscription.tenant == same, Subscription.id == Operation.subscription_id))
        .outerjoin(_Scheduling, _scheduled_it())
        .outerjoin(Person, _did_it())
        .where(
            same == tx.tenant,
            Subscription.id.in_(list(subscriptions)),
            Operation.status == OperationStatus.DONE,
            or_(
                and_(Subscription.recurring.is_(False), Operation.action.in_((ActionName.CANCEL, ActionName.RENEW))),
                Operation.action == Unasked.EXPIRED,  # what was not paid ends without anybody's wish
            ),
        )
        .order_by(Operation.person_id.is_not(None), Operation.ended_at)  # the last one is kept
    )
    return {
        str(operation.subscription_id): Change(by or "", at, local_day(at, tx.zone))
        for operation, by in rows
        if (at := operation.ended_at)
    }
