"""Invoices: a charge made at once has one of its own, numbered without gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import update

from storage.models import Charge, Invoice, InvoiceLine, Organisation
from storage.transaction import new_id

if TYPE_CHECKING:
    from datetime import date

    from storage.money import Money
    from storage.transaction import Transaction


@dataclass(frozen=True)
class Line:
    """What a charge is for: so many licenses, their price for a whole period, and the days that are paid."""

    charge: Charge
    quantity: int
    unit_price: Money
    start: date
    end: date


async def issue(tx: Transaction, payer: str, line: Line) -> str:
    """Issues the invoice of one charge and returns its number.

    Call it last: the number is the one thing all of a tenant's purchases wait for one another for.
    """
    charge = line.charge
    invoice = Invoice(
        tenant=tx.tenant,
        id=new_id(),
        sequence=await _next_number(tx),
        person_id=payer,
        operation_id=charge.operation_id,
        currency=charge.currency,
        subtotal=charge.amount,
        tax=0,
        total=charge.amount,
        issued_at=tx.now,
    )
    tx.session.add(invoice)
    await tx.session.flush()
    tx.session.add(_row(invoice, line))
    return invoice.number


def _row(invoice: Invoice, line: Line) -> InvoiceLine:
    return InvoiceLine(
        tenant=invoice.tenant,
        invoice_id=invoice.id,
        position=1,
        kind=line.charge.kind,
        subscription_id=line.charge.subscription_id,
        charge_id=line.charge.id,
        quantity=line.quantity,
        unit_price=line.unit_price.amount,
        amount=line.charge.amount,
        period_start=line.start,
        period_end=line.end,
    )


async def _next_number(tx: Transaction) -> int:
    await tx.session.flush()
    return (
        await tx.session.execute(
            update(Organisation)
            .where(Organisation.tenant == tx.tenant)
            .values(invoice_counter=Organisation.invoice_counter + 1)
            .returning(Organisation.invoice_counter)
            .execution_options(synchronize_session=False)
        )
    ).scalar_one()
