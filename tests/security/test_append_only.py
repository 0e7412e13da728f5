"""What is in the books stays in them: the database itself refuses to change or remove it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import JSON, BigInteger, Column, Table, delete, null, text, update
from sqlalchemy.exc import IntegrityError

from storage.models import AuditEntry, LedgerEntry, Row
from storage.models.columns import Instant
from storage.verify import verify

if TYPE_CHECKING:
    from sqlalchemy import Executable
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.record import Record

LEDGER, AUDIT = Row.metadata.tables["ledger"], Row.metadata.tables["audit_entries"]
FORGETTABLE = {"said", "understood"}
KEPT = [*LEDGER.columns, *(column for column in AUDIT.columns if column.name not in FORGETTABLE)]


async def run(record: Record, statement: Executable) -> None:
    async def change(session: AsyncSession) -> None:
        await session.execute(statement)

    await record.database.write(change)


def another(column: Column[Any]) -> object:
    """A value that no row holds there, of the column's own type."""
    match column.type:
        case BigInteger():
            return column + 1
        case Instant():
            return datetime(2001, 1, 1, tzinfo=UTC)
        case JSON():
            return {"total": -1}
    return "another"


async def test_no_column_of_the_ledger_or_the_trail_can_be_changed(contoso: Record) -> None:
    for column in KEPT:
        with pytest.raises(IntegrityError, match="append-only"):
            await run(contoso, update(column.table).values({column: another(column)}))
            pytest.fail(f"{column} was changed")


@pytest.mark.parametrize("table", [LEDGER, AUDIT], ids=str)
async def test_no_row_of_the_ledger_or_the_trail_can_be_removed(contoso: Record, table: Table) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        await run(contoso, delete(table))


@pytest.mark.parametrize("table", ["ledger", "audit_entries", "audit_seals"])
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_neither_can_be_emptied_at_a_stroke(contoso: Record, table: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        await run(contoso, text(f"TRUNCATE {table} CASCADE"))


async def test_words_of_the_trail_can_be_forgotten_but_never_replaced(contoso: Record) -> None:
    await run(contoso, update(AuditEntry).values(said="", understood=null()))
    with pytest.raises(IntegrityError, match="append-only"):
        await run(contoso, update(AuditEntry).values(said="something else"))
    with pytest.raises(IntegrityError, match="append-only"):
        await run(contoso, update(AuditEntry).values(understood={"intent": "another"}))
    assert await verify(contoso) == []


async def test_without_the_triggers_the_books_could_be_changed(contoso: Record) -> None:
    """The positive control."""
    if contoso.database.is_postgresql:
        await run(contoso, text("ALTER TABLE ledger DISABLE TRIGGER ALL"))
    else:
        await run(contoso, text("DROP TRIGGER ledger_is_never_changed"))
    await run(contoso, update(LedgerEntry).values(total_after=LedgerEntry.total_after + 1))
