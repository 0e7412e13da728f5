"""A company of five with subscriptions made to order, for tests that say exactly what is bought and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from storage.errors import Refused
from storage.models import (
    Assignment,
    Charge,
    Grant,
    LedgerEntry,
    LineKind,
    Operation,
    PaymentMethod,
    Person,
    Subscription,
    Team,
    TeamMember,
)
from storage.terms import local_day, period_on
from storage.transaction import new_id
from storage.views import Actor, OperationStatus, Status, Term

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.money import Money
    from storage.record import Record
    from storage.terms import Period
    from storage.views import Quote, Receipt

ALICE = Actor("t1", "alice")  # buys
BOB = Actor("t1", "bob")  # admin
CARA = Actor("t1", "cara")  # a colleague
EVAN = Actor("t1", "evan")  # a guest
ELSEWHERE = Actor("t2", "alice")  # the same object id in another organisation


async def refused(attempt: Awaitable[object]) -> Refused:
    """The refusal that the attempt must end with."""
    with pytest.raises(Refused) as caught:
        await attempt
    return caught.value


async def total(company: Company, subscription: str) -> int:
    row: Subscription = await company.row(Subscription, "t1", subscription)
    return row.total


def values_of(row: Subscription) -> dict[str, object]:
    return {column.name: getattr(row, column.name) for column in Subscription.__table__.columns}


@dataclass(frozen=True)
class Company:
    """Fills a record; every subscription comes with its ledger and the charge of the period under way."""

    record: Record

    @classmethod
    async def in_(cls, record: Record) -> Company:
        for tenant in ("t1", "t2"):
            for person in ("alice", "bob", "cara"):
                await record.people.seen(tenant, person, name=person.title(), member=True)
            await record.people.seen(tenant, "evan", name="Evan", member=False)
        await record.people.appoint("t1", ["bob"])
        return cls(record)

    async def buys(
        self,
        product: str = "Power BI Pro",
        *,
        total: int = 20,
        holders: int = 0,
        ago: timedelta = timedelta(days=40),
        who: Actor = ALICE,
        card: str | None = "sandbox:works",
        **columns: Any,
    ) -> str:
        """The id of a subscription bought `ago`; the first `holders` of person-0, person-1, … hold a license."""
        now = self.record.clock.now()
        bought, subscription_id = now - ago, new_id()
        anchor = local_day(bought, self.record.timezone)
        period = period_on(anchor, columns.get("term", Term.MONTH), local_day(now, self.record.timezone))

        async def change(session: AsyncSession) -> None:
            method = await _method(session, who, card)
            row = Subscription(
                tenant=who.tenant,
                id=subscription_id,
                product_id=self.record.catalog.by_name(product).id,
                purchaser_id=who.person,
                total=total,
                assigned=holders,
                purchased_at=bought,
                anchor=anchor,
                period_number=period.number,
                period_start=period.start,
                period_end=period.end,
                payment_method_id=method,
                **{"term": Term.MONTH, "status": Status.ACTIVE, **_since(period, columns), **columns},
            )
            session.add(row)
            await session.flush()
            await _history(session, row, bought, self.record.catalog.product(row.product_id).price(row.term, "USD"))
            await _assign(session, row, holders, now)

        await self.record.database.write(change)
        return subscription_id

    async def has_card(self, who: Actor = ALICE, *, token: str = "sandbox:works", last_four: str = "4242") -> str:
        """The id of a payment method that nothing was paid with yet."""
        card = _card(who, token, last_four)
        await self.adds(card)
        return card.id

    async def has_team(self, name: str, *owners: Actor) -> str:
        """The id of a team in the owners' organisation, with nobody else in it."""
        tenant, team = owners[0].tenant, new_id()
        await self.adds(Team(tenant=tenant, id=team, name=name))
        for owner in owners:
            await self.adds(TeamMember(tenant=tenant, team_id=team, person_id=owner.person, owner=True))
        return team

    async def does(self, who: Actor, quote: Quote) -> Receipt:
        """Carries the quote out; it must work."""
        outcome = await self.record.operations.commit(who, quote.id)
        assert outcome.receipt is not None, outcome.refusal
        return outcome.receipt

    async def owes(self, who: Actor = ALICE, *, token: str = "sandbox:works") -> str:
        """The id of a subscription of five Power BI Pro whose charge, of $70, was declined; the card is as it says."""
        await self.has_card(who, token="sandbox:works")
        product = self.record.catalog.by_name("Power BI Pro").id
        bought = await self.record.purchases.quote(who, product, 5)
        await self.does(who, bought)
        row: Subscription = await self.row(Subscription, who.tenant, bought.id)
        row.unpaid, row.retry_on = True, row.period_start + timedelta(days=5)
        [charge] = [each for each in await self.rows(Charge) if each.subscription_id == bought.id]
        charge.captured = 0
        card: PaymentMethod = await self.row(PaymentMethod, who.tenant, row.payment_method_id or "")
        card.gateway_token = token
        for changed in (row, charge, card):
            await self.adds(changed)
        return bought.id

    async def names_deputy(self, subscription_id: str, deputy: Actor = CARA) -> None:
        grant = Grant(
            tenant=deputy.tenant,
            id=new_id(),
            subscription_id=subscription_id,
            person_id=deputy.person,
            granted_at=self.record.clock.now(),
        )
        await self.adds(grant)

    async def assigns_more(self, subscription_id: str, people: int) -> None:
        """People of no name take so many more of the licenses."""

        async def change(session: AsyncSession) -> None:
            row = await session.get_one(Subscription, (ALICE.tenant, subscription_id))
            row.assigned += people

        await self.record.database.write(change)

    async def adds(self, row: Any) -> None:
        async def change(session: AsyncSession) -> None:
            session.add(row)

        await self.record.database.write(change)

    async def row(self, kind: type[Any], *key: str) -> Any:
        return await self.record.database.read(lambda session: session.get_one(kind, key))

    async def rows(self, kind: type[Any]) -> list[Any]:
        async def question(session: AsyncSession) -> list[Any]:
            return list(await session.scalars(select(kind)))

        return await self.record.database.read(question, seconds=60)  # a soak leaves very many


