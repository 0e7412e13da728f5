"""Holds a live record against its invariants and names every row that breaks one; nothing is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.verify import books, licenses, tables
from storage.verify.check import Finding

if TYPE_CHECKING:
    from storage.record import Record

__all__ = ["Finding", "verify"]


async def verify(record: Record) -> list[Finding]:
    """Everything that is wrong; nothing for a healthy record. Raises RecordUnavailable.

    Each check sees one instant, so that people may go on working.
    """
    checks = [*licenses.checks(record.catalog), *books.checks(), *tables.checks()]
    return [finding for check in checks for finding in await record.database.read(check)]
