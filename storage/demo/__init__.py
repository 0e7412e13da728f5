"""Contoso, the demo company: the same people and subscriptions for newcomers, transcripts and tests."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import TYPE_CHECKING

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
from storage.models import Organisation, Person, Role, Row

if TYPE_CHECKING:
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


async def seed(record: Record) -> None:
    """Puts the company into the record as of now; a record that knows it already stays as it is."""
    given = tomllib.loads(resources.files("storage").joinpath("data/contoso.toml").read_text("utf-8"))
    now = record.clock.now()

    async def change(session: AsyncSession) -> None:
        if await session.get(Person, (TENANT, person_id(1))) is None:
            shop = Shop(given, record.catalog, now, record.timezone, record.currency)
            await _add(session, [*people(given, now), *books(shop)])

    await record.database.write(change)


async def _add(session: AsyncSession, rows: list[Row]) -> None:
    for table in Row.metadata.sorted_tables:  # whatever is pointed to comes first
        for row in (row for row in rows if row.__table__ is table):
            if isinstance(row, Organisation | Role):  # the settings may have appointed admins already
                await session.merge(row)
            else:
                session.add(row)
        await session.flush()
