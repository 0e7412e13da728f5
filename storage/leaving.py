"""Why subscriptions were cancelled: the reasons counted, and what people said, word for word."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, select

from storage.models import Cancellation, Person, Subscription
from storage.transaction import Transaction
from storage.wanted import within

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Select, SQLColumnExpression
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.catalog import Catalog
    from storage.clock import Clock
    from storage.database import Database
    from storage.rights import Rights
    from storage.views import Actor
    from storage.wanted import Wanted

A_PAGE: Final = 10


@dataclass(frozen=True)
class LastWords:
    """What somebody said who cancelled."""

    at: datetime
    product: str
    purchaser: str
    reason: str  # one of the eight codes
    feedback: str  # verbatim


@dataclass(frozen=True)
class Reasons:
    """How often each reason was given, the most frequent first, and a page of what was said, the latest first."""

    as_of: datetime
    everything: bool  # of the whole organisation; False: of what the actor bought
    counts: tuple[tuple[str, int], ...]
    page: tuple[LastWords, ...]
    said: int  # how many said something in their own words

    @property
    def count(self) -> int:
        """How many cancellations there are."""
        return sum(count for _, count in self.counts)


@dataclass(frozen=True)
class Leaving:
    """Reads why people cancelled, within the reader's rights; what was taken back is no cancellation."""

    _database: Database
    _clock: Clock
    _catalog: Catalog
    _rights: Rights

    async def of(self, actor: Actor, wanted: Wanted, *, page: int = 1, size: int = A_PAGE) -> Reasons:
        """Within the products, the days and the people of `wanted`; all of one instant. Raises Refused("not_a_member").

        Who is no admin gets their own, whoever is named.
        """

        async def question(session: AsyncSession) -> Reasons:
            tx = await Transaction.of(session, actor, self._clock.now())
            everything, which = await self._meant(tx, wanted)
            many = func.count().label("many")
            counts = _of(Cancellation.reason, many).where(*which).group_by(Cancellation.reason)
            counted = await session.execute(counts.order_by(many.desc(), Cancellation.reason))
            said = (*which, Cancellation.feedback != "")
            in_all = await session.scalar(_of(func.count()).where(*said))
            return Reasons(
                tx.now,
                everything,
                tuple((reason, count) for reason, count in counted),
                await self._said(tx, said, offset=(page - 1) * size, limit=size),
                in_all or 0,
            )

        return await self._database.read(question)

    async def each(self, actor: Actor, wanted: Wanted, *, page: int = 1, size: int = A_PAGE) -> tuple[LastWords, ...]:
        """The `page`th so many cancellations, also of those who said nothing; who may read what is as with `of`."""

        async def question(session: AsyncSession) -> tuple[LastWords, ...]:
            tx = await Transaction.of(session, actor, self._clock.now())
            _, which = await self._meant(tx, wanted)
            return await self._said(tx, which, offset=(page - 1) * size, limit=size)

        return await self._database.read(question)

    async def _meant(self, tx: Transaction, wanted: Wanted) -> tuple[bool, tuple[SQLColumnExpression[bool], ...]]:
        """Whether that is the whole organisation, and what holds for the cancellations that are meant."""
        await self._rights.member(tx)
        everything = await self._rights.is_admin(tx)
        people = wanted.purchasers if everything else (tx.actor.person,)
        return everything, tuple(_meant(tx, replace(wanted, purchasers=people)))

    async def _said(
        self, tx: Transaction, which: tuple[SQLColumnExpression[bool], ...], *, offset: int, limit: int
    ) -> tuple[LastWords, ...]:
        rows = await tx.session.execute(
            _of(Cancellation, Subscription.product_id, Person.name)
            .where(*which)
            .order_by(Cancellation.at.desc(), Person.name, Cancellation.operation_id)
            .offset(offset)
            .limit(limit)
        )
        return tuple(
            LastWords(each.at, self._catalog.product(product).name, name, each.reason, each.feedback)
            for each, product, name in rows
        )


def _of(*what: Any) -> Select[Any]:
    same = Cancellation.tenant
    return (
        select(*what)
        .select_from(Cancellation)
        .join(Subscription, and_(Subscription.tenant == same, Subscription.id == Cancellation.subscription_id))
        .join(Person, and_(Person.tenant == same, Person.id == Subscription.purchaser_id))
    )


def _meant(tx: Transaction, wanted: Wanted) -> Iterator[SQLColumnExpression[bool]]:
    """What holds for the cancellations that are meant."""
    yield Cancellation.tenant == tx.tenant
    yield Cancellation.taken_back_at.is_(None)
    if wanted.products:
        yield Subscription.product_id.in_(wanted.products)
    if wanted.purchasers:
        yield Subscription.purchaser_id.in_(wanted.purchasers)
    if wanted.bought:
        yield from within(Cancellation.at, wanted.bought, tx)
