"""Licenses added for somebody by name, and changes that are wished for now or for the renewal, on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from storage.demo import TENANT, person_id
from storage.models import Charge, OutboxMessage, Person, ScheduledTotal, Subscription
from storage.quotes import ChangeQuote, Seat
from storage.verify import verify
from storage.views import Actor, OperationStatus, ScheduledChange, When
from tests.handing_out import holders, seats
from tests.small_company import ALICE, Company, refused

if TYPE_CHECKING:
    from storage.record import Record

INSIDE, OUTSIDE = timedelta(days=3), timedelta(days=40)
RENEWAL = date(2026, 12, 13)  # of what was bought 40 days ago


@pytest.fixture
async def company(record: Record) -> Company:
    return await Company.in_(record)


async def done(record: Record, subscription: str, **wish: Any) -> ChangeQuote:
    quote = await record.licenses.quote(ALICE, subscription, **wish)
    outcome = await record.operations.commit(ALICE, quote.id)
    assert outcome.status is OperationStatus.DONE, outcome
    return quote


async def test_two_more_go_at_once_to_the_two_they_are_for(company: Company, record: Record) -> None:
    subscription = await company.buys(total=3, holders=3)
    quote = await record.licenses.quote(ALICE, subscription, by=2, assign=["bob", "alice", "bob"])
    assert [person.name for person in quote.assigns] == ["Bob", "Alice"]
    assert len(await holders(record, subscription)) == 3
    await record.operations.commit(ALICE, quote.id)
    assert await holders(record, subscription) == {"person-0", "person-1", "person-2", "bob", "alice"}
    row = await company.row(Subscription, "t1", subscription)
    assert (row.total, row.assigned) == (5, 5)
    told = {(message.kind, message.recipient) for message in await company.rows(OutboxMessage)}
    assert told == {("fulfil", "microsoft"), ("license_given", "bob")}  # Alice saw it done


async def without_cara(company: Company) -> None:
    cara = await company.row(Person, "t1", "cara")
    cara.enabled = False
    await company.adds(cara)


@pytest.mark.parametrize(
    ("person", "code", "seat"),
    [
        ("evan", "only_members", Seat.GUEST),
        ("cara", "account_disabled", Seat.DISABLED),
        ("person-0", "already_holds", Seat.ALREADY),
    ],
)
async def test_who_cannot_have_a_license_is_left_out_with_the_reason(
    company: Company, record: Record, person: str, code: str, seat: Seat
) -> None:
    subscription = await company.buys(total=3, holders=1)
    await without_cara(company)
    quote = await record.licenses.quote(ALICE, subscription, by=2, assign=["bob", person])
    assert [each.id for each in quote.assigns] == ["bob"]
    assert [(each.person.id, each.seat) for each in quote.left_out] == [(person, seat)]
    assert (await record.operations.commit(ALICE, quote.id)).status is OperationStatus.DONE
    assert (await refused(record.licenses.quote(ALICE, subscription, by=2, assign=[person]))).code == code


async def test_with_no_number_there_is_one_for_each_who_can_have_one(company: Company, record: Record) -> None:
    subscription = await company.buys(total=3, holders=1)
    everybody = ["bob", "evan", "cara", "person-0"]
    quote = await record.licenses.quote(ALICE, subscription, assign=everybody)
    assert (quote.new_total, [each.id for each in quote.assigns]) == (5, ["bob", "cara"])
    await without_cara(company)  # since the card was drawn
    outcome = await record.operations.commit(ALICE, quote.id)
    assert outcome.refusal is not None and isinstance(fresh := outcome.refusal.quote, ChangeQuote)
    assert (fresh.new_total, [each.id for each in fresh.assigns]) == (4, ["bob"])
    assert [each.person.id for each in fresh.left_out] == ["evan", "cara", "person-0"]


async def test_one_more_is_not_enough_for_two(company: Company, record: Record) -> None:
    subscription = await company.buys(total=3, holders=3)
    no = await refused(record.licenses.quote(ALICE, subscription, by=1, assign=["bob", "cara"]))
    assert (no.code, no.values) == ("not_enough", {"product": "Power BI Pro", "lacking": 1, "free": 1})


async def test_when_somebody_has_got_theirs_meanwhile_nothing_is_bought(company: Company, record: Record) -> None:
    subscription = await company.buys(total=3)
    quote = await record.licenses.quote(ALICE, subscription, by=1, assign=["bob"])
    await seats(record, ALICE, subscription, give=["bob"])
    outcome = await record.operations.commit(ALICE, quote.id)
    assert (outcome.status, outcome.refusal and outcome.refusal.code) == (OperationStatus.REFUSED, "already_holds")
    assert (await company.row(Subscription, "t1", subscription)).total == 3


async def test_when_the_free_ones_are_gone_meanwhile_nothing_is_bought(company: Company, record: Record) -> None:
    subscription = await company.buys(total=2, holders=1)
    quote = await record.licenses.quote(ALICE, subscription, by=1, assign=["bob", "cara"])
    await seats(record, ALICE, subscription, give=["alice"])
    outcome = await record.operations.commit(ALICE, quote.id)
    assert (outcome.status, outcome.refusal and outcome.refusal.code) == (OperationStatus.REFUSED, "not_enough")
    assert (await company.row(Subscription, "t1", subscription)).total == 2


async def test_more_at_the_renewal_cost_nothing_until_then(company: Company, record: Record) -> None:
    subscription = await company.buys(total=20, ago=OUTSIDE)
    charges = len(await company.rows(Charge))
    quote = await done(record, subscription, by=5, when=When.RENEWAL)
    assert (quote.when, quote.why, quote.effective_on) == (When.RENEWAL, "as_wished", RENEWAL)
    amounts = quote.amounts
    assert (amounts.due_now.amount, amounts.net.amount) == (0, 0)
    assert (amounts.next_invoice.amount, amounts.each_period.amount) == (35_000, 35_000)
    row = await company.row(Subscription, "t1", subscription)
    [scheduled] = await company.rows(ScheduledTotal)
    assert (row.total, scheduled.total) == (20, 25)
    assert len(await company.rows(Charge)) == charges


async def test_who_is_to_get_one_gets_it_now_or_not_by_name(company: Company, record: Record) -> None:
    subscription = await company.buys(total=20)
    later = record.licenses.quote(ALICE, subscription, by=1, when=When.RENEWAL, assign=["bob"])
    assert (await refused(later)).code == "assign_later"


async def test_within_the_window_a_reduction_waits_if_that_is_wished(company: Company, record: Record) -> None:
    subscription = await company.buys(total=20, ago=INSIDE)
    quote = await record.licenses.quote(ALICE, subscription, to=15, when=When.RENEWAL)
    assert (quote.when, quote.why, quote.amounts.net.amount) == (When.RENEWAL, "as_wished", 0)


async def test_outside_the_window_now_is_refused_with_the_day_it_can_be(company: Company, record: Record) -> None:
    subscription = await company.buys(total=20, ago=OUTSIDE)
    await done(record, subscription, by=2)
    no = await refused(record.licenses.quote(ALICE, subscription, by=-3, when=When.NOW))
    assert (no.code, no.values) == ("not_now", {"product": "Power BI Pro", "until": "2026-12-13", "returnable": 2})
    assert (await record.licenses.quote(ALICE, subscription, by=-2, when=When.NOW)).when is When.NOW
    ending = await company.buys(total=20, ago=OUTSIDE, recurring=False)
    assert (await refused(record.licenses.quote(ALICE, ending, by=-3, when=When.NOW))).code == "recurring_off"
    later = record.licenses.quote(ALICE, ending, by=3, when=When.RENEWAL)
    assert (await refused(later)).code == "recurring_off"


async def test_what_is_scheduled_already_is_not_scheduled_again(company: Company, record: Record) -> None:
    subscription = await company.buys(total=20, ago=OUTSIDE)
    await done(record, subscription, to=15)
    for again in ({"to": 15}, {"by": -5}, {"to": 15, "when": When.RENEWAL}):
        no = await refused(record.licenses.quote(ALICE, subscription, **again))  # type: ignore[arg-type]
        assert (no.code, no.values) == (
            "already_scheduled",
            {"product": "Power BI Pro", "total": 15, "date": "2026-12-13"},
        )
    assert (await record.licenses.quote(ALICE, subscription, to=14)).replaces == ScheduledChange(15, RENEWAL)


async def test_a_scheduled_increase_stays_while_it_is_one(company: Company, record: Record) -> None:
    subscription = await company.buys(total=20, ago=OUTSIDE)
    await done(record, subscription, to=25, when=When.RENEWAL)
    assert (await record.licenses.quote(ALICE, subscription, to=24)).keeps == ScheduledChange(25, RENEWAL)
    assert (await record.licenses.quote(ALICE, subscription, to=25)).replaces == ScheduledChange(25, RENEWAL)
    assert (await record.licenses.quote(ALICE, subscription, to=24)).amounts.next_invoice.amount == 25 * 1400


async def test_an_increase_for_somebody_drops_a_scheduled_total_without_a_license_for_them(
    company: Company, record: Record
) -> None:
    subscription = await company.buys(total=5, holders=3, ago=OUTSIDE)
    await done(record, subscription, to=3)
    assert (await record.licenses.quote(ALICE, subscription, by=1)).keeps == ScheduledChange(3, RENEWAL)
    quote = await record.licenses.quote(ALICE, subscription, by=1, assign=["bob"])
    assert quote.replaces == ScheduledChange(3, RENEWAL)


async def test_what_was_bought_for_somebody_verifies(contoso: Record) -> None:
    alice = Actor(TENANT, person_id(1))
    bought = next(
        each
        for each in await contoso.subscriptions.owned_by(alice)
        if each.product_name == "Planner and Project Plan 3"
    )
    for assign in ([person_id(3), person_id(31)], []):
        quote = await contoso.licenses.quote(alice, bought.id, by=2, assign=assign)
        assert (await contoso.operations.commit(alice, quote.id)).status is OperationStatus.DONE
    assert await verify(contoso) == []
