"""Buying, trying and cancelling by many at once, on PostgreSQL; and twins that lack the guard and go wrong."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from storage import buying, trials
from storage.models import Assignment, Cancellation, Charge, Credit, Subscription
from storage.verify import verify
from storage.views import OperationStatus, Outcome, Status
from tests.racing import at_once, let_two_in
from tests.small_company import ALICE, Company

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from storage.record import Record
    from storage.transaction import Transaction

MANY = 8


@pytest.fixture
async def company(here_and_there: tuple[Record, Record]) -> Company:
    company = await Company.in_(here_and_there[0])
    await company.has_card()
    return company


async def buys(company: Company, licenses: int = 5) -> str:
    product = company.record.catalog.by_name("Power BI Pro").id
    receipt = await company.does(ALICE, await company.record.purchases.quote(ALICE, product, licenses))
    return receipt.quote.id


def done(outcomes: list[Outcome]) -> int:
    return sum(outcome.status is OperationStatus.DONE for outcome in outcomes)


async def test_one_purchase_tapped_many_times_in_two_processes_buys_once(
    company: Company, here_and_there: tuple[Record, Record]
) -> None:
    product = company.record.catalog.by_name("Power BI Pro").id
    quote = await company.record.purchases.quote(ALICE, product, 3)
    taps = [here_and_there[n % 2].operations.commit(ALICE, quote.id) for n in range(MANY)]
    outcomes = await asyncio.gather(*taps)
    assert outcomes == [outcomes[0]] * MANY
    assert (len(await company.rows(Subscription)), len(await company.rows(Charge))) == (1, 1)
    assert await verify(company.record) == []


async def test_of_many_offers_of_a_trial_one_is_taken(company: Company, here_and_there: tuple[Record, Record]) -> None:
    product = company.record.catalog.by_name("Teams Premium").id
    offers = [await company.record.purchases.quote(ALICE, product, 1, trial=True) for _ in range(MANY)]
    outcomes = await at_once(here_and_there, [*offers])
    refused = {outcome.refusal.code for outcome in outcomes if outcome.refusal}
    assert (done(outcomes), refused, len(await company.rows(Subscription))) == (1, {"trial_used"}, 1)


async def test_without_the_buyers_lock_a_trial_is_had_twice(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    both_have_looked = asyncio.Barrier(2)
    looks = trials.tried

    async def together(tx: Transaction) -> set[str]:
        found = await looks(tx)
        await both_have_looked.wait()
        return found

    async def unlocked(_buy: buying.Buy, tx: Transaction, _subscription: None) -> None:
        await _buy._rights.member(tx)

    product = company.record.catalog.by_name("Teams Premium").id
    offers = [await company.record.purchases.quote(ALICE, product, 1, trial=True) for _ in range(2)]
    monkeypatch.setattr(trials, "tried", together)
    monkeypatch.setattr(buying.Buy, "authorise", unlocked)
    outcomes = await asyncio.gather(*(company.record.operations.commit(ALICE, offer.id) for offer in offers))
    assert (done(outcomes), len(await company.rows(Subscription))) == (2, 2)


async def test_of_two_cancellations_one_ends_it_and_gives_the_money_back_once(
    company: Company, here_and_there: tuple[Record, Record]
) -> None:
    subscription = await buys(company)
    quotes = [await company.record.cancellations.quote(ALICE, subscription, "other") for _ in range(MANY)]
    outcomes = await at_once(here_and_there, [*quotes])
    refused = {outcome.refusal.code for outcome in outcomes if outcome.refusal}
    assert (done(outcomes), refused) == (1, {"already_ended"})
    assert (len(await company.rows(Credit)), len(await company.rows(Cancellation))) == (1, 1)
    assert await verify(company.record) == []


@pytest.mark.parametrize("attempt", range(4))
async def test_cancelled_while_licenses_are_added_and_given_out_the_books_agree(
    company: Company, here_and_there: tuple[Record, Record], clock: FrozenClock, attempt: int
) -> None:
    subscription = await buys(company, 5 + attempt)
    clock.advance(timedelta(days=1))
    cancel = await company.record.cancellations.quote(ALICE, subscription, "other")
    add = await company.record.licenses.quote(ALICE, subscription, by=2)
    give = await company.record.assignments.quote(ALICE, subscription, give=["cara"])
    order = [cancel, add, give][attempt % 3 :] + [cancel, add, give][: attempt % 3]
    await at_once(here_and_there, order)
    row = await company.row(Subscription, "t1", subscription)
    live = [each for each in await company.rows(Assignment) if each.released_at is None]
    cancelled = bool(await company.rows(Cancellation))
    assert (row.status is Status.DISABLED) == cancelled
    assert len(live) == row.assigned <= (0 if cancelled else 1)
    assert await verify(company.record) == []


async def test_without_the_subscriptions_lock_the_refund_and_the_addition_miss_each_other(
    company: Company, here_and_there: tuple[Record, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription = await buys(company)
    cancel = await company.record.cancellations.quote(ALICE, subscription, "other")
    add = await company.record.licenses.quote(ALICE, subscription, by=2)
    let_two_in(monkeypatch)
    outcomes = await at_once(here_and_there, [cancel, add])
    assert done(outcomes) == 2  # licenses were bought for what had just ended
