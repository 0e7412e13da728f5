"""Changes tried out: each is carried out for all that come after it to see, and none of it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from storage.database import TOTAL_SECONDS, Database
from storage.models import Operation
from storage.transaction import rehearse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.models.columns import Json
    from storage.money import Money
    from storage.record import Record
    from storage.views import Actor, Outcome

T = TypeVar("T")


@dataclass(frozen=True)
class Rehearsed:
    """An offer as it was drawn in a rehearsal; `plans.draw` makes it a step of a plan."""

    row: Json


@dataclass(frozen=True)
class Rehearsal:
    """What may be done while nothing counts: `record` is the record as all that was carried out has left it."""

    record: Record
    _session: AsyncSession

    async def carry_out(self, actor: Actor, operation_id: str) -> tuple[Outcome, Rehearsed]:
        """What would become of an offer that was drawn here, and the offer to keep."""
        operation = await self._session.get_one(Operation, (actor.tenant, operation_id))
        offer = Rehearsed({column.name: getattr(operation, column.name) for column in Operation.__table__.columns})
        return await self.record.operations.commit(actor, operation_id), offer


@dataclass(frozen=True)
class WillingBank:
    """The gateway of a rehearsal: whether a card is good for it, nobody is asked before it counts."""

    async def charge(self, token: str, amount: Money, key: str) -> None:
        """Takes nothing."""

    async def refund(self, token: str, amount: Money, key: str) -> None:
        """Gives nothing back."""


class Stage(Database):
    """A database within one transaction of another: what is written is there for what is read next, and then gone."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def write(self, change: Callable[[AsyncSession], Awaitable[T]]) -> T:
        try:
            async with self._session.begin_nested():
                return await change(self._session)
        finally:
            self._session.expunge_all()  # statements go past the rows in hand, so these are read anew

    async def read(
        self,
        question: Callable[[AsyncSession], Awaitable[T]],
        *,
        seconds: float = TOTAL_SECONDS,  # noqa: ARG002 - the whole rehearsal's count
        of_many: bool = False,  # noqa: ARG002 - nobody rehearses a summary
    ) -> T:
        return await self.write(question)


async def rehearsed(
    database: Database, record: Callable[[Database], Record], scene: Callable[[Rehearsal], Awaitable[T]]
) -> T:
    """What `scene` returned; nothing that it did is kept. It must be safe to repeat, as everything that writes is.

    Raises what `scene` raises, and RecordUnavailable.
    """

    async def change(session: AsyncSession) -> T:
        rehearse(session)
        answer = await scene(Rehearsal(record(Stage(session)), session))
        await session.rollback()
        session.info.clear()
        return answer

    return await database.write(change)
