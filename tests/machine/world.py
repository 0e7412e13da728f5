"""The record that the state machine works on: bought once, copied for every run, and looked at row by row."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from storage.catalog import Catalog
from storage.clock import FrozenClock
from storage.models import (
    AuditEntry,
    Charge,
    Grant,
    Invoice,
    InvoiceLine,
    LineKind,
    Operation,
    Organisation,
    PaymentMethod,
    Person,
    Row,
    Subscription,
)
from storage.record import Record
from storage.transaction import new_id
from storage.views import Actor, OperationStatus, Outcome, Term
from tests.databases import NOW
from tests.machine.model import Bought, Model, Paid
from tests.small_company import ALICE, BOB, CARA, ELSEWHERE, EVAN, Company

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

T = TypeVar("T")
Table = dict[tuple[Any, ...], tuple[Any, ...]]

ZONE = ZoneInfo("Asia/Shanghai")  # where it is tomorrow already while UTC is still today
STRANGER = Actor("t9", "alice")  # of an organisation that nobody knows
PEOPLE = {"alice": ALICE, "bob": BOB, "cara": CARA, "evan": EVAN, "alice of t2": ELSEWHERE, "stranger": STRANGER}
BOUGHT: dict[str, dict[str, Any]] = {
    "in its window": {"total": 20, "holders": 3, "ago": timedelta(days=3)},
    "full": {"product": "Visio Plan 2", "total": 5, "holders": 5, "ago": timedelta(days=6)},
    "due soon": {"product": "Visio Plan 2", "total": 6, "holders": 4, "ago": timedelta(days=25)},
    "yearly": {
        "product": "Teams Premium",
        "total": 4,
        "holders": 4,
        "ago": timedelta(days=100),
        "who": CARA,
        "term": Term.YEAR,
    },
    "ending": {"total": 6, "holders": 2, "ago": timedelta(days=10), "recurring": False},
    "unpaid": {"total": 8, "holders": 2, "ago": timedelta(days=2), "unpaid": True},
    "without a card": {"total": 3, "holders": 1, "ago": timedelta(days=1), "card": None},
    "declined": {"total": 3, "holders": 1, "ago": timedelta(days=1), "card": "sandbox:declined"},
    "abroad": {"total": 20, "holders": 1, "ago": timedelta(days=3), "who": ELSEWHERE},
}


async def opened(url: str, clock: FrozenClock, catalog: Catalog | None = None) -> Record:
    return await Record.open(url, clock, timezone=ZONE, currency="USD", catalog=catalog)


async def buy_everything(url: str) -> dict[str, str]:
    """Fills an empty database with what `BOUGHT` says and all its papers; the ids by name."""
    record = await opened(url, FrozenClock(NOW))
    company = await Company.in_(record)
    await record.people.seen("t1", "person-5", name="Someone who holds nothing yet", member=True)
    ids = {name: await company.buys(**{"product": "Power BI Pro", **how}) for name, how in BOUGHT.items()}
    await record.database.write(_papers)
    await record.close()
    return ids


async def _papers(session: AsyncSession) -> None:
    """What a purchase leaves beside its ledger entry and its charge: a trail and an invoice."""
    for done in (await session.scalars(select(Operation))).all():
        session.add(
            AuditEntry(
                tenant=done.tenant,
                id=new_id(),
                operation_id=done.id,
                person_id=done.person_id,
                action=done.action,
                subscription_id=done.subscription_id,
                before={},
                after={},
                at=done.drawn_at,
            )
        )
    for charge in (await session.scalars(select(Charge))).all():
        await _invoice(session, charge)


async def _invoice(session: AsyncSession, charge: Charge) -> None:
    organisation = await session.get_one(Organisation, charge.tenant)
    bought = await session.get_one(Subscription, (charge.tenant, charge.subscription_id))
    organisation.invoice_counter += 1
    invoice = Invoice(
        tenant=charge.tenant,
        id=new_id(),
        sequence=organisation.invoice_counter,
        person_id=bought.purchaser_id,
        operation_id=charge.operation_id,
        currency=charge.currency,
        subtotal=charge.amount,
        tax=0,
        total=charge.amount,
        issued_at=charge.at,
    )
    session.add(invoice)
    await session.flush()
    session.add(
        InvoiceLine(
            tenant=charge.tenant,
            invoice_id=invoice.id,
            position=1,
            kind=LineKind.PURCHASE,
            subscription_id=bought.id,
            charge_id=charge.id,
            quantity=charge.licenses,
            unit_price=charge.unit_price,
            amount=charge.amount,
            period_start=bought.period_start,
            period_end=bought.period_end,
        )
    )


@dataclass
class World:
    """One run's record, with a loop of its own, and what happens to it from outside the operations."""

    url: str
    ids: dict[str, str]
    clock: FrozenClock
    runner: asyncio.Runner
    record: Record

    @classmethod
    def of(cls, url: str, ids: dict[str, str]) -> World:
        runner, clock = asyncio.Runner(loop_factory=asyncio.new_event_loop), FrozenClock(NOW)
        return cls(url, ids, clock, runner, runner.run(opened(url, clock)))

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(doing)

    def close(self) -> None:
        self.run(self.record.close())
        self.runner.close()

    def restart(self, price_of: dict[str, int] | None = None) -> None:
        """Lets go of everything and opens it again, with other prices if any are given."""
        self.run(self.record.close())
        catalog = Catalog(tuple(_at(product, price_of or {}) for product in self.record.catalog.products))
        self.record = self.run(opened(self.url, self.clock, catalog))

    def rows(self) -> dict[str, Table]:
        """Every row there is, by table and key; all keys lead with the tenant."""

        async def question(session: AsyncSession) -> dict[str, Table]:
            return {table.name: await _table(session, table) for table in Row.metadata.sorted_tables}

        return self.run(self.record.database.read(question))

    def write(self, *statements: Any) -> None:
        """Runs these in one transaction: rows are added, everything else is carried out."""

        async def change(session: AsyncSession) -> None:
            for statement in statements:
                if isinstance(statement, Row):
                    session.add(statement)
                else:
                    await session.execute(statement)

        self.run(self.record.database.write(change))

    def seats(self, subscription: str, purchaser: Actor, give: Sequence[str], take: Sequence[str]) -> None:
        """The purchaser hands licenses out, takes them back, or both."""

        async def at_once() -> Outcome:
            quote = await self.record.assignments.quote(purchaser, self.ids[subscription], give=give, take=take)
            return await self.record.operations.commit(purchaser, quote.id)

        assert self.run(at_once()).status is OperationStatus.DONE

    def name_deputy(self, subscription: str, actor: Actor) -> None:
        grant = Grant(
            tenant=actor.tenant,
            id=new_id(),
            subscription_id=self.ids[subscription],
            person_id=actor.person,
            granted_at=self.clock.now(),
        )
        self.write(grant)

    def dismiss_deputy(self, subscription: str, actor: Actor) -> None:
        given = (Grant.subscription_id == self.ids[subscription], Grant.person_id == actor.person)
        self.write(update(Grant).where(*given, Grant.withdrawn_at.is_(None)).values(withdrawn_at=self.clock.now()))

    def set_account(self, actor: Actor, **columns: bool) -> None:
        self.write(update(Person).where(Person.tenant == actor.tenant, Person.id == actor.person).values(**columns))

    def appoint(self, people: set[str]) -> None:
        self.run(self.record.people.appoint("t1", people))

    def set_card(self, subscription: str, token: str) -> None:
        """What the bank says to this subscription's card from now on."""
        its = select(Subscription.payment_method_id).where(*self._this(subscription)).scalar_subquery()
        self.write(update(PaymentMethod).where(PaymentMethod.id == its).values(gateway_token=token))

    def fail_to_pay(self, subscription: str, *, unpaid: bool) -> None:
        """The first charge is found unpaid, or paid after all; the version goes up as with every change."""
        changed = {"unpaid": unpaid, "version": Subscription.version + 1}
        changed["retry_on"] = Subscription.period_end if unpaid else None
        self.write(update(Subscription).where(*self._this(subscription)).values(changed))
        first = update(Charge).where(Charge.id == self._first_charge(subscription).id)
        self.write(first.values(captured=0 if unpaid else Charge.amount))

    def has_returned(self, subscription: str) -> bool:
        """Whether some of its first licenses were given back, which are paid then, and stay so."""
        return bool(self._first_charge(subscription).returned)

    def _first_charge(self, subscription: str) -> Charge:
        async def question(session: AsyncSession) -> Charge:
            its = select(Charge).where(Charge.subscription_id == self.ids[subscription])
            return (await session.scalars(its.order_by(Charge.at).limit(1))).one()

        return self.run(self.record.database.read(question))

    def _this(self, subscription: str) -> tuple[Any, ...]:
        return (Subscription.id == self.ids[subscription],)


