"""The books of what Contoso has bought: every row that a real purchase would have left."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from storage.actions import ActionName, Unasked
from storage.demo.company import TENANT, Given, person_id
from storage.models import (
    Assignment,
    AuditEntry,
    Charge,
    Grant,
    Invoice,
    InvoiceLine,
    LedgerEntry,
    LineKind,
    Operation,
    OutboxMessage,
    Row,
    ScheduledTotal,
    Subscription,
)
from storage.outbox import FULFIL, MICROSOFT
from storage.terms import Terms
from storage.views import Delivery, OperationStatus, Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from storage.demo.sales import Entry, Sale, Shop

ACTIONS = {
    LineKind.PURCHASE: ActionName.BUY,
    LineKind.ADD_QUANTITY: ActionName.CHANGE_TOTAL,
    LineKind.RENEW: Unasked.RENEWED,
}


def books(shop: Shop) -> Iterator[Row]:
    """All rows about subscriptions; they keep every invariant of the record."""
    sales = shop.sales()
    entries = sorted((entry for sale in sales for entry in shop.entries(sale)), key=lambda entry: entry.at)
    for sale in sales:
        yield _subscription(sale, shop.today)
        yield from _shared(sale)
        yield from _assignments(sale, shop.now)
        yield from _scheduled(sale, shop.now)
    for sequence, entry in enumerate(entries, 1):
        yield from _bookkeeping(entry, sequence)


def _shared(sale: Sale) -> Iterator[Row]:
    if team := sale.given.get("shared_with"):
        yield Grant(
            tenant=TENANT,
            id=token_urlsafe(16),
            subscription_id=sale.id,
            team_id=team,
            granted_at=sale.purchased_at,
        )


def _assignments(sale: Sale, now: datetime) -> Iterator[Row]:
    idle: dict[str, int] = sale.given.get("idle", {})
    for number in sale.given["holders"]:
        days = idle.get(str(number), number * 5 % 13)
        yield Assignment(
            tenant=TENANT,
            id=token_urlsafe(16),
            subscription_id=sale.id,
            person_id=person_id(number),
            assigned_at=sale.purchased_at,
            last_used_at=max(sale.purchased_at, now - timedelta(days=days, minutes=number)),
        )


def _scheduled(sale: Sale, now: datetime) -> Iterator[Row]:
    if (total := sale.given.get("reduced_to")) is None:
        return
    operation = _operation(sale, ActionName.CHANGE_TOTAL, now - timedelta(days=2), {"to": total})
    yield operation
    yield _audit(operation, {"total": sale.total}, {"total": sale.total, "scheduled": total})
    yield _fulfilment(operation, total, sale.period.end)
    yield ScheduledTotal(
        tenant=TENANT,
        subscription_id=sale.id,
        total=total,
        effective_on=sale.period.end,
        releases=[],
        operation_id=operation.id,
    )


def _subscription(sale: Sale, today: date) -> Row:
    return Subscription(
        tenant=TENANT,
        id=sale.id,
        product_id=sale.product_id,
        purchaser_id=sale.purchaser,
        total=sale.total,
        assigned=len(sale.given["holders"]),
        term=sale.term,
        recurring=not sale.ended,
        status=Status.EXPIRED if sale.ended else Status.ACTIVE,
        status_since=sale.period.end if sale.ended else None,
        unpaid=sale.failing,
        retry_on=Terms().retry_on(sale.period.start, today) if sale.failing else None,
        purchased_at=sale.purchased_at,
        anchor=sale.anchor,
        period_number=sale.period.number,
        period_start=sale.period.start,
        period_end=sale.period.end,
        payment_method_id=sale.given["card"],
    )


def _bookkeeping(entry: Entry, sequence: int) -> Iterator[Row]:
    operation = _operation(entry.sale, ACTIONS[entry.kind], entry.at, {"by": entry.delta})
    yield operation
    before = {"total": entry.total_after - entry.delta}
    yield _audit(operation, before, {"total": entry.total_after})
    if entry.delta:
        yield _ledger(entry, operation)
        yield _fulfilment(operation, entry.total_after, entry.since)
    charge = _charge(entry, operation)
    yield charge
    yield from _invoice(entry, charge, sequence)


def _ledger(entry: Entry, operation: Operation) -> Row:
    return LedgerEntry(
        tenant=TENANT,
        operation_id=operation.id,
        subscription_id=entry.sale.id,
        delta=entry.delta,
        total_after=entry.total_after,
        at=entry.at,
    )


def _fulfilment(operation: Operation, total: int, on: date) -> Row:
    return OutboxMessage(
        tenant=TENANT,
        id=token_urlsafe(16),
        operation_id=operation.id,
        kind=FULFIL,
        recipient=MICROSOFT,
        payload={"subscription": operation.subscription_id, "total": total, "on": on.isoformat()},
        created_at=operation.drawn_at,
        status=Delivery.SENT,
        sent_at=operation.drawn_at,
    )


def _operation(sale: Sale, action: str, at: datetime, parameters: Given) -> Operation:
    return Operation(
        tenant=TENANT,
        id=token_urlsafe(16),
        person_id=sale.purchaser,
        action=action,
        subscription_id=sale.id,
        subscription_version=1,
        parameters=parameters,
        quote={},
        status=OperationStatus.DONE,
        answer={},
        drawn_at=at,
        expires_at=at,
        ended_at=at,
    )


def _audit(operation: Operation, before: Given, after: Given) -> Row:
    return AuditEntry(
        tenant=TENANT,
        id=token_urlsafe(16),
        operation_id=operation.id,
        person_id=operation.person_id,
        action=operation.action,
        subscription_id=operation.subscription_id,
        before=before,
        after=after,
        at=operation.ended_at,
    )


def _charge(entry: Entry, operation: Operation) -> Charge:
    return Charge(
        tenant=TENANT,
        id=token_urlsafe(16),
        operation_id=operation.id,
        subscription_id=entry.sale.id,
        payment_method_id=entry.sale.given["card"],
        kind=entry.kind,
        period_number=entry.period.number,
        currency=entry.amount.currency,
        licenses=entry.licenses,
        unit_price=entry.sale.price.amount,
        amount=entry.amount.amount,
        captured=entry.captured,
        at=entry.at,
    )


def _invoice(entry: Entry, charge: Charge, sequence: int) -> Iterator[Row]:
    invoice_id = token_urlsafe(16)
    yield Invoice(
        tenant=TENANT,
        id=invoice_id,
        sequence=sequence,
        person_id=entry.sale.purchaser,
        operation_id=charge.operation_id,
        currency=charge.currency,
        subtotal=charge.amount,
        tax=0,
        total=charge.amount,
        issued_at=entry.at,
    )
    yield InvoiceLine(
        tenant=TENANT,
        invoice_id=invoice_id,
        position=1,
        kind=entry.kind,
        subscription_id=entry.sale.id,
        charge_id=charge.id,
        quantity=charge.licenses,
        unit_price=charge.unit_price,
        amount=charge.amount,
        period_start=entry.since,
        period_end=entry.period.end,
    )
