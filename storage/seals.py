"""Seals the audit trail: each entry's hash covers the one before it, so that nothing is changed without a trace (I5).

No purchase waits for it: the worker seals what has been committed, tenant by tenant. What was said is covered by a
salted digest only, so that words can be forgotten (docs/decisions/0010-sealed-trail.md).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Interval, and_, exists, func, join, literal, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from storage.answers import pack
from storage.models import AuditEntry, AuditSeal, Organisation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import InstrumentedAttribute

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
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)  # before every entry
SEALED: Final = and_(AuditSeal.tenant == AuditEntry.tenant, AuditSeal.entry_id == AuditEntry.id)


@dataclass(frozen=True)
class Trail:
    """Seals entries in the order in which they were committed, as far as their instants tell."""

    _database: Database
    _clock: Clock

    async def seal(self) -> int:
        """Seals what is not sealed yet, a batch of each tenant; how many entries that were."""
        return sum([await self._seal(tenant) for tenant in await self._waiting()])

    async def _waiting(self) -> list[str]:
        """The tenants that have entries to seal: one statement, however many tenants there are."""
        latest = _latest(Organisation.tenant, AuditEntry.at).scalar_subquery()
        # Two ways to say the same, for SQLite has no intervals: its instants are text, and compared as such.
        day = literal(LATEST_ARRIVAL, Interval())
        text = f"-{LATEST_ARRIVAL.days} days"
        since = latest - day if self._database.is_postgresql else func.datetime(latest, text)
        # Compared with NULL rather than EXISTS: PostgreSQL then looks at each tenant's last day only, by the index.
        unsealed = select(AuditEntry.id).where(_unsealed(Organisation.tenant, func.coalesce(since, BEGINNING)))
        waiting = select(Organisation.tenant).where(unsealed.limit(1).scalar_subquery().is_not(None))

        async def question(session: AsyncSession) -> list[str]:
            return list(await session.scalars(waiting.order_by(Organisation.tenant)))

        return await self._database.read(question)

    async def _seal(self, tenant: str) -> int:
        async def change(session: AsyncSession) -> int:
            last = (await session.execute(_latest(tenant, AuditSeal.hash, AuditSeal.number, AuditEntry.at))).first()
            previous, number, since = (last[0], last[1], last[2] - LATEST_ARRIVAL) if last else (FIRST, 0, BEGINNING)
            fresh = select(AuditEntry).where(_unsealed(tenant, since)).order_by(AuditEntry.at, AuditEntry.id)
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


def _latest(tenant: str | InstrumentedAttribute[str], *columns: InstrumentedAttribute[Any]) -> Select[Any]:
    """These columns of the tenant's latest seal and of the entry that it seals."""
    own = select(*columns).select_from(join(AuditSeal, AuditEntry, SEALED)).where(AuditSeal.tenant == tenant)
    return own.order_by(AuditSeal.number.desc()).limit(1)


def _unsealed(
    tenant: str | InstrumentedAttribute[str], since: datetime | ColumnElement[datetime]
) -> ColumnElement[bool]:
    sealed = exists().where(SEALED)
    return and_(AuditEntry.tenant == tenant, AuditEntry.at >= since, ~sealed)


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
