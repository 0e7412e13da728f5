"""Books made to order, row by row, with prices and taxes that change: what explanations must add up over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from storage.models import Charge, Credit, Invoice, InvoiceLine, LedgerEntry, LineKind, Operation, Subscription
from storage.terms import period
from storage.transaction import new_id
from storage.views import OperationStatus, Term
from tests.small_company import ALICE

if TYPE_CHECKING:
    from random import Random

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.catalog import Catalog
    from storage.record import Record

ANCHOR = date(2026, 1, 31)
PRODUCTS = ("Power BI Pro", "Visio Plan 1", "Visio Plan 2", "Clipchamp")


@dataclass
class Books:
    """Rows for one purchaser, Alice; each invoice is numbered in the order in which it is issued here."""

    catalog: Catalog
    rows: list[Any] = field(default_factory=list)
    issued: int = 0

    def subscription(self, product: str, total: int, term: Term = Term.MONTH) -> Subscription:
        first = period(ANCHOR, term, 1)
        row = Subscription(
            tenant=ALICE.tenant,
            id=new_id(),
            product_id=self.catalog.by_name(product).id,
            purchaser_id=ALICE.person,
            total=total,
            term=term,
            purchased_at=_instant(ANCHOR),
            anchor=ANCHOR,
            period_number=1,
            period_start=first.start,
            period_end=first.end,
        )
        self.rows.append(row)
        return row

    def operation(self, subscription: Subscription, day: date, action: str) -> Operation:
        at = _instant(day)
        row = Operation(
            tenant=ALICE.tenant,
            id=new_id(),
            person_id=ALICE.person,
            action=action,
            subscription_id=subscription.id,
            subscription_version=1,
            parameters={},
            quote={},
            status=OperationStatus.DONE,
            answer={},
            drawn_at=at,
            expires_at=at,
            ended_at=at,
        )
        self.rows.append(row)
        return row

    def moves(self, subscription: Subscription, operation: Operation, delta: int, after: int) -> None:
        """A row of the ledger."""
        this = {"tenant": ALICE.tenant, "operation_id": operation.id, "subscription_id": subscription.id}
        self.rows.append(LedgerEntry(**this, delta=delta, total_after=after, at=operation.ended_at))

    def charge(
        self, operation: Operation, kind: LineKind, number: int, licenses: int, price: int, amount: int
    ) -> Charge:
        row = Charge(
            **_of(operation), kind=kind, period_number=number, licenses=licenses, unit_price=price, amount=amount,
            captured=amount,
        )  # fmt: skip
        self.rows.append(row)
        return row

    def credit(self, operation: Operation, number: int, licenses: int, price: int, amount: int) -> Credit:
        kind = LineKind.REMOVE_QUANTITY
        row = Credit(
            **_of(operation), kind=kind, period_number=number, licenses=licenses, unit_price=price, amount=amount,
            remaining=0,
        )  # fmt: skip
        self.rows.append(row)
        return row

    def invoice(self, day: date, until: date, *entries: Charge | Credit, tax: int = 0) -> str:
        """The number of an invoice with a line for each entry, from `day` until before `until`."""
        self.issued += 1
        signed = [entry.amount if isinstance(entry, Charge) else -entry.amount for entry in entries]
        invoice = Invoice(
            tenant=ALICE.tenant,
            id=new_id(),
            sequence=self.issued,
            person_id=ALICE.person,
            operation_id=entries[0].operation_id,
            currency="USD",
            subtotal=sum(signed),
            tax=tax,
            total=sum(signed) + tax,
            issued_at=_instant(day),
        )
        self.rows.append(invoice)
        for position, (entry, amount) in enumerate(zip(entries, signed, strict=True), 1):
            self.rows.append(_line(invoice, position, entry, amount, day, until))
        return invoice.number

    async def kept_in(self, record: Record) -> None:
        async def change(session: AsyncSession) -> None:
            for table in Subscription.metadata.sorted_tables:
                session.add_all(row for row in self.rows if row.__table__ is table)
                await session.flush()

        await record.database.write(change)


def books_by_chance(catalog: Catalog, chance: Random) -> Books:
    """Half a year of up to four subscriptions: licenses come and go, prices rise and fall, some end, all is taxed."""
    books = Books(catalog)
    for product in PRODUCTS[: chance.randint(1, 4)]:
        _half_a_year(books, books.subscription(product, 50), chance)
    return books


def _half_a_year(books: Books, subscription: Subscription, chance: Random) -> None:
    total, price = chance.randint(1, 20), chance.randint(1, 5_000)
    operation, kind = books.operation(subscription, ANCHOR, "subscriptions.buy"), LineKind.PURCHASE
    books.moves(subscription, operation, total, total)
    waiting: list[Credit] = []
    for number in range(1, chance.randint(2, 7)):
        paid = period(ANCHOR, Term.MONTH, number)
        if number > 1:
            operation, kind = books.operation(subscription, paid.start, "subscriptions.renew"), LineKind.RENEW
            price += chance.choice((0, 0, chance.randint(0, 300), -chance.randint(0, price - 1)))
        charge = books.charge(operation, kind, number, total, price, total * price)
        books.invoice(paid.start, paid.end, charge, *waiting, tax=chance.choice((0, chance.randint(0, 500))))
        waiting.clear()
        for _ in range(chance.randint(0, 2)):
            day = paid.start + timedelta(days=chance.randint(1, 20))
            total += _changed(books, subscription, chance, (day, number, total, price), waiting)


def _changed(
    books: Books, subscription: Subscription, chance: Random, now: tuple[date, int, int, int], waiting: list[Credit]
) -> int:
    """By how many licenses the total changes; a credit waits for the next invoice."""
    day, number, total, price = now
    by = chance.choice((chance.randint(1, 9), -chance.randint(1, total - 1) if total > 1 else 1))
    operation = books.operation(subscription, day, "licenses.change_total")
    books.moves(subscription, operation, by, total + by)
    amount = max(abs(by) * price * chance.randint(1, 30) // 31, 1)
    if by > 0:
        charge = books.charge(operation, LineKind.ADD_QUANTITY, number, by, price, amount)
        books.invoice(day, period(ANCHOR, Term.MONTH, number).end, charge)
    else:
        waiting.append(books.credit(operation, number, -by, price, amount))
    return by


def _of(operation: Operation) -> dict[str, Any]:
    this = {"tenant": ALICE.tenant, "id": new_id(), "operation_id": operation.id}
    return {**this, "subscription_id": operation.subscription_id, "currency": "USD", "at": operation.ended_at}


def _line(invoice: Invoice, position: int, entry: Charge | Credit, amount: int, day: date, until: date) -> InvoiceLine:
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
        amount=amount,
        period_start=day,
        period_end=until,
    )


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(9), ZoneInfo("UTC"))
