"""What becomes of what was never paid when its subscription is cancelled: the days used are owed, the rest is not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from dialogs import cancel_cards
from dialogs.invoice_cards import invoice_card
from dialogs.texts import LANGUAGES, Reader
from storage.invoice_views import InvoiceStatus
from storage.models import Charge, Invoice, Subscription
from storage.money import Money
from storage.quotes import Renewal
from storage.verify import verify
from storage.views import Status
from tests.small_company import ALICE, Company, refused

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from storage.quotes import CancelQuote
    from storage.record import Record

ZERO, USED = Money(0, "USD"), Money(467, "USD")  # two of 30 days of $70


@pytest.fixture
async def company(record: Record) -> Company:
    return await Company.in_(record)


async def cancelled(company: Company, clock: FrozenClock, *, used: timedelta = timedelta(days=2)) -> CancelQuote:
    """Alice has cancelled what she had not paid, after so many days."""
    subscription = await company.owes(token="sandbox:declined")
    clock.advance(used)
    quote = await company.record.cancellations.quote(ALICE, subscription, "too_expensive")
    await company.does(ALICE, quote)
    return quote


async def test_the_days_used_stay_to_be_paid_and_the_rest_is_credited(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    quote = await cancelled(company, clock)
    assert (quote.refund, quote.still_open) == (ZERO, USED)
    row: Subscription = await company.row(Subscription, "t1", quote.subscription.id)
    assert (row.status, row.unpaid, row.retry_on) == (Status.DISABLED, True, None)
    [charge] = await company.rows(Charge)
    assert (charge.amount, charge.captured, charge.refunded) == (7000, 6533, 6533)
    note, owed = await record.invoices.between(ALICE)
    assert (note.total, note.status, note.methods) == (Money(-6533, "USD"), InvoiceStatus.SET_AGAINST, ())
    assert (owed.status, owed.still_open, owed.payable) == (InvoiceStatus.UNPAID, USED, row.id)
    assert await verify(record) == []


async def test_it_is_paid_with_another_card_once_and_comes_back_only_then(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    subscription = (await cancelled(company, clock)).subscription.id
    assert (await refused(record.renewals.quote(ALICE, subscription, Renewal.REACTIVATE))).code == "unpaid"
    other = await company.has_card(last_four="1881")
    quote = await record.paying.quote(ALICE, subscription, method=other)
    assert quote.amounts.due_now == USED
    receipt = await company.does(ALICE, quote)
    assert await company.does(ALICE, quote) == receipt
    row: Subscription = await company.row(Subscription, "t1", subscription)
    assert (row.status, row.unpaid) == (Status.DISABLED, False)
    assert [each.status for each in await record.invoices.between(ALICE)][-1] is InvoiceStatus.PAID
    await company.does(ALICE, await record.renewals.quote(ALICE, subscription, Renewal.REACTIVATE))
    assert await verify(record) == []


async def test_nothing_is_owed_of_a_period_that_was_cancelled_on_its_first_day(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    quote = await cancelled(company, clock, used=timedelta())
    assert (quote.refund, quote.still_open) == (ZERO, ZERO)
    row: Subscription = await company.row(Subscription, "t1", quote.subscription.id)
    assert (row.status, row.unpaid) == (Status.DISABLED, False)
    assert [each.total for each in sorted(await company.rows(Invoice), key=lambda each: each.sequence)] == [7000, -7000]
    assert await verify(record) == []


async def test_what_a_credit_has_paid_a_part_of_goes_back_as_far_as_it_is_more_than_what_was_used(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    subscription = await company.owes()
    [charge] = await company.rows(Charge)
    charge.captured = 2000
    await company.adds(charge)
    clock.advance(timedelta(days=2))
    quote = await record.cancellations.quote(ALICE, subscription, "unused")
    assert (quote.refund, quote.still_open) == (Money(1533, "USD"), ZERO)
    await company.does(ALICE, quote)
    note, paid = await record.invoices.between(ALICE)
    assert (note.status, [each.last_four for each in note.methods]) == (InvoiceStatus.SET_AGAINST, ["4242"])
    assert paid.status is InvoiceStatus.PAID
    assert await verify(record) == []


async def test_a_payment_meanwhile_makes_it_another_offer(company: Company, record: Record, clock: FrozenClock) -> None:
    subscription = await company.owes()
    clock.advance(timedelta(days=2))
    quote = await record.cancellations.quote(ALICE, subscription, "unused")
    await company.does(ALICE, await record.paying.quote(ALICE, subscription))
    outcome = await record.operations.commit(ALICE, quote.id)
    assert outcome.refusal is not None and outcome.refusal.code == "quote_changed"


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("en", "$4.67 for the days used stays to be paid", "Credit note: set against what was not paid"),
        ("zh-CN", "已使用的天数仍需支付 US$4.67", "退款单：已冲抵未付的款项"),
    ],
)
async def test_it_is_said_before_the_yes_and_after_it_with_the_way_to_pay(
    company: Company, record: Record, clock: FrozenClock, language: str, before: str, after: str
) -> None:
    assert language in LANGUAGES
    reader, quote = Reader(language), await cancelled(company, clock)
    text, card = cancel_cards.quote_card(reader, quote)
    assert before in text and "4.67" in repr(card)
    outcome = await record.operations.commit(ALICE, quote.id)
    assert outcome.receipt is not None
    _, receipt = cancel_cards.receipt_card(reader, outcome.receipt, quote)
    assert [dict(each.data).get("pay") for each in receipt.buttons] == [quote.subscription.id] * 2
    note, owed = await record.invoices.between(ALICE)
    assert after in repr(invoice_card(reader, note, "", None))
    assert reader.text("invoices.sum.still_open") in repr(invoice_card(reader, owed, "", None))
