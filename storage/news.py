"""What there is to say about a message of the outbox, as the record knows it when it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select

from storage import deciding
from storage.models import Chat, LicenseRequest, Operation, Organisation, Person, Subscription, Team
from storage.people import person_view
from storage.terms import local_day
from storage.views import DESK

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.catalog import Catalog
    from storage.models.columns import Json
    from storage.outbox import Message
    from storage.request_views import RequestView
    from storage.views import PersonView


@dataclass(frozen=True)
class News:
    """A message with everything that its words need, as the record knows it now; what is not known is empty."""

    kind: str
    payload: Json
    person: PersonView
    by: str  # the name of whoever acted
    product: str
    team: str
    locale: str | None
    timezone: str
    today: date
    request: RequestView | None = None  # what it is about, where that is a request


async def read_news(session: AsyncSession, catalog: Catalog, message: Message, now: datetime) -> News | None:
    """What there is to say; None for somebody the record no longer knows."""
    tenant, payload = message.tenant, message.payload
    person = await session.get(Person, (tenant, message.recipient))
    if person is None or person.erased_at or not person.enabled:
        return None
    organisation = await session.get_one(Organisation, tenant)
    operation = await session.get_one(Operation, (tenant, message.operation))
    by = await session.get(Person, (tenant, payload.get("by") or operation.person_id or DESK))
    bought = payload.get("subscription", operation.subscription_id)
    subscription = await session.get(Subscription, (tenant, bought)) if bought else None
    team = await session.get(Team, (tenant, payload["team"])) if "team" in payload else None
    locales = select(Chat.locale).where(Chat.tenant == tenant, Chat.person_id == person.id)
    return News(
        kind=message.kind,
        payload=payload,
        person=person_view(person),
        by=by.name if by else "",
        product=catalog.product(subscription.product_id).name if subscription else "",
        team=team.name if team else "",
        locale=await session.scalar(locales.order_by(Chat.met_at.desc()).limit(1)),
        timezone=organisation.time_zone,
        today=local_day(now, ZoneInfo(organisation.time_zone)),
        request=await _request(session, catalog, tenant, payload.get("request")),
    )


async def _request(session: AsyncSession, catalog: Catalog, tenant: str, request_id: str | None) -> RequestView | None:
    row = await session.get(LicenseRequest, (tenant, request_id)) if request_id else None
    if row is None:
        return None
    [view] = await deciding.request_views(session, catalog, [row])
    return view
