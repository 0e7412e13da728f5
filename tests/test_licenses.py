"""Changing how many licenses a subscription has: the rules of quantity, time and money, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from storage.models import Assignment, Charge, Credit, Invoice, InvoiceLine, ScheduledTotal, Subscription
from storage.money import Money
from storage.views import ScheduledChange, Status, Term, When
from tests.small_company import ALICE, Company, refused

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from storage.record import Record

INSIDE, OUTSIDE = timedelta(days=3), timedelta(days=40)
PEOPLE = [f"person-{number}" for number in range(30)]


@pytest.fixture
async def company(record: Record) -> Company:
    return await Company.in_(record)


def dollars(amount: str) -> Money:
    whole, cents = amount.split(".")
    return Money(int(whole) * 100 + int(cents), "USD")


async def test_five_more_are_charged_for_the_days_left(company: Company, record: Record) -> None:
    # bought on 13 October: the period under way is 13 November to 13 December, 21 of its 30 days are left
    subscription = await company.buys(total=20)
    quote = await record.licenses.quote(ALICE, subscription, by=5)
    assert (quote.old_total, quote.new_total, quote.change) == (20, 25, 5)
    assert (quote.when, quote.why, quote.effective_on) == (When.NOW, "increase_now", date(2026, 11, 22))
    assert (quote.days_left, quote.days_in_period) == (21, 30)
    four = quote.amounts
    assert (four.due_now, four.net) == (dollars("49.00"), dollars("49.00"))
    assert (four.next_invoice, four.each_period) == (dollars("350.00"), dollars("350.00"))


async def test_a_confirmed_increase_is_in_the_books_to_the_cent(company: Company, record: Record) -> None:
    subscription = await company.buys(total=20, holders=3)
    quote = await record.licenses.quote(ALICE, subscription, to=25, said="make it 25")
    outcome = await record.operations.commit(ALICE, quote.id)
    assert outcome.receipt is not None
    assert outcome.receipt.invoice_number == "G000000001"
    assert outcome.receipt.done_by.name == "Alice"
    [owned] = await record.subscriptions.owned_by(ALICE)
    assert (owned.total, owned.assigned, owned.last_used_at) == (25, 3, record.clock.now())
    [line] = await company.rows(InvoiceLine)
    [invoice] = await company.rows(Invoice)
    charge = await company.row(Charge, "t1", line.charge_id)
    assert charge.amount == charge.captured == line.amount == invoice.total == quote.amounts.due_now.amount
    assert (line.quantity, line.unit_price, line.kind) == (5, 1400, "add_quantity")
    assert (line.period_start, line.period_end) == (date(2026, 11, 22), date(2026, 12, 13))


async def test_a_quote_changes_nothing(company: Company, record: Record) -> None:
    subscription = await company.buys(total=20)
    before = await company.row(Subscription, "t1", subscription)
    await record.licenses.quote(ALICE, subscription, by=5)
    after = await company.row(Subscription, "t1", subscription)
    assert (after.total, after.version, after.last_used_at) == (before.total, before.version, before.last_used_at)
    assert await company.rows(Invoice) == []


async def test_inside_the_window_a_reduction_is_credited_now(company: Company, record: Record) -> None:
    # bought on 19 November for 30 days, of which 27 are left: $14 × 5 × 27 / 30
    subscription = await company.buys(total=20, ago=INSIDE)
    quote = await record.licenses.quote(ALICE, subscription, to=15)
    assert (quote.when, quote.why, quote.returnable) == (When.NOW, "within_window", 20)
    assert quote.window_closes_at == datetime(2026, 11, 26, 9, tzinfo=UTC)
    assert (quote.amounts.due_now, quote.amounts.net) == (dollars("0.00"), -dollars("63.00"))
    assert quote.amounts.next_invoice == dollars("147.00")
    assert quote.amounts.each_period == dollars("210.00")
    outcome = await record.operations.commit(ALICE, quote.id)
    assert outcome.receipt is not None and outcome.receipt.invoice_number is None
    [credit] = await company.rows(Credit)
    assert (credit.amount, credit.remaining) == (6300, 6300)
    [charge] = await company.rows(Charge)
    assert charge.refunded == 6300


async def test_credits_still_open_lower_the_next_invoice(company: Company, record: Record) -> None:
    subscription = await company.buys(total=20, ago=INSIDE)
    first = await record.licenses.quote(ALICE, subscription, to=15)
    await record.operations.commit(ALICE, first.id)
    second = await record.licenses.quote(ALICE, subscription, to=14)
    assert second.amounts.net == -dollars("12.60")
    assert second.amounts.next_invoice == dollars("196.00") - dollars("63.00") - dollars("12.60")


async def test_after_a_renewal_the_window_opens_again_at_local_midnight(company: Company, record: Record) -> None:
    subscription = await company.buys(total=20, ago=timedelta(days=34))  # bought 19 October, renewed 19 November
    quote = await record.licenses.quote(ALICE, subscription, by=-1)
    assert quote.why == "within_window"
    assert quote.window_closes_at == datetime(2026, 11, 26, tzinfo=UTC)


async def test_outside_the_window_a_reduction_waits_for_the_renewal(company: Company, record: Record) -> None:
    subscription = await company.buys(total=20, ago=OUTSIDE)
    quote = await record.licenses.quote(ALICE, subscription, to=15)
    assert (quote.when, quote.why, quote.effective_on) == (
        When.RENEWAL,
        "outside_window",
        date(2026, 12, 13),
    )
    assert (quote.returnable, quote.window_closes_at) == (0, None)
    assert (quote.amounts.net, quote.amounts.each_period) == (dollars("0.00"), dollars("210.00"))
    await record.operations.commit(ALICE, quote.id)
    [owned] = await record.subscriptions.owned_by(ALICE)
    assert (owned.total, owned.scheduled) == (20, ScheduledChange(15, date(2026, 12, 13)))


async def test_the_window_closes_after_exactly_168_hours(company: Company, record: Record, clock: FrozenClock) -> None:
    subscription = await company.buys(total=20, ago=timedelta(hours=168) - timedelta(microseconds=1))
    assert (await record.licenses.quote(ALICE, subscription, by=-1)).when is When.NOW
    clock.advance(timedelta(microseconds=1))
    assert (await record.licenses.quote(ALICE, subscription, by=-1)).when is When.RENEWAL


async def test_later_only_the_licenses_just_added_can_be_given_back(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    subscription = await company.buys(total=20, ago=OUTSIDE)
    added = await record.licenses.quote(ALICE, subscription, by=5)
    await record.operations.commit(ALICE, added.id)
    clock.advance(timedelta(days=1))
    back = await record.licenses.quote(ALICE, subscription, by=-2)
    assert (back.when, back.returnable) == (When.NOW, 5)
    assert back.window_closes_at == datetime(2026, 11, 29, 9, tzinfo=UTC)
    await record.operations.commit(ALICE, back.id)
    too_many = await record.licenses.quote(ALICE, subscription, by=-4)
    assert (too_many.when, too_many.returnable) == (When.RENEWAL, 3)
    clock.advance(timedelta(days=6))
    assert (await record.licenses.quote(ALICE, subscription, by=-1)).when is When.RENEWAL


async def test_a_new_scheduled_change_replaces_the_old_one(company: Company, record: Record) -> None:
    subscription = await company.buys(total=20)
    await record.operations.commit(ALICE, (await record.licenses.quote(ALICE, subscription, to=15)).id)
    second = await record.licenses.quote(ALICE, subscription, to=12)
    assert second.replaces == ScheduledChange(15, date(2026, 12, 13))
    await record.operations.commit(ALICE, second.id)
    [scheduled] = await company.rows(ScheduledTotal)
    assert scheduled.total == 12


async def test_an_increase_keeps_the_scheduled_reduction_and_prices_the_renewal_by_it(
    company: Company, record: Record
) -> None:
    subscription = await company.buys(total=20, holders=10)
    await record.operations.commit(ALICE, (await record.licenses.quote(ALICE, subscription, to=12)).id)
    quote = await record.licenses.quote(ALICE, subscription, by=5)
    assert (quote.keeps, quote.replaces) == (ScheduledChange(12, date(2026, 12, 13)), None)
    assert quote.amounts.each_period == dollars("168.00")
    await record.operations.commit(ALICE, quote.id)
    assert len(await company.rows(ScheduledTotal)) == 1


async def test_an_increase_drops_a_scheduled_total_that_no_longer_fits_the_assigned(
    company: Company, record: Record
) -> None:
    subscription = await company.buys(total=20, holders=10)
    await record.operations.commit(ALICE, (await record.licenses.quote(ALICE, subscription, to=12)).id)
    await company.assigns_more(subscription, 3)
    quote = await record.licenses.quote(ALICE, subscription, by=5)
    assert (quote.keeps, quote.replaces) == (None, ScheduledChange(12, date(2026, 12, 13)))
    await record.operations.commit(ALICE, quote.id)
    assert await company.rows(ScheduledTotal) == []


async def test_licenses_in_use_are_the_floor(company: Company, record: Record) -> None:
    subscription = await company.buys(total=3, holders=3, ago=INSIDE)
    no = await refused(record.licenses.quote(ALICE, subscription, by=-2))
    assert (no.code, no.values) == (
        "below_assigned",
        {"product": "Power BI Pro", "assigned": 3, "lowest": 3, "to_free": 2},
    )
    assert (await refused(record.licenses.quote(ALICE, subscription, by=-2, release=()))).code == "below_assigned"


async def test_the_idle_can_give_up_theirs_as_part_of_the_reduction(company: Company, record: Record) -> None:
    subscription = await company.buys(total=5, holders=5, ago=INSIDE)
    idle = await record.licenses.idle(ALICE, subscription, 2)
    assert [holder.person.id for holder in idle] == ["person-4", "person-0"]
    assert idle[1].last_used_at is None
    quote = await record.licenses.quote(
        ALICE, subscription, to=3, release=[each.person.id for each in idle] + ["person-1"]
    )
    assert quote.releases == idle  # the third is not needed
    await record.operations.commit(ALICE, quote.id)
    row = await company.row(Subscription, "t1", subscription)
    assert (row.total, row.assigned) == (3, 3)
    live = {each.person_id for each in await company.rows(Assignment) if each.released_at is None}
    assert live == {"person-1", "person-2", "person-3"}


async def test_a_scheduled_reduction_keeps_everyone_working_until_the_renewal(company: Company, record: Record) -> None:
    subscription = await company.buys(total=5, holders=5, ago=OUTSIDE)
    quote = await record.licenses.quote(ALICE, subscription, to=4, release=["person-2"])
    await record.operations.commit(ALICE, quote.id)
    row = await company.row(Subscription, "t1", subscription)
    assert (row.total, row.assigned) == (5, 5)
    [scheduled] = await company.rows(ScheduledTotal)
    assert (scheduled.total, scheduled.releases) == (4, ["person-2"])


async def test_only_someone_who_holds_a_license_can_give_one_up(company: Company, record: Record) -> None:
    subscription = await company.buys(total=3, holders=3, ago=INSIDE)
    no = await refused(record.licenses.quote(ALICE, subscription, by=-1, release=["cara"]))
    assert (no.code, no.values) == ("holds_no_license", {"product": "Power BI Pro", "names": "Cara"})


async def test_at_most_twenty_people_give_up_theirs_at_once(company: Company, record: Record) -> None:
    subscription = await company.buys(total=30, holders=30, ago=INSIDE)
    assert (await record.licenses.quote(ALICE, subscription, to=10, release=PEOPLE)).new_total == 10
    no = await refused(record.licenses.quote(ALICE, subscription, to=9, release=PEOPLE))
    assert no.code == "too_many_people"


@pytest.mark.parametrize(
    ("change", "code", "values"),
    [
        ({"to": 0}, "at_least_one", {}),
        ({"to": -3}, "at_least_one", {}),
        ({"by": -20}, "at_least_one", {}),
        ({"to": 10**12}, "above_maximum", {"maximum": 10_000}),
        ({"by": 10**30}, "above_maximum", {"maximum": 10_000}),
        ({"to": 20}, "no_change", {"total": 20}),
        ({"by": 0}, "no_change", {"total": 20}),
    ],
)
async def test_a_number_that_makes_no_sense_is_refused_by_name(
    company: Company, record: Record, change: dict[str, int], code: str, values: dict[str, int]
) -> None:
    subscription = await company.buys(total=20)
    no = await refused(record.licenses.quote(ALICE, subscription, **change))  # type: ignore[arg-type]
    assert (no.code, no.values) == (code, {"product": "Power BI Pro", **values})


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.DISABLED])
async def test_only_an_active_subscription_changes(company: Company, record: Record, status: Status) -> None:
    subscription = await company.buys(status=status)
    no = await refused(record.licenses.quote(ALICE, subscription, by=1))
    assert (no.code, no.values["status"]) == ("not_active", status.value)


async def test_a_period_that_has_ended_sells_nothing(company: Company, record: Record, clock: FrozenClock) -> None:
    subscription = await company.buys(total=20)
    clock.advance(timedelta(days=21))
    assert (await refused(record.licenses.quote(ALICE, subscription, by=1))).code == "not_active"


async def test_while_unpaid_nothing_is_added_but_fewer_can_be_scheduled(company: Company, record: Record) -> None:
    subscription = await company.buys(total=8, unpaid=True)
    assert (await refused(record.licenses.quote(ALICE, subscription, by=1))).code == "unpaid"
    assert (await record.licenses.quote(ALICE, subscription, by=-1)).when is When.RENEWAL


async def test_nothing_is_given_back_that_was_never_paid(company: Company, record: Record) -> None:
    subscription = await company.buys(total=8, unpaid=True, ago=INSIDE)
    assert (await refused(record.licenses.quote(ALICE, subscription, by=-1))).code == "nothing_to_credit"


async def test_with_recurring_billing_off_nothing_can_be_scheduled(company: Company, record: Record) -> None:
    subscription = await company.buys(total=20, recurring=False)
    no = await refused(record.licenses.quote(ALICE, subscription, by=-1))
    assert (no.code, no.values["until"]) == ("recurring_off", "2026-12-13")
    quote = await record.licenses.quote(ALICE, subscription, by=1)
    assert (quote.amounts.next_invoice, quote.amounts.each_period) == (dollars("0.00"), dollars("0.00"))


async def test_a_year_is_paid_at_once(company: Company, record: Record) -> None:
    subscription = await company.buys("Visio Plan 2", total=10, ago=timedelta(days=344), term=Term.YEAR)
    quote = await record.licenses.quote(ALICE, subscription, by=1)
    assert (quote.days_left, quote.days_in_period) == (21, 365)
    assert quote.amounts.due_now == dollars("10.36")  # 21 of 365 days of $180
    assert quote.amounts.each_period == dollars("1980.00")


async def test_without_a_way_to_pay_nothing_is_added(company: Company, record: Record) -> None:
    subscription = await company.buys(card=None)
    assert (await refused(record.licenses.quote(ALICE, subscription, by=1))).code == "no_payment_method"
