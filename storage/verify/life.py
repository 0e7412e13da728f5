"""Checks of where a subscription stands in its life, against its days and what of it is paid: I7 and I8."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select

from storage.models import Charge, Subscription
from storage.verify.check import Check
from storage.views import Status

if TYPE_CHECKING:
    from collections.abc import Iterator


def checks() -> Iterator[Check]:
    """Every check of the life cycle."""
    yield _stands_since_a_day()
    yield _tried_again_while_unpaid()
    yield _unpaid_as_its_charges()


def _stands_since_a_day() -> Check:
    active, since = Subscription.status == Status.ACTIVE, Subscription.status_since
    not_deleted = Subscription.status != Status.DELETED  # after which nothing comes any more
    return Check(
        "I7",
        "subscription",
        "is {status} since {status_since}, in a period that began on {period_start}",
        select(Subscription.tenant, Subscription.id, Subscription.status, since, Subscription.period_start).where(
            or_(and_(not_deleted, active != since.is_(None)), since < Subscription.period_start)
        ),
    )


def _tried_again_while_unpaid() -> Check:
    waits = and_(Subscription.unpaid, Subscription.status == Status.ACTIVE)
    return Check(
        "I7",
        "subscription",
        "is {status}, unpaid is {unpaid}, and its card is tried again on {retry_on}",
        select(
            Subscription.tenant, Subscription.id, Subscription.status, Subscription.unpaid, Subscription.retry_on
        ).where(waits == Subscription.retry_on.is_(None)),
    )


def _unpaid_as_its_charges() -> Check:
    of_its_period = (
        Charge.tenant == Subscription.tenant,
        Charge.subscription_id == Subscription.id,
        Charge.period_number == Subscription.period_number,
    )
    still = func.coalesce(func.sum(Charge.amount - Charge.captured), 0)
    still_open = select(still).where(*of_its_period).scalar_subquery()
    return Check(
        "I8",
        "subscription",
        "says that unpaid is {unpaid}, and of its period {open} are open",
        select(Subscription.tenant, Subscription.id, Subscription.unpaid, still_open.label("open")).where(
            Subscription.status == Status.ACTIVE, Subscription.unpaid == (still_open == 0)
        ),
    )
