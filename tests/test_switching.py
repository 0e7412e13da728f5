"""Another card that is on file pays, after a yes of the one who pays: for a subscription, or for all there are."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from storage.models import PaymentMethod
from storage.views import Actor, OperationStatus, Status, Term
from tests.small_company import ALICE, BOB, CARA, ELSEWHERE, EVAN, Company, refused
from tests.test_payment_methods import pays_for

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from storage.record import Record


@pytest.fixture
async def company(record: Record) -> Company:
    return await Company.in_(record)


async def test_another_card_pays_after_a_yes(company: Company) -> None:
    subscription, card = await company.buys(), await company.has_card(last_four="4444")
    former = await pays_for(company, subscription)
    quote = await company.record.switching.quote(ALICE, subscription, card)
    assert (quote.payment_method.last_four, quote.former, quote.others) == ("4444", former, ())
    await company.does(ALICE, quote)
    assert await pays_for(company, subscription) == card
    assert (await refused(company.record.switching.quote(ALICE, subscription, card))).code == "already_pays"


async def test_another_card_pays_for_everything_after_one_yes(company: Company) -> None:
    first, second = await company.buys(), await company.buys("Teams Premium", total=5)
    trial = await company.buys("Visio Plan 2", total=1, trial=True, card=None)
    card = await company.has_card(last_four="4444")
    quote = await company.record.switching.quote(ALICE, first, card, all_of_them=True)
    assert ([view.id for view in quote.others], quote.former) == ([second], None)
    await company.does(ALICE, quote)
    assert [await pays_for(company, each) for each in (first, second, trial)] == [card, card, None]


async def test_what_was_offered_with_the_former_card_is_offered_anew(company: Company) -> None:
    subscription, card = await company.buys(), await company.has_card(last_four="4444")
    offered = await company.record.licenses.quote(ALICE, subscription, by=5)
    await company.does(ALICE, await company.record.switching.quote(ALICE, subscription, card))
    outcome = await company.record.operations.commit(ALICE, offered.id)
    assert outcome.status is OperationStatus.VOID
    assert outcome.refusal is not None
    assert outcome.refusal.quote is not None


async def test_a_card_that_was_removed_after_the_offer_does_not_pay(company: Company) -> None:
    subscription, card = await company.buys(), await company.has_card(last_four="4444")
    former = await pays_for(company, subscription)
    quote = await company.record.switching.quote(ALICE, subscription, card)
    await company.record.payments.remove(ALICE, card)
    outcome = await company.record.operations.commit(ALICE, quote.id)
    assert outcome.refusal is not None
    assert outcome.refusal.code == "unknown_method"
    assert await pays_for(company, subscription) == former


async def removed_and_used_at_once(company: Company) -> bool:
    """Whether a card ends removed and paying, when both are asked for at the same time."""
    subscription, card = await company.buys(), await company.has_card(last_four="4444")
    quote = await company.record.switching.quote(ALICE, subscription, card)
    await asyncio.gather(
        company.record.operations.commit(ALICE, quote.id),
        company.record.payments.remove(ALICE, card),
        return_exceptions=True,
    )
    gone = (await company.row(PaymentMethod, "t1", card)).removed_at is not None
    return gone and await pays_for(company, subscription) == card


async def test_no_card_is_both_removed_and_paying(company: Company) -> None:
    assert not any([await removed_and_used_at_once(company) for _ in range(5)])


@pytest.mark.parametrize(
    ("who", "code"),
    [(CARA, "unknown_subscription"), (BOB, "not_yours"), (EVAN, "not_a_member"), (ELSEWHERE, "unknown_subscription")],
)
async def test_only_the_purchaser_says_which_card_pays(company: Company, who: Actor, code: str) -> None:
    subscription, card = await company.buys(), await company.has_card(who if who is not EVAN else ALICE)
    assert (await refused(company.record.switching.quote(who, subscription, card))).code == code


async def test_a_deputy_pays_with_no_card_of_their_own(company: Company) -> None:
    subscription, card = await company.buys(), await company.has_card(CARA)
    await company.names_deputy(subscription)
    assert (await refused(company.record.switching.quote(CARA, subscription, card))).code == "not_yours"


async def test_nobody_pays_with_a_card_of_somebody_else_or_one_that_has_expired(
    company: Company, clock: FrozenClock
) -> None:
    subscription, caras, own = await company.buys(), await company.has_card(CARA), await company.has_card()
    assert (await refused(company.record.switching.quote(ALICE, subscription, caras))).code == "unknown_method"
    idle = await company.buys("Teams Premium", total=1, term=Term.YEAR, ago=timedelta(0))
    clock.advance((await company.record.payments.of(ALICE))[0].good_until - clock.now().date())
    assert await company.record.switching.quote(ALICE, idle, own)
    clock.advance(timedelta(days=1))
    assert (await refused(company.record.switching.quote(ALICE, idle, own))).code == "card_expired"


async def test_what_ended_for_good_or_costs_nothing_needs_no_card(company: Company) -> None:
    card = await company.has_card()
    for columns in ({"status": Status.DELETED}, {"trial": True}):
        subscription = await company.buys(card=None, **columns)
        assert (await refused(company.record.switching.quote(ALICE, subscription, card))).code == "nothing_to_pay"
