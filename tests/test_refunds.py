"""Refunds: what was paid and not what it costs now, to the card once, and refused where the card takes none."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from dialogs.texts import LANGUAGES, Reader
from storage import invoices
from storage.catalog import Catalog
from storage.errors import RecordUnavailable
from storage.models import Charge, Credit, Invoice, InvoiceLine, LineKind, Subscription
from storage.money import Money
from storage.payments import Declined, SandboxGateway
from storage.quotes import Renewal
from storage.record import Record
from storage.verify import verify
from storage.views import Status, When
from tests.small_company import ALICE, Company, refused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.clock import FrozenClock
    from storage.transaction import Transaction


@dataclass(frozen=True)
class Bank(SandboxGateway):
    """The sandbox, which pays back once for each key, and to a closed account nothing."""

    paid_back: dict[str, Money] = field(default_factory=dict)

    async def refund(self, token: str, amount: Money, key: str) -> None:
        if token == "sandbox:closed":
            raise Declined("the account is closed")
        self.paid_back.setdefault(key, amount)


async def opened(url: str, clock: FrozenClock, bank: Bank, catalog: Catalog | None = None) -> Record:
    zone = ZoneInfo("UTC")
    return await Record.open(url, clock, timezone=zone, currency="USD", gateway=bank, catalog=catalog)


def sold_for(cents: int | None) -> Catalog:
    """The catalogue of another release, in which Teams Premium costs so much a month, or is not sold any more."""
    prices = {} if cents is None else {"USD": cents}
    products = Catalog().products
    return Catalog(tuple(replace(each, prices=prices) if each.name == "Teams Premium" else each for each in products))


@pytest.fixture
def bank() -> Bank:
    return Bank()


@pytest.fixture
async def record(database_url: str, clock: FrozenClock, bank: Bank) -> AsyncIterator[Record]:
    record = await opened(database_url, clock, bank)
    yield record
    await record.close()


@pytest.fixture
async def company(record: Record) -> Company:
    return await Company.in_(record)


async def buys(company: Company, licenses: int = 10) -> str:
    """The id of a subscription of Teams Premium, at $10 a month."""
    product = company.record.catalog.by_name("Teams Premium").id
    quote = await company.record.purchases.quote(ALICE, product, licenses)
    await company.does(ALICE, quote)
    return quote.id


async def cancels(company: Company, subscription: str) -> Money:
    quote = await company.record.cancellations.quote(ALICE, subscription, "other")
    await company.does(ALICE, quote)
    return quote.refund


@pytest.mark.parametrize("cents", [1000, 1500, 500, None])
async def test_a_refund_is_of_what_was_paid_whatever_the_price_is_now(
    company: Company, record: Record, clock: FrozenClock, database_url: str, bank: Bank, cents: int | None
) -> None:
    await company.has_card()
    subscription = await buys(company)
    clock.advance(timedelta(days=6))
    await record.close()
    later = await opened(database_url, clock, bank, sold_for(cents))
    try:
        assert await cancels(Company(later), subscription) == Money(8000, "USD")  # $100 for 30 days, 6 of them used
        assert await verify(later) == []
    finally:
        await later.close()


@pytest.mark.parametrize("cents", [1500, 500])
async def test_a_reduction_credits_what_was_paid_and_the_next_period_costs_what_it_does_now(
    company: Company, record: Record, clock: FrozenClock, database_url: str, cents: int
) -> None:
    await company.has_card()
    subscription = await buys(company)
    clock.advance(timedelta(days=6))
    await record.close()
    later = await opened(database_url, clock, Bank(), sold_for(cents))
    try:
        quote = await later.licenses.quote(ALICE, subscription, by=-4)
        assert quote.amounts.net == Money(-3200, "USD")  # $40 for 30 days, 6 of them used
        assert quote.amounts.next_invoice == Money(6 * cents - 3200 if cents > 533 else 0, "USD")
        await Company(later).does(ALICE, quote)
        assert await verify(later) == []
    finally:
        await later.close()


async def test_each_license_goes_back_for_its_own_price_the_newest_first_and_the_credit_note_says_so(
    company: Company, record: Record, clock: FrozenClock, database_url: str, bank: Bank
) -> None:
    await company.has_card()
    subscription = await buys(company)  # at $10
    clock.advance(timedelta(days=3))
    await record.close()
    dearer = await opened(database_url, clock, bank, sold_for(1500))
    company = Company(dearer)
    try:
        await company.does(ALICE, await dearer.licenses.quote(ALICE, subscription, by=5))  # at $15
        clock.advance(timedelta(days=1))
        reduction = await dearer.licenses.quote(ALICE, subscription, by=-6)
        five, one = 5 * 1500 * 26 // 30, 867  # and $10 for 26 of 30 days, rounded once
        assert reduction.amounts.net == -Money(five + one, "USD")
        await company.does(ALICE, reduction)
        assert await cancels(company, subscription) == Money(9 * 1000 * 26 // 30 + five + one, "USD")
        lines = [line for line in await company.rows(InvoiceLine) if line.credit_id]
        shown = {(line.kind, line.quantity, line.unit_price, line.amount) for line in lines}
        assert shown == {
            (LineKind.CANCEL, 9, 1000, -7800),
            (LineKind.REMOVE_QUANTITY, 5, 1500, -five),
            (LineKind.REMOVE_QUANTITY, 1, 1000, -one),
        }
        assert await verify(dearer) == []
    finally:
        await dearer.close()


async def test_licenses_given_back_one_by_one_bring_no_more_than_they_cost(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    await company.has_card()
    subscription = await buys(company)
    clock.advance(timedelta(days=1))
    await company.does(ALICE, await record.licenses.quote(ALICE, subscription, by=5))  # 29 of 30 days: $48.33
    for total in range(14, 9, -1):  # each for $9.67, half a cent up
        await company.does(ALICE, await record.licenses.quote(ALICE, subscription, to=total))
    assert sum(credit.amount for credit in await company.rows(Credit)) == 4833
    assert await verify(record) == []


async def test_added_and_returned_licenses_count_for_their_own_days(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    await company.has_card()
    subscription = await buys(company)  # $100 for 30 days
    clock.advance(timedelta(days=3))
    await company.does(ALICE, await record.licenses.quote(ALICE, subscription, by=5))  # $45 for 27 days
    clock.advance(timedelta(days=1))
    await company.does(ALICE, await record.licenses.quote(ALICE, subscription, by=-6))  # $52 back for 26 days
    clock.advance(timedelta(days=2))
    assert await cancels(company, subscription) == Money(9 * 1000 * 24 // 30 + 5200, "USD")
    assert await verify(record) == []


async def test_a_period_that_was_given_back_does_not_count_in_the_next(
    company: Company, record: Record, clock: FrozenClock, bank: Bank
) -> None:
    await company.has_card()
    subscription = await buys(company)
    clock.advance(timedelta(days=3))
    assert await cancels(company, subscription) == Money(9000, "USD")
    await company.does(ALICE, await record.renewals.quote(ALICE, subscription, Renewal.REACTIVATE))
    assert await cancels(company, subscription) == Money(10000, "USD")
    assert list(bank.paid_back.values()) == [Money(9000, "USD"), Money(10000, "USD")]
    assert await verify(record) == []


async def test_a_record_that_fails_at_the_last_moment_pays_nobody_back(
    company: Company, record: Record, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    await company.has_card()
    subscription = await buys(company)
    quote = await record.cancellations.quote(ALICE, subscription, "other")

    async def busy(_tx: Transaction) -> int:
        raise RecordUnavailable("the counter is locked")

    with monkeypatch.context() as failing:
        failing.setattr(invoices, "_next_number", busy)
        with pytest.raises(RecordUnavailable):
            await record.operations.commit(ALICE, quote.id)
    assert bank.paid_back == {}
    await cancels(company, subscription)
    assert list(bank.paid_back.values()) == [Money(10000, "USD")]


async def test_a_refund_whose_transaction_is_lost_is_not_paid_again_by_another_operation(
    company: Company, record: Record, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    await company.has_card()
    subscription = await buys(company)
    quote = await record.cancellations.quote(ALICE, subscription, "other")
    told = Bank.refund

    async def lost(self: Bank, token: str, amount: Money, key: str) -> None:
        await told(self, token, amount, key)
        raise RecordUnavailable("the connection is lost")

    with monkeypatch.context() as failing:
        failing.setattr(Bank, "refund", lost)
        with pytest.raises(RecordUnavailable):
            await record.operations.commit(ALICE, quote.id)
    await cancels(company, subscription)  # with an operation of its own
    assert list(bank.paid_back.values()) == [Money(10000, "USD")]
    [charge] = await company.rows(Charge)
    assert charge.refunded == 10000


async def test_a_card_that_takes_no_refund_leaves_the_subscription_as_it_is(company: Company, record: Record) -> None:
    subscription = await company.buys(ago=timedelta(days=1), card="sandbox:closed")
    outcome = await record.operations.commit(ALICE, (await record.cancellations.quote(ALICE, subscription, "other")).id)
    assert outcome.refusal is not None and outcome.refusal.code == "refund_declined"
    for language in LANGUAGES:
        said = Reader(language).refused(outcome.refusal.code, outcome.refusal.values)
        assert "Power BI Pro" in said and "Visa ···4242" in said
    row = await company.row(Subscription, "t1", subscription)
    assert (row.status, row.recurring) == (Status.ACTIVE, True)
    assert (await company.rows(Credit), await company.rows(Invoice)) == ([], [])


async def test_a_refund_with_no_card_to_go_to_is_refused_before_it_is_offered(company: Company, record: Record) -> None:
    subscription = await company.buys(ago=timedelta(days=1), card=None)
    no = await refused(record.cancellations.quote(ALICE, subscription, "other"))
    assert (no.code, no.values) == ("no_card_to_refund", {"product": "Power BI Pro"})
    for language in LANGUAGES:
        assert "Power BI Pro" in Reader(language).refused(no.code, no.values)
    unpaid = await company.buys(ago=timedelta(days=1), card=None, unpaid=True)
    assert (await record.cancellations.quote(ALICE, unpaid, "other")).when is When.NOW  # nothing to give back


async def test_the_window_of_a_reactivation_is_seven_days_from_its_payment(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    await company.has_card()
    subscription = await buys(company)
    await cancels(company, subscription)
    clock.advance(datetime(2026, 12, 1, 21, tzinfo=UTC) - clock.now())
    await company.does(ALICE, await record.renewals.quote(ALICE, subscription, Renewal.REACTIVATE))
    clock.advance(timedelta(hours=168) - timedelta(microseconds=1))
    cancellation = await record.cancellations.quote(ALICE, subscription, "other")
    reduction = await record.licenses.quote(ALICE, subscription, by=-1)
    closes = datetime(2026, 12, 8, 21, tzinfo=UTC)
    assert cancellation.window_closes_at == reduction.window_closes_at == closes
    assert cancellation.when is reduction.when is When.NOW
    clock.advance(timedelta(microseconds=1))
    assert (await record.cancellations.quote(ALICE, subscription, "other")).when is When.RENEWAL
