"""Many who hand out the last licenses at once, on PostgreSQL; each with a twin that lacks the guard and goes wrong."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import IntegrityError

from storage import assignments, sharing
from storage.models import Assignment, Grant, Person, Subscription
from storage.transaction import Transaction
from storage.views import OperationStatus
from tests.mutants import (
    NO_COUNT_OF_THE_TAKEN,
    NO_GUARD,
    NO_GUARD_OF_THE_SEATS,
    NO_HOLD_ON_THE_DEPUTY,
    NO_HOLD_ON_THE_PEOPLE,
    NO_LOOK_AT_THE_PEOPLE,
)
from tests.racing import at_once, let_two_in
from tests.small_company import ALICE, Company

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.record import Record
    from storage.views import Quote

MANY = 16
PEOPLE = [f"colleague-{number}" for number in range(MANY)]


@pytest.fixture
async def company(here_and_there: tuple[Record, Record]) -> Company:
    company = await Company.in_(here_and_there[0])
    for person in PEOPLE:
        await company.record.people.seen("t1", person, name=person, member=True)
    return company


async def counted(company: Company, subscription: str) -> tuple[int, int, int]:
    """The total, how many are assigned, and how many people hold one."""
    row = await company.row(Subscription, "t1", subscription)
    live = [each for each in await company.rows(Assignment) if each.released_at is None]
    return row.total, row.assigned, len(live)


async def for_each(company: Company, subscription: str) -> list[Quote]:
    return [await company.record.assignments.quote(ALICE, subscription, give=[person]) for person in PEOPLE]


async def test_sixteen_people_for_the_last_three_licenses_get_three(
    company: Company, here_and_there: tuple[Record, Record]
) -> None:
    subscription = await company.buys(total=3)
    outcomes = await at_once(here_and_there, await for_each(company, subscription))
    refused = [each.refusal.code for each in outcomes if each.refusal]
    assert refused == ["not_enough"] * (MANY - 3)
    assert await counted(company, subscription) == (3, 3, 3)


async def test_without_looking_and_guarding_only_the_database_stands_between_them_and_too_many(
    company: Company, here_and_there: tuple[Record, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription = await company.buys(total=3)
    quotes = await for_each(company, subscription)
    NO_LOOK_AT_THE_PEOPLE.plant(monkeypatch)
    NO_GUARD_OF_THE_SEATS.plant(monkeypatch)
    with pytest.raises(IntegrityError, match="assigned_within_total"):
        await at_once(here_and_there, quotes)


async def test_the_guarded_statement_alone_lets_nobody_have_one_too_many(
    company: Company, here_and_there: tuple[Record, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription = await company.buys(total=3)
    quotes = await for_each(company, subscription)
    NO_LOOK_AT_THE_PEOPLE.plant(monkeypatch)
    outcomes = await at_once(here_and_there, quotes)
    assert sum(each.status is OperationStatus.DONE for each in outcomes) == 3
    assert await counted(company, subscription) == (3, 3, 3)


async def one_fewer_and_one_for_everyone(company: Company) -> tuple[str, list[Quote]]:
    """Three licenses, an offer to have two and an offer to hand all three out."""
    subscription = await company.buys(total=2)
    await company.does(ALICE, await company.record.licenses.quote(ALICE, subscription, by=1))
    fewer = await company.record.licenses.quote(ALICE, subscription, by=-1)
    return subscription, [fewer, await company.record.assignments.quote(ALICE, subscription, give=PEOPLE[:3])]


async def test_handing_out_and_reducing_at_once_leaves_a_license_for_everyone(
    company: Company, here_and_there: tuple[Record, Record]
) -> None:
    for _ in range(4):  # whoever comes first
        subscription, quotes = await one_fewer_and_one_for_everyone(company)
        outcomes = await at_once(here_and_there, quotes)
        assert sum(each.status is OperationStatus.DONE for each in outcomes) == 1
        row = await company.row(Subscription, "t1", subscription)
        assert row.assigned <= row.total


async def test_without_the_subscriptions_lock_only_the_database_keeps_a_license_for_everyone(
    company: Company, here_and_there: tuple[Record, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, quotes = await one_fewer_and_one_for_everyone(company)
    let_two_in(monkeypatch)
    NO_GUARD_OF_THE_SEATS.plant(monkeypatch)
    NO_GUARD.plant(monkeypatch)
    with pytest.raises(IntegrityError, match="assigned_within_total"):
        await at_once(here_and_there, quotes)


async def test_one_person_who_is_given_a_license_twice_at_once_holds_one(
    company: Company, here_and_there: tuple[Record, Record]
) -> None:
    subscription = await company.buys(total=MANY)
    quotes = [await company.record.assignments.quote(ALICE, subscription, give=PEOPLE[:1]) for _ in range(MANY)]
    outcomes = await at_once(here_and_there, quotes)
    refused = [each.refusal.code for each in outcomes if each.refusal]
    assert refused == ["already_holds"] * (MANY - 1)
    assert await counted(company, subscription) == (MANY, 1, 1)


async def test_without_looking_only_the_database_stands_between_a_person_and_two(
    company: Company, here_and_there: tuple[Record, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription = await company.buys(total=MANY)
    quotes = [await company.record.assignments.quote(ALICE, subscription, give=PEOPLE[:1]) for _ in range(2)]
    NO_LOOK_AT_THE_PEOPLE.plant(monkeypatch)
    with pytest.raises(IntegrityError, match="uq_assignments_live"):
        await at_once(here_and_there, quotes)


async def test_one_license_moved_to_many_at_once_goes_to_one(
    company: Company, here_and_there: tuple[Record, Record]
) -> None:
    subscription = await company.buys(total=1, holders=1)
    move = company.record.assignments.quote
    quotes = [await move(ALICE, subscription, give=[person], take=["person-0"]) for person in PEOPLE]
    outcomes = await at_once(here_and_there, quotes)
    assert sum(each.status is OperationStatus.DONE for each in outcomes) == 1
    assert await counted(company, subscription) == (1, 1, 1)


async def test_without_looking_and_counting_one_license_is_moved_to_two(
    company: Company, here_and_there: tuple[Record, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription = await company.buys(total=2, holders=1)
    move = company.record.assignments.quote
    quotes = [await move(ALICE, subscription, give=[person], take=["person-0"]) for person in PEOPLE[:2]]
    NO_LOOK_AT_THE_PEOPLE.plant(monkeypatch)
    NO_COUNT_OF_THE_TAKEN.plant(monkeypatch)
    await at_once(here_and_there, quotes)
    assert await counted(company, subscription) == (2, 1, 2)


async def an_erasure_waits(both: tuple[Record, Record], look: Callable[[Transaction], Awaitable[object]]) -> bool:
    """Whether nobody can change the last of the colleagues once `look` has looked, until its transaction ends."""
    here, there = both

    async def change(session: AsyncSession) -> bool:
        await look(await Transaction.of(session, ALICE, here.clock.now()))
        lock = {"key_share": True, "skip_locked": True}  # as an erasure takes it
        key = ("t1", PEOPLE[-1])
        return await there.database.write(lambda other: other.get(Person, key, with_for_update=lock)) is None

    return await here.database.write(change)


async def test_who_is_given_a_license_cannot_be_erased_before_it_can_be_taken_back(
    company: Company, here_and_there: tuple[Record, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription = await company.buys(total=MANY)
    assert await an_erasure_waits(here_and_there, lambda tx: assignments.seats(tx, subscription, PEOPLE))
    NO_HOLD_ON_THE_PEOPLE.plant(monkeypatch)
    assert not await an_erasure_waits(here_and_there, lambda tx: assignments.seats(tx, subscription, PEOPLE))


async def test_a_deputy_cannot_be_erased_before_the_right_can_be_withdrawn(
    company: Company, here_and_there: tuple[Record, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    deputy = PEOPLE[-1]
    quote = await company.record.sharing.quote(ALICE, await company.buys(), person_id=deputy)
    assert await an_erasure_waits(here_and_there, lambda tx: sharing._check_deputy(tx, deputy, quote))
    NO_HOLD_ON_THE_DEPUTY.plant(monkeypatch)
    assert not await an_erasure_waits(here_and_there, lambda tx: sharing._check_deputy(tx, deputy, quote))


@pytest.mark.parametrize("erased_first", [True, False])
async def test_whoever_comes_first_an_erased_person_is_left_without_license_and_right(
    company: Company, here_and_there: tuple[Record, Record], *, erased_first: bool
) -> None:
    here, there = here_and_there
    subscription, person = await company.buys(total=MANY), PEOPLE[0]
    given = await here.assignments.quote(ALICE, subscription, give=[person])
    named = await here.sharing.quote(ALICE, subscription, person_id=person)
    acts = [here.operations.commit(ALICE, given.id), here.operations.commit(ALICE, named.id)]
    erasure = there.privacy.erase("t1", person)
    await asyncio.gather(*([erasure, *acts] if erased_first else [*acts, erasure]))
    assert await counted(company, subscription) == (MANY, 0, 0)
    assert [grant for grant in await company.rows(Grant) if grant.withdrawn_at is None] == []
