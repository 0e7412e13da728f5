"""Invoices and credit notes: what is charged or refunded at once has one of its own, numbered without gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import update

from storage.models import BillingProfile, Charge, Credit, Invoice, InvoiceLine, Organisation
from storage.transaction import new_id

if TYPE_CHECKING:
    from datetime import date

    from storage.models import Operation
    from storage.transaction import Transaction


@dataclass(frozen=True)
class Line:
    """A charge or a credit, and the days it covers."""

    entry: Charge | Credit
    start: date
    end: date
    credited: int = 0  # how much of a credit this line uses up, in minor units

    @property
    def amount(self) -> int:
        """In minor units; below zero for a credit."""
        return self.entry.amount if isinstance(self.entry, Charge) else -self.credited


async def issue(tx: Transaction, payer: str, operation: Operation, *lines: Line) -> str | None:
    """Issues one invoice, or with credits alone a credit note, and returns its number; none in a rehearsal.

    Call it last: the number is the one thing all of a tenant's purchases wait for one another for.
    """
    if tx.rehearsed:
        return None
    total = sum(line.amount for line in lines)
    profile = await tx.session.get(BillingProfile, (tx.tenant, payer))
    invoice = Invoice(
        tenant=tx.tenant,
        id=new_id(),
        sequence=await _next_number(tx),
        person_id=payer,
        operation_id=operation.id,
        currency=lines[0].entry.currency,
        subtotal=total,
        tax=0,
        total=total,
        issued_at=tx.now,
        made_out_to=profile.name if profile else None,
        billing_address=profile.address if profile else None,
    )
    tx.session.add(invoice)
    await tx.session.flush()
    tx.session.add_all(_row(invoice, position, line) for position, line in enumerate(lines, 1))
    return invoice.number


def _row(invoice: Invoice, position: int, line: Line) -> InvoiceLine:
    entry = line.entry
    return InvoiceLine(
        tenant=invoice.tenant,
        invoice_id=invoice.id,
        position=position,
        kind=entry.kind,
        subscription_id=entry.subscription_id,
        charge_id=entry.id if isinstance(entry, Charge) else None,
        credit_id=entry.id if isinstance(entry, Credit) else None,
        quantity=entry.licenses,
        unit_price=entry.unit_price,
        amount=line.amount,
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
