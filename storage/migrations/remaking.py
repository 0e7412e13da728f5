"""SQLite changes no column in place: a table made again. Part of the schema's history, as the revisions are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import op

if TYPE_CHECKING:
    from collections.abc import Callable


def made_again(table: str, reword: Callable[[str], str]) -> None:
    """Makes the table with its rows, indexes and triggers from its own words, as `reword` changes them.

    storage/schema.py has switched foreign keys off meanwhile, and checks them before it commits.
    """
    connection = op.get_bind()
    written = sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL")
    found = connection.execute(written, {"table": table}).all()
    [old] = [sql for kind, sql in found if kind == "table"]
    new = reword(old)
    if new == old:
        raise ValueError(f"{table} is not what this revision expects: {old}")
    names = ", ".join(f'"{row.name}"' for row in connection.execute(sa.text(f"PRAGMA table_info({table})")))
    connection.exec_driver_sql(f"CREATE TEMP TABLE kept AS SELECT * FROM {table}")  # noqa: S608
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(new)
    connection.exec_driver_sql(f"INSERT INTO {table} ({names}) SELECT {names} FROM kept")  # noqa: S608
    connection.exec_driver_sql("DROP TABLE kept")
    for kind, sql in found:
        if kind != "table":
            connection.exec_driver_sql(sql)
