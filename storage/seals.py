"""Seals the audit trail: each entry's hash covers the one before it, so that nothing is changed without a trace (I5).

No purchase waits for it: the worker seals what has been committed, tenant by tenant. What was said is covered by a
salted digest only, so that words can be forgotten (docs/decisions/0010-sealed-trail.md).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, exists, select, true, tuple_, update
from sqlalchemy.exc import IntegrityError

from storage.answers import pack
from storage.models import AuditEntry, AuditSeal, Organisation

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.clock import Clock
    from storage.database import Database
    from storage.models.columns import Json

BATCH: Final = 100  # entries a transaction
FIRST: Final = ""  # what the first seal of a tenant follows
# Digests are written in letters, since a row of digits may look like a card number, and none is kept (I12).
LETTERS: Final = str.maketrans("0123456789", "ghijklmnop")
COVERED: Final = (
    "tenant",
    "id",
    "operation_id",
    "person_id",
    "action",
    "subscription_id",
    "before",
    "after",
    "at",
)
# A transaction takes seconds; so long after a seal no entry may turn up that is older than it.
LATEST_ARRIVAL: Final = timedelta(days=1)


@dataclass(frozen=True)
class Trail:
    """Seals entries in the order in which they were committed, as far as their instants tell."""

    _database: Database
    _clock: Clock

    async def seal(self) -> int:
        """Seals what is not sealed yet, a batch of each tenant; how many entries that were."""
        tenants = await self._database.read(_waiting)
        return sum([await self._seal(tenant) for tenant in tenants])

    async def _seal(self, tenant: str) -> int:
        async def change(session: AsyncSession) -> int:
            last, at = await _last(session, tenant)
            previous, number = (last.hash, last.number) if last else (FIRST, 0)
            fresh = select(AuditEntry).where(_unsealed(tenant, at)).order_by(AuditEntry.at, AuditEntry.id)
            # Locked against being forgotten meanwhile, for then a salt would outlive its words.
            entries = await session.scalars(fresh.limit(BATCH).with_for_update(read=True))
            sealed = 0
            for sealed, entry in enumerate(entries.all(), 1):
                seal = _seal(entry, previous, number + sealed, self._clock.now())
                session.add(seal)
                previous = seal.hash
            return sealed

        try:
            return await self._database.write(change)
        except IntegrityError:  # another worker has just sealed the same entries
            return 0


def covered(entry: AuditEntry | Row[Any]) -> Json:
    """What a seal covers of an entry, by the names of its columns: all but the words."""
    return {name: pack(getattr(entry, name)) for name in COVERED}


def digest(salt: str, said: str, understood: Json | None) -> str:
    """What a seal covers of the words."""
    return _hash([salt, said, understood])


def link(previous: str, number: int, entry: Json, words: str) -> str:
    """The hash of a seal that follows the one whose hash is `previous`."""
    return _hash([previous, number, entry, words])


async def forget_salts(session: AsyncSession, entries: Iterable[tuple[str, str]]) -> None:
    """Makes the digests of forgotten words say nothing; `entries` are the tenants and ids."""
    these = tuple_(AuditSeal.tenant, AuditSeal.entry_id).in_(list(entries))
    await session.execute(update(AuditSeal).where(these, AuditSeal.salt.is_not(None)).values(salt=None))


async def _waiting(session: AsyncSession) -> list[str]:
    """The tenants that have entries to seal."""
    tenants = (await session.scalars(select(Organisation.tenant).order_by(Organisation.tenant))).all()
    return [tenant for tenant in tenants if await _has_unsealed(session, tenant)]


async def _has_unsealed(session: AsyncSession, tenant: str) -> bool:
    _, at = await _last(session, tenant)
    return await session.scalar(select(AuditEntry.id).where(_unsealed(tenant, at)).limit(1)) is not None


async def _last(session: AsyncSession, tenant: str) -> tuple[AuditSeal, datetime] | tuple[None, None]:
    """The tenant's latest seal, and when what it seals was done."""
    sealed = and_(AuditEntry.tenant == AuditSeal.tenant, AuditEntry.id == AuditSeal.entry_id)
    last = select(AuditSeal, AuditEntry.at).join(AuditEntry, sealed).where(AuditSeal.tenant == tenant)
    row = (await session.execute(last.order_by(AuditSeal.number.desc()).limit(1))).first()
    return (row[0], row[1]) if row else (None, None)


def _unsealed(tenant: str, latest: datetime | None) -> ColumnElement[bool]:
    sealed = exists().where(AuditSeal.tenant == AuditEntry.tenant, AuditSeal.entry_id == AuditEntry.id)
    since = AuditEntry.at >= latest - LATEST_ARRIVAL if latest else true()
    return and_(AuditEntry.tenant == tenant, since, ~sealed)


def _seal(entry: AuditEntry, previous: str, number: int, now: datetime) -> AuditSeal:
    salt = secrets.token_hex(16).translate(LETTERS)
    words = digest(salt, entry.said, entry.understood)
    return AuditSeal(
        tenant=entry.tenant,
        number=number,
        entry_id=entry.id,
        words=words,
        salt=salt,
        hash=link(previous, number, covered(entry), words),
        sealed_at=now,
    )


def _hash(value: object) -> str:
    """SHA-256 of the value as JSON that is always written the same way."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest().translate(LETTERS)
