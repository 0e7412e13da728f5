"""Protections that nothing else would stand in for: with each of them gone, what it prevents happens."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from storage import outbox
from storage.models import Cancellation, Operation, OutboxMessage
from storage.quotes import Renewal
from storage.references import Reference
from storage.transaction import Transaction
from storage.views import Delivery, OperationStatus, Status
from tests.mutants import (
    NO_LOOK_AT_THE_PRICE,
    NO_LOOK_AT_THE_RENEWAL,
    NO_SUBSCRIPTION_TO_TAKE_BACK,
    NO_TENANT_TO_REVIVE,
)
from tests.small_company import ALICE, ELSEWHERE, Company
from tests.test_refunds import Bank, opened, sold_for

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.clock import FrozenClock
    from storage.record import Record


@pytest.fixture
async def company(record: Record) -> Company:
    return await Company.in_(record)


async def stand_at_another_price(
    company: Company, database_url: str, clock: FrozenClock
) -> tuple[OperationStatus, ...]:
    """How a purchase and a reactivation end that were offered before the price changed."""
    await company.has_card()
    expired = await company.buys("Teams Premium", total=5, status=Status.EXPIRED)
    offered = [
        await company.record.purchases.quote(ALICE, company.record.catalog.by_name("Teams Premium").id, 2),
        await company.record.renewals.quote(ALICE, expired, Renewal.REACTIVATE),
    ]
    await company.record.close()
    dearer = await opened(database_url, clock, Bank(), sold_for(1500))
    try:
        return tuple([(await dearer.operations.commit(ALICE, quote.id)).status for quote in offered])
    finally:
        await dearer.close()


async def test_nothing_is_bought_at_a_price_that_was_not_shown(
    company: Company, database_url: str, clock: FrozenClock
) -> None:
    stand = await stand_at_another_price(company, database_url, clock)
    assert stand == (OperationStatus.VOID, OperationStatus.VOID)


async def test_without_a_look_at_the_price_it_would_be(
    company: Company, database_url: str, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    NO_LOOK_AT_THE_PRICE.plant(monkeypatch)
    NO_LOOK_AT_THE_RENEWAL.plant(monkeypatch)
    stand = await stand_at_another_price(company, database_url, clock)
    assert stand == (OperationStatus.DONE, OperationStatus.DONE)


async def taken_back_with_one(company: Company) -> set[str]:
    """Whose cancellations end when one of two subscriptions goes on after all."""
    record = company.record
    goes_on, ends = [await company.buys(total=3, ago=timedelta(days=40)) for _ in range(2)]
    for subscription in (goes_on, ends):
        await company.does(ALICE, await record.cancellations.quote(ALICE, subscription, "unused"))
    await company.does(ALICE, await record.renewals.quote(ALICE, goes_on, Renewal.ON))
    names = {goes_on: "goes on", ends: "ends"}
    return {names[row.subscription_id] for row in await company.rows(Cancellation) if row.taken_back_at}


async def test_what_goes_on_takes_no_other_cancellation_back(company: Company) -> None:
    assert await taken_back_with_one(company) == {"goes on"}


async def test_without_its_subscription_it_would(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    NO_SUBSCRIPTION_TO_TAKE_BACK.plant(monkeypatch)
    assert await taken_back_with_one(company) == {"goes on", "ends"}


async def revived_by_a_namesake(company: Company) -> bool:
    """Whether a message that waits for somebody is told when a person of the same id is met in another tenant."""
    record = company.record
    await company.buys(who=ELSEWHERE)

    async def promise(session: AsyncSession) -> None:
        tx = await Transaction.of(session, ELSEWHERE, record.clock.now())
        [operation] = await company.rows(Operation)
        outbox.post(tx, operation, "license_given", "alice", {})

    await record.database.write(promise)
    [message] = await record.outbox.lease(1)
    assert await record.outbox.trying(message)
    await record.outbox.settle(message, Delivery.BLOCKED)
    chat = {"conversation": "a:1", "service_url": "https://smba.example/", "account": "29:1", "bot_account": "28:1"}
    await record.chats.met(Reference(tenant=ALICE.tenant, person_id="alice", channel="msteams", **chat))
    [row] = await company.rows(OutboxMessage)
    return bool(row.status is Delivery.PENDING)


async def test_whoever_is_met_revives_nothing_of_a_namesake_in_another_organisation(company: Company) -> None:
    assert not await revived_by_a_namesake(company)


async def test_without_the_tenant_they_would(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    NO_TENANT_TO_REVIVE.plant(monkeypatch)
    assert await revived_by_a_namesake(company)
