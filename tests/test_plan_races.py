"""One plan tapped by many at once in two processes, on PostgreSQL; with twins that lack a guard and go wrong."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from storage import operations
from storage.models import AuditEntry, Invoice, Operation
from storage.views import OperationStatus
from tests.planned import adds, gives, planned
from tests.small_company import ALICE, Company, total

if TYPE_CHECKING:
    from storage.record import Record
    from storage.transaction import Transaction

MANY = 16
DONE, VOID = OperationStatus.DONE, OperationStatus.VOID


@pytest.fixture
async def company(here_and_there: tuple[Record, Record]) -> Company:
    return await Company.in_(here_and_there[0])


async def test_one_plan_tapped_many_times_at_once_in_two_processes_is_done_once(
    company: Company, here_and_there: tuple[Record, Record]
) -> None:
    power_bi, visio = await company.buys("Power BI Pro", total=20), await company.buys("Visio Plan 2", total=5)
    plan = await planned(company.record, adds(power_bi, 5), gives(power_bi, "cara"), adds(visio, 2))
    answers = await asyncio.gather(*(here_and_there[n % 2].plans.commit(ALICE, plan.id) for n in range(MANY)))
    assert answers == [answers[0]] * MANY
    assert [step.status for step in answers[0].steps] == [DONE] * 3
    assert (await total(company, power_bi), await total(company, visio)) == (25, 7)
    assert len(await company.rows(Invoice)) == 2
    assert len(await company.rows(AuditEntry)) == 3


async def test_without_claiming_each_step_first_two_taps_of_a_plan_get_different_answers(
    company: Company, here_and_there: tuple[Record, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_read = asyncio.Barrier(2)

    async def unclaimed(tx: Transaction, operation_id: str) -> Operation:
        operation = await tx.session.get_one(Operation, (tx.tenant, operation_id))
        await asyncio.wait_for(both_have_read.wait(), 5)
        return operation

    power_bi = await company.buys(total=20)
    plan = await planned(company.record, adds(power_bi, 5), gives(power_bi, "cara"))
    monkeypatch.setattr(operations, "_claim", unclaimed)
    twins = await asyncio.gather(*(each.plans.commit(ALICE, plan.id) for each in here_and_there))
    assert twins[0] != twins[1]


async def test_a_yes_and_a_no_at_once_leave_no_step_open_and_are_told_the_same(
    company: Company, here_and_there: tuple[Record, Record]
) -> None:
    power_bi = await company.buys(total=20)
    plan = await planned(company.record, adds(power_bi, 1), adds(power_bi, 1), adds(power_bi, 1))
    here, there = here_and_there
    await asyncio.gather(
        *(here.plans.commit(ALICE, plan.id) for _ in range(3)), *(there.plans.void(ALICE, plan.id) for _ in range(3))
    )
    ended = await here.plans.commit(ALICE, plan.id)
    done = [step.status for step in ended.steps].count(DONE)
    assert [step.status for step in ended.steps] == [DONE] * done + [VOID] * (3 - done)
    assert await there.plans.void(ALICE, plan.id) == ended
    assert await total(company, power_bi) == 20 + done


async def test_two_who_rehearse_at_once_in_opposite_order_leave_the_record_as_it_was(
    company: Company, here_and_there: tuple[Record, Record]
) -> None:
    power_bi, visio = await company.buys("Power BI Pro", total=20), await company.buys("Visio Plan 2", total=5)
    there_and_back = ((adds(power_bi, 5), adds(visio, 2)), (adds(visio, 2), adds(power_bi, 5)))
    plans = await asyncio.gather(
        *(planned(here_and_there[n % 2], *there_and_back[n % 2]) for n in range(2)),
        here_and_there[0].licenses.quote(ALICE, power_bi, by=1),
    )
    assert len(plans) == 3  # of two in opposite order one is ended by the database, and run again
    assert (await total(company, power_bi), await total(company, visio)) == (20, 5)
