"""Cancelling: what goes back to the card to the cent, who loses a license and when, on both databases."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from storage.models import (
    Assignment,
    AuditEntry,
    Cancellation,
    Charge,
    Credit,
    Invoice,
    InvoiceLine,
    Operation,
    OutboxMessage,
    ScheduledTotal,
    Subscription,
)
from storage.money import Money
from storage.payments import SandboxGateway
from storage.record import Record
from storage.verify import verify
from storage.views import ScheduledChange, Status, When
from tests.small_company import ALICE, Company, refused
from tests.statements import counted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.clock import FrozenClock
    from storage.quotes import CancelQuote

ZERO = Money(0, "USD")
OUTSIDE = timedelta(days=40)  # nine days into a period of 13 November to 13 December


@dataclass(frozen=True)
class Till(SandboxGateway):
    """The sandbox, with everything that was given back."""

    refunds: list[tuple[str, Money, str]] = field(default_factory=list)

    async def refund(self, token: str, amount: Money, key: str) -> None:
        self.refunds.append((token, amount, key))


@pytest.fixture
def till() -> Till:
    return Till()


@pytest.fixture
async def record(database_url: str, clock: FrozenClock, till: Till) -> AsyncIterator[Record]:
    opened = await Record.open(database_url, clock, timezone=ZoneInfo("UTC"), currency="USD", gateway=till)
    yield opened
    await opened.close()


@pytest.fixture
async def company(record: Record) -> Company:
    return await Company.in_(record)


async def buys(company: Company, product: str, licenses: int) -> str:
    """The id of a subscription that is bought like any other, with everything in the books."""
    bought = company.record.catalog.by_name(product).id
    receipt = await company.does(ALICE, await company.record.purchases.quote(ALICE, bought, licenses))
    return receipt.quote.id


async def cancels(company: Company, subscription: str, **wish: str) -> CancelQuote:
    quote = await company.record.cancellations.quote(ALICE, subscription, "too_expensive", **wish)
    await company.does(ALICE, quote)
    return quote


async def test_two_of_28_days_used_of_twenty_dollars_give_18_57_back(
    company: Company, record: Record, clock: FrozenClock, till: Till
) -> None:
    # Microsoft's own example: bought on 1 February at 11:00, cancelled on 3 February
    clock.advance(datetime(2027, 2, 1, 11, tzinfo=UTC) - clock.now())
    await company.has_card()
    subscription = await buys(company, "Power Apps Premium", 1)
    clock.advance(timedelta(days=2))
    quote = await record.cancellations.quote(ALICE, subscription, "unused")
    assert (quote.when, quote.refund) == (When.NOW, Money(1857, "USD"))
    assert (quote.ends_on, quote.last_paid_day) == (date(2027, 2, 3), date(2027, 2, 2))
    assert quote.window_closes_at == datetime(2027, 2, 8, 11, tzinfo=UTC)
    assert quote.data_until == date(2027, 5, 4)  # 90 days of a disabled subscription
    receipt = await company.does(ALICE, quote)
    assert till.refunds == [("sandbox:works", Money(1857, "USD"), f"{subscription}:1")]
    assert receipt.invoice_number == "G000000002"  # the credit note
    assert await verify(record) == []


async def test_the_refund_is_in_the_books_to_the_cent(company: Company, record: Record, clock: FrozenClock) -> None:
    await company.has_card()
    subscription = await buys(company, "Power BI Pro", 20)
    clock.advance(timedelta(days=3))
    quote = await cancels(company, subscription)
    assert quote.refund == Money(25200, "USD")  # $14 × 20 for 27 of 30 days
    [charge], [credit] = await company.rows(Charge), await company.rows(Credit)
    assert (charge.refunded, credit.kind, credit.amount, credit.remaining) == (25200, "cancel", 25200, 0)
    note = max(await company.rows(Invoice), key=lambda invoice: invoice.sequence)
    assert (note.total, note.operation_id) == (-25200, quote.id)
    [line] = [line for line in await company.rows(InvoiceLine) if line.invoice_id == note.id]
    assert (line.kind, line.credit_id, line.amount, line.quantity) == ("cancel", credit.id, -25200, 20)
    assert (line.period_start, line.period_end) == (date(2026, 11, 25), date(2026, 12, 22))
    assert await verify(record) == []


async def test_a_credit_that_waited_for_the_next_invoice_goes_back_too(
    company: Company, record: Record, clock: FrozenClock, till: Till
) -> None:
    await company.has_card()
    subscription = await buys(company, "Power BI Pro", 20)
    await company.does(ALICE, await record.licenses.quote(ALICE, subscription, by=-5))  # $70 owed
    clock.advance(timedelta(days=3))
    quote = await cancels(company, subscription)
    assert quote.refund == Money(18900 + 7000, "USD")
    assert [amount for _, amount, _ in till.refunds] == [quote.refund]
    assert {credit.remaining for credit in await company.rows(Credit)} == {0}
    note = max(await company.rows(Invoice), key=lambda invoice: invoice.sequence)
    lines = [line for line in await company.rows(InvoiceLine) if line.invoice_id == note.id]
    assert sorted((line.kind.value, line.quantity, line.amount) for line in lines) == [
        ("cancel", 15, -18900),
        ("remove_quantity", 5, -7000),
    ]
    assert await verify(record) == []


async def test_within_the_window_everybody_loses_the_license_at_once(company: Company, record: Record) -> None:
    await company.has_card()
    subscription = await buys(company, "Power BI Pro", 2)
    await company.does(ALICE, await record.assignments.quote(ALICE, subscription, give=["alice", "cara"]))
    quote = await cancels(company, subscription)
    assert {holder.person.id for holder in quote.loses} == {"alice", "cara"}
    row = await company.row(Subscription, "t1", subscription)
    assert (row.status, row.recurring, row.assigned, row.total) == (Status.DISABLED, False, 0, 2)
    assert all(each.released_at for each in await company.rows(Assignment))
    told = [
        (message.kind, message.recipient, message.payload["on"])
        for message in await company.rows(OutboxMessage)
        if message.operation_id == quote.id
    ]
    assert sorted(told) == [("fulfil", "microsoft", "2026-11-22"), ("subscription_cancelled", "cara", "2026-11-22")]
    assert await verify(record) == []


async def test_after_the_window_it_runs_to_the_end_of_its_term(company: Company, record: Record, till: Till) -> None:
    subscription = await company.buys(total=5, holders=2, ago=OUTSIDE)
    await company.does(ALICE, await record.licenses.quote(ALICE, subscription, to=3))
    quote = await cancels(company, subscription, feedback="太贵了，而且很慢", language="zh-CN")
    assert (quote.when, quote.refund, quote.drops) == (When.RENEWAL, ZERO, ScheduledChange(3, date(2026, 12, 13)))
    assert (quote.ends_on, quote.last_paid_day) == (date(2026, 12, 13), date(2026, 12, 12))
    assert quote.data_until == date(2027, 4, 12)  # 30 days expired, 90 days disabled
    [view] = await record.subscriptions.owned_by(ALICE)
    assert (view.status, view.cancelled, view.assigned, view.scheduled) == (Status.ACTIVE, True, 2, None)
    assert (await company.rows(ScheduledTotal), await company.rows(Invoice), till.refunds) == ([], [], [])
    [why] = await company.rows(Cancellation)
    assert (why.reason, why.feedback, why.language) == ("too_expensive", "太贵了，而且很慢", "zh-CN")
    assert (why.ends_on, why.taken_back_at) == (date(2026, 12, 13), None)
    told = {message.recipient for message in await company.rows(OutboxMessage) if message.kind != "fulfil"}
    assert told == {"person-0", "person-1"}
    noted = {entry.action: entry for entry in await company.rows(AuditEntry)}["subscriptions.cancel"]
    assert (noted.after["reason"], noted.after["released"]) == ("too_expensive", [])


async def test_the_window_closes_after_exactly_168_hours(company: Company, record: Record, clock: FrozenClock) -> None:
    subscription = await company.buys(ago=timedelta(hours=168) - timedelta(microseconds=1))
    assert (await record.cancellations.quote(ALICE, subscription, "other")).when is When.NOW
    clock.advance(timedelta(microseconds=1))
    assert (await record.cancellations.quote(ALICE, subscription, "other")).when is When.RENEWAL


async def test_a_renewal_opens_the_window_again(company: Company, record: Record) -> None:
    subscription = await company.buys(ago=timedelta(days=34))  # renewed on 19 November
    quote = await record.cancellations.quote(ALICE, subscription, "other")
    assert (quote.when, quote.window_closes_at) == (When.NOW, datetime(2026, 11, 26, tzinfo=UTC))
    assert quote.refund == Money(25200, "USD")


async def test_a_trial_ends_at_once_and_gives_nothing_back(
    company: Company, record: Record, clock: FrozenClock, till: Till
) -> None:
    trial = await record.purchases.quote(ALICE, record.catalog.by_name("Teams Premium").id, 3, trial=True)
    await company.does(ALICE, trial)
    clock.advance(timedelta(days=20))
    quote = await cancels(company, trial.id)
    assert (quote.when, quote.refund, quote.window_closes_at) == (When.NOW, ZERO, None)
    assert quote.data_until == date(2027, 1, 11)
    assert (await company.rows(Invoice), till.refunds) == ([], [])
    assert await verify(record) == []


async def test_what_was_never_paid_is_not_given_back(company: Company, record: Record, till: Till) -> None:
    subscription = await company.buys(ago=timedelta(days=3), unpaid=True)
    quote = await cancels(company, subscription)
    assert (quote.when, quote.refund, till.refunds) == (When.NOW, ZERO, [])


async def test_a_refund_is_offered_anew_on_the_next_day(company: Company, record: Record, clock: FrozenClock) -> None:
    await company.has_card()
    subscription = await buys(company, "Power BI Pro", 1)
    clock.advance(datetime(2026, 11, 22, 23, 50, tzinfo=UTC) - clock.now())
    quote = await record.cancellations.quote(ALICE, subscription, "other", feedback="slow")
    clock.advance(timedelta(minutes=12))
    outcome = await record.operations.commit(ALICE, quote.id)
    assert outcome.refusal is not None and outcome.refusal.code == "quote_changed"
    anew = outcome.refusal.quote
    assert anew is not None and (quote.refund, anew.refund) == (Money(1400, "USD"), Money(1353, "USD"))  # type: ignore[attr-defined]
    assert anew.feedback == "slow"  # type: ignore[attr-defined]


async def test_somebody_who_got_a_license_meanwhile_is_shown_first(company: Company, record: Record) -> None:
    await company.has_card()
    subscription = await buys(company, "Power BI Pro", 2)
    quote = await record.cancellations.quote(ALICE, subscription, "other")
    await company.does(ALICE, await record.assignments.quote(ALICE, subscription, give=["cara"]))
    outcome = await record.operations.commit(ALICE, quote.id)
    assert outcome.refusal is not None and outcome.refusal.code == "quote_changed"


async def test_what_is_cancelled_already_says_until_when_it_runs(company: Company, record: Record) -> None:
    subscription = await company.buys(ago=OUTSIDE)
    await cancels(company, subscription)
    no = await refused(record.cancellations.quote(ALICE, subscription, "other"))
    assert (no.code, no.values) == ("already_cancelled", {"product": "Power BI Pro", "until": "2026-12-13"})


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.DISABLED])
async def test_what_has_ended_cannot_be_cancelled(company: Company, record: Record, status: Status) -> None:
    subscription = await company.buys(status=status)
    for attempt in (
        record.cancellations.quote(ALICE, subscription, "other"),
        record.cancellations.check(ALICE, subscription),
    ):
        no = await refused(attempt)
        assert (no.code, no.values) == ("already_ended", {"product": "Power BI Pro"})


async def test_to_check_whether_it_can_be_cancelled_draws_nothing(company: Company, record: Record) -> None:
    subscription = await company.buys()
    before = await company.rows(Operation)
    await record.cancellations.check(ALICE, subscription)
    assert len(await company.rows(Operation)) == len(before)


async def test_a_reason_that_is_none_of_the_eight_is_a_mistake_of_the_caller(company: Company, record: Record) -> None:
    subscription = await company.buys()
    with pytest.raises(ValueError, match="too_expensive"):
        await record.cancellations.quote(ALICE, subscription, "because")


async def test_feedback_that_no_database_can_hold_is_kept_without_what_it_cannot(
    company: Company, record: Record
) -> None:
    subscription = await company.buys()
    await cancels(company, subscription, feedback="slow\0 and \ud83d broken")
    [why] = await company.rows(Cancellation)
    assert why.feedback == "slow and ? broken"


@pytest.mark.parametrize("ago", [timedelta(days=1), OUTSIDE])
async def test_it_takes_no_more_statements_when_many_hold_a_license(
    company: Company, record: Record, ago: timedelta
) -> None:
    async def statements(holders: int) -> int:
        subscription = await company.buys(total=500, holders=holders, ago=ago)
        with counted(record.database) as sent:
            await company.does(ALICE, await record.cancellations.quote(ALICE, subscription, "other"))
        return len(sent)

    assert await statements(3) == await statements(300)
