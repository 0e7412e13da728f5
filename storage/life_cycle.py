"""What becomes of subscriptions with time: renewed, tried again, expired, disabled, deleted, each on its own day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, or_, select

from storage.actions import Unasked
from storage.models import Organisation, Subscription
from storage.terms import local_day
from storage.transaction import Transaction
from storage.views import DESK, Actor, Status

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Case, ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.clock import Clock
    from storage.database import Database
    from storage.new_periods import NewPeriods
    from storage.terms import Terms

Key = tuple[str, str]  # tenant and id of a subscription
NOTHING: Final = timedelta()
DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class LifeCycle:
    """Finds what is due and brings it forward; any number of workers do each step once."""

    _database: Database
    _clock: Clock
    _terms: Terms
    _steps: NewPeriods

    async def due(self, count: int) -> list[Key]:
        """At most `count` subscriptions for which a day has come, those that wait longest first."""

        async def question(session: AsyncSession) -> list[Key]:
            now = self._clock.now()
            zones = (await session.scalars(select(Organisation.time_zone).distinct())).all()
            if not zones:
                return []
            found = await session.execute(
                select(Subscription.tenant, Subscription.id)
                .join(Organisation, Organisation.tenant == Subscription.tenant)
                .where(_some_day_has_come(self._terms, {zone: local_day(now, ZoneInfo(zone)) for zone in zones}))
                .order_by(Subscription.period_end, Subscription.id)
                .limit(count)
            )
            return [(tenant, subscription_id) for tenant, subscription_id in found]

        return await self._database.read(question)

    async def advance(self, key: Key) -> bool:
        """Does the next step that is due, one: whoever comes late finds the one after it due again.

        False when there is none any more, or another worker is at it.
        """
        return await self._database.write(lambda session: self._advance(session, key, self._clock.now()))

    async def _advance(self, session: AsyncSession, key: Key, now: datetime) -> bool:
        this = select(Subscription).where(Subscription.tenant == key[0], Subscription.id == key[1])
        subscription = await session.scalar(this.with_for_update(skip_locked=True))
        if subscription is None:
            return False
        tx = await Transaction.of(session, Actor(key[0], DESK), now)
        if (step := next_step(subscription, self._terms, tx.today)) is None:
            return False
        await self._steps.take(tx, subscription, *step)
        return True


def next_step(row: Subscription, terms: Terms, today: date) -> tuple[Unasked, date] | None:
    """What is due, and the day on which it was; None while nothing is.

    Source: Microsoft, "What happens when your subscription expires". A trial is expired, and never disabled; what was
    cancelled at once was never expired. `Terms.data_until` promises the same days.
    """
    since = row.status_since or row.period_end
    match row.status:
        case Status.ACTIVE if today >= row.period_end and not row.recurring:
            return Unasked.EXPIRED, row.period_end
        case Status.ACTIVE if row.retry_on:
            return (Unasked.CHARGED_AGAIN, row.retry_on) if today >= row.retry_on else None
        case Status.ACTIVE if today >= row.period_end:
            return Unasked.RENEWED, row.period_end
        case Status.EXPIRED if not row.trial and today >= since + terms.expired_for:
            return Unasked.DISABLED, since + terms.expired_for
        case Status.EXPIRED | Status.DISABLED:
            gone = since + _kept_for(row, terms) + DAY
            return (Unasked.DELETED, gone) if today >= gone and (row.trial or row.status is Status.DISABLED) else None
    return None


def _kept_for(row: Subscription, terms: Terms) -> timedelta:
    return terms.expired_for if row.trial else terms.disabled_for


def _some_day_has_come(terms: Terms, today: dict[str, date]) -> ColumnElement[bool]:
    """`next_step` as a question to the database: each organisation's day is that of its time zone."""

    def before(span: timedelta) -> Case[date]:
        return case({zone: day - span for zone, day in today.items()}, value=Organisation.time_zone)

    status, ended = Subscription.status, Subscription.status_since
    unasked = or_(Subscription.recurring.is_(False), Subscription.retry_on.is_(None))
    return or_(
        and_(status == Status.ACTIVE, Subscription.period_end <= before(NOTHING), unasked),
        and_(status == Status.ACTIVE, Subscription.retry_on <= before(NOTHING)),
        and_(status == Status.EXPIRED, Subscription.trial.is_(False), ended <= before(terms.expired_for)),
        and_(status == Status.DISABLED, Subscription.trial.is_(False), ended < before(terms.disabled_for)),
        and_(status.in_((Status.EXPIRED, Status.DISABLED)), Subscription.trial, ended < before(terms.expired_for)),
    )