def _since(period: Period, columns: dict[str, Any]) -> dict[str, Any]:
    """When it became what it is: with the end of its period; what is unpaid is tried again five days into it."""
    if columns.get("status", Status.ACTIVE) is not Status.ACTIVE:
        return {"status_since": period.end}
    return {"retry_on": period.start + timedelta(days=5)} if columns.get("unpaid") else {}


async def _method(session: AsyncSession, who: Actor, token: str | None) -> str | None:
    if token is None:
        return None
    card = _card(who, token, "4242")
    session.add(card)
    await session.flush()
    return card.id


def _card(who: Actor, token: str, last_four: str) -> PaymentMethod:
    return PaymentMethod(
        tenant=who.tenant,
        id=new_id(),
        person_id=who.person,
        brand="Visa",
        last_four=last_four,
        expiry_month=12,
        expiry_year=2030,
        holder=who.person,
        gateway_token=token,
    )


async def _history(session: AsyncSession, row: Subscription, bought: datetime, price: Money) -> None:
    operation = Operation(
        tenant=row.tenant,
        id=new_id(),
        person_id=row.purchaser_id,
        action="buy",
        subscription_id=row.id,
        subscription_version=1,
        parameters={},
        quote={},
        status=OperationStatus.DONE,
        answer={},
        drawn_at=bought,
        expires_at=bought,
        ended_at=bought,
    )
    session.add(operation)
    await session.flush()
    this = {"tenant": row.tenant, "operation_id": operation.id, "subscription_id": row.id, "at": bought}
    session.add(LedgerEntry(**this, delta=row.total, total_after=row.total))
    paid = price * row.total
    session.add(
        Charge(
            **this,
            id=new_id(),
            kind=LineKind.PURCHASE if row.period_number == 1 else LineKind.RENEW,
            period_number=row.period_number,
            currency=paid.currency,
            licenses=row.total,
            unit_price=price.amount,
            amount=paid.amount,
            captured=0 if row.unpaid else paid.amount,
        )
    )


async def _assign(session: AsyncSession, row: Subscription, holders: int, now: datetime) -> None:
    """person-0 has never used the license, person-1 yesterday, person-2 the day before …"""
    for number in range(holders):
        person_id = f"person-{number}"
        if await session.get(Person, (row.tenant, person_id)) is None:
            session.add(Person(tenant=row.tenant, id=person_id, name=f"Person {number}", member=True))
    await session.flush()
    for number in range(holders):
        session.add(
            Assignment(
                tenant=row.tenant,
                id=new_id(),
                subscription_id=row.id,
                person_id=f"person-{number}",
                assigned_at=row.purchased_at,
                last_used_at=now - timedelta(days=number) if number else None,
            )
        )
