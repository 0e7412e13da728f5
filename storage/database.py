"""One way to the database: SQLite with a single writer in one process, PostgreSQL with as many as wanted."""

from __future__ import annotations

import asyncio
import fcntl
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from storage.bell import Bell, announces
from storage.errors import Misconfigured, RecordError, RecordUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

T = TypeVar("T")

ATTEMPTS = 5
TOTAL_SECONDS = 4.0
CONNECT_SECONDS = 3.0
FIRST_PAUSE = 0.02
FAREWELL = 2.0  # seconds that transactions which were given up get to end at shutdown
ADDRESSES = "use sqlite:///path or postgresql://…"
READERS = 8
WRITERS = 10

# serialization failure, deadlock, lock not available: the whole transaction may simply be run again.
CONFLICTS = ("40001", "40P01", "55P03")
# connection lost or refused by a server that is going down or coming up.
LOST_CONNECTION = ("08", "57P0")
# a statement took longer than its timeout; no disk, memory or connection left.
OVERLOADED = ("57014", "53")
# no such user, wrong password, no such database.
WRONG_ADDRESS = ("28", "3D")

POSTGRESQL_SETTINGS = {
    "lock_timeout": "2000",
    "statement_timeout": "5000",
    "idle_in_transaction_session_timeout": "10000",
    "timezone": "UTC",
}
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 3000",
    "PRAGMA trusted_schema = OFF",
)


class Database:
    """Runs functions in transactions: `write` commits whole or not at all, `read` gives one snapshot."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine, lock: ProcessLock | None) -> None:
        self.writer = writer
        self.bell = Bell()
        self._reader = reader
        self._lock = lock
        # SQLite has one writer; asyncio.Lock serves in order of arrival, SQLite's own waiting does not.
        self._queue = None if self.is_postgresql else asyncio.Lock()
        self._given_up: set[asyncio.Future[Any]] = set()

    @classmethod
    def connect(cls, url: str, *, looking: bool = False) -> Database:
        """A database for `sqlite:///path` or `postgresql://…`; connects at first use. Raises Misconfigured.

        `looking` writes nothing, and therefore works beside the one process that has a SQLite file.
        """
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise Misconfigured(f"DATABASE_URL is no database address; {ADDRESSES}") from None
        match parsed.get_backend_name():
            case "sqlite":
                return _sqlite(parsed, looking=looking)
            case "postgresql":
                engine = _postgresql(parsed, looking=looking)
                return cls(engine, engine, None)
            case other:
                raise Misconfigured(f"DATABASE_URL names {other}; {ADDRESSES}")

    @property
    def is_postgresql(self) -> bool:
        return self.writer.dialect.name == "postgresql"

    async def write(self, change: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """What `change` returned, after its transaction is committed.

        On a conflict or a lost connection the whole function runs again, at most five times within four
        seconds: it must be safe to repeat, and claiming an operation id first makes it so.
        Raises RecordUnavailable.
        """
        return await self._in_time(lambda: self._write_once(change), TOTAL_SECONDS)

    async def read(
        self, question: Callable[[AsyncSession], Awaitable[T]], *, seconds: float = 0, of_many: bool = False
    ) -> T:
        """What `question` returned; everything it reads is of one instant. Raises RecordUnavailable.

        Whoever asks for more seconds than a conversation may take gets as many for each of the statements, too. One
        about very many rows (`of_many`) is planned anew each time: the plan that PostgreSQL keeps after five takes ten
        times as long.
        """
        patience = max(seconds, TOTAL_SECONDS)
        return await self._in_time(lambda: self._read_once(question, patience, of_many=of_many), patience)

    async def close(self) -> None:
        """Ends every connection and, for SQLite, lets another process have the file."""
        if self._given_up:
            await asyncio.wait(self._given_up, timeout=FAREWELL)
        await self.writer.dispose()
        await self._reader.dispose()
        if self._lock:
            self._lock.release()

    async def _in_time(self, attempt: Callable[[], Awaitable[T]], seconds: float) -> T:
        running = asyncio.ensure_future(_attempt_repeatedly(attempt))
        try:
            await asyncio.wait({running}, timeout=seconds)
            if running.done():
                return running.result()
        except TimeoutError as slow:
            raise RecordUnavailable("the database did not answer in time") from slow
        finally:
            self._give_up(running)
        raise RecordUnavailable("the database did not answer in time")

    def _give_up(self, running: asyncio.Future[Any]) -> None:
        """Ending a transaction takes round trips of its own, and seconds where they are slow: nobody waits for them."""
        if running.cancel():
            self._given_up.add(running)
            running.add_done_callback(self._ended)

    def _ended(self, given_up: asyncio.Future[Any]) -> None:
        self._given_up.discard(given_up)
        if not given_up.cancelled():
            given_up.exception()  # nobody asks any more, and asyncio would print it, with whatever it quotes

    async def _write_once(self, change: Callable[[AsyncSession], Awaitable[T]]) -> T:
        if self._queue is None:
            return await self._transaction(change)
        async with self._queue:
            return await self._transaction(change)

    async def _transaction(self, change: Callable[[AsyncSession], Awaitable[T]]) -> T:
        async with AsyncSession(self.writer, expire_on_commit=False) as session:
            async with session.begin():
                answer = await change(session)
            if announces(session):
                self.bell.ring()
        return answer

    async def _read_once(self, question: Callable[[AsyncSession], Awaitable[T]], seconds: float, *, of_many: bool) -> T:
        async with AsyncSession(self._reader, expire_on_commit=False, autoflush=False) as session:
            if self.is_postgresql:
                snapshot = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
                connection = await session.connection(execution_options=snapshot)
                if seconds > TOTAL_SECONDS:
                    await connection.execute(text(f"SET LOCAL statement_timeout = {seconds * 1000:.0f}"))
                    await connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
                if of_many:
                    await connection.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
            return await question(session)


class ProcessLock:
    """Holds a file next to the database, so that a second process is refused before it can do harm."""

    def __init__(self, database: Path) -> None:
        self._file: int | None = os.open(f"{database}.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise Misconfigured(
                f"{database.name} is in use by another License Desk process; stop it, or use PostgreSQL "
                "(DATABASE_URL=postgresql://…), which takes several"
            ) from None

    def release(self) -> None:
        """Lets go of the file; harmless when done already, for by then the number may be another file's."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


