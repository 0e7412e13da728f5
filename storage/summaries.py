"""Everything bought, added up: for admins all of it, for others what they bought; read only, and of one instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, case, func, select

from storage.catalog import MONTHS
from storage.grouping import NOBODY, Group, GroupBy, groups
from storage.models import Assignment, Person, Subscription
from storage.money import Money
from storage.subscriptions import views
from storage.transaction import Transaction
from storage.views import Status, Term
from storage.wanted import Order, Priced, Wanted, added, mine_or_all

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import SQLColumnExpression
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.catalog import Catalog
    from storage.clock import Clock
    from storage.database import Database
    from storage.rights import Rights
    from storage.views import Actor, SubscriptionView

A_PAGE: Final = 10
SOME: Final = 500  # lines at a time, for whoever reads all of them
NAMED: Final = 3  # people a line names; how many more there are, its numbers say


@dataclass(frozen=True)
class Totals:
    """The sums over all lines, whatever page is shown. Prices add up by term: a year is no month."""

    subscriptions: int
    licenses: int
    assigned: int
    unused: int  # licenses nobody holds, of running subscriptions that cost something
    monthly: Money  # of everything that is paid by the month, for a month
    yearly: Money  # of everything that is paid by the year, for a year
    a_month: Money  # both for a month, a year counted as its twelfth
    unused_month: Money  # what the unused licenses are of that


@dataclass(frozen=True)
class Line:
    """One subscription and the first of its people, by name: all of them, or as many as were asked for."""

    subscription: SubscriptionView
    holders: tuple[str, ...]

    @property
    def price(self) -> Money:
        """Of all its licenses, for one period."""
        return self.subscription.price * self.subscription.total


@dataclass(frozen=True)
class Summary:
    """One page of lines, or of groups, under the totals of all."""

    as_of: datetime
    everything: bool  # the whole organisation; False: what the actor bought
    wanted: Wanted
    totals: Totals
    lines: tuple[Line, ...] = ()
    groups: tuple[Group, ...] = ()  # beside lines: every product
    grouped: int = 0  # how many groups there are in all


@dataclass(frozen=True)
class Summaries:
    """Reads what was bought, within the reader's rights."""

    _database: Database
    _clock: Clock
    _catalog: Catalog
    _rights: Rights

    async def of(
        self,
        actor: Actor,
        wanted: Wanted,
        *,
        order: Order = Order.PRICE,
        group_by: GroupBy | None = None,
        page: int = 1,
        size: int = A_PAGE,
        named: int = NAMED,
    ) -> Summary:
        """The `page`th so many lines, or groups where they are asked for; an admin's are the whole organisation's.

        Everything in it is of one instant. Raises Refused("not_a_member").
        """

        async def question(session: AsyncSession) -> Summary:
            tx = await Transaction.of(session, actor, self._clock.now())
            await self._rights.member(tx)
            everything = await self._rights.is_admin(tx)
            which = (*wanted.conditions(tx), mine_or_all(tx, everything=everything))
            priced = Priced.of(self._catalog, tx.currency)
            parts = await _parts(tx, which)
            totals, products = _totals(priced, tx.currency, parts), self._products(priced, tx.currency, parts)
            kept: dict[str, Any] = {"as_of": tx.now, "everything": everything, "wanted": wanted, "totals": totals}
            place = {"offset": (page - 1) * size, "limit": size}
            if group_by is None:
                lines = await self._lines(tx, priced, order, which, named=named, **place)
                return Summary(**kept, lines=lines, groups=products, grouped=len(products))
            if group_by is GroupBy.PRODUCT:
                return Summary(**kept, groups=products[(page - 1) * size :][:size], grouped=len(products))
            found, count = await groups(tx, priced, group_by, which, _nobodys(priced, tx.currency, parts), **place)
            return Summary(**kept, groups=found, grouped=count)

        return await self._database.read(question, of_many=True)

    async def each(self, actor: Actor, wanted: Wanted) -> AsyncIterator[tuple[Line, ...]]:
        """Every line with all its people, some at a time, for whoever writes them down; rights are asked each time.

        Each part is of one instant, all of them are not: so nobody else waits, however many there are. Raises Refused.
        """
        after, some = "", await self._some(actor, wanted, "")
        while some:
            yield some
            after = some[-1].subscription.id
            some = await self._some(actor, wanted, after)

    async def _some(self, actor: Actor, wanted: Wanted, after: str) -> tuple[Line, ...]:
        async def question(session: AsyncSession) -> tuple[Line, ...]:
            tx = await Transaction.of(session, actor, self._clock.now())
            await self._rights.member(tx)
            mine = mine_or_all(tx, everything=await self._rights.is_admin(tx))
            which = (*wanted.conditions(tx), mine, Subscription.id > after)
            ids = list(
                await session.scalars(select(Subscription.id).where(*which).order_by(Subscription.id).limit(SOME))
            )
            return await self._shown(tx, ids, None)

        return await self._database.read(question, of_many=True)

    def _products(self, priced: Priced, currency: str, parts: Sequence[_Part]) -> tuple[Group, ...]:
        """The parts by product, the dearest first."""
        by_product = {each.product: [part for part in parts if part.product == each.product] for each in parts}
        found = (
            Group(
                product,
                self._catalog.product(product).name,
                sum(part.subscriptions for part in alike),
                sum(part.licenses for part in alike),
                _cost(priced, currency, ((part, part.licenses) for part in alike)),
            )
            for product, alike in by_product.items()
        )
        return tuple(sorted(found, key=lambda group: (-group.a_month.amount, group.name)))

    async def _lines(
        self,
        tx: Transaction,
        priced: Priced,
        order: Order,
        which: Sequence[SQLColumnExpression[bool]],
        *,
        named: int,
        offset: int,
        limit: int,
    ) -> tuple[Line, ...]:
        ordered = priced.select(Subscription.id).where(*which).order_by(*priced.sorted(order))
        return await self._shown(tx, list(await tx.session.scalars(ordered.offset(offset).limit(limit))), named)

    async def _shown(self, tx: Transaction, ids: Sequence[str], named: int | None) -> tuple[Line, ...]:
        found = {view.id: view for view in await views(tx, self._catalog, Subscription.id.in_(ids))}
        people = await _named(tx, ids, named)
        return tuple(Line(found[each], tuple(people.get(each, ()))) for each in ids)


