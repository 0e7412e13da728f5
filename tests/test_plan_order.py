"""`verify` sees to the order of a plan's steps: none out of its turn, none without what it needs, all one person's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.models import PlanStep
from storage.verify import verify
from tests.planned import adds, found, gives, planned
from tests.small_company import ALICE, CARA, Company

if TYPE_CHECKING:
    from storage.record import Record


@pytest.fixture
async def company(record: Record) -> Company:
    return await Company.in_(record)


async def test_a_step_out_of_its_turn_is_found(company: Company, record: Record) -> None:
    power_bi, visio = await company.buys("Power BI Pro", total=20), await company.buys("Visio Plan 2", total=5)
    plan = await planned(record, adds(power_bi, 5), adds(visio, 2))
    known = await verify(record)
    await record.operations.commit_step(ALICE, plan.steps[1].operation, stopped=False)
    assert [each.what for each in await found(record, known)] == ["has ended, and a step before it has not"]


async def test_a_step_without_the_one_that_it_needs_is_found(company: Company, record: Record) -> None:
    power_bi = await company.buys(total=20)
    plan = await planned(record, adds(power_bi, 5), gives(power_bi, "cara"))
    known = await verify(record)
    await record.operations.void(ALICE, plan.steps[0].operation, step=True)
    await record.operations.commit_step(ALICE, plan.steps[1].operation, stopped=False)
    assert [each.what for each in await found(record, known)] == ["is done without a step that it needs"]


async def test_a_plan_with_a_gap_or_of_two_people_is_found(company: Company, record: Record) -> None:
    power_bi = await company.buys(total=20)
    await company.names_deputy(power_bi)
    plan = await planned(record, adds(power_bi, 5), adds(power_bi, 1))
    other = await planned(record, adds(power_bi, 5, CARA), who=CARA)
    known = await verify(record)
    await company.adds(
        PlanStep(
            tenant="t1", plan_id="gap", position=2, operation_id=(await record.licenses.quote(ALICE, power_bi, by=1)).id
        )
    )
    assert [each.what for each in await found(record, known)] == ["has no step before it"]
    [step] = [each for each in await company.rows(PlanStep) if each.plan_id == other.id]
    await company.adds(
        PlanStep(
            tenant="t1",
            plan_id=other.id,
            position=2,
            operation_id=(await record.licenses.quote(ALICE, power_bi, by=1)).id,
        )
    )
    assert {each.what for each in await found(record, known)} == {
        "has no step before it",
        "is somebody else's than a step before it",
    }
    assert step.position == 1 and plan.open
