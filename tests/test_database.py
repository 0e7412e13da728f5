"""The database itself: its schema is what the models say, and what it does when it can't be had."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from storage.database import READERS, WRITERS, Database
from storage.errors import Misconfigured, RecordUnavailable
from storage.models import Row, Subscription
from storage.record import Record
from storage.schema import migrate
from tests.small_company import Company

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.clock import FrozenClock
    from tests.databases import Postgres

pytestmark = pytest.mark.deadline

UTC = ZoneInfo("UTC")


@asynccontextmanager
async def opened(url: str, clock: FrozenClock, *, looking: bool = False) -> AsyncIterator[Record]:
    record = await Record.open(url, clock, timezone=UTC, currency="USD", looking=looking)
    try:
        yield record
    finally:
        await record.close()


def stands_still(monkeypatch: pytest.MonkeyPatch, *, seconds: float) -> None:
    """The event loop's clock jumps, as when the machine has done nothing for so long."""
    loop = asyncio.get_running_loop()
    time = loop.time
    monkeypatch.setattr(loop, "time", lambda: time() + seconds)


async def test_the_migrations_make_exactly_what_the_models_say(record: Record) -> None:
    def differences(connection: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), Row.metadata))

    async with record.database.writer.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_the_migrations_make_every_named_check_of_the_models(record: Record) -> None:
    def checks(connection: Connection) -> dict[str, dict[str, str]]:
        inspector = inspect(connection)
        return {
            table: {str(each["name"]): each["sqltext"] for each in inspector.get_check_constraints(table)}
            for table in Row.metadata.tables
        }

    async with record.database.writer.begin() as connection:
        migrated = await connection.run_sync(checks)
        await connection.run_sync(Row.metadata.drop_all)
        await connection.run_sync(Row.metadata.create_all)
        assert await connection.run_sync(checks) == migrated
    assert sum(len(each) for each in migrated.values()) > 30


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE subscriptions SET assigned = total + 1",
        "UPDATE subscriptions SET assigned = -1",
        "UPDATE subscriptions SET status = 'gone'",
        "UPDATE subscriptions SET purchaser_id = 'nobody'",
        "UPDATE subscriptions SET tenant = 't2'",
        "UPDATE operations SET answer = NULL",
        "UPDATE charges SET refunded = captured + 1",
        "UPDATE payment_methods SET last_four = '4242424242424242'",
        "INSERT INTO assignments SELECT tenant, id || 'x', subscription_id, person_id, assigned_at,"
        " NULL, NULL FROM assignments",
    ],
)
async def test_the_database_itself_refuses_what_must_never_be(record: Record, statement: str) -> None:
    company = await Company.in_(record)
    await company.buys(total=3, holders=2)

    async def wrong(session: AsyncSession) -> None:
        await session.execute(text(statement))

    with pytest.raises(IntegrityError):
        await record.database.write(wrong)


async def test_sqlite_keeps_no_part_of_a_license(sqlite_url: str, clock: FrozenClock) -> None:
    async def half(session: AsyncSession) -> None:
        await session.execute(text("UPDATE subscriptions SET total = 3.5"))

    async with opened(sqlite_url, clock) as record:
        await (await Company.in_(record)).buys(total=3)
        with pytest.raises(IntegrityError):
            await record.database.write(half)


async def test_who_asks_for_patience_has_it_for_every_statement(postgres_url: str, clock: FrozenClock) -> None:
    record = await Record.open(postgres_url, clock, timezone=ZoneInfo("UTC"), currency="USD")

    async def allowed(session: AsyncSession) -> str:
        return str(await session.scalar(text("SHOW statement_timeout")))

    assert await record.database.read(allowed) == "5s"
    assert await record.database.read(allowed, seconds=60) == "1min"
    assert await record.database.read(allowed) == "5s"
    await record.close()


