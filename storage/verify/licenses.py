"""Checks of licenses and of the operations that moved them: I1 to I5, and I13."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, case, exists, func, not_, or_, select
from sqlalchemy.orm import aliased

from storage.actions import ActionName, Unasked
from storage.models import (
    Assignment,
    AuditEntry,
    Cancellation,
    Charge,
    Credit,
    Invoice,
    LedgerEntry,
    LineKind,
    Operation,
    OutboxMessage,
    ScheduledTotal,
    Subscription,
)
from storage.outbox import FULFIL
from storage.verify.check import Check
from storage.views import OperationStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import RowMapping

    from storage.catalog import Catalog

# Of sharing, cards, the policy and requests Microsoft knows nothing.
OUTSIDE = {each for each in ActionName if each.startswith(("licenses.", "subscriptions."))} - {ActionName.SHARE}
# What only an operation that is done may have left behind.
EFFECTS = (LedgerEntry, ScheduledTotal, Charge, Credit, Invoice, AuditEntry, OutboxMessage)


def checks(catalog: Catalog) -> Iterator[Check]:
    """Every check of licenses and operations."""
    yield _bounds()
    yield _maximum(catalog)
    yield _assigned()
    yield _held_once()
    yield _ledger()
    yield _charged()
    yield _answered()
    yield from _effects()
    yield _audited()
    yield _promised()


def _bounds() -> Check:
    return Check(
        "I1",
        "subscription",
        "{assigned} assigned of {total} licenses",
        select(Subscription.tenant, Subscription.id, Subscription.assigned, Subscription.total).where(
            not_(and_(Subscription.assigned >= 0, Subscription.assigned <= Subscription.total))
        ),
    )


def _maximum(catalog: Catalog) -> Check:
    maximum = {product.id: product.max_licenses for product in catalog.products}

    def above(row: RowMapping) -> bool:
        return bool(row["total"] > maximum.get(row["product_id"], 0))

    return Check(
        "I1",
        "subscription",
        "{total} licenses are more than may be bought of {product_id}",
        select(Subscription.tenant, Subscription.id, Subscription.product_id, Subscription.total),
        wrong=above,
    )


def _assigned() -> Check:
    live = (
        select(Assignment.tenant, Assignment.subscription_id, func.count().label("held"))
        .where(Assignment.released_at.is_(None))
        .group_by(Assignment.tenant, Assignment.subscription_id)
        .subquery()
    )
    held = func.coalesce(live.c.held, 0).label("held")
    same = and_(live.c.tenant == Subscription.tenant, live.c.subscription_id == Subscription.id)
    return Check(
        "I1",
        "subscription",
        "says {assigned} licenses are assigned, {held} are",
        select(Subscription.tenant, Subscription.id, Subscription.assigned, held)
        .outerjoin(live, same)
        .where(Subscription.assigned != held),
    )


def _held_once() -> Check:
    holder = (Assignment.tenant, Assignment.subscription_id, Assignment.person_id)
    return Check(
        "I2",
        "assignment",
        "holds {licenses} licenses of the same subscription",
        select(*holder, func.count().label("licenses"))
        .where(Assignment.released_at.is_(None))
        .group_by(*holder)
        .having(func.count() > 1),
        key=("tenant", "subscription_id", "person_id"),
    )


def _ledger() -> Check:
    moved = (
        select(LedgerEntry.tenant, LedgerEntry.subscription_id, func.sum(LedgerEntry.delta).label("moved"))
        .group_by(LedgerEntry.tenant, LedgerEntry.subscription_id)
        .subquery()
    )
    total = func.coalesce(moved.c.moved, 0).label("moved")
    same = and_(moved.c.tenant == Subscription.tenant, moved.c.subscription_id == Subscription.id)
    return Check(
        "I3",
        "subscription",
        "has {total} licenses, its ledger says {moved}",
        select(Subscription.tenant, Subscription.id, Subscription.total, total)
        .outerjoin(moved, same)
        .where(Subscription.total != total),
    )


def _charged() -> Check:
    """What each period's charges are for, less what went back, is the total at its end; cancelled at once, nothing.

    A period that is over ended with what the next one began with, before a change that waited for the renewal.
    """
    charged = (Charge.tenant, Charge.subscription_id, Charge.period_number)
    kept = func.sum(Charge.licenses - Charge.returned).label("kept")
    of_period = select(*charged, kept).group_by(*charged).subquery()
    after, changed = aliased(Charge), LedgerEntry
    key = (of_period.c.tenant, of_period.c.subscription_id)
    is_next = and_(after.period_number == of_period.c.period_number + 1, after.kind == LineKind.RENEW)
    with_it = and_(changed.operation_id == after.operation_id, changed.subscription_id == after.subscription_id)
    total = case(
        (of_period.c.period_number == Subscription.period_number, Subscription.total),
        else_=after.licenses - func.coalesce(changed.delta, 0),
    ).label("total")
    cancelled = exists().where(Cancellation.tenant == key[0], Cancellation.subscription_id == key[1])
    return Check(
        "I3",
        "subscription",
        "has {total} licenses in period {period_number}, {kept} are charged",
        select(*key, of_period.c.period_number, of_period.c.kept, total)
        .join(Subscription, and_(Subscription.tenant == key[0], Subscription.id == key[1]))
        .outerjoin(after, and_(after.tenant == key[0], after.subscription_id == key[1], is_next))
        .outerjoin(changed, and_(changed.tenant == key[0], with_it))
        .where(of_period.c.kept != total, or_(of_period.c.kept != 0, not_(cancelled))),
        key=("tenant", "subscription_id"),
    )


def _answered() -> Check:
    is_open = Operation.status == OperationStatus.OPEN
    unanswered = or_(Operation.answer.is_(None), Operation.ended_at.is_(None))
    answered = or_(Operation.answer.is_not(None), Operation.ended_at.is_not(None))
    return Check(
        "I4",
        "operation",
        "is {status}, and its answer and its end say otherwise",
        select(Operation.tenant, Operation.id, Operation.status).where(
            or_(and_(is_open, answered), and_(not_(is_open), unanswered))
        ),
    )


def _effects() -> Iterator[Check]:
    for effect in EFFECTS:
        same = and_(Operation.tenant == effect.tenant, Operation.id == effect.operation_id)
        yield Check(
            "I4",
            "operation",
            f"is {{status}}, but left a row in {effect.__tablename__}",
            select(Operation.tenant, Operation.id, Operation.status)
            .join(effect, same)
            .where(Operation.status != OperationStatus.DONE),
        )


def _audited() -> Check:
    entries = (
        select(func.count())
        .where(AuditEntry.tenant == Operation.tenant, AuditEntry.operation_id == Operation.id)
        .scalar_subquery()
    )
    return Check(
        "I5",
        "operation",
        "is done and has {entries} audit entries",
        select(Operation.tenant, Operation.id, entries.label("entries")).where(
            Operation.status == OperationStatus.DONE, Operation.action != Unasked.REMINDED, entries != 1
        ),
    )


def _promised() -> Check:
    promises = (
        select(func.count())
        .where(
            OutboxMessage.tenant == Operation.tenant,
            OutboxMessage.operation_id == Operation.id,
            OutboxMessage.kind == FULFIL,
        )
        .scalar_subquery()
    )
    return Check(
        "I13",
        "operation",
        "changed licenses, and {promises} messages say so outside",
        select(Operation.tenant, Operation.id, promises.label("promises")).where(
            Operation.status == OperationStatus.DONE, Operation.action.in_(OUTSIDE), promises != 1
        ),
    )
