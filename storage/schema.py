"""Brings a database to the newest schema at start-up, once, however many processes start together."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from storage.crashpoints import CrashPoint, crashpoint
from storage.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection

    from storage.database import Database

# Any number will do, as long as every License Desk takes the same one.
ADVISORY_LOCK = 5_423_670_117


async def migrate(database: Database) -> None:
    """Runs the missing revisions in one transaction; does nothing on a database that is at the newest.

    Raises Misconfigured for a database written by a newer License Desk.
    """
    async with _changing_tables(database) as connection:
        if await connection.run_sync(_is_newest):
            return
        if database.is_postgresql:
            await connection.execute(text("SET LOCAL lock_timeout = '60s'"))
            await connection.execute(text("SET LOCAL statement_timeout = '60s'"))
            await connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ADVISORY_LOCK})
        await connection.run_sync(_upgrade)
        crashpoint(CrashPoint.MID_MIGRATION)
        if not database.is_postgresql and (await connection.execute(text("PRAGMA foreign_key_check"))).first():
            raise Misconfigured("the database holds rows that refer to nothing; restore it from a backup")


@asynccontextmanager
async def _changing_tables(database: Database) -> AsyncIterator[AsyncConnection]:
    """A transaction. SQLite makes tables again to change them, so nothing may refer to them meanwhile.

    Source: SQLite, "Making Other Kinds Of Table Schema Changes"; inside a transaction the switch does nothing.
    """
    async with database.writer.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        switch = None if database.is_postgresql or driver is None else driver.execute
        if switch:
            await switch("PRAGMA foreign_keys = OFF")
        try:
            async with connection.begin():
                yield connection
        finally:
            if switch:
                await switch("PRAGMA foreign_keys = ON")


async def expect_newest(database: Database) -> None:
    """Raises Misconfigured for a database that `migrate` would have to change, or could not."""
    async with database.writer.connect() as connection:
        if not await connection.run_sync(_is_newest):
            raise Misconfigured("the database is of an older License Desk; start this one once to bring it up to date")


def configuration() -> Config:
    """Alembic's settings; there is no alembic.ini, since nobody runs it by hand."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


@cache
def _revisions() -> ScriptDirectory:
    return ScriptDirectory.from_config(configuration())


def _is_newest(connection: Connection) -> bool:
    current = MigrationContext.configure(connection).get_current_revision()
    known = {revision.revision for revision in _revisions().walk_revisions()}
    if current is not None and current not in known:
        raise Misconfigured(f"the database is of a newer License Desk ({current}); start that one instead")
    return current == _revisions().get_current_head()


def _upgrade(connection: Connection) -> None:
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
