"""The one change of a subscription that waits for its renewal: who loses a license with it, and dropping it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from storage.models import Assignment, ScheduledTotal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.transaction import Transaction


async def leaving(tx: Transaction, subscription_id: str) -> frozenset[str]:
    """The ids of those who hold a license and lose it with the change."""
    scheduled = await tx.session.get(ScheduledTotal, (tx.tenant, subscription_id))
    if scheduled is None:
        return frozenset()
    still_holding = select(Assignment.person_id).where(
        Assignment.tenant == tx.tenant,
        Assignment.subscription_id == subscription_id,
        Assignment.released_at.is_(None),
        Assignment.person_id.in_(scheduled.releases),
    )
    return frozenset(await tx.session.scalars(still_holding))


async def spare(tx: Transaction, subscription_id: str, people: Sequence[str]) -> None:
    """These people have just been given a license: the change takes none from them, whatever they had to give up."""
    scheduled = await tx.session.get(ScheduledTotal, (tx.tenant, subscription_id))
    if scheduled is not None:
        scheduled.releases = [each for each in scheduled.releases if each not in people]


async def drop(tx: Transaction, subscription_id: str) -> frozenset[str]:
    """Whatever was scheduled will not happen; the ids of those who hold a license and would have lost it."""
    told = await leaving(tx, subscription_id)
    this = (ScheduledTotal.tenant == tx.tenant, ScheduledTotal.subscription_id == subscription_id)
    await tx.session.execute(delete(ScheduledTotal).where(*this))
    return told
