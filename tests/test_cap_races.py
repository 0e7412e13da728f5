"""Caps while many buy at once, on PostgreSQL; and twins without the lock that go over them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import pytest

from storage.caps import CapWish
from storage.models import Charge
from storage.policy_views import Per, Sale
from storage.ruling import Buying, Ruling
from storage.verify import verify
from storage.views import Actor, OperationStatus, Outcome
from tests.small_company import BOB, Company

if TYPE_CHECKING:
    from storage.models import Cap
    from storage.record import Record
    from storage.transaction import Transaction
    from storage.views import Quote

Both = tuple["Record", "Record"]
Offer = tuple[Actor, "Quote"]

MANY: Final = 16
ROOM: Final = 5  # for so many of them
COST: Final = 1_400


@pytest.fixture
async def company(here_and_there: Both) -> Company:
    return await Company.in_(here_and_there[0])


async def offers(company: Company, count: int = MANY) -> list[Offer]:
    """One license of Power BI Pro, for $14, for each of so many people; every other has bought one already."""
    found: list[Offer] = []
    record, power_bi = company.record, company.record.catalog.by_name("Power BI Pro").id
    for number in range(count):
        who = Actor("t1", f"buyer-{number}")
        await record.people.seen("t1", who.person, name=f"Buyer {number}", member=True)
        await company.has_card(who)
        quote = await record.purchases.quote(who, power_bi, 1)
        if number % 2:
            had = await company.does(who, quote)
            found.append((who, await record.licenses.quote(who, had.quote.id, by=1)))
        else:
            found.append((who, quote))
    return found


async def all_at_once(both: Both, drawn: list[Offer]) -> list[Outcome]:
    commits = [both[n % 2].operations.commit(who, quote.id) for n, (who, quote) in enumerate(drawn)]
    return await asyncio.gather(*commits)


def done(outcomes: list[Outcome]) -> int:
    return sum(outcome.status is OperationStatus.DONE for outcome in outcomes)


async def spent(company: Company) -> int:
    return sum(each.amount for each in await company.rows(Charge))


async def test_of_many_purchases_at_once_as_many_are_made_as_the_cap_has_room_for(
    company: Company,
    here_and_there: Both,
) -> None:
    drawn = await offers(company)
    cap = await spent(company) + ROOM * COST
    wish = CapWish(Per.ORGANISATION, amount=str(cap // 100))
    await company.does(BOB, await company.record.policies.cap(BOB, wish))

    outcomes = await all_at_once(here_and_there, drawn)

    refused = {outcome.refusal.code for outcome in outcomes if outcome.refusal}
    assert (done(outcomes), refused, await spent(company)) == (ROOM, {"over_money"}, cap)
    assert await verify(company.record) == []


async def test_without_the_lock_two_use_the_same_room(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = (await offers(company, 3))[::2]
    await company.does(BOB, await company.record.policies.cap(BOB, CapWish(Per.ORGANISATION, amount="28")))
    both_have_looked, used, expect = asyncio.Barrier(2), Ruling.used, Ruling.expect

    async def together(ruling: Ruling, tx: Transaction, cap: Cap, buyer: str) -> int:
        found = await used(ruling, tx, cap, buyer)
        await both_have_looked.wait()
        return found

    async def unlocked(ruling: Ruling, tx: Transaction, buying: Buying, *, to_buy: bool = False) -> None:
        await expect(ruling, tx, buying)

    monkeypatch.setattr(Ruling, "used", together)
    monkeypatch.setattr(Ruling, "expect", unlocked)
    outcomes = await all_at_once((company.record, company.record), drawn)
    assert (done(outcomes), await spent(company)) == (2, 3 * COST)


async def test_what_is_bought_while_a_product_is_switched_off_is_bought_before_that(
    company: Company,
    here_and_there: Both,
) -> None:
    power_bi = company.record.catalog.by_name("Power BI Pro").id
    await company.does(BOB, await company.record.policies.cap(BOB, CapWish(Per.PERSON, amount="100")))
    drawn = await offers(company)
    off = await company.record.policies.sell(BOB, power_bi, Sale.DISABLED)

    outcomes = await all_at_once(here_and_there, [*drawn[:8], (BOB, off), *drawn[8:]])

    assert outcomes[8].receipt is not None
    refused = {outcome.refusal.code for outcome in outcomes if outcome.refusal}
    assert refused <= {"product_disabled"}
    assert await verify(company.record) == []
