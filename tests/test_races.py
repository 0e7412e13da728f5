"""Many at once, on PostgreSQL, where races are not hidden; each with a twin that lacks the guard and does go wrong."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import operations
from storage.errors import RecordUnavailable, Refused
from storage.models import Invoice, LedgerEntry, Operation, Organisation, Subscription
from storage.views import OperationStatus
from tests.racing import at_once
from tests.small_company import ALICE, Company, total

if TYPE_CHECKING:
    from storage.record import Record
    from storage.transaction import Transaction

MANY = 16


@pytest.fixture
async def company(here_and_there: tuple[Record, Record]) -> Company:
    return await Company.in_(here_and_there[0])


async def test_one_card_tapped_many_times_at_once_in_two_processes_is_done_once(
    company: Company, here_and_there: tuple[Record, Record]
) -> None:
    subscription = await company.buys(total=20)
    quote = await company.record.licenses.quote(ALICE, subscription, by=5)
    taps = [here_and_there[n % 2].operations.commit(ALICE, quote.id) for n in range(MANY)]
    answers = await asyncio.gather(*taps)
    assert answers == [answers[0]] * MANY
    assert answers[0].status is OperationStatus.DONE
    assert await total(company, subscription) == 25
    assert len(await company.rows(Invoice)) == 1


async def test_without_claiming_first_twins_get_different_answers(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_read = asyncio.Barrier(2)

    async def unclaimed(tx: Transaction, operation_id: str, _offered: object) -> Operation:
        operation = await tx.session.get_one(Operation, (tx.tenant, operation_id))
        await both_have_read.wait()
        return operation

    subscription = await company.buys(total=20)
    quote = await company.record.licenses.quote(ALICE, subscription, by=5)
    monkeypatch.setattr(operations, "_claim", unclaimed)
    twins = await asyncio.gather(*(company.record.operations.commit(ALICE, quote.id) for _ in range(2)))
    assert twins[0] != twins[1]


async def test_of_many_offers_on_one_subscription_only_one_is_taken_as_it_was(
    company: Company, here_and_there: tuple[Record, Record]
) -> None:
    subscription = await company.buys(total=20)
    quotes = [await company.record.licenses.quote(ALICE, subscription, by=1) for _ in range(MANY)]
    outcomes = await at_once(here_and_there, [*quotes])
    done = [each for each in outcomes if each.status is OperationStatus.DONE]
    changed = [each.refusal.code for each in outcomes if each.refusal is not None]
    assert (len(done), changed) == (1, ["quote_changed"] * (MANY - 1))
    assert await total(company, subscription) == 21
    assert sum(entry.delta for entry in await company.rows(LedgerEntry)) == 21


async def test_without_the_lock_changes_are_lost(company: Company) -> None:
    subscription = await company.buys(total=20)
    all_have_read = asyncio.Barrier(MANY)

    async def careless(session: AsyncSession) -> None:
        this = Subscription.id == subscription
        read = await session.scalar(select(Subscription.total).where(this))
        await all_have_read.wait()
        await session.execute(update(Subscription).where(this).values(total=(read or 0) + 1))

    await asyncio.gather(*(company.record.database.write(careless) for _ in range(MANY)))
    assert await total(company, subscription) < 20 + MANY


async def test_invoice_numbers_have_no_gap_although_some_payments_fail(
    company: Company, here_and_there: tuple[Record, Record]
) -> None:
    cards = ["sandbox:works", "sandbox:works", "sandbox:declined"] * 4
    bought = [await company.buys(card=card) for card in cards]
    quotes = [await company.record.licenses.quote(ALICE, each, by=1) for each in bought]
    await at_once(here_and_there, [*quotes])
    numbers = sorted(invoice.sequence for invoice in await company.rows(Invoice))
    assert numbers == list(range(1, 9))


async def test_numbers_read_before_they_are_taken_collide(company: Company) -> None:
    both_have_read = asyncio.Barrier(2)

    async def careless(session: AsyncSession) -> int:
        organisation = await session.get_one(Organisation, "t1")
        await both_have_read.wait()
        organisation.invoice_counter += 1
        return organisation.invoice_counter

    taken = await asyncio.gather(*(company.record.database.write(careless) for _ in range(2)))
    assert taken[0] == taken[1]


async def test_a_connection_lost_on_the_way_does_the_change_once(
    company: Company, here_and_there: tuple[Record, Record]
) -> None:
    subscription = await company.buys(total=20)
    quote = await company.record.licenses.quote(ALICE, subscription, by=5)

    async def cut_everyone_else(session: AsyncSession) -> None:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        await session.execute(text(f"{others} WHERE datname = current_database() AND pid <> pg_backend_pid()"))

    taps = [company.record.operations.commit(ALICE, quote.id) for _ in range(4)]
    *answers, _ = await asyncio.gather(*taps, here_and_there[1].database.write(cut_everyone_else))
    assert answers == [answers[0]] * 4
    assert await total(company, subscription) == 25


async def test_a_connection_lost_inside_a_transaction_runs_it_again(company: Company) -> None:
    tries: list[int] = []

    async def cut_once(session: AsyncSession) -> str:
        tries.append(1)
        if len(tries) == 1:
            await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return "done"

    assert await company.record.database.write(cut_once) == "done"
    assert len(tries) == 2


@pytest.mark.deadline
async def test_a_card_locked_for_too_long_is_unavailable_and_works_afterwards(
    company: Company, here_and_there: tuple[Record, Record]
) -> None:
    subscription = await company.buys(total=20)
    quote = await company.record.licenses.quote(ALICE, subscription, by=5)
    locked, give_back = asyncio.Event(), asyncio.Event()

    async def hold(session: AsyncSession) -> None:
        await session.get_one(Operation, ("t1", quote.id), with_for_update=True)
        locked.set()
        await give_back.wait()

    async def hold_in_one_transaction() -> Any:
        async with AsyncSession(here_and_there[1].database.writer) as session, session.begin():
            await hold(session)

    holding = asyncio.create_task(hold_in_one_transaction())
    await locked.wait()
    with pytest.raises(RecordUnavailable):
        await company.record.operations.commit(ALICE, quote.id)
    give_back.set()
    await holding
    assert (await company.record.operations.commit(ALICE, quote.id)).status is OperationStatus.DONE


async def test_two_first_messages_at_once_make_one_person(company: Company) -> None:
    seen = company.record.people.seen
    await asyncio.gather(*(seen("t3", "nia", name="Nia", member=True) for _ in range(8)))
    assert [each.name for each in await company.record.people.named("t3")] == ["Nia"]
    with pytest.raises(Refused, match="unknown_subscription"):
        await company.record.licenses.quote(ALICE, "nothing", by=1)