def modelled(world: World) -> Model:
    """The model of what `buy_everything` bought."""
    rows = world.run(Company(world.record).rows(Subscription))
    by_id = {row.id: row for row in rows}
    return Model(
        bought={name: _bought(world, name, by_id[subscription]) for name, subscription in world.ids.items()},
        members={ALICE, BOB, CARA, ELSEWHERE},
        admins={BOB},
        zone=ZONE,
        now=NOW,
    )


def _bought(world: World, name: str, row: Subscription) -> Bought:
    how, product = BOUGHT[name], world.record.catalog.product(row.product_id)
    price = product.prices["USD"] * (12 if row.term is Term.YEAR else 1)
    paid = Paid(NOW - how["ago"], price, 0 if row.unpaid else price * row.total, unpaid=row.unpaid)
    return Bought(
        tenant=row.tenant,
        purchaser=row.purchaser_id,
        price=price,
        maximum=product.max_licenses,
        licenses=[paid] * row.total,
        holders={f"person-{number}" for number in range(how["holders"])},
        start=row.period_start,
        end=row.period_end,
        recurring=row.recurring,
        unpaid=row.unpaid,
        card=how.get("card", "sandbox:works"),
    )


def _at(product: Any, price_of: dict[str, int]) -> Any:
    return replace(product, prices={"USD": price_of[product.id]}) if product.id in price_of else product


async def _table(session: AsyncSession, table: Any) -> Table:
    keys, numbers = list(table.primary_key.columns), count()
    places = {column.name: next(numbers) for column in table.columns}
    found = (await session.execute(select(table))).all()
    return {tuple(row[places[key.name]] for key in keys): tuple(row) for row in found}
