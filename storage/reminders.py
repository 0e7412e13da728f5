"""What people are reminded of in time: once, once more, then silence; and nothing where they have asked for quiet.

A reminder is an operation of License Desk's own that changes nothing. Its id is made of what it is about, so that in
however many workers there is one of each.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from storage import audit, outbox
from storage.actions import Unasked
from storage.models import Operation, Organisation, OutboxMessage, Quiet
from storage.occasions import renewals, running_out, windows
from storage.seals import LETTERS
from storage.transaction import Transaction
from storage.views import DESK, Actor

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.catalog import Catalog
    from storage.clock import Clock
    from storage.database import Database
    from storage.occasions import Occasion
    from storage.terms import Terms

PATIENCE: Final = 60  # seconds: everything that comes in the next weeks is looked at


@dataclass(frozen=True)
class Reminders:
    """Finds whom to remind of what, promises it to the outbox, and keeps who wants to be left in peace."""

    _database: Database
    _clock: Clock
    _catalog: Catalog
    _terms: Terms

    async def due(self) -> list[Occasion]:
        """What is to be told now and was not."""
        return await self._database.read(self._due, seconds=PATIENCE)

    async def promise(self, occasion: Occasion) -> bool:
        """Puts it into the outbox; False where another worker was faster."""

        async def change(session: AsyncSession) -> None:
            tx = await Transaction.of(session, Actor(occasion.tenant, DESK), self._clock.now())
            this = _id(occasion)
            operation = await audit.unasked(tx, Unasked.REMINDED, occasion.subscription, operation_id=this)
            outbox.post(tx, operation, occasion.kind, occasion.person, occasion.payload)

        with suppress(IntegrityError):
            await self._database.write(change)
            return True
        return False

    async def quiet(self, actor: Actor, kind: str, until: date | None) -> None:
        """Nothing of this kind, is told to the actor before that day; None: never again."""

        async def change(session: AsyncSession) -> None:
            await session.merge(Quiet(tenant=actor.tenant, person_id=actor.person, kind=kind, until=until))

        await self._database.write(change)

    async def wake(self, actor: Actor, kind: str) -> None:
        """Notices of this kind are told again."""
        this = (Quiet.tenant == actor.tenant, Quiet.person_id == actor.person, Quiet.kind == kind)
        await self._database.write(lambda session: session.execute(delete(Quiet).where(*this)))

    async def latest(self, actor: Actor, kinds: frozenset[str]) -> str | None:
        """The kind of what the actor was promised last, of these; None for nothing yet."""
        told = (OutboxMessage.tenant == actor.tenant, OutboxMessage.recipient == actor.person)
        found = select(OutboxMessage.kind).where(*told, OutboxMessage.kind.in_(kinds))
        newest = found.order_by(OutboxMessage.created_at.desc(), OutboxMessage.id).limit(1)
        return await self._database.read(lambda session: session.scalar(newest))

    async def _due(self, session: AsyncSession) -> list[Occasion]:
        found = []
        for tenant in (await session.scalars(select(Organisation.tenant).order_by(Organisation.tenant))).all():
            tx = await Transaction.of(session, Actor(tenant, DESK), self._clock.now())
            coming = [
                *await renewals(tx, self._catalog),
                *await windows(tx, self._terms),
                *await running_out(tx, self._catalog),
            ]
            found += await _untold(tx, coming) if coming else []
        return found


async def _untold(tx: Transaction, coming: list[Occasion]) -> list[Occasion]:
    these = (Operation.tenant == tx.tenant, Operation.id.in_({_id(each) for each in coming}))
    told = set(await tx.session.scalars(select(Operation.id).where(*these)))
    return [each for each in coming if _id(each) not in told and not await is_quiet(tx, each.person, each.kind)]


async def is_quiet(tx: Transaction, person: str, kind: str) -> bool:
    """Whether the person has asked not to be told of this kind of thing today."""
    wish = await tx.session.get(Quiet, (tx.tenant, person, kind))
    return wish is not None and (wish.until is None or tx.today < wish.until)


def _id(occasion: Occasion) -> str:
    about = f"{occasion.tenant}/{occasion.kind}/{occasion.about}/{occasion.time}"
    return hashlib.sha256(about.encode()).hexdigest().translate(LETTERS)
