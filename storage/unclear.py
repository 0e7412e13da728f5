"""Messages that were not understood: counted for everybody, kept in words only where that is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from storage.models import UnclearMessage
from storage.transaction import new_id, storable

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.clock import Clock
    from storage.database import Database


@dataclass(frozen=True)
class UnclearView:
    """When and how a message was not understood; `words` are empty where the tenant does not allow to keep them."""

    at: datetime
    tenant: str
    decision: str  # "clarify" or "reject"
    choices: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Unclear:
    """Notes what was not understood. Forgotten with other words: `Privacy.forget_words`."""

    _database: Database
    _clock: Clock

    async def note(self, tenant: str, decision: str, choices: tuple[str, ...], words: str) -> None:
        """One more message; the caller has masked the people in its words. Raises RecordUnavailable."""

        async def change(session: AsyncSession) -> None:
            row = {"decision": decision, "choices": list(choices), "words": storable(words)}
            session.add(UnclearMessage(tenant=tenant, id=new_id(), at=self._clock.now(), **row))

        await self._database.write(change)

    async def all(self) -> list[UnclearView]:
        """Every message noted, in the order of time."""

        async def question(session: AsyncSession) -> list[UnclearView]:
            rows = await session.scalars(select(UnclearMessage).order_by(UnclearMessage.at, UnclearMessage.id))
            return [UnclearView(row.at, row.tenant, row.decision, tuple(row.choices), row.words) for row in rows]

        return await self._database.read(question)