async def _attempt_repeatedly(attempt: Callable[[], Awaitable[T]]) -> T:
    for number in range(ATTEMPTS):
        try:
            return await attempt()
        except RecordError:
            raise
        except Exception as failure:  # asyncpg's own errors come unwrapped while it connects
            if not _will_pass(failure):
                raise _translated(failure) from failure
            last = failure
        await asyncio.sleep(FIRST_PAUSE * 2**number)
    raise RecordUnavailable(f"the database failed {ATTEMPTS} times") from last


def _will_pass(failure: Exception) -> bool:
    if isinstance(failure, OSError):
        return not isinstance(failure, TimeoutError)
    if isinstance(failure, DBAPIError) and failure.connection_invalidated:
        return True
    code = _sqlstate(failure)
    return code in CONFLICTS or code.startswith(LOST_CONNECTION)


def _translated(failure: Exception) -> Exception:
    if _sqlstate(failure).startswith(WRONG_ADDRESS):
        return Misconfigured("the database turns DATABASE_URL away: check its user, password and database name")
    # SQLite calls busy, full and unreadable OperationalError, and has no codes.
    if _sqlstate(failure).startswith(OVERLOADED) or (isinstance(failure, OperationalError) and not _sqlstate(failure)):
        return RecordUnavailable("the database is busy or cannot be read")
    return failure


def _sqlstate(failure: Exception) -> str:
    origin = failure.orig if isinstance(failure, DBAPIError) else failure
    return getattr(origin, "sqlstate", None) or ""


def _postgresql(url: URL, *, looking: bool) -> AsyncEngine:
    query = dict(url.query)
    if "sslmode" in query:  # the name libpq gives it; asyncpg calls it ssl
        query["ssl"] = query.pop("sslmode")
    return create_async_engine(
        url.set(drivername="postgresql+asyncpg", query=query),
        isolation_level="READ COMMITTED",
        pool_size=WRITERS,
        max_overflow=WRITERS,
        pool_timeout=None,  # whoever waits for a connection is given up like every other wait, by _in_time
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "timeout": CONNECT_SECONDS,
            # who only looks may look long, at everything there is; the statement's own limit holds
            "command_timeout": None if looking else TOTAL_SECONDS + 2,
            "server_settings": POSTGRESQL_SETTINGS,
        },
    )


def _sqlite(url: URL, *, looking: bool) -> Database:
    if not url.database or url.database == ":memory:":
        raise Misconfigured("DATABASE_URL names no file; use sqlite:///path/to/license-desk.sqlite3")
    path = Path(url.database)
    reader = _sqlite_engine(path, connections=READERS, begin="BEGIN", pragmas=("PRAGMA query_only = ON",))
    if looking:
        if not path.exists():
            raise Misconfigured(f"there is no {path.name} yet; start License Desk once, or set DATABASE_URL")
        return Database(reader, reader, None)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = ProcessLock(path)
    return Database(_sqlite_engine(path, connections=1, begin="BEGIN IMMEDIATE"), reader, lock)


def _sqlite_engine(path: Path, *, connections: int, begin: str, pragmas: tuple[str, ...] = ()) -> AsyncEngine:
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=None,
        hide_parameters=True,
        connect_args={"isolation_level": None},  # or the driver begins transactions itself, too late
    )

    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in (*SQLITE_PRAGMAS, *pragmas):
            cursor.execute(pragma)
        cursor.close()

    def start(connection: Any) -> None:
        connection.execute(text(begin))

    event.listen(engine.sync_engine, "connect", prepare)
    event.listen(engine.sync_engine, "begin", start)
    return engine
