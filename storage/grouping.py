"""Groups of a summary that the database adds up: by purchaser, month of the purchase, or who holds a license."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, case, func, literal, select, union_all

from storage.models import Assignment, Person, Subscription
from storage.money import Money
from storage.terms import local_day, local_midnight
from storage.wanted import added

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select, SQLColumnExpression

    from storage.transaction import Transaction
    from storage.wanted import Priced

NOBODY: Final = ""  # the key of what nobody holds


class GroupBy(StrEnum):
    """What lines are put together by."""

    PRODUCT = "product"
    PURCHASER = "purchaser"
    MONTH = "month"  # of the purchase
    PERSON = "person"  # who holds a license; those that nobody holds are one group, so that nothing is missing


@dataclass(frozen=True)
class Group:
    """What belongs together; the groups of a summary add up to its totals."""

    key: str  # product id, object id, first day of the month in ISO 8601, or NOBODY
    name: str  # of the product or the person; empty for a month and for nobody
    subscriptions: int
    licenses: int
    a_month: Money  # what they cost for a month, a year counted as its twelfth


async def groups(
    tx: Transaction,
    priced: Priced,
    by: GroupBy,
    which: Sequence[SQLColumnExpression[bool]],
    nobodys: Group,
    *,
    offset: int,
    limit: int,
) -> tuple[tuple[Group, ...], int]:
    """Some of the groups and how many there are in all: the dearest first, months in the order of the calendar.

    By person, `nobodys` is one of them where there are licenses that nobody holds.
    """
    if by is GroupBy.PERSON:
        found = _by_holder(priced, which, nobodys)
    else:
        months = by is GroupBy.MONTH
        key: SQLColumnExpression[str] = await _month(tx, which) if months else Subscription.purchaser_id
        found = _sums(priced, which, key)
    grouped = found.subquery()
    order = (grouped.c.key,) if by is GroupBy.MONTH else (grouped.c.a_month.desc(), grouped.c.key)
    page = select(grouped, func.count().over()).order_by(*order).offset(offset).limit(limit)
    rows = (await tx.session.execute(page)).all()
    names = {} if by is GroupBy.MONTH else await _names(tx, [row[0] for row in rows])
    found_now = (
        Group(key, names.get(key, ""), many, total, Money(cents, tx.currency)) for key, many, total, cents, _ in rows
    )
    return tuple(found_now), rows[0][-1] if rows else 0


def _sums(
    priced: Priced,
    which: Sequence[SQLColumnExpression[bool]],
    key: SQLColumnExpression[str],
) -> Select[Any]:
    cost = added(priced.license_month * Subscription.total).label("a_month")
    sums = func.count().label("subscriptions"), added(Subscription.total).label("licenses"), cost
    return priced.select(key.label("key"), *sums).where(*which).group_by("key")


def _by_holder(priced: Priced, which: Sequence[SQLColumnExpression[bool]], nobodys: Group) -> Select[Any]:
    """A license each of the people; and those of nobody, which are added up already."""
    each = priced.select(Subscription.tenant, Subscription.id, priced.license_month.label("cents")).where(*which)
    bought = each.subquery()
    holding = and_(Assignment.tenant == bought.c.tenant, Assignment.subscription_id == bought.c.id)
    one, cost = func.count(), added(bought.c.cents)
    held = (
        select(
            Assignment.person_id.label("key"), one.label("subscriptions"), one.label("licenses"), cost.label("a_month")
        )
        .join(bought, holding)
        .where(Assignment.released_at.is_(None))
        .group_by(Assignment.person_id)
    )
    if not nobodys.licenses:
        return select(held.subquery())
    numbers = (nobodys.subscriptions, nobodys.licenses, nobodys.a_month.amount)
    return select(union_all(held, select(literal(NOBODY), *map(literal, numbers))).subquery())


async def _month(tx: Transaction, which: Sequence[SQLColumnExpression[bool]]) -> ColumnElement[str]:
    """The first day of the month of the purchase, in the organisation's calendar, which no database knows."""
    span = select(func.min(Subscription.purchased_at), func.max(Subscription.purchased_at)).where(*which)
    first, last = (await tx.session.execute(span)).one()
    if first is None:
        return literal("")
    months = list(_months(local_day(first, tx.zone), local_day(last, tx.zone)))
    before = [
        (Subscription.purchased_at < local_midnight(after, tx.zone), month.isoformat())
        for month, after in pairwise(months)
    ]
    return case(*before, else_=months[-1].isoformat()) if before else literal(months[-1].isoformat())


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)


async def _names(tx: Transaction, keys: Sequence[str]) -> Mapping[str, str]:
    people = select(Person.id, Person.name).where(Person.tenant == tx.tenant, Person.id.in_(keys))
    return {row.id: row.name for row in await tx.session.execute(people)}
