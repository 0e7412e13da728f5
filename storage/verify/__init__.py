"""Holds a live record against its invariants and names every row that breaks one; nothing is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.verify import books, licenses, life, plans, promises, requests, tables, trail
from storage.verify.check import Finding

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.record import Record

__all__ = ["Finding", "verify"]


PATIENCE = 600  # seconds: a large record takes longer than anybody in a conversation would wait


async def verify(record: Record) -> list[Finding]:
    """Everything that is wrong, as of one instant; nothing for a healthy record. Raises RecordUnavailable.

    I1 to I9, I12 and I13 can be seen in what is stored, and are checked here. The others are about what happens:
    whose act moved a row (I10, I11), a second delivery (I14), a restart (I15), what a client was told (I17) and in
    which order (I18); tests/test_machine.py and tests/test_histories.py hold the record to them, tests/faults to I16.
    """
    checks = [*licenses.checks(record.catalog), *promises.checks(), *plans.checks(), *requests.checks()]
    checks += [*books.checks(), *life.checks(), *tables.checks(), *trail.checks()]

    async def everything(session: AsyncSession) -> list[Finding]:
        found = [finding for check in checks for finding in await check(session)]
        return [*found, *await trail.chain(session)]

    return await record.database.read(everything, seconds=PATIENCE)