async def test_who_waits_for_a_connection_waits_as_long_as_for_any_answer(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    lent, given_back = asyncio.Semaphore(0), asyncio.Event()

    async def quick(session: AsyncSession) -> str:
        return str(await session.scalar(text("SELECT 'served'")))

    async def held(session: AsyncSession) -> None:
        await quick(session)
        lent.release()
        await given_back.wait()

    connections = 2 * WRITERS if record.database.is_postgresql else READERS
    monkeypatch.setattr("storage.database.TOTAL_SECONDS", 30.0)
    async with asyncio.TaskGroup() as others:
        for _ in range(connections):
            others.create_task(record.database.read(held))
            await lent.acquire()
        with monkeypatch.context() as impatient:
            impatient.setattr("storage.database.TOTAL_SECONDS", 0.1)
            with pytest.raises(RecordUnavailable):
                await record.database.read(quick)
        waiting = others.create_task(record.database.read(quick))
        await asyncio.sleep(0.01)
        stands_still(monkeypatch, seconds=20)
        await asyncio.sleep(0.01)
        given_back.set()
        assert await waiting == "served"


async def test_a_reader_cannot_write(record: Record) -> None:
    company = await Company.in_(record)
    subscription = await company.buys(total=3)

    async def sneak(session: AsyncSession) -> None:
        await session.execute(text("UPDATE subscriptions SET total = 99"))
        await session.commit()

    with pytest.raises(Exception, match=r"read-only transaction|cannot be read"):
        await record.database.read(sneak)
    row = await company.row(Subscription, "t1", subscription)
    assert row.total == 3


async def test_a_failed_change_leaves_nothing(record: Record) -> None:
    async def half(session: AsyncSession) -> None:
        await session.execute(text("INSERT INTO organisations VALUES (:t, 'UTC', 'USD', 0)"), {"t": "half"})
        raise ValueError("the second half")

    with pytest.raises(ValueError, match="second half"):
        await record.database.write(half)
    assert await record.people.named("half") == []
    await record.people.seen("half", "x", name="X", member=True)  # the writer is free again


async def test_starting_again_on_the_same_file_finds_everything(sqlite_url: str, clock: FrozenClock) -> None:
    async with opened(sqlite_url, clock) as record:
        await record.people.seen("t1", "alice", name="Alice", member=True)
        await record.people.prefer_language("t1", "alice", "zh-CN")
    async with opened(sqlite_url, clock) as again:
        alice = await again.people.find("t1", "alice")
        assert alice is not None and (alice.name, alice.chosen_language) == ("Alice", "zh-CN")
        assert await again.people.find("t2", "alice") is None


async def test_a_second_process_on_the_same_file_is_told_to_use_postgresql(sqlite_url: str, clock: FrozenClock) -> None:
    program = f"from storage.database import Database; Database.connect({sqlite_url!r})"

    def second_process() -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)

    async with opened(sqlite_url, clock) as record:
        refused = await asyncio.to_thread(second_process)
        assert refused.returncode != 0
        assert "Misconfigured" in refused.stderr and "PostgreSQL" in refused.stderr
        assert await record.ready()
    assert (await asyncio.to_thread(second_process)).returncode == 0


async def test_one_may_look_beside_the_running_process_but_not_touch(database_url: str, clock: FrozenClock) -> None:
    async with opened(database_url, clock) as running, opened(database_url, clock, looking=True) as looking:
        await running.people.seen("t1", "alice", name="Alice", member=True)
        assert [each.name for each in await looking.people.named("t1")] == ["Alice"]
        assert await looking.ready()


async def test_whoever_looks_migrates_nothing_and_makes_no_file(tmp_path: Path, clock: FrozenClock) -> None:
    with pytest.raises(Misconfigured, match="start License Desk once"):
        await opened(f"sqlite:///{tmp_path}/none", clock, looking=True).__aenter__()
    assert not await asyncio.to_thread((tmp_path / "none").exists)
    await asyncio.to_thread((tmp_path / "empty").touch)
    with pytest.raises(Misconfigured, match="older License Desk"):
        await opened(f"sqlite:///{tmp_path}/empty", clock, looking=True).__aenter__()


async def test_a_database_of_a_newer_release_is_left_alone(database_url: str, clock: FrozenClock) -> None:
    async def newer(session: AsyncSession) -> None:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    async with opened(database_url, clock) as record:
        await record.database.write(newer)
    with pytest.raises(Misconfigured, match="newer License Desk"):
        await opened(database_url, clock).__aenter__()


async def test_many_processes_starting_on_an_empty_database_migrate_it_once(postgres: Postgres) -> None:
    postgres.sql("CREATE DATABASE empty")
    databases = [Database.connect(postgres.url("empty")) for _ in range(4)]
    await asyncio.gather(*(migrate(each) for each in databases))
    for each in databases:
        await each.close()
    postgres.drop("empty")


async def test_a_server_that_is_not_there_is_unavailable_in_time(tmp_path: Path, clock: FrozenClock) -> None:
    with pytest.raises(RecordUnavailable):
        await opened(f"postgresql://postgres@/desk?host={tmp_path}", clock).__aenter__()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://localhost/desk", "mysql"),
        ("not an address", "DATABASE_URL"),
        ("sqlite://", "names no file"),
    ],
)
def test_an_address_that_cannot_work_is_refused_with_the_fix(url: str, says: str) -> None:
    with pytest.raises(Misconfigured, match=says):
        Database.connect(url)


async def test_a_database_name_that_does_not_exist_is_refused_with_the_fix(
    postgres: Postgres, clock: FrozenClock
) -> None:
    with pytest.raises(Misconfigured, match="database name"):
        await opened(postgres.url("nowhere"), clock).__aenter__()
