"""Everything in the record that only an operation may change, to be compared before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from storage.actions import Unasked
from storage.models import Assignment, Charge, Grant, LedgerEntry, Operation, ScheduledTotal, Subscription
from storage.views import OperationStatus

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.record import Record

_DONE = select(Operation.id, Operation.action).where(Operation.status == OperationStatus.DONE)
_ENTRIES, _CHARGES = (select(func.count()).select_from(each).scalar_subquery() for each in (LedgerEntry, Charge))
_ASSIGNED = select(func.count()).where(Assignment.released_at.is_(None)).scalar_subquery()
_GRANTED = select(func.count()).where(Grant.withdrawn_at.is_(None)).scalar_subquery()
_REST = (
    select(Subscription.__table__).order_by("id"),
    select(ScheduledTotal.__table__).order_by("subscription_id"),
    select(_ENTRIES, _CHARGES, _ASSIGNED, _GRANTED),
)


@dataclass(frozen=True)
class Held:
    """What the record says: which operations are done, and everything that only an operation may change."""

    done: frozenset[str]
    by_itself: frozenset[str]  # what nobody was to be asked about: renewals, reminders
    rest: str


async def look(record: Record) -> Held:
    """The record as it stands."""

    async def read(session: AsyncSession) -> Held:
        # Before the rows: what the worker does in between is then known to be done when they are read again.
        operations = (await session.execute(_DONE)).all()
        by_itself = frozenset(each.id for each in operations if each.action in list(Unasked))
        rows = [(await session.execute(each)).all() for each in _REST]
        return Held(frozenset(each.id for each in operations) - by_itself, by_itself, repr(rows))

    return await record.database.read(read)
