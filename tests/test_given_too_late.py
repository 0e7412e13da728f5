"""A license handed out for a request that has ended since the offer: refused at the yes, and nothing is changed."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from storage.models import Assignment
from storage.request_views import RequestStatus
from storage.verify import verify
from tests.small_company import ALICE, CARA, Company
from tests.test_spares import DORA, VISIO, asks, has_spare, stands, told

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage.clock import FrozenClock
    from storage.record import Record
    from storage.views import Quote
    from tests.people import Person


@pytest.fixture
async def company(record: Record) -> Company:
    company = await Company.in_(record)
    await record.people.seen("t1", "dora", name="Dora", member=True)
    for buyer in (ALICE, CARA, DORA):
        await company.has_card(buyer)
    return company


async def withdraws(company: Company, request: str) -> None:
    await company.does(CARA, await company.record.requests.quote_withdrawal(CARA, request))


async def buys_one(company: Company, _request: str) -> None:
    product = company.record.catalog.by_name(VISIO).id
    await company.does(CARA, await company.record.purchases.quote(CARA, product, 1, assign=["cara"]))


async def gets_one_elsewhere(company: Company, _request: str) -> None:
    other = await has_spare(company, DORA)
    await company.does(DORA, await company.record.assignments.quote(DORA, other, give=["cara"]))


@pytest.mark.parametrize("ended", [withdraws, buys_one, gets_one_elsewhere])
@pytest.mark.parametrize("more", [False, True])
async def test_an_offer_that_answers_a_request_is_worth_nothing_once_that_has_ended(
    company: Company, ended: Callable[[Company, str], Awaitable[None]], *, more: bool
) -> None:
    bought, record = await has_spare(company), company.record
    request = await asks(company)
    if more:
        offer: Quote = await record.licenses.quote(ALICE, bought, by=1, assign=["cara"], spare_request=request)
    else:
        offer = await record.assignments.quote(ALICE, bought, give=["cara"], spare_request=request)
    await ended(company, request)
    told_before = await told(company, "license_given")
    outcome = await record.operations.commit(ALICE, offer.id)
    assert (outcome.receipt, outcome.refusal and outcome.refusal.code) == (None, "request_ended")
    [mine] = await record.subscriptions.owned_by(ALICE)
    assert (mine.total, mine.assigned) == (2, 0)
    assert await told(company, "license_given") == told_before
    assert await verify(record) == []


async def test_an_offer_outlives_no_request_that_expires(company: Company, clock: FrozenClock) -> None:
    bought, record = await has_spare(company), company.record
    request = await asks(company)
    clock.advance(timedelta(days=14) - timedelta(minutes=1))
    early, late = [
        await record.assignments.quote(ALICE, bought, give=people, spare_request=request)
        for people in (["cara"], ["cara", "dora"])
    ]
    clock.advance(timedelta(minutes=1))
    for offer in (early, late):
        outcome = await record.operations.commit(ALICE, offer.id)
        assert outcome.refusal is not None
        assert outcome.refusal.code == "request_ended"


async def test_an_offer_that_gives_others_a_license_or_another_product_answers_nothing(company: Company) -> None:
    bought, other = await has_spare(company), await has_spare(company, ALICE, "Visio Plan 1")
    request, record = await asks(company), company.record
    offers = [
        await record.assignments.quote(ALICE, bought, give=["dora"], spare_request=request),
        await record.assignments.quote(ALICE, other, give=["cara"], spare_request=request),
    ]
    await withdraws(company, request)
    for offer in offers:
        await company.does(ALICE, offer)


async def test_a_yes_and_a_withdrawal_at_once_are_one_of_the_two(company: Company) -> None:
    bought, record = await has_spare(company), company.record
    request = await asks(company)
    gives = await record.assignments.quote(ALICE, bought, give=["cara"], spare_request=request)
    withdrawal = await record.requests.quote_withdrawal(CARA, request)
    yes_and_no = ((ALICE, gives.id), (CARA, withdrawal.id))
    given, withdrawn = await asyncio.gather(*(record.operations.commit(*each) for each in yes_and_no))
    assert (given.receipt is None) is not (withdrawn.receipt is None)
    status = RequestStatus.APPROVED if given.receipt else RequestStatus.WITHDRAWN
    assert (await stands(company, request))[0] is status
    assert len(await company.rows(Assignment)) == (1 if given.receipt else 0)
    assert await verify(record) == []


@pytest.mark.parametrize(
    ("waiting", "give", "hand_out", "late"),
    [
        ("requests waiting", "Give a license", "Hand out", "request for Teams Premium has ended already, so nothing"),
        ("待审批的申请", "给一个许可证", "分配", "对 Teams Premium 的这个申请已经结束，没有任何改变。"),
    ],
)
async def test_who_is_late_is_told_so(
    ann: Person, alice: Person, waiting: str, give: str, hand_out: str, late: str
) -> None:
    await ann.says("ask for an unused license of Teams Premium")
    await ann.taps("Send request")
    await alice.says(waiting)
    await alice.taps(give)
    offer = alice.button(hand_out)
    await ann.says("withdraw my request")
    await ann.taps("Withdraw")
    await alice.sends_tap(offer)
    alice.sees(late)
    await ann.says("what do I have?")
    ann.sees_nothing_of("Teams Premium")
