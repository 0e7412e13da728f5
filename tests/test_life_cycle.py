"""What becomes of subscriptions when nobody does anything, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from bot.upkeep import Upkeep
from storage.actions import Unasked
from storage.catalog import Catalog
from storage.life_cycle import LifeCycle
from storage.models import (
    Assignment,
    AuditEntry,
    Charge,
    Invoice,
    LedgerEntry,
    Operation,
    Organisation,
    OutboxMessage,
    PaymentMethod,
    Subscription,
)
from storage.money import Money
from storage.new_periods import NewPeriods
from storage.payments import SandboxGateway
from storage.terms import Terms
from storage.verify import verify
from storage.views import DESK, Actor, OperationStatus, Status
from tests.small_company import ALICE, Company, refused

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from storage.record import Record

MONTH = timedelta(days=30)  # from 22 November: the renewal of what is bought on it


@pytest.fixture
async def company(record: Record) -> Company:
    return await Company.in_(record)


async def buys(company: Company, licenses: int = 5, **wish: Any) -> str:
    """The id of a subscription of Power BI Pro, $14 a license, that is bought like any other on 22 November."""
    if not wish.get("trial"):
        await company.has_card()
    product = company.record.catalog.by_name("Power BI Pro").id
    quote = await company.record.purchases.quote(ALICE, product, licenses, **wish)
    await company.does(ALICE, quote)
    return quote.id


async def works(company: Company) -> int:
    """A worker comes by and does whatever is due, as often as it is; how many steps that were."""
    steps = 0
    while taken := await Upkeep(company.record.life_cycle).run():
        steps += taken
    return steps


async def bought(company: Company, subscription: str) -> Subscription:
    row: Subscription = await company.row(Subscription, "t1", subscription)
    return row


async def said(company: Company, kind: str) -> list[Any]:
    """What was promised of this kind, the oldest first."""
    rows = [row for row in await company.rows(OutboxMessage) if row.kind == kind]
    return sorted(rows, key=lambda row: row.created_at)


async def decline(company: Company, token: str) -> None:
    [card] = await company.rows(PaymentMethod)
    card.gateway_token = token

    async def change(session: Any) -> None:
        await session.merge(card)

    await company.record.database.write(change)


async def test_on_its_day_it_renews_once_and_is_charged_and_told(company: Company, clock: FrozenClock) -> None:
    subscription = await buys(company)
    clock.advance(MONTH - timedelta(hours=9, seconds=1))
    assert await works(company) == 0
    clock.advance(timedelta(seconds=1))
    assert await works(company) == 1
    assert await works(company) == 0
    row = await bought(company, subscription)
    assert (row.period_number, row.period_start, row.period_end) == (2, date(2026, 12, 22), date(2027, 1, 22))
    charges = sorted(await company.rows(Charge), key=lambda each: each.period_number)
    assert [(each.kind, each.amount, each.captured) for each in charges] == [
        ("purchase", 7000, 7000),
        ("renew", 7000, 7000),
    ]
    assert sorted(each.total for each in await company.rows(Invoice)) == [7000, 7000]
    [told] = await said(company, "renewed")
    assert told.recipient == "alice"
    assert (told.payload["total"], told.payload["amount"], told.payload["on"]) == (5, 7000, "2027-01-22")
    assert await verify(company.record) == []


async def test_it_is_nobodys_operation_and_nobody_can_tap_it(company: Company, clock: FrozenClock) -> None:
    await buys(company)
    clock.advance(MONTH)
    await works(company)
    [renewed] = [each for each in await company.rows(Operation) if each.action == Unasked.RENEWED]
    [noted] = [each for each in await company.rows(AuditEntry) if each.operation_id == renewed.id]
    assert (renewed.person_id, noted.person_id, renewed.status) == (None, None, OperationStatus.DONE)
    for actor in (ALICE, Actor("t1", DESK)):
        assert (await refused(company.record.operations.commit(actor, renewed.id))).code == "unknown_card"


async def test_what_waited_for_the_renewal_comes_with_it(company: Company, clock: FrozenClock) -> None:
    subscription = await company.buys(total=5, holders=5)
    releasing = await company.record.licenses.quote(ALICE, subscription, to=3, release=("person-0", "person-1"))
    await company.does(ALICE, releasing)
    clock.advance(timedelta(days=21))
    assert await works(company) == 1
    row = await bought(company, subscription)
    assert (row.total, row.assigned) == (3, 3)
    left = {each.person_id for each in await company.rows(Assignment) if each.released_at is None}
    assert left == {"person-2", "person-3", "person-4"}
    assert sorted(each.delta for each in await company.rows(LedgerEntry)) == [-2, 5]
    [charge] = [each for each in await company.rows(Charge) if each.period_number == 3]
    assert (charge.licenses, charge.amount) == (3, 4200)
    last = (await said(company, "license_given_up"))[-2:]
    assert {each.recipient for each in last} == {"person-0", "person-1"}
    assert {each.payload["by"] for each in last} == {"alice"}


async def test_what_is_owed_pays_a_part_of_it_to_the_cent(company: Company, clock: FrozenClock) -> None:
    subscription = await buys(company)
    quote = await company.record.licenses.quote(ALICE, subscription, by=-2)
    await company.does(ALICE, quote)
    assert quote.amounts.next_invoice == Money(4200 - 2800, "USD")
    clock.advance(MONTH)
    await works(company)
    [renewed] = [each for each in await company.rows(Invoice) if each.sequence == 2]
    assert renewed.total == quote.amounts.next_invoice.amount
    assert await verify(company.record) == []


async def test_credit_that_is_more_than_the_invoice_waits_for_the_one_after_it(
    company: Company, clock: FrozenClock
) -> None:
    subscription = await buys(company, 5)
    await company.does(ALICE, await company.record.licenses.quote(ALICE, subscription, by=-4))
    for _ in range(5):
        clock.advance(timedelta(days=31))
        await works(company)
    assert [each.total for each in sorted(await company.rows(Invoice), key=lambda each: each.sequence)] == [
        7000,
        0,
        0,
        0,
        0,
        1400,
    ]
    assert await verify(company.record) == []


async def test_who_comes_late_catches_up_period_by_period(company: Company, clock: FrozenClock) -> None:
    subscription = await buys(company)
    clock.advance(timedelta(days=100))
    assert await works(company) == 3
    row = await bought(company, subscription)
    assert (row.period_number, row.period_start) == (4, date(2027, 2, 22))
    assert len(await said(company, "renewed")) == 3
    assert await verify(company.record) == []


async def test_what_is_not_renewed_expires_is_disabled_and_deleted_on_the_days_that_were_promised(
    company: Company, clock: FrozenClock
) -> None:
    subscription = await company.buys(total=5, holders=2)
    quote = await company.record.cancellations.quote(ALICE, subscription, "unused")
    await company.does(ALICE, quote)
    ended = quote.ends_on
    seen = {}
    for _ in range(150):
        clock.advance(timedelta(days=1))
        if await works(company):
            row = await bought(company, subscription)
            seen[row.status] = clock.now().date()
    days = timedelta(days=1)
    assert seen == {
        Status.EXPIRED: ended,
        Status.DISABLED: ended + 30 * days,
        Status.DELETED: quote.data_until + days,
    }
    assert {each.recipient for each in await said(company, "license_ended")} == {"person-0", "person-1"}
    assert all(each.released_at for each in await company.rows(Assignment))


async def test_a_trial_ends_by_itself_and_is_never_disabled(company: Company, clock: FrozenClock) -> None:
    subscription = await buys(company, 3, trial=True)
    clock.advance(timedelta(days=30))
    assert await works(company) == 1
    row = await bought(company, subscription)
    assert (row.status, row.status_since) == (Status.EXPIRED, date(2026, 12, 22))
    clock.advance(timedelta(days=31))
    assert await works(company) == 1
    assert (await bought(company, subscription)).status is Status.DELETED
    assert await company.rows(Charge) == []
    assert await verify(company.record) == []


async def test_a_declined_card_is_tried_for_thirty_days_with_a_word_each_time_and_then_it_expires(
    company: Company, clock: FrozenClock
) -> None:
    subscription = await buys(company)
    await decline(company, "sandbox:declined")
    clock.advance(MONTH)
    tried = []
    for day in range(32):
        if await works(company):
            tried.append(day)
            assert await verify(company.record) == []
        clock.advance(timedelta(days=1))
    assert tried == [0, 5, 10, 15, 20, 25, 30]
    failed = await said(company, "charge_failed")
    assert [each.payload["again"] for each in failed] == [
        (date(2026, 12, 22) + timedelta(days=5 * number)).isoformat() for number in range(1, 7)
    ]
    assert {each.payload["until"] for each in failed} == {"2027-01-21"}
    row = await bought(company, subscription)
    assert (row.status, row.status_since, row.unpaid) == (Status.EXPIRED, date(2027, 1, 21), True)
    [expired] = await said(company, "subscription_expired")
    assert expired.payload["unpaid"]


async def test_a_card_that_works_again_pays_and_the_next_period_comes_on_its_day(
    company: Company, clock: FrozenClock
) -> None:
    subscription = await buys(company)
    await decline(company, "sandbox:declined")
    clock.advance(MONTH)
    await works(company)
    no = await refused(company.record.licenses.quote(ALICE, subscription, by=1))
    assert no.code == "unpaid"
    await decline(company, "sandbox:works")
    clock.advance(timedelta(days=5))
    assert await works(company) == 1
    row = await bought(company, subscription)
    assert (row.unpaid, row.retry_on, row.period_end) == (False, None, date(2027, 1, 22))
    clock.advance(timedelta(days=26))
    assert await works(company) == 1
    assert (await bought(company, subscription)).period_number == 3
    assert await verify(company.record) == []


async def test_what_is_no_longer_sold_ends_with_its_term(company: Company, record: Record, clock: FrozenClock) -> None:
    subscription = await buys(company)
    clock.advance(MONTH)
    nothing_sold = Catalog(tuple(replace(each, prices={}) for each in record.catalog.products))
    steps = NewPeriods(nothing_sold, Terms(), SandboxGateway())
    assert await Upkeep(LifeCycle(record.database, clock, Terms(), steps)).run() == 1
    assert (await bought(company, subscription)).status is Status.EXPIRED


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("UTC", "2027-03-28T00:00:00+00:00"),
        ("Europe/Berlin", "2027-03-27T23:00:00+00:00"),  # at two in the morning the clocks go forward
        ("Europe/Berlin", "2027-03-28T22:00:00+00:00"),
        ("Europe/Berlin", "2027-10-30T22:00:00+00:00"),  # at three they go back
        ("Europe/Berlin", "2027-10-31T23:00:00+00:00"),
        ("Asia/Shanghai", "2027-03-27T16:00:00+00:00"),
        ("America/Los_Angeles", "2027-03-28T07:00:00+00:00"),
    ],
)
async def test_a_day_begins_at_midnight_where_the_organisation_is(
    company: Company, clock: FrozenClock, zone: str, midnight: str
) -> None:
    organisation = await company.row(Organisation, "t1")
    organisation.time_zone = zone
    await company.adds(organisation)
    begins = datetime.fromisoformat(midnight)
    day = begins.astimezone(ZoneInfo(zone)).date()
    row = await bought(company, await company.buys())
    row.anchor = row.period_start = day - timedelta(days=28)
    row.period_end = day
    await company.adds(row)
    clock.advance(begins - clock.now() - timedelta(seconds=1))
    assert await company.record.life_cycle.due(10) == []
    clock.advance(timedelta(seconds=1))
    assert len(await company.record.life_cycle.due(10)) == 1
