"""One plan tapped by many at once in two processes, on PostgreSQL; with twins that lack a guard and go wrong."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import DBAPIError

from storage import database, operations
from storage.models import AuditEntry, Invoice, Operation, PlanStep
from storage.views import OperationStatus
from tests.planned import adds, gives, planned
from tests.small_company import ALICE, Company, total

if TYPE_CHECKING:
    from storage.plans import Plan
    from storage.record import Record
    from storage.transaction import Transaction
    from storage.views import Quote
    from tests.planned import Step

MANY = 16
DONE, OPEN, REFUSED, VOID = OperationStatus.DONE, OperationStatus.OPEN, OperationStatus.REFUSED, OperationStatus.VOID


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

    async def unclaimed(tx: Transaction, operation_id: str, _offered: object) -> Operation:
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


def after_both(together: asyncio.Barrier, step: Step) -> Step:
    """The step, which a first rehearsal draws when the other has come as far; a repeated one does not wait."""
    waits = [together.wait]

    async def draw(record: Record, before: list[Quote]) -> Quote:
        if waits:
            await asyncio.wait_for(waits.pop()(), 5)
        return await step(record, before)

    return draw


async def rehearsed_crosswise(company: Company, both: tuple[Record, Record]) -> tuple[list[Plan], list[str]]:
    """Two plans about the same two subscriptions, each of which has one of them when it comes to the other."""
    mine = [await company.buys("Power BI Pro", total=20), await company.buys("Visio Plan 2", total=5)]
    together = asyncio.Barrier(2)
    plans = await asyncio.gather(
        *(
            planned(record, adds(first, 5), after_both(together, adds(second, 2)))
            for record, (first, second) in zip(both, (mine, mine[::-1]), strict=True)
        )
    )
    return plans, mine


async def test_of_two_rehearsals_that_wait_for_each_other_one_is_run_again_and_both_are_whole(
    company: Company, here_and_there: tuple[Record, Record]
) -> None:
    (one, other), [power_bi, visio] = await rehearsed_crosswise(company, here_and_there)
    assert (await total(company, power_bi), await total(company, visio)) == (20, 5)
    assert [each.status for each in await company.rows(Operation)].count(OPEN) == len(await company.rows(PlanStep)) == 4
    here, there = here_and_there
    assert [step.status for step in (await here.plans.commit(ALICE, one.id)).steps] == [DONE, DONE]
    assert [step.status for step in (await there.plans.commit(ALICE, other.id)).steps] == [REFUSED, REFUSED]
    assert (await total(company, power_bi), await total(company, visio)) == (25, 7)
    assert len(await company.rows(Invoice)) == 2


async def test_without_running_a_deadlock_again_one_of_the_two_gets_no_plan(
    company: Company, here_and_there: tuple[Record, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "CONFLICTS", ())
    with pytest.raises(DBAPIError, match="deadlock detected"):
        await rehearsed_crosswise(company, here_and_there)


async def test_two_plans_about_the_same_in_opposite_order_never_wait_for_each_other_when_they_are_carried_out(
    company: Company, here_and_there: tuple[Record, Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "CONFLICTS", ())  # none has to be run again: a step holds one subscription
    power_bi, visio = await company.buys("Power BI Pro", total=20), await company.buys("Visio Plan 2", total=5)
    give = [gives(power_bi, "cara"), gives(visio, "cara"), gives(visio, "bob"), gives(power_bi, "bob")]
    plans = [await planned(company.record, *give[:2]), await planned(company.record, *give[2:])]
    ended = await asyncio.gather(
        *(here_and_there[n % 2].plans.commit(ALICE, plans[n % 4 // 2].id) for n in range(MANY))
    )
    assert {step.status for plan in ended for step in plan.steps} == {DONE}
    assert len(await company.rows(AuditEntry)) == 4
