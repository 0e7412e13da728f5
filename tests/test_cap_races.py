"""Caps while many buy at once, on PostgreSQL; and twins without the lock that go over them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import pytest

from storage.caps import CapWish
from storage.models import Charge, Subscription
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
CAPS: Final = [
    (Per.ORGANISATION, "money", "over_money"),
    (Per.ORGANISATION, "licenses", "over_licenses"),
    (Per.PERSON, "money", "over_own_money"),
    (Per.PERSON, "licenses", "over_own_licenses"),
]


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


async def offers_to_one(company: Company, count: int = MANY) -> list[Offer]:
    """One license more, for $14, for each of so many subscriptions of the same person: they wait at no common row."""
    record, who = company.record, Actor("t1", "buyer")
    await record.people.seen("t1", who.person, name="Buyer", member=True)
    await company.has_card(who)
    power_bi = record.catalog.by_name("Power BI Pro").id
    had = [await company.does(who, await record.purchases.quote(who, power_bi, 1)) for _ in range(count)]
    return [(who, await record.licenses.quote(who, each.quote.id, by=1)) for each in had]


async def with_room(company: Company, per: Per, of: str, more: int) -> None:
    """A cap of money or of licenses that has room for so many licenses more."""
    power_bi = company.record.catalog.by_name("Power BI Pro").id
    if of == "money":
        wish = CapWish(per, amount=str((await spent(company) + more * COST) // 100))
    else:
        bought = sum(each.total for each in await company.rows(Subscription))
        wish = CapWish(per, product=power_bi, licenses=bought + more)
    await company.does(BOB, await company.record.policies.cap(BOB, wish))


async def all_at_once(both: Both, drawn: list[Offer]) -> list[Outcome]:
    commits = [both[n % 2].operations.commit(who, quote.id) for n, (who, quote) in enumerate(drawn)]
    return await asyncio.gather(*commits)


def done(outcomes: list[Outcome]) -> int:
    return sum(outcome.status is OperationStatus.DONE for outcome in outcomes)


async def spent(company: Company) -> int:
    return sum(each.amount for each in await company.rows(Charge))


@pytest.mark.parametrize(("per", "of", "code"), CAPS)
async def test_of_many_purchases_at_once_as_many_are_made_as_the_cap_has_room_for(
    company: Company, here_and_there: Both, per: Per, of: str, code: str
) -> None:
    drawn = await (offers_to_one if per is Per.PERSON else offers)(company)
    before = await spent(company)
    await with_room(company, per, of, ROOM)

    outcomes = await all_at_once(here_and_there, drawn)

    refused = {outcome.refusal.code for outcome in outcomes if outcome.refusal}
    assert (done(outcomes), refused, await spent(company)) == (ROOM, {code}, before + ROOM * COST)
    assert await verify(company.record) == []


@pytest.mark.parametrize(("per", "of", "code"), CAPS)
async def test_without_the_lock_two_use_the_same_room(
    company: Company, monkeypatch: pytest.MonkeyPatch, per: Per, of: str, code: str
) -> None:
    drawn = await offers_to_one(company, 2) if per is Per.PERSON else (await offers(company, 3))[::2]
    before = await spent(company)
    await with_room(company, per, of, 1)
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
    assert (done(outcomes), await spent(company)) == (2, before + 2 * COST), code


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
