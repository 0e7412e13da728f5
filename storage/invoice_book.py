"""The invoices that somebody pays, as that person reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, select

from storage.errors import Refused
from storage.invoice_views import InvoiceLineView, InvoiceStatus, InvoiceView
from storage.models import Charge, Invoice, InvoiceLine, Operation, PaymentMethod, Subscription
from storage.money import Money
from storage.payments import payment_method_view
from storage.people import person_view
from storage.terms import local_midnight
from storage.transaction import Transaction
from storage.views import BillingView, PaymentMethodView, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.catalog import Catalog
    from storage.clock import Clock
    from storage.database import Database
    from storage.models import Person
    from storage.models.columns import Json
    from storage.rights import Rights
    from storage.views import Actor

PREFIX = "G"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Invoices:
    """Reads invoices: whoever pays them sees them, nobody else. They are issued by storage/invoices.py."""

    _database: Database
    _clock: Clock
    _catalog: Catalog
    _rights: Rights

    async def between(self, actor: Actor, first: date | None = None, last: date | None = None) -> list[InvoiceView]:
        """The actor's own invoices issued from `first` to `last`, both days included; the newest first."""

        def issued(tx: Transaction) -> list[ColumnElement[bool]]:
            since = [Invoice.issued_at >= local_midnight(first, tx.zone)] if first else []
            until = [Invoice.issued_at < local_midnight(last + DAY, tx.zone)] if last else []
            return since + until

        return await self._own(actor, issued)

    async def numbered(self, actor: Actor, number: str) -> InvoiceView | None:
        """The actor's own invoice with this number; None for every other, as if it were not there."""
        digits = number.removeprefix(PREFIX)
        if not (number.startswith(PREFIX) and digits.isascii() and digits.isdecimal() and len(digits) == 9):
            return None
        found = await self._own(actor, lambda _: [Invoice.sequence == int(digits)])
        return found[0] if found else None

    async def _own(self, actor: Actor, which: Callable[[Transaction], list[ColumnElement[bool]]]) -> list[InvoiceView]:
        async def question(session: AsyncSession) -> list[InvoiceView]:
            try:
                tx = await Transaction.of(session, actor, self._clock.now())
                payer = await self._rights.member(tx)
            except Refused:
                return []
            return await self._views(tx, payer, (Invoice.person_id == payer.id, *which(tx)))

        return await self._database.read(question)

    async def _views(self, tx: Transaction, payer: Person, which: Iterable[ColumnElement[bool]]) -> list[InvoiceView]:
        same = Invoice.tenant
        rows = await tx.session.execute(
            select(Invoice, InvoiceLine, Subscription, Charge, PaymentMethod, Operation.quote)
            .join(InvoiceLine, and_(InvoiceLine.tenant == same, InvoiceLine.invoice_id == Invoice.id))
            .join(Subscription, and_(Subscription.tenant == same, Subscription.id == InvoiceLine.subscription_id))
            .join(Operation, and_(Operation.tenant == same, Operation.id == Invoice.operation_id))
            .outerjoin(Charge, and_(Charge.tenant == same, Charge.id == InvoiceLine.charge_id))
            .outerjoin(PaymentMethod, and_(PaymentMethod.tenant == same, PaymentMethod.id == Charge.payment_method_id))
            .where(same == tx.tenant, *which)
            .order_by(Invoice.sequence.desc(), InvoiceLine.position)
        )
        return [self._view(payer, list(of_one)) for _, of_one in groupby(rows, key=lambda row: row.Invoice.sequence)]

    def _view(self, payer: Person, rows: list[Any]) -> InvoiceView:
        invoice: Invoice = rows[0].Invoice
        methods = [payment_method_view(row.PaymentMethod) for row in rows]
        unpaid = [row for row in rows if row.Charge and row.Charge.captured < row.Charge.amount]
        still_open = sum(row.Charge.amount - row.Charge.captured for row in unpaid)
        return InvoiceView(
            number=invoice.number,
            issued_at=invoice.issued_at,
            payer=person_view(payer),
            made_out_to=_made_out_to(invoice),
            status=_status(invoice, rows[0].quote, unpaid=bool(unpaid)),
            lines=tuple(self._line(invoice, row.InvoiceLine, row.Subscription.product_id) for row in rows),
            subtotal=Money(invoice.subtotal, invoice.currency),
            tax=Money(invoice.tax, invoice.currency),
            total=Money(invoice.total, invoice.currency),
            still_open=Money(still_open, invoice.currency),
            payable=next((row.Subscription.id for row in unpaid if _can_be_paid(row.Subscription, row.Charge)), ""),
            methods=tuple(dict.fromkeys(each for each in methods if each)) or _promised(rows[0].quote),
        )

    def _line(self, invoice: Invoice, line: InvoiceLine, product_id: str) -> InvoiceLineView:
        return InvoiceLineView(
            kind=line.kind,
            subscription=line.subscription_id,
            product_name=self._catalog.product(product_id).name,
            quantity=line.quantity,
            unit_price=Money(line.unit_price, invoice.currency),
            amount=Money(line.amount, invoice.currency),
            start=line.period_start,
            end=line.period_end,
        )


def _made_out_to(invoice: Invoice) -> BillingView | None:
    named, address = invoice.made_out_to, invoice.billing_address
    return BillingView(named, address) if named is not None and address is not None else None


def _can_be_paid(subscription: Subscription, charge: Charge) -> bool:
    """Whether it is what `Paying` pays: what is deleted, and what was followed by a new period, is not."""
    of_this_period = charge.period_number == subscription.period_number
    return subscription.unpaid and of_this_period and subscription.status is not Status.DELETED


def _status(invoice: Invoice, quote: Json, *, unpaid: bool) -> InvoiceStatus:
    if invoice.total < 0:
        return InvoiceStatus.SET_AGAINST if _amount(quote, "waived") else InvoiceStatus.CREDIT_NOTE
    return InvoiceStatus.UNPAID if unpaid else InvoiceStatus.PAID


def _promised(quote: Json) -> tuple[PaymentMethodView, ...]:
    """Where the quote behind a credit note said that the money goes: no charge of it tells."""
    method = quote.get("payment_method") if _amount(quote, "refund") != 0 else None
    return (PaymentMethodView(method["brand"], method["last_four"]),) if method else ()


def _amount(quote: Json, name: str) -> int | None:
    """What that quote says of it, in minor units; None where it was about something else."""
    return int(quote[name]["amount"]) if quote.get(name) else None
