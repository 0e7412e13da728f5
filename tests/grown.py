"""The demo company with many more subscriptions than it has: each like one that it has, for whatever is long."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import String, cast, insert, literal, select

from storage.demo import TENANT
from storage.models import Subscription
from storage.record import Record

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.clock import Clock


async def grow(url: str, clock: Clock, by: int) -> None:
    """Adds so many subscriptions to the company at `url`, which nobody has open."""
    record = await Record.open(url, clock, timezone=ZoneInfo("UTC"), currency="USD")
    try:
        await record.database.write(lambda session: _copy(session, by))
    finally:
        await record.close()


async def _copy(session: AsyncSession, times: int) -> None:
    numbers = select(literal(1).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < times))
    first = select(Subscription.id).where(Subscription.tenant == TENANT).order_by(Subscription.id).limit(1)
    columns = Subscription.__table__.c
    changed = {"id": literal("more-").concat(cast(numbers.c.n, String)), "assigned": literal(0)}
    copies = (
        select(*(changed.get(column.name, column) for column in columns))
        .select_from(Subscription)
        .join(numbers, literal(value=True))
        .where(Subscription.tenant == TENANT, Subscription.id == first.scalar_subquery())
    )
    await session.execute(insert(Subscription).from_select([column.name for column in columns], copies))
