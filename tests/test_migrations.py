"""What an older release has written is brought to the new schema as it was meant."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from alembic import command
from sqlalchemy import Connection, text

from storage.database import Database
from storage.record import Record
from storage.schema import configuration
from storage.views import Delivery

if TYPE_CHECKING:
    from storage.clock import FrozenClock

EMPTY = """
INSERT INTO organisations (tenant, time_zone, currency, invoice_counter) VALUES ('t', 'UTC', 'USD', 0);
INSERT INTO people (tenant, id, name, mail, department, member, enabled) VALUES ('t', 'p', 'P', '', '', TRUE, TRUE);
INSERT INTO subscriptions (tenant, id, product_id, purchaser_id, total, assigned, term, recurring, status, unpaid,
    version, purchased_at, anchor, period_number, period_start, period_end)
  VALUES ('t', 's', 'x', 'p', 1, 0, 'month', TRUE, 'active', FALSE, 1, '2026-11-22 09:00:00+00:00', '2026-11-22', 1,
    '2026-11-22', '2026-12-22');
INSERT INTO operations (tenant, id, person_id, action, subscription_id, subscription_version, parameters, quote, said,
    status, answer, drawn_at, expires_at, ended_at)
  VALUES ('t', 'o', 'p', 'buy', 's', 1, '{}', '{}', '', 'done', '{}', '2026-11-22 09:00:00+00:00',
    '2026-11-22 09:00:00+00:00', '2026-11-22 09:00:00+00:00');
INSERT INTO outbox_messages (tenant, id, operation_id, kind, recipient, payload, created_at, sent_at) VALUES
  ('t', 'told', 'o', 'k1', 'p', '{}', '2026-11-22 09:00:00+00:00', '2026-11-22 09:00:00+00:00'),
  ('t', 'untold', 'o', 'k2', 'p', '{}', '2026-11-22 09:00:00+00:00', NULL),
  ('t', 'fulfil', 'o', 'fulfil', 'microsoft', '{}', '2026-11-22 09:00:00+00:00', NULL)
"""


def upgraded(connection: Connection, revision: str) -> None:
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


async def test_what_was_promised_before_there_was_a_worker_is_told_by_the_first(
    database_url: str, clock: FrozenClock
) -> None:
    database = Database.connect(database_url)
    async with database.writer.begin() as connection:
        await connection.run_sync(_emptied)
        await connection.run_sync(upgraded, "0005")
        for statement in EMPTY.split(";\n"):
            await connection.execute(text(statement.replace(":", r"\:")))
    await database.close()
    clock.advance(timedelta(minutes=1))
    record = await Record.open(database_url, clock, timezone=ZoneInfo("UTC"), currency="USD")
    due: list[Any] = [message.id for message in await record.outbox.lease(10)]
    counted = await record.outbox.counted()
    await record.close()
    assert due == ["untold"]
    assert counted == {Delivery.PENDING: 1, Delivery.WAITING: 1}


def _emptied(connection: Connection) -> None:
    """As a database is before the first migration."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
        return
    tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
    connection.execute(text("PRAGMA defer_foreign_keys = ON"))
    for table in tables:
        connection.execute(text(f"DROP TABLE {table}"))
