"""Who holds a license, and taking licenses back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, select, update

from storage.errors import Refused
from storage.models import Assignment, Person
from storage.people import person_view
from storage.views import LicenseHolder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement

    from storage.transaction import Transaction


def _live(tx: Transaction, subscription_id: str) -> ColumnElement[bool]:
    return and_(
        Assignment.tenant == tx.tenant,
        Assignment.subscription_id == subscription_id,
        Assignment.released_at.is_(None),
    )


async def holders(tx: Transaction, subscription_id: str) -> list[LicenseHolder]:
    """Everyone who holds a license of the subscription; those who never used it first, then the longest unused."""
    rows = await tx.session.execute(
        select(Person, Assignment.last_used_at)
        .join(Assignment, and_(Assignment.tenant == Person.tenant, Assignment.person_id == Person.id))
        .where(_live(tx, subscription_id))
        .order_by(Assignment.last_used_at.asc().nulls_first(), Assignment.assigned_at, Person.id)
    )
    return [LicenseHolder(person_view(person), last_used_at) for person, last_used_at in rows]


async def release(tx: Transaction, subscription_id: str, people: Sequence[str]) -> None:
    """Takes these people's licenses; raises Refused("holds_no_license") unless every one of them holds one."""
    taken = await tx.session.execute(
        update(Assignment)
        .where(_live(tx, subscription_id), Assignment.person_id.in_(people))
        .values(released_at=tx.now)
        .returning(Assignment.id)
    )
    if len(taken.all()) != len(people):
        raise Refused("holds_no_license")
