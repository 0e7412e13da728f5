"""What an older release has written is brought to the new schema as it was meant."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from storage.database import Database
from storage.models import Charge
from storage.record import Record
from storage.schema import configuration
from storage.views import Delivery
from tests.small_company import Company

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

BOOKS = """
INSERT INTO assignments (tenant, id, subscription_id, person_id, assigned_at)
  VALUES ('t', 'a', 's', 'p', '2026-11-22 09:00:00+00:00');
INSERT INTO grants (tenant, id, subscription_id, person_id, granted_at)
  VALUES ('t', 'g', 's', 'p', '2026-11-22 09:00:00+00:00');
INSERT INTO ledger (tenant, operation_id, subscription_id, delta, total_after, at)
  VALUES ('t', 'o', 's', 1, 1, '2026-11-22 09:00:00+00:00');
INSERT INTO audit_entries (tenant, id, operation_id, person_id, action, subscription_id, said, before, after, at)
  VALUES ('t', 'e', 'o', 'p', 'buy', 's', 'one', '{}', '{}', '2026-11-22 09:00:00+00:00');
INSERT INTO scheduled_changes (tenant, subscription_id, total, effective_on, releases, operation_id)
  VALUES ('t', 's', 1, '2026-12-22', '[]', 'o');
INSERT INTO charges (tenant, id, operation_id, subscription_id, kind, period_number, currency, amount, captured,
    refunded, at) VALUES ('t', 'c', 'o', 's', 'purchase', 1, 'USD', 1400, 1400, 700, '2026-11-22 09:00:00+00:00');
INSERT INTO credits (tenant, id, operation_id, subscription_id, kind, period_number, currency, amount, remaining, at)
  VALUES ('t', 'd', 'o', 's', 'remove_quantity', 1, 'USD', 700, 700, '2026-11-22 09:00:00+00:00');
INSERT INTO invoices (tenant, id, sequence, person_id, operation_id, currency, subtotal, tax, total, issued_at)
  VALUES ('t', 'i', 1, 'p', 'o', 'USD', 1400, 0, 1400, '2026-11-22 09:00:00+00:00');
INSERT INTO invoice_lines (tenant, invoice_id, position, kind, subscription_id, charge_id, quantity, unit_price, amount,
    period_start, period_end) VALUES ('t', 'i', 1, 'purchase', 's', 'c', 1, 1400, 1400, '2026-11-22', '2026-12-22')
"""
# Five licenses more, seven less, two more: of the first one there are three left, of the last two both.
BACK_AND_FORTH = """
UPDATE subscriptions SET total = 5;
INSERT INTO operations (tenant, id, person_id, action, subscription_id, subscription_version, parameters, quote, said,
    status, answer, drawn_at, expires_at, ended_at)
  SELECT tenant, id || number, person_id, 'change_total', subscription_id, 1, parameters, quote, said, status, answer,
    drawn_at, expires_at, ended_at FROM operations, (SELECT 1 AS number UNION SELECT 2 UNION SELECT 3) AS numbers;
INSERT INTO charges (tenant, id, operation_id, subscription_id, kind, period_number, currency, amount, captured,
    refunded, at) VALUES
  ('t', 'c0', 'o', 's', 'purchase', 1, 'USD', 5000, 5000, 2000, '2026-11-22 09:00:00+00:00'),
  ('t', 'c1', 'o1', 's', 'add_quantity', 1, 'USD', 5000, 5000, 5000, '2026-11-22 10:00:00+00:00'),
  ('t', 'c3', 'o3', 's', 'add_quantity', 1, 'USD', 2000, 2000, 0, '2026-11-22 12:00:00+00:00');
INSERT INTO invoices (tenant, id, sequence, person_id, operation_id, currency, subtotal, tax, total, issued_at)
  SELECT tenant, 'i' || id, CAST(SUBSTR(id, 2) AS INTEGER) + 1, 'p', operation_id, 'USD', amount, 0, amount, at
  FROM charges;
