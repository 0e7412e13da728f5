"""How a subscription goes on: recurring billing on and off, a reduction dropped, reactivation; on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from storage.models import Cancellation, Charge, Invoice, InvoiceLine, OutboxMessage, ScheduledTotal, Subscription
from storage.money import Money
from storage.quotes import Renewal
from storage.verify import verify
from storage.views import Amounts, ScheduledChange, Status, Term
from tests.small_company import ALICE, Company, refused

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from storage.quotes import RenewalQuote
    from storage.record import Record

ZERO = Money(0, "USD")
OUTSIDE = timedelta(days=40)


@pytest.fixture
async def company(record: Record) -> Company:
    return await Company.in_(record)


async def decides(company: Company, subscription: str, renewal: Renewal) -> RenewalQuote:
    quote = await company.record.renewals.quote(ALICE, subscription, renewal)
    await company.does(ALICE, quote)
    return quote


async def buys(company: Company, licenses: int = 5, **wish: Term) -> str:
    """The id of a subscription of Power BI Pro that is bought like any other."""
    await company.has_card()
    product = company.record.catalog.by_name("Power BI Pro").id
    quote = await company.record.purchases.quote(ALICE, product, licenses, **wish)
    await company.does(ALICE, quote)
    return quote.id


async def test_turned_off_it_ends_with_its_term_and_drops_what_was_scheduled(company: Company, record: Record) -> None:
    subscription = await company.buys(total=5, ago=OUTSIDE)
    await company.does(ALICE, await record.licenses.quote(ALICE, subscription, to=3))
    quote = await decides(company, subscription, Renewal.OFF)
    assert (quote.ends_on, quote.drops) == (date(2026, 12, 13), ScheduledChange(3, date(2026, 12, 13)))
    assert quote.amounts == Amounts(ZERO, ZERO, ZERO, ZERO)
    [view] = await record.subscriptions.owned_by(ALICE)
    assert (view.cancelled, view.status, view.scheduled) == (True, Status.ACTIVE, None)
    assert await company.rows(ScheduledTotal) == []


async def test_turned_on_again_it_costs_what_it_did(company: Company, record: Record) -> None:
    subscription = await company.buys(total=5, ago=OUTSIDE)
    await decides(company, subscription, Renewal.OFF)
    quote = await decides(company, subscription, Renewal.ON)
    each = Money(7000, "USD")
    assert quote.amounts == Amounts(due_now=ZERO, next_invoice=each, each_period=each, net=ZERO)
    assert (quote.ends_on, quote.drops) == (None, None)
    [view] = await record.subscriptions.owned_by(ALICE)
    assert not view.cancelled


async def test_turning_it_on_takes_a_cancellation_back_and_says_so_to_the_holders(
    company: Company, record: Record
) -> None:
    subscription = await company.buys(total=5, holders=2, ago=OUTSIDE)
    await company.does(ALICE, await record.cancellations.quote(ALICE, subscription, "unused"))
    quote = await decides(company, subscription, Renewal.ON)
    [cancellation] = await company.rows(Cancellation)
    assert cancellation.taken_back_at == record.clock.now()
    told = {
        (message.kind, message.recipient)
        for message in await company.rows(OutboxMessage)
        if message.operation_id == quote.id
    }
    assert told == {("fulfil", "microsoft"), ("subscription_goes_on", "person-0"), ("subscription_goes_on", "person-1")}


async def test_a_dropped_reduction_keeps_the_total(company: Company, record: Record) -> None:
    subscription = await company.buys(total=5, ago=OUTSIDE)
    await company.does(ALICE, await record.licenses.quote(ALICE, subscription, to=3))
    quote = await decides(company, subscription, Renewal.KEEP_TOTAL)
    assert quote.drops == ScheduledChange(3, date(2026, 12, 13))
    assert (quote.amounts.due_now, quote.amounts.each_period) == (ZERO, Money(7000, "USD"))
    [view] = await record.subscriptions.owned_by(ALICE)
    assert (view.total, view.scheduled, view.cancelled) == (5, None, False)


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.DISABLED])
async def test_reactivated_it_begins_a_new_period_today(
    company: Company, record: Record, clock: FrozenClock, status: Status
) -> None:
    subscription = await buys(company)
    await decides(company, subscription, Renewal.OFF)
    clock.advance(timedelta(days=70))  # from 22 November, of which one month was paid, to 31 January
    row = await company.row(Subscription, "t1", subscription)
    row.status = status
    await company.adds(row)
    quote = await record.renewals.quote(ALICE, subscription, Renewal.REACTIVATE)
    each = Money(7000, "USD")
    assert quote.amounts == Amounts(due_now=each, next_invoice=each, each_period=each, net=each)
    receipt = await company.does(ALICE, quote)
    assert receipt.invoice_number == "G000000002"
    [view] = await record.subscriptions.owned_by(ALICE)
    assert (view.status, view.cancelled, view.total) == (Status.ACTIVE, False, 5)
    assert (view.period_start, view.period_end) == (date(2027, 1, 31), date(2027, 2, 28))
    charges = sorted((charge.period_number, charge.kind.value, charge.amount) for charge in await company.rows(Charge))
    assert charges == [(1, "purchase", 7000), (2, "renew", 7000)]
    lines = {(line.period_start, line.period_end) for line in await company.rows(InvoiceLine)}
    assert lines == {(date(2026, 11, 22), date(2026, 12, 22)), (date(2027, 1, 31), date(2027, 2, 28))}
    assert await verify(record) == []


async def test_what_was_cancelled_at_once_can_be_had_again_on_the_same_day(company: Company, record: Record) -> None:
    subscription = await buys(company)
    await company.does(ALICE, await record.cancellations.quote(ALICE, subscription, "other"))
    await decides(company, subscription, Renewal.REACTIVATE)
    [view] = await record.subscriptions.owned_by(ALICE)
    assert (view.status, view.assigned, view.period_start) == (Status.ACTIVE, 0, date(2026, 11, 22))
    assert sorted(invoice.total for invoice in await company.rows(Invoice)) == [-7000, 7000, 7000]
    [cancellation] = await company.rows(Cancellation)
    assert cancellation.taken_back_at is not None
    assert await verify(record) == []


async def test_a_reactivated_subscription_can_be_given_back_like_a_new_one(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    subscription = await buys(company)
    await company.does(ALICE, await record.cancellations.quote(ALICE, subscription, "other"))
    clock.advance(timedelta(days=60))
    await decides(company, subscription, Renewal.REACTIVATE)
    clock.advance(timedelta(days=2))
    quote = await record.cancellations.quote(ALICE, subscription, "other")
    await company.does(ALICE, quote)
    assert quote.refund == Money(6548, "USD")  # 29 of the 31 days from 21 January
    assert await verify(record) == []


async def test_a_card_that_is_declined_reactivates_nothing(company: Company, record: Record) -> None:
    subscription = await company.buys(total=5, card="sandbox:declined", status=Status.EXPIRED)
    quote = await record.renewals.quote(ALICE, subscription, Renewal.REACTIVATE)
    outcome = await record.operations.commit(ALICE, quote.id)
    assert outcome.refusal is not None and outcome.refusal.code == "payment_declined"
    row = await company.row(Subscription, "t1", subscription)
    assert (row.status, row.version, row.anchor_period) == (Status.EXPIRED, 1, 1)


@pytest.mark.parametrize(
    ("columns", "renewal", "code"),
    [
        ({}, Renewal.ON, "already_on"),
        ({"recurring": False}, Renewal.OFF, "already_off"),
        ({}, Renewal.KEEP_TOTAL, "nothing_scheduled"),
        ({}, Renewal.REACTIVATE, "not_expired"),
        ({"recurring": False}, Renewal.REACTIVATE, "not_expired"),
        ({"status": Status.EXPIRED, "recurring": False}, Renewal.ON, "not_active"),
        ({"status": Status.DISABLED, "recurring": False}, Renewal.OFF, "not_active"),
        ({"status": Status.EXPIRED, "unpaid": True}, Renewal.REACTIVATE, "unpaid"),
        ({"status": Status.EXPIRED, "card": None}, Renewal.REACTIVATE, "no_payment_method"),
        ({"recurring": False, "card": None}, Renewal.ON, "no_payment_method"),
    ],
)
async def test_what_cannot_be_decided_is_refused_by_name(
    company: Company, record: Record, columns: dict[str, object], renewal: Renewal, code: str
) -> None:
    subscription = await company.buys(total=5, ago=OUTSIDE, **columns)  # type: ignore[arg-type]
    no = await refused(record.renewals.quote(ALICE, subscription, renewal))
    assert (no.code, no.values["product"]) == (code, "Power BI Pro")


@pytest.mark.parametrize("renewal", Renewal)
async def test_what_is_deleted_cannot_be_had_back(company: Company, record: Record, renewal: Renewal) -> None:
    subscription = await company.buys(status=Status.DELETED)
    assert (await refused(record.renewals.quote(ALICE, subscription, renewal))).code == "unknown_subscription"