@dataclass(frozen=True)
class _Part:
    """Subscriptions that differ in nothing that decides on their price."""

    product: str
    term: Term
    trial: bool
    status: Status
    subscriptions: int
    licenses: int
    assigned: int
    with_free: int  # subscriptions some of whose licenses nobody holds

    @property
    def free(self) -> int:
        return self.licenses - self.assigned

    @property
    def unused(self) -> int:
        return self.free if self.status is Status.ACTIVE and not self.trial else 0


async def _parts(tx: Transaction, which: Sequence[SQLColumnExpression[bool]]) -> list[_Part]:
    """A few rows, however many subscriptions there are."""
    alike = (Subscription.product_id, Subscription.term, Subscription.trial, Subscription.status)
    with_free = case((Subscription.assigned < Subscription.total, 1), else_=0)
    sums = (func.count(), added(Subscription.total), added(Subscription.assigned), added(with_free))
    rows = await tx.session.execute(select(*alike, *sums).where(*which).group_by(*alike))
    return [_Part(*row) for row in rows]


def _cost(priced: Priced, currency: str, licenses: Iterable[tuple[_Part, int]]) -> Money:
    """What so many licenses of each part cost for a month."""
    return Money(sum(0 if part.trial else priced.cents[part.product] * many for part, many in licenses), currency)


def _nobodys(priced: Priced, currency: str, parts: Sequence[_Part]) -> Group:
    """The licenses that nobody holds, those of what has ended and of trials, too."""
    return Group(
        NOBODY,
        "",
        sum(part.with_free for part in parts),
        sum(part.free for part in parts),
        _cost(priced, currency, ((part, part.free) for part in parts)),
    )


def _totals(priced: Priced, currency: str, parts: Sequence[_Part]) -> Totals:
    by_term = {
        term: _cost(priced, currency, ((part, part.licenses) for part in parts if part.term is term)) for term in Term
    }
    return Totals(
        subscriptions=sum(part.subscriptions for part in parts),
        licenses=sum(part.licenses for part in parts),
        assigned=sum(part.assigned for part in parts),
        unused=sum(part.unused for part in parts),
        monthly=by_term[Term.MONTH],
        yearly=by_term[Term.YEAR] * MONTHS[Term.YEAR],
        a_month=by_term[Term.MONTH] + by_term[Term.YEAR],
        unused_month=_cost(priced, currency, ((part, part.unused) for part in parts)),
    )


async def _named(tx: Transaction, subscriptions: Sequence[str], most: int | None) -> dict[str, list[str]]:
    """The first so many people of each, by name; all of them where nothing is said."""
    place = func.row_number().over(partition_by=Assignment.subscription_id, order_by=(Person.name, Person.id))
    holding = (
        select(Assignment.subscription_id, Person.name, place.label("place"))
        .join(Person, and_(Person.tenant == Assignment.tenant, Person.id == Assignment.person_id))
        .where(Assignment.tenant == tx.tenant, Assignment.released_at.is_(None))
        .where(Assignment.subscription_id.in_(subscriptions))
        .subquery()
    )
    rows = select(holding.c.subscription_id, holding.c.name).order_by(holding.c.place)
    rows = rows if most is None else rows.where(holding.c.place <= most)
    found: dict[str, list[str]] = {}
    for subscription, name in await tx.session.execute(rows):
        found.setdefault(subscription, []).append(name)
    return found
