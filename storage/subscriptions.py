"""Subscriptions as the people who may see them see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select

from storage.errors import Refused
from storage.models import Grant, PaymentMethod, Person, ScheduledTotal, Subscription
from storage.money import Money
from storage.payments import payment_method_view
from storage.people import person_view
from storage.transaction import Transaction
from storage.views import ScheduledChange, Status, SubscriptionView, Term

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.catalog import Catalog, Product
    from storage.clock import Clock
    from storage.database import Database
    from storage.rights import Rights
    from storage.views import Actor


@dataclass(frozen=True)
class Subscriptions:
    """Reads subscriptions; what may be changed about them is storage/licenses.py's."""

    _database: Database
    _clock: Clock
    _catalog: Catalog
    _rights: Rights

    async def owned_by(self, actor: Actor) -> list[SubscriptionView]:
        """What the actor may change: own subscriptions, and those whose purchaser named the actor as deputy.

        Most recently used first, then most licenses; deleted ones are gone. Empty for guests and strangers.
        """

        async def question(session: AsyncSession) -> list[SubscriptionView]:
            try:
                tx = await Transaction.of(session, actor, self._clock.now())
                await self._rights.member(tx)
            except Refused:
                return []
            theirs = or_(Subscription.purchaser_id == actor.person, Subscription.id.in_(_as_deputy(actor)))
            return await self._views(tx, theirs)

        return await self._database.read(question)

    async def of_product(self, actor: Actor, product_ids: Iterable[str]) -> list[SubscriptionView]:
        """Other people's subscriptions of these products that the actor may see: an admin all, others none."""
        wanted = list(product_ids)

        async def question(session: AsyncSession) -> list[SubscriptionView]:
            try:
                tx = await Transaction.of(session, actor, self._clock.now())
            except Refused:
                return []
            if not await self._rights.is_admin(tx):
                return []
            return await self._views(tx, Subscription.product_id.in_(wanted), Subscription.purchaser_id != actor.person)

        return await self._database.read(question)

    async def _views(self, tx: Transaction, *which: ColumnElement[bool]) -> list[SubscriptionView]:
        return await views(tx, self._catalog, *which, Subscription.status != Status.DELETED)


def _as_deputy(actor: Actor) -> ColumnElement[str]:
    granted = (Grant.tenant == actor.tenant, Grant.person_id == actor.person, Grant.withdrawn_at.is_(None))
    return select(Grant.subscription_id).where(*granted).scalar_subquery()


async def views(tx: Transaction, catalog: Catalog, *which: ColumnElement[bool]) -> list[SubscriptionView]:
    """The tenant's subscriptions that fit; most recently used first, then most licenses."""
    same = Subscription.tenant
    rows = await tx.session.execute(
        select(Subscription, Person, ScheduledTotal, PaymentMethod)
        .join(Person, and_(Person.tenant == same, Person.id == Subscription.purchaser_id))
        .outerjoin(
            ScheduledTotal,
            and_(ScheduledTotal.tenant == same, ScheduledTotal.subscription_id == Subscription.id),
        )
        .outerjoin(
            PaymentMethod,
            and_(PaymentMethod.tenant == same, PaymentMethod.id == Subscription.payment_method_id),
        )
        .where(same == tx.tenant, *which)
        .order_by(Subscription.last_used_at.desc().nulls_last(), Subscription.total.desc(), Subscription.id)
        .execution_options(populate_existing=True)
    )
    return [_view(catalog, tx.currency, *row) for row in rows]


def _view(
    catalog: Catalog,
    currency: str,
    row: Subscription,
    purchaser: Person,
    scheduled: ScheduledTotal | None,
    method: PaymentMethod | None,
) -> SubscriptionView:
    product = catalog.product(row.product_id)
    return SubscriptionView(
        id=row.id,
        product=product.id,
        product_name=product.name,
        purchaser=person_view(purchaser),
        total=row.total,
        assigned=row.assigned,
        term=row.term,
        status=row.status,
        recurring=row.recurring,
        unpaid=row.unpaid,
        price=Money(0, currency) if row.trial else _price_shown(product, row.term, currency),
        purchased_at=row.purchased_at,
        period_start=row.period_start,
        period_end=row.period_end,
        scheduled=ScheduledChange(scheduled.total, scheduled.effective_on) if scheduled else None,
        payment_method=payment_method_view(method),
        last_used_at=row.last_used_at,
        trial=row.trial,
    )


def _price_shown(product: Product, term: Term, currency: str) -> Money:
    try:
        return product.price(term, currency)
    except Refused:  # a trial: owned, free, and not on sale
        return Money(0, currency)
