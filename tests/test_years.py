"""Years pass day by day, on both databases: one charge a period, no gap and no overlap, whenever it was bought."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.upkeep import Upkeep
from storage.clock import FrozenClock
from storage.models import Charge, Invoice, InvoiceLine, Organisation, Subscription
from storage.terms import local_day, period
from storage.verify import verify
from storage.views import Actor, Term
from tests.small_company import Company

if TYPE_CHECKING:
    from storage.record import Record

YEARS = 5 if os.environ.get("SOAK") else 1
START = datetime(2028, 1, 28, 12, tzinfo=UTC)  # noon, which is that day everywhere below; 2028 has a 29 February
DAY = timedelta(days=1)
ANCHORS = {date(2028, 1, 29), date(2028, 1, 30), date(2028, 1, 31), date(2028, 2, 29)}
ZONES = {"t1": "UTC", "berlin": "Europe/Berlin", "shanghai": "Asia/Shanghai"}


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(START)


@pytest.fixture
async def company(record: Record) -> Company:
    company = await Company.in_(record)
    for tenant, zone in ZONES.items():
        await record.people.seen(tenant, "alice", name="Alice", member=True)
        organisation = await company.row(Organisation, tenant)
        organisation.time_zone = zone
        await company.adds(organisation)
        await company.has_card(Actor(tenant, "alice"))
    return company


async def buys(company: Company, term: Term) -> None:
    """Two licenses more in each organisation, on this day."""
    product = company.record.catalog.by_name("Power BI Pro").id
    for tenant in ZONES:
        alice = Actor(tenant, "alice")
        await company.does(alice, await company.record.purchases.quote(alice, product, 2, term=term))


async def test_each_period_is_charged_once_on_its_own_day(company: Company, record: Record, clock: FrozenClock) -> None:
    upkeep = Upkeep(record.life_cycle)
    for _ in range(366 * YEARS + 40):
        if clock.now().date() in ANCHORS:
            await buys(company, Term.MONTH)
            await buys(company, Term.YEAR)
        while await upkeep.run():
            pass
        clock.advance(DAY)
    subscriptions, charges = await company.rows(Subscription), await company.rows(Charge)
    assert len(subscriptions) == 2 * len(ZONES) * len(ANCHORS)
    for row in subscriptions:
        its = sorted((each for each in charges if each.subscription_id == row.id), key=lambda each: each.period_number)
        assert [each.period_number for each in its] == list(range(1, row.period_number + 1))
        assert row.anchor in ANCHORS and len(its) >= (13 if row.term is Term.MONTH else 2) * YEARS - YEARS
        days = [period(row.anchor, row.term, each.period_number).start for each in its]
        at = await company.row(Organisation, row.tenant)
        assert [local_day(each.at, _zone(at)) for each in its] == days
    await _no_gap(company)
    assert await verify(record) == []


async def _no_gap(company: Company) -> None:
    """What the invoices say was paid for, by itself: each line begins on the day on which the one before it ended."""
    lines = await company.rows(InvoiceLine)
    for subscription in {line.subscription_id for line in lines}:
        paid = sorted((line.period_start, line.period_end) for line in lines if line.subscription_id == subscription)
        assert all(before[1] == after[0] for before, after in pairwise(paid))
    invoices = await company.rows(Invoice)
    assert {each.total for each in invoices} == {2800, 12 * 2800}


def _zone(organisation: Organisation) -> ZoneInfo:
    return ZoneInfo(organisation.time_zone)
