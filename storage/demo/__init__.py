"""Contoso, the demo company: the same people and subscriptions for newcomers, transcripts and tests."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from storage.demo.books import books
from storage.demo.company import (
    BOT_ID,
    CHANNEL_CONVERSATION,
    GROUP_CONVERSATION,
    TEAM_CONVERSATION,
    TENANT,
    account_id,
    people,
    person_id,
    personal_conversation,
)
from storage.demo.sales import Shop
from storage.models import Invoice, Organisation, Person, Row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.record import Record

__all__ = [
    "BOT_ID",
    "CHANNEL_CONVERSATION",
    "GROUP_CONVERSATION",
    "TEAM_CONVERSATION",
    "TENANT",
    "account_id",
    "person_id",
    "personal_conversation",
    "seed",
]


async def seed(record: Record, admins: Iterable[str] = ()) -> None:
    """Puts the company into the record as of now; a record that knows it already stays as it is.

    `admins` are object ids that are admins besides Contoso's own.
    """
    given = _given()
    now = record.clock.now()

    async def change(session: AsyncSession) -> None:
        if await session.get(Person, (TENANT, person_id(1))) is not None:
            return
        organisation = await session.get_one(Organisation, TENANT)
        zone = ZoneInfo(organisation.time_zone)
        rows = [*people(given, now), *books(Shop(given, record.catalog, now, zone, organisation.currency))]
        organisation.invoice_counter = sum(isinstance(row, Invoice) for row in rows)
        await _add(session, rows)

    await record.people.appoint(TENANT, [*map(person_id, given["admins"]), *admins])
    await record.database.write(change)


@cache
def _given() -> dict[str, Any]:
    return tomllib.loads(resources.files("storage").joinpath("data/contoso.toml").read_text("utf-8"))


async def _add(session: AsyncSession, rows: list[Row]) -> None:
    for table in Row.metadata.sorted_tables:  # whatever is pointed to comes first
        session.add_all(row for row in rows if row.__table__ is table)
        await session.flush()
