"""One check: a question to the database whose every answer is something wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Executable, RowMapping
    from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True)
class Finding:
    """A row that breaks an invariant of the record, in words for operators."""

    invariant: str  # "I1" … as the record's design numbers them
    where: str  # table and key
    what: str


def _always(_row: RowMapping) -> bool:
    return True


@dataclass(frozen=True)
class Check:
    """Rows that break `invariant`: those that `rows` selects and, where SQL cannot tell, `wrong` holds for.

    `what` is filled from the columns of the row; `key` are the columns that tell which row it is.
    """

    invariant: str
    table: str
    what: str
    rows: Executable
    wrong: Callable[[RowMapping], bool] = _always
    key: tuple[str, ...] = ("tenant", "id")

    async def __call__(self, session: AsyncSession) -> list[Finding]:
        answer = await session.stream(self.rows)
        return [self._finding(row) async for row in answer.mappings() if self.wrong(row)]

    def _finding(self, row: RowMapping) -> Finding:
        key = "/".join(str(row[column]) for column in self.key)
        return Finding(self.invariant, f"{self.table} {key}", self.what.format(**row))
