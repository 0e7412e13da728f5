"""Subscriptions as the people who may see them see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select, true

from storage.errors import Refused
from storage.models import Grant, PaymentMethod, Person, ScheduledTotal, Subscription
from storage.money import Money
from storage.payments import payment_method_view
from storage.people import person_view
from storage.rights import as_deputy, as_either
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
            return await self._views(tx, _own_or(tx, as_deputy(tx)))

        return await self._database.read(question)

    async def assignable_by(self, actor: Actor) -> list[SubscriptionView]:
        """Those whose licenses the actor may hand out: own ones first, then a deputy's and those of teams led.

        Empty for guests and strangers.
        """
        return await self._own_first(actor, everything_for_admins=False)

    async def seen_by(self, actor: Actor) -> list[SubscriptionView]:
        """Everything the actor may see, own ones first; an admin sees all. Not always with the price: `priced_for`."""
        return await self._own_first(actor, everything_for_admins=True)

    async def priced_for(self, actor: Actor, shown: Iterable[SubscriptionView]) -> frozenset[str]:
        """The ids of those among `shown` whose prices the actor may see: as purchaser, as deputy, and an admin all.

        A team's owners see seats only.
        """
        ids = [view.id for view in shown]

        async def question(session: AsyncSession) -> frozenset[str]:
            try:
                tx = await Transaction.of(session, actor, self._clock.now())
                await self._rights.member(tx)
            except Refused:
                return frozenset()
            which = true() if await self._rights.is_admin(tx) else _own_or(tx, as_deputy(tx))
            these = (Subscription.tenant == tx.tenant, Subscription.id.in_(ids), which)
            return frozenset(await session.scalars(select(Subscription.id).where(*these)))

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

    async def _own_first(self, actor: Actor, *, everything_for_admins: bool) -> list[SubscriptionView]:
        async def question(session: AsyncSession) -> list[SubscriptionView]:
            try:
                tx = await Transaction.of(session, actor, self._clock.now())
                await self._rights.member(tx)
            except Refused:
                return []
            all_of_them = everything_for_admins and await self._rights.is_admin(tx)
            found = await self._views(tx, true() if all_of_them else _own_or(tx, as_either(tx)))
            return sorted(found, key=lambda view: view.purchaser.id != actor.person)

        return await self._database.read(question)

    async def _views(self, tx: Transaction, *which: ColumnElement[bool]) -> list[SubscriptionView]:
        return await views(tx, self._catalog, *which, Subscription.status != Status.DELETED)


def _own_or(tx: Transaction, granted: ColumnElement[bool]) -> ColumnElement[bool]:
    shared = select(Grant.subscription_id).where(granted).scalar_subquery()
    return or_(Subscription.purchaser_id == tx.actor.person, Subscription.id.in_(shared))


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
        ended_on=row.status_since,
    )


def _price_shown(product: Product, term: Term, currency: str) -> Money:
    try:
        return product.price(term, currency)
    except Refused:  # a trial: owned, free, and not on sale
        return Money(0, currency)
