"""Which subscriptions a summary is about, and what their columns are in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, Integer, String, and_, case, cast, column, func, not_, select, true, values

from storage.models import Person, ScheduledTotal, Subscription
from storage.terms import local_midnight
from storage.views import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from sqlalchemy import CTE, ColumnElement, Select, SQLColumnExpression

    from storage.catalog import Catalog
    from storage.transaction import Transaction

DAY: Final = timedelta(days=1)


class Order(StrEnum):
    """By what the lines are sorted; the product and then the id decide between equal ones."""

    PRICE = "price"  # the dearest first, a year counted as its twelfth
    PRODUCT = "product"
    PURCHASER = "purchaser"
    BOUGHT = "bought"  # the latest first
    EXPIRY = "expiry"  # the next first
    UNUSED = "unused"  # what costs most without being used first


class Only(StrEnum):
    """Subscriptions in a state of their own."""

    CANCELED = "canceled"  # still running, for the last time
    SCHEDULED = "scheduled"  # a change waits for the renewal
    TRIAL = "trial"
    UNUSED = "unused"  # licenses that nobody holds are paid for
    ORPHANED = "orphaned"  # whose purchaser's account is disabled, gone, or a guest's by now


@dataclass(frozen=True)
class Days:
    """Days of the organisation's calendar, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Wanted:
    """What a summary is about; what is not said limits nothing. Deleted subscriptions are gone.

    Of reasons and changes, `purchasers` are those who cancelled or changed something, and `bought` is when they did.
    """

    products: tuple[str, ...] = ()  # ids of the catalog
    purchasers: tuple[str, ...] = ()  # object ids
    bought: Days | None = None
    ends: Days | None = None  # the period under way: it renews or expires then
    status: Status | None = None
    only: Only | None = None

    def conditions(self, tx: Transaction) -> Iterator[SQLColumnExpression[bool]]:
        """What holds for the subscriptions that are meant."""
        yield Subscription.tenant == tx.tenant
        yield Subscription.status != Status.DELETED
        if self.products:
            yield Subscription.product_id.in_(self.products)
        if self.purchasers:
            yield Subscription.purchaser_id.in_(self.purchasers)
        if self.bought:
            yield from within(Subscription.purchased_at, self.bought, tx)
        if self.ends:
            yield Subscription.period_end.between(self.ends.first, self.ends.last)
        if self.status:
            yield Subscription.status == self.status
        if self.only:
            yield _are(tx, self.only)


def within(at: SQLColumnExpression[datetime], days: Days, tx: Transaction) -> Iterator[ColumnElement[bool]]:
    """That it was on one of the days."""
    yield at >= local_midnight(days.first, tx.zone)
    yield at < local_midnight(days.last + DAY, tx.zone)


def _are(tx: Transaction, only: Only) -> SQLColumnExpression[bool]:
    running = Subscription.status == Status.ACTIVE
    match only:
        case Only.CANCELED:
            return and_(running, not_(Subscription.recurring), not_(Subscription.trial))
        case Only.SCHEDULED:
            waiting = select(ScheduledTotal.subscription_id).where(ScheduledTotal.tenant == tx.tenant)
            return Subscription.id.in_(waiting)
        case Only.TRIAL:
            return Subscription.trial
        case Only.UNUSED:
            return and_(*_paid(), Subscription.assigned < Subscription.total)
        case Only.ORPHANED:
            here = select(Person.id).where(Person.tenant == tx.tenant, Person.enabled, Person.member)
            return Subscription.purchaser_id.not_in(here)


@dataclass(frozen=True)
class Priced:
    """Subscriptions beside what they cost and are called: that stands in the catalog, not in the database."""

    cents: Mapping[str, int]  # of one license for one month, by product id
    prices: CTE

    @classmethod
    def of(cls, catalog: Catalog, currency: str) -> Priced:
        cents = {each.id: each.prices.get(currency, 0) for each in catalog.products}
        columns = column("product_id", String), column("cents", Integer), column("name", String)
        rows = [(each.id, cents[each.id], each.name.casefold()) for each in catalog.products]
        prices = values(*columns, name="catalog").data(rows).cte("prices")
        # what is materialised keeps PostgreSQL from working in parallel
        return cls(cents, prices.prefix_with("NOT MATERIALIZED", dialect="postgresql"))

    @property
    def license_month(self) -> ColumnElement[int]:
        """One license for one month, in minor units; a trial costs nothing. A year costs twelve."""
        return case((Subscription.trial, 0), else_=self.prices.c.cents)

    def select(self, *what: SQLColumnExpression[Any]) -> Select[Any]:
        """What is wanted of each subscription."""
        same = self.prices.c.product_id == Subscription.product_id
        return select(*what).select_from(Subscription).join(self.prices, same)

    def sorted(self, order: Order) -> tuple[SQLColumnExpression[Any], ...]:
        """What to order the lines by."""
        free = Subscription.total - Subscription.assigned
        unused = case((and_(*_paid()), free), else_=0)
        name = select(Person.name).where(Person.tenant == Subscription.tenant, Person.id == Subscription.purchaser_id)
        by: dict[Order, ColumnElement[Any]] = {
            Order.PRICE: (self.license_month * Subscription.total).desc(),
            Order.PRODUCT: self.prices.c.name,
            Order.PURCHASER: name.scalar_subquery(),
            Order.BOUGHT: Subscription.purchased_at.desc(),
            Order.EXPIRY: Subscription.period_end.asc(),
            Order.UNUSED: (self.license_month * unused).desc(),
        }
        return by[order], self.prices.c.name, Subscription.id


def _paid() -> tuple[ColumnElement[bool], ...]:
    """Running, and not for nothing."""
    return Subscription.status == Status.ACTIVE, not_(Subscription.trial)


def added(what: SQLColumnExpression[int]) -> ColumnElement[int]:
    """The sum as a whole number; nothing added up is 0."""
    return func.coalesce(cast(func.sum(what), BigInteger), 0)


def mine_or_all(tx: Transaction, *, everything: bool) -> ColumnElement[bool]:
    """Everything for an admin; for others what they bought themselves."""
    return true() if everything else Subscription.purchaser_id == tx.actor.person
