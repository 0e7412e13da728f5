"""Checks of plans: their steps are one person's, come one after the other, and never without what they need (I4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from storage.models import Operation, PlanStep
from storage.verify.check import Check
from storage.views import OperationStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Executable

_Before, _Earlier = aliased(PlanStep), aliased(Operation)
_KEY = (PlanStep.tenant, PlanStep.plan_id, PlanStep.position)
_NOT_DONE = (OperationStatus.REFUSED, OperationStatus.VOID, OperationStatus.EXPIRED)


def checks() -> Iterator[Check]:
    """Every check of plans."""
    yield _follows_the_one_before()
    yield _step("is somebody else's than a step before it", _Earlier.person_id != Operation.person_id)
    yield _step(
        "has ended, and a step before it has not",
        and_(Operation.status != OperationStatus.OPEN, _Earlier.status == OperationStatus.OPEN),
    )
    yield _step(
        "is done without a step that it needs",
        and_(
            Operation.status == OperationStatus.DONE,
            _Earlier.status.in_(_NOT_DONE),
            _Earlier.subscription_id == Operation.subscription_id,
        ),
    )


def _follows_the_one_before() -> Check:
    same = and_(
        _Before.tenant == PlanStep.tenant,
        _Before.plan_id == PlanStep.plan_id,
        _Before.position == PlanStep.position - 1,
    )
    rows = select(*_KEY).outerjoin(_Before, same).where(PlanStep.position > 1, _Before.plan_id.is_(None))
    return _check("has no step before it", rows)


def _step(what: str, wrong: ColumnElement[bool]) -> Check:
    """Steps for which it is `wrong` how they and one of those before them stand."""
    before = and_(
        _Before.tenant == PlanStep.tenant,
        _Before.plan_id == PlanStep.plan_id,
        _Before.position < PlanStep.position,
    )
    own = and_(Operation.tenant == PlanStep.tenant, Operation.id == PlanStep.operation_id)
    earlier = and_(_Earlier.tenant == _Before.tenant, _Earlier.id == _Before.operation_id)
    rows = select(*_KEY).join(_Before, before).join(Operation, own).join(_Earlier, earlier).where(wrong)
    return _check(what, rows.distinct())


def _check(what: str, rows: Executable) -> Check:
    return Check("I4", "plan step", what, rows, key=("tenant", "plan_id", "position"))
