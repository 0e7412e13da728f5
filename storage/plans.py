"""Plans: several operations in their order, shown together and carried out by one yes, each on its own.

A plan is nothing but the order of its steps. Each step is an operation with its own quote, answer and audit entry, so
a second yes, or one after a crash, goes on after the last step that has ended and gives the same answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import select

from storage import rehearsal
from storage.crashpoints import CrashPoint, crashpoint
from storage.errors import Refused
from storage.models import Operation, Person, PlanStep
from storage.transaction import could_be_id, new_id
from storage.views import OperationStatus

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.database import Database
    from storage.operations import Operations
    from storage.record import Record
    from storage.rehearsal import Rehearsal, Rehearsed
    from storage.views import Actor, Outcome

T = TypeVar("T")


@dataclass(frozen=True)
class Plan:
    """How a plan stands: its steps in order, each with what was offered and what has become of it."""

    id: str
    steps: tuple[Outcome, ...]

    @property
    def open(self) -> bool:
        """Whether nobody has said yes or no to it."""
        return all(step.status is OperationStatus.OPEN for step in self.steps)


@dataclass(frozen=True)
class Plans:
    """Rehearses, draws, carries out, puts aside and shows plans."""

    _database: Database
    _operations: Operations
    _rehearsed: Callable[[Database], Record]

    async def rehearse(self, scene: Callable[[Rehearsal], Awaitable[T]]) -> T:
        """What `scene` returned, which carries out one offer after the other; none of it is kept.

        So each offer is drawn as it will be when those before it are done. `scene` must be safe to repeat.
        """
        return await rehearsal.rehearsed(self._database, self._rehearsed, scene)

    async def draw(self, actor: Actor, offers: Sequence[Rehearsed]) -> Plan:
        """A stored plan of what was rehearsed, in this order; good for as long as its first offer is."""
        plan, new = new_id(), {offer.row["id"] for offer in offers}

        async def change(session: AsyncSession) -> None:
            if await session.get(PlanStep, (actor.tenant, plan, 1)):
                return  # an answer was lost on its way
            for offer in offers:
                later = offer.row["subscription_id"] in new  # what an earlier step will have bought
                valid = {"subscription_id": None} if later else {}
                session.add(Operation(**offer.row | valid | {"expires_at": offers[0].row["expires_at"]}))
            await session.flush()
            steps = enumerate(offers, 1)
            session.add_all(
                PlanStep(tenant=actor.tenant, plan_id=plan, position=position, operation_id=each.row["id"])
                for position, each in steps
            )

        await self._database.write(change)
        crashpoint(CrashPoint.AFTER_QUOTE)
        return await self._plan(actor, plan)

    async def commit(self, actor: Actor, plan_id: str) -> Plan:
        """What became of the plan, whose steps are carried out one after the other, each in its own transaction.

        A step on a subscription of which an earlier step is not done is stopped, the others go on. Every call gives
        equal answers. Raises Refused("unknown_card") and Refused("not_your_card", owner=…).
        """
        ended: list[Outcome] = []
        for step in (await self._plan(actor, plan_id)).steps:
            stopped = any(each.receipt is None and _about_one(step, each) for each in ended)
            ended.append(await self._operations.commit_step(actor, step.operation, stopped=stopped))
            if ended[-1].status is OperationStatus.VOID:  # a no came first
                return await self.void(actor, plan_id)
        return Plan(plan_id, tuple(ended))

    async def void(self, actor: Actor, plan_id: str) -> Plan:
        """Puts aside what of the plan is still open. Raises as `commit` does."""
        steps = (await self._plan(actor, plan_id)).steps
        return Plan(plan_id, tuple([await self._operations.void(actor, step.operation, step=True) for step in steps]))

    async def show(self, actor: Actor, plan_id: str) -> Plan | None:
        """How the plan stands, without touching it; None for an id unknown or someone else's."""
        try:
            return await self._plan(actor, plan_id)
        except Refused:
            return None

    async def _plan(self, actor: Actor, plan_id: str) -> Plan:
        async def question(session: AsyncSession) -> Plan:
            steps = await _steps(session, actor, plan_id)
            if not steps:
                raise Refused("unknown_card")
            if steps[0].person_id != actor.person:
                raise Refused("not_your_card", owner=(await session.get_one(Person, _owner(steps[0]))).name)
            return Plan(plan_id, tuple(map(self._operations.outcome, steps)))

        return await self._database.read(question)


async def _steps(session: AsyncSession, actor: Actor, plan_id: str) -> list[Operation]:
    if not could_be_id(plan_id):
        return []
    same = (PlanStep.tenant == Operation.tenant) & (PlanStep.operation_id == Operation.id)
    this = (PlanStep.tenant == actor.tenant, PlanStep.plan_id == plan_id)
    return list(await session.scalars(select(Operation).join(PlanStep, same).where(*this).order_by(PlanStep.position)))


def _owner(operation: Operation) -> tuple[str, str | None]:
    return operation.tenant, operation.person_id


def _about_one(step: Outcome, other: Outcome) -> bool:
    """Whether both are about one subscription; what is bought has the purchase's own id."""
    one, another = (each.quote and each.quote.about for each in (step, other))
    return bool(one and another and one.id == another.id)
