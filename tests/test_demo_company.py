"""Contoso moves in as facts/contoso.md describes it, on both engines, on any day of any year."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from storage.clock import FrozenClock
from storage.demo import TENANT, person_id, seed
from storage.models import Assignment, Grant, Invoice, Row
from storage.money import Money
from storage.record import Record
from storage.verify import verify
from storage.views import Actor, PaymentMethodView, ScheduledChange, Status, SubscriptionView, Term, When

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

ALICE, BOB, LI_HUA, DANA, EVAN, CHEN_WEI = (Actor(TENANT, person_id(n)) for n in (1, 2, 3, 4, 6, 12))


async def owned(record: Record, actor: Actor) -> dict[str, SubscriptionView]:
    return {view.product_name: view for view in await record.subscriptions.owned_by(actor)}


async def rows(record: Record) -> dict[str, int]:
    """How many rows each table has."""

    async def question(session: AsyncSession) -> dict[str, int]:
        tables = Row.metadata.sorted_tables
        return {t.name: await session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}

    return await record.database.read(question)


async def test_contoso_keeps_every_invariant(contoso: Record) -> None:
    assert await verify(contoso) == []


async def test_the_company_moves_in_once(contoso: Record) -> None:
    before = await rows(contoso)
    await seed(contoso)
    assert await rows(contoso) == before


async def test_it_has_48_people_two_anns_one_guest_and_one_disabled_account(contoso: Record) -> None:
    people = {person.id: person for person in await contoso.people.named(TENANT)}
    assert len(people) == 48
    assert sorted(p.name for p in people.values() if p.name.startswith("Ann")) == ["Ann Kovacs", "Ann Lee"]
    assert [p.name for p in people.values() if not p.member] == ["Evan Guest"]
    assert [p.id for p in people.values() if not p.enabled] == [person_id(48)]
    assert people[person_id(3)].name == "李华"
    assert people[person_id(3)].language == "zh-CN"
    assert people[person_id(1)].mail == "alice@contoso.example"
    assert people[person_id(5)].mail == "ann.lee@contoso.example"
    assert {p.department for p in people.values() if p.member} == {"Sales", "Finance", "HR", "Engineering", "IT"}


async def test_alice_has_four_subscriptions(contoso: Record) -> None:
    mine = await owned(contoso, ALICE)
    assert {name: (view.total, view.assigned, view.term) for name, view in mine.items()} == {
        "Power BI Pro": (20, 17, Term.MONTH),
        "Visio Plan 2": (10, 9, Term.YEAR),
        "Teams Premium": (5, 2, Term.MONTH),
        "Planner and Project Plan 3": (3, 3, Term.MONTH),
    }
    assert {view.payment_method for view in mine.values()} == {PaymentMethodView("Visa", "4242")}
    assert mine["Visio Plan 2"].period_end == date(2026, 12, 13)
    assert mine["Teams Premium"].scheduled == ScheduledChange(3, date(2026, 12, 8))


async def test_what_others_bought_is_as_it_stands_in_the_facts(contoso: Record) -> None:
    li_hua, dana, chen_wei = [await owned(contoso, actor) for actor in (LI_HUA, DANA, CHEN_WEI)]
    visio, automate = li_hua["Visio Plan 1"], li_hua["Power Automate Premium"]
    assert (visio.total, visio.assigned, visio.unpaid) == (5, 2, False)
    assert (automate.total, automate.assigned, automate.unpaid) == (8, 8, True)
    assert visio.payment_method == PaymentMethodView("Mastercard", "5100")
    assert automate.payment_method == PaymentMethodView("Visa", "0002")
    copilot = dana["Microsoft 365 Copilot"]
    assert (copilot.total, copilot.assigned, copilot.status) == (2, 1, Status.EXPIRED)
    assert {name: (v.total, v.assigned) for name, v in chen_wei.items()} == {
        "Visio Plan 1": (2, 1),
        "Visio Plan 2": (2, 1),
    }


async def test_bob_the_admin_has_bought_nothing_and_sees_what_others_have(contoso: Record) -> None:
    visio = [product.id for product in contoso.catalog.products if product.family == "Visio"]
    assert await contoso.subscriptions.owned_by(BOB) == []
    assert len(await contoso.subscriptions.of_product(BOB, visio)) == 4
    assert await contoso.subscriptions.of_product(ALICE, visio) == []
    assert await contoso.subscriptions.owned_by(EVAN) == []


async def test_five_more_power_bi_pro_cost_alice_what_the_business_says(contoso: Record) -> None:
    mine = (await owned(contoso, ALICE))["Power BI Pro"]
    quote = await contoso.licenses.quote(ALICE, mine.id, by=5)
    assert (quote.days_left, quote.days_in_period) == (21, 30)
    assert quote.amounts.due_now == quote.amounts.net == Money(4900, "USD")
    assert quote.amounts.next_invoice == quote.amounts.each_period == Money(35_000, "USD")


async def test_power_bi_pro_is_outside_the_window_and_project_is_inside(contoso: Record) -> None:
    mine = await owned(contoso, ALICE)
    power_bi = await contoso.licenses.quote(ALICE, mine["Power BI Pro"].id, by=-1)
    assert (power_bi.when, power_bi.returnable) == (When.RENEWAL, 0)
    project = mine["Planner and Project Plan 3"]
    quote = await contoso.licenses.quote(ALICE, project.id, by=-1, release=[person_id(13)])
    assert (quote.when, quote.returnable) == (When.NOW, 3)


async def test_three_people_have_not_used_visio_plan_2_for_60_days(contoso: Record) -> None:
    visio = (await owned(contoso, ALICE))["Visio Plan 2"]
    idle = await contoso.licenses.idle(ALICE, visio.id, 9)
    days = [(contoso.clock.now() - holder.last_used_at).days for holder in idle if holder.last_used_at]
    assert [holder.person.id for holder in idle[:3]] == [person_id(19), person_id(18), person_id(17)]
    assert [unused >= 60 for unused in days] == [True] * 3 + [False] * 6


async def test_visio_plan_2_is_shared_with_the_team_sales_and_nothing_else_is(contoso: Record) -> None:
    visio = (await owned(contoso, ALICE))["Visio Plan 2"]

    async def question(session: AsyncSession) -> list[str]:
        return list(await session.scalars(select(Grant.subscription_id)))

    assert await contoso.database.read(question) == [visio.id]


async def test_invoices_of_a_year_are_numbered_in_the_order_they_were_issued(contoso: Record) -> None:
    async def question(session: AsyncSession) -> list[tuple[int, datetime]]:
        invoices = await session.execute(select(Invoice.sequence, Invoice.issued_at).order_by(Invoice.sequence))
        return [(number, at) for number, at in invoices]

    issued = await contoso.database.read(question)
    assert [number for number, _ in issued] == list(range(1, len(issued) + 1))
    assert [at for _, at in issued] == sorted(at for _, at in issued)
    assert (contoso.clock.now() - issued[0][1]).days > 330


async def test_nobody_used_a_license_before_getting_it_or_in_the_future(contoso: Record) -> None:
    async def question(session: AsyncSession) -> list[Assignment]:
        return list(await session.scalars(select(Assignment)))

    for held in await contoso.database.read(question):
        assert held.last_used_at is not None
        assert held.assigned_at <= held.last_used_at <= contoso.clock.now()


@pytest.mark.parametrize(
    "first_start",
    [
        datetime(2027, 3, 1, 0, 0, tzinfo=UTC),
        datetime(2028, 2, 29, 23, 59, tzinfo=UTC),
        datetime(2026, 12, 31, 12, tzinfo=UTC),
        datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
    ],
    ids=str,
)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/Los_Angeles"])
async def test_whenever_and_wherever_the_demo_starts_contoso_is_in_order(
    sqlite_url: str, first_start: datetime, zone: str
) -> None:
    record = await Record.open(sqlite_url, FrozenClock(first_start), timezone=ZoneInfo(zone), currency="USD")
    try:
        await seed(record)
        assert await verify(record) == []
        mine = await owned(record, ALICE)
        power_bi, project = mine["Power BI Pro"], mine["Planner and Project Plan 3"]
        assert (await record.licenses.quote(ALICE, power_bi.id, by=-1)).when is When.RENEWAL
        released = [person_id(13)]
        assert (await record.licenses.quote(ALICE, project.id, by=-1, release=released)).when is When.NOW
    finally:
        await record.close()


async def test_in_a_currency_without_prices_contoso_still_moves_in(sqlite_url: str, clock: FrozenClock) -> None:
    record = await Record.open(sqlite_url, clock, timezone=ZoneInfo("UTC"), currency="EUR")
    try:
        await seed(record)
        assert await verify(record) == []
        assert (await owned(record, ALICE))["Power BI Pro"].price == Money(0, "EUR")
    finally:
        await record.close()