INSERT INTO invoice_lines (tenant, invoice_id, position, kind, subscription_id, charge_id, quantity, unit_price, amount,
    period_start, period_end)
  SELECT tenant, 'i' || id, 1, kind, 's', id, amount / 1000, 1000, amount, '2026-11-22', '2026-12-22' FROM charges;
INSERT INTO ledger (tenant, operation_id, subscription_id, delta, total_after, at) VALUES
  ('t', 'o', 's', 5, 5, '2026-11-22 09:00:00+00:00'), ('t', 'o1', 's', 5, 10, '2026-11-22 10:00:00+00:00'),
  ('t', 'o2', 's', -7, 3, '2026-11-22 11:00:00+00:00'), ('t', 'o3', 's', 2, 5, '2026-11-22 12:00:00+00:00');
INSERT INTO credits (tenant, id, operation_id, subscription_id, kind, period_number, currency, amount, remaining, at)
  VALUES ('t', 'd', 'o2', 's', 'remove_quantity', 1, 'USD', 7000, 7000, '2026-11-22 11:00:00+00:00')
"""
REFUSED = (
    "UPDATE credits SET kind = 'gift'",
    "UPDATE subscriptions SET anchor_period = 2",
    "UPDATE charges SET returned = 2",
    "UPDATE charges SET operation_id = 'nobody'",
    "DELETE FROM ledger",
)
NEW_SINCE = {
    "approvers → people ('tenant', 'person_id')",
    "approvers → policies ('tenant',)",
    "caps → policies ('tenant',)",
    "caps → teams ('tenant', 'team_id')",
    "policies → organisations ('tenant',)",
    "product_policies → policies ('tenant',)",
    "cancellations → operations ('tenant', 'operation_id')",
    "cancellations → subscriptions ('tenant', 'subscription_id')",
    "billing_profiles → people ('tenant', 'person_id')",
    "ix_links_expires_at",
    "ix_links_tenant_person_id",
    "ix_assignments_tenant_person_id",
    "ix_audit_entries_tenant_person_id_at",
    "ix_audit_entries_tenant_subscription_id_at",
    "ix_subscriptions_retry_on",
    "ix_subscriptions_status_period_end",
    "ix_subscriptions_tenant_period_end",
    "ix_subscriptions_tenant_product_id",
    "ix_subscriptions_tenant_purchased_at",
    "ix_payment_setups_tenant_person_id",
    "ix_unclear_messages_at",
    "links → people ('tenant', 'person_id')",
    "payment_setups → payment_methods ('tenant', 'payment_method_id')",
    "payment_setups → people ('tenant', 'person_id')",
    "plan_steps → operations ('tenant', 'operation_id')",
    "quiet → people ('tenant', 'person_id')",
    "ix_license_requests_status_expires_at",
    "ix_license_requests_tenant_person_id",
    "license_requests → operations ('tenant', 'decision_id')",
    "license_requests → operations ('tenant', 'id')",
    "license_requests → people ('tenant', 'decided_by')",
    "license_requests → people ('tenant', 'person_id')",
}
NOT_INSIDE = ("alembic_version", "sqlite_sequence")
TRIGGERS = {
    "postgresql": "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal",
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
}


def upgraded(connection: Connection, revision: str) -> None:
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


async def test_what_was_promised_before_there_was_a_worker_is_told_by_the_first(
    database_url: str, clock: FrozenClock
) -> None:
    await written_by("0005", database_url, EMPTY)
    clock.advance(timedelta(minutes=1))
    record = await Record.open(database_url, clock, timezone=ZoneInfo("UTC"), currency="USD")
    due: list[Any] = [message.id for message in await record.outbox.lease(10)]
    counted = await record.outbox.counted()
    await record.close()
    assert due == ["untold"]
    assert counted == {Delivery.PENDING: 1, Delivery.WAITING: 1}


async def test_every_row_and_guard_outlives_the_tables_that_are_made_again(
    database_url: str, clock: FrozenClock
) -> None:
    rows, guards = await written_by("0006", database_url, f"{EMPTY};{BOOKS}")
    record = await Record.open(database_url, clock, timezone=ZoneInfo("UTC"), currency="USD")
    async with record.database.writer.connect() as connection:
        rows_now, guards_now = await connection.run_sync(_rows), await connection.run_sync(_guards)
    await record.close()
    assert all(rows[table] for table in ("operations", "subscriptions", "charges", "credits", "invoice_lines"))
    for table, kept in rows.items():
        assert [{name: row[name] for name in before} for before, row in zip(kept, rows_now[table], strict=True)] == kept
    assert [(row["trial"], row["anchor_period"]) for row in rows_now["subscriptions"]] == [(False, 1)]
    assert [(row["licenses"], row["unit_price"], row["returned"]) for row in rows_now["charges"]] == [(1, 1400, 0)]
    assert [(row["licenses"], row["unit_price"]) for row in rows_now["credits"]] == [(1, 1400)]
    assert {name: guard for name, guard in guards_now.items() if name in guards} == guards
    as_index = {"uq_plan_steps_tenant_operation_id"}  # PostgreSQL lists what is unique among its indexes
    assert guards_now.keys() - guards.keys() - as_index == NEW_SINCE


async def test_the_licenses_that_went_back_before_are_not_given_back_again(
    database_url: str, clock: FrozenClock
) -> None:
    await written_by("0007", database_url, f"{EMPTY};{BACK_AND_FORTH}")
    record = await Record.open(database_url, clock, timezone=ZoneInfo("UTC"), currency="USD")
    charges = await Company(record).rows(Charge)
    await record.close()
    assert {each.id: (each.licenses, each.returned) for each in charges} == {"c0": (5, 2), "c1": (5, 5), "c3": (2, 0)}


async def test_after_it_a_purchase_needs_no_subscription_and_a_refund_has_its_kind(
    database_url: str, clock: FrozenClock
) -> None:
    await written_by("0006", database_url, f"{EMPTY};{BOOKS}")
    record = await Record.open(database_url, clock, timezone=ZoneInfo("UTC"), currency="USD")
    async with record.database.writer.begin() as connection:
        await connection.execute(text("UPDATE operations SET subscription_id = NULL"))
        await connection.execute(text("UPDATE credits SET kind = 'cancel'"))
        for wrong in REFUSED:
            with pytest.raises(IntegrityError):
                async with connection.begin_nested():
                    await connection.execute(text(wrong))
    await record.close()


async def written_by(revision: str, url: str, sql: str) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """Makes the database one of an older release, with these rows of 0005 in it; its rows and guards."""
    database = Database.connect(url)
    async with database.writer.begin() as connection:
        await connection.run_sync(_emptied)
        await connection.run_sync(upgraded, "0005")
        for statement in sql.split(";\n"):
            await connection.execute(text(statement.replace(":", r"\:")))
        await connection.run_sync(upgraded, revision)
    async with database.writer.connect() as connection:
        rows, guards = await connection.run_sync(_rows), await connection.run_sync(_guards)
    await database.close()
    return rows, guards


def _rows(connection: Connection) -> dict[str, list[Any]]:
    """Every row of every table, as the driver gives it."""
    tables = [table for table in inspect(connection).get_table_names() if table not in NOT_INSIDE]
    return {
        table: sorted(map(dict, connection.execute(text(f"SELECT * FROM {table}")).mappings()), key=str)  # noqa: S608
        for table in tables
    }


def _guards(connection: Connection) -> dict[str, Any]:
    """Every trigger, unique index and foreign key."""
    inspector = inspect(connection)
    found: dict[str, Any] = {row[0]: row[1] for row in connection.execute(text(TRIGGERS[connection.dialect.name]))}
    for table in inspector.get_table_names():
        for index in inspector.get_indexes(table):
            found[str(index["name"])] = (index["column_names"], bool(index["unique"]))
        for key in inspector.get_foreign_keys(table):
            found[f"{table} → {key['referred_table']} {tuple(key['constrained_columns'])}"] = key["referred_columns"]
    return found


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
