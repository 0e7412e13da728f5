"""Paying what could not be charged: in the record, and in words and buttons in both languages; on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.upkeep import Upkeep
from storage.models import Charge, Invoice, Subscription
from storage.money import Money
from storage.verify import verify
from storage.views import Status
from tests.small_company import ALICE, Company, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.clock import FrozenClock
    from storage.record import Record
    from tests.people import Person


@pytest.fixture
async def company(record: Record) -> Company:
    return await Company.in_(record)


async def test_what_is_open_is_paid_once_and_no_new_invoice_is_written(company: Company, record: Record) -> None:
    subscription = await company.owes()
    quote = await record.paying.quote(ALICE, subscription)
    assert (quote.amounts.due_now, quote.invoice) == (Money(7000, "USD"), "G000000001")
    receipt = await company.does(ALICE, quote)
    assert await company.does(ALICE, quote) == receipt
    row: Subscription = await company.row(Subscription, "t1", subscription)
    assert (row.unpaid, row.retry_on, row.status) == (False, None, Status.ACTIVE)
    [charge] = await company.rows(Charge)
    assert (charge.captured, len(await company.rows(Invoice))) == (7000, 1)
    assert (await refused(record.paying.quote(ALICE, subscription))).code == "nothing_open"
    assert (await record.licenses.quote(ALICE, subscription, by=1)).new_total == 6
    assert await verify(record) == []


async def test_another_card_pays_it_and_what_comes(company: Company, record: Record) -> None:
    subscription = await company.owes(token="sandbox:declined")
    declined = await record.paying.quote(ALICE, subscription)
    outcome = await record.operations.commit(ALICE, declined.id)
    assert outcome.refusal is not None and outcome.refusal.code == "payment_declined"
    other = await company.has_card(last_four="1881")
    await company.does(ALICE, await record.paying.quote(ALICE, subscription, method=other))
    row: Subscription = await company.row(Subscription, "t1", subscription)
    assert (row.payment_method_id, row.unpaid) == (other, False)
    assert await verify(record) == []


async def test_what_the_worker_could_charge_meanwhile_is_not_paid_again(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    subscription = await company.owes()
    clock.advance(timedelta(days=4, hours=14, minutes=55))
    quote = await record.paying.quote(ALICE, subscription)
    clock.advance(timedelta(minutes=10))  # midnight
    assert await Upkeep(record.life_cycle).run() == 1
    outcome = await record.operations.commit(ALICE, quote.id)
    assert outcome.refusal is not None and outcome.refusal.code == "nothing_open"


async def test_what_expired_for_want_of_it_is_active_for_the_days_left(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    subscription = await company.owes(token="sandbox:declined")
    row: Subscription = await company.row(Subscription, "t1", subscription)
    row.period_end = row.period_start + timedelta(days=365)  # as of a year's
    await company.adds(row)
    clock.advance(timedelta(days=31))
    while await Upkeep(record.life_cycle).run():
        pass
    assert (await company.row(Subscription, "t1", subscription)).status is Status.EXPIRED
    other = await company.has_card(last_four="1881")
    quote = await record.paying.quote(ALICE, subscription, method=other)
    assert quote.goes_on
    await company.does(ALICE, quote)
    row = await company.row(Subscription, "t1", subscription)
    assert (row.status, row.status_since, row.unpaid) == (Status.ACTIVE, None, False)


async def test_in_chat_it_is_paid_with_another_card_from_the_subscription(person: Callable[..., Person]) -> None:
    li_hua = person(3)
    await li_hua.says("Power Automate加2个许可证")
    li_hua.sees("付款失败")
    await li_hua.taps("显示 Power Automate Premium")
    await li_hua.taps("现在付款")
    li_hua.sees("为 Power Automate Premium 付款", "未付", "Visa ···0002")
    await li_hua.taps("换一张卡")
    await li_hua.taps("Mastercard ···5100")
    li_hua.sees("Mastercard ···5100")
    await li_hua.taps("现在付款")
    li_hua.sees("已付", "之后又可以增加许可证")


async def test_in_chat_a_declined_card_says_what_to_do_and_changes_nothing(person: Callable[..., Person]) -> None:
    li_hua = person(3)
    await li_hua.says("speak English")
    await li_hua.says("show Power Automate Premium")
    li_hua.sees("the last payment failed")
    await li_hua.taps("Pay now")
    li_hua.sees("Pay for Power Automate Premium", "is open, of invoice G")
    await li_hua.taps("Pay now")
    li_hua.sees("Visa ···0002 was declined", "Choose another card")


@pytest.mark.parametrize("words", ["pay now", "付清欠款"])
async def test_in_words_what_is_open_is_found(person: Callable[..., Person], words: str) -> None:
    li_hua = person(3)
    await li_hua.says(words)
    li_hua.sees("Power Automate Premium", "Visa ···0002", "120.00")


async def test_a_button_with_somebody_elses_subscription_pays_nothing_of_it(person: Callable[..., Person]) -> None:
    alice = person(1)
    await alice.sends_tap({"pay": "55555555-0000-4000-8000-000000000006"})
    alice.sees_nothing_of("Power Automate")
