"""Checks of the sealed trail: the chain of each tenant is whole, and every entry is what was sealed (I5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select

from storage.models import AuditEntry, AuditSeal
from storage.seals import COVERED, FIRST, LATEST_ARRIVAL, covered, digest, link
from storage.verify.check import Check, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Row, RowMapping
    from sqlalchemy.ext.asyncio import AsyncSession

SAME = and_(AuditEntry.tenant == AuditSeal.tenant, AuditEntry.id == AuditSeal.entry_id)


def checks() -> Iterator[Check]:
    """Every check that looks at one entry; `chain` looks at all of them in their order."""
    yield _words()
    yield _came_too_late()


async def chain(session: AsyncSession) -> list[Finding]:
    """Every seal that does not follow the one before it, or no longer fits its entry."""
    seals = (AuditSeal.number, AuditSeal.words, AuditSeal.hash, AuditSeal.tenant.label("sealed_for"))
    columns = (AuditEntry.__table__.c[name] for name in COVERED)
    rows = select(*seals, *columns).outerjoin(AuditEntry, SAME).order_by(AuditSeal.tenant, AuditSeal.number)
    findings, tenant, number, previous = [], None, 0, FIRST
    async for row in await session.stream(rows):
        if row.sealed_for != tenant:
            tenant, number, previous = row.sealed_for, 0, FIRST
        if what := _broken(row, number, previous):
            findings.append(Finding("I5", f"audit seal {tenant}/{row.number}", what))
        number, previous = row.number, row.hash
    return findings


def _broken(row: Row[Any], number: int, previous: str) -> str | None:
    if row.number != number + 1:
        return f"follows number {number}"
    if row.hash != link(previous, row.number, covered(row), row.words):
        return "does not fit the seal before it and its entry"
    return None


def _words() -> Check:
    """Words that are forgotten fit any seal; others fit theirs, which then still has its salt."""

    def wrong(row: RowMapping) -> bool:
        forgotten = not row["said"] and row["understood"] is None
        return not forgotten and row["words"] != digest(row["salt"], row["said"], row["understood"])

    return Check(
        "I5",
        "audit entry",
        "does not have the words that were sealed",
        select(
            AuditEntry.tenant,
            AuditEntry.id,
            AuditEntry.said,
            AuditEntry.understood,
            AuditSeal.words,
            AuditSeal.salt,
        ).join(AuditSeal, SAME),
        wrong=wrong,
    )


def _came_too_late() -> Check:
    """An entry that no seal covers is new; one that is much older than what is sealed was put there."""
    latest = (
        select(AuditSeal.tenant, func.max(AuditEntry.at).label("at"))
        .join(AuditEntry, SAME)
        .group_by(AuditSeal.tenant)
        .subquery()
    )
    return Check(
        "I5",
        "audit entry",
        "is not sealed, and later ones are",
        select(AuditEntry.tenant, AuditEntry.id, AuditEntry.at, latest.c.at.label("latest"))
        .outerjoin(AuditSeal, SAME)
        .join(latest, latest.c.tenant == AuditEntry.tenant)
        .where(AuditSeal.entry_id.is_(None)),
        wrong=lambda row: bool(row["at"] < row["latest"] - LATEST_ARRIVAL),
    )
