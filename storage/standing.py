"""The policy as it stands: how each product may be bought, and whether and by whom requests are decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from storage.models import Approver, Person, Policy, ProductPolicy
from storage.policy_views import Sale

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.transaction import Transaction


async def sales(tx: Transaction) -> Callable[[str], Sale]:
    """How the product of an id may be bought now."""
    decided = await tx.session.get(Policy, tx.tenant, populate_existing=True)
    rows = await tx.session.scalars(select(ProductPolicy).where(ProductPolicy.tenant == tx.tenant))
    own, others = {row.product_id: row.sale for row in rows}, decided.sale if decided else Sale.ENABLED
    return lambda product: own.get(product, others)


async def approvers(tx: Transaction) -> list[str]:
    """The ids of those who are named to decide about requests, and can; where there is none, the admins do."""
    acting = and_(Person.tenant == Approver.tenant, Person.id == Approver.person_id, Person.member, Person.enabled)
    named = select(Person.id).join(Approver, acting).where(Approver.tenant == tx.tenant)
    return list(await tx.session.scalars(named.order_by(Person.name, Person.id)))


async def requests_open(tx: Transaction) -> bool:
    """Whether what is blocked may be asked for."""
    decided = await tx.session.get(Policy, tx.tenant, populate_existing=True)
    return decided is None or decided.requests
