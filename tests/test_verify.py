"""`verify` names what is wrong with a record: every check is tried against a planted inconsistency."""

from __future__ import annotations

import sqlite3
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from storage.demo import TENANT, person_id
from storage.verify import Finding, verify
from storage.views import Actor, OperationStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.record import Record
    from tests.databases import Postgres

ALICE = Actor(TENANT, person_id(1))
BOB = Actor(TENANT, person_id(2))
POWER_BI = "55555555-0000-4000-8000-000000000001"
VISIO = "55555555-0000-4000-8000-000000000002"
PROJECT = "55555555-0000-4000-8000-000000000003"
SALES = "44444444-0000-4000-8000-000000000001"
PLANTED = tomllib.loads(Path(__file__).with_name("planted.toml").read_text("utf-8"))["planted"]

UNGUARDED_SQLITE = """
PRAGMA foreign_keys = OFF;
PRAGMA ignore_check_constraints = ON;
DROP INDEX uq_assignments_live;
DROP INDEX uq_charges_period;
DROP TRIGGER ledger_is_never_changed;
DROP TRIGGER audit_is_append_only;
DROP TRIGGER audit_loses_words_only;
DROP TRIGGER seals_are_append_only;
DROP TRIGGER seals_lose_salt_only;
"""
UNGUARDED_POSTGRES = """
SET session_replication_role = replica;
DROP INDEX uq_assignments_live;
DROP INDEX uq_charges_period;
DO $$ DECLARE guard record; BEGIN
  FOR guard IN SELECT conrelid::regclass AS guarded, conname FROM pg_constraint
    WHERE contype = 'c' AND connamespace = 'public'::regnamespace
  LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', guard.guarded, guard.conname); END LOOP;
END $$;
"""
# They told whoever gave up a license by their own hand, and no owner of a team that sharing with it had ended.
TOLD_AS_BEFORE = """
INSERT INTO outbox_messages (tenant, id, operation_id, kind, recipient, payload, created_at, status, attempts, unsure)
  SELECT tenant, 'to the actor', operation_id, kind, '{actor}', payload, created_at, status, attempts, unsure
  FROM outbox_messages WHERE operation_id = '{operation}' AND kind = 'license_given_up';
DELETE FROM outbox_messages WHERE kind = 'share_withdrawn'
"""


@pytest.fixture
def plant(database_url: str, request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Runs SQL past every constraint, as a bug, a restored backup or a careless hand might."""

    def into_postgres(sql: str) -> None:
        server: Postgres = request.getfixturevalue("postgres")
        server.sql(UNGUARDED_POSTGRES + sql, database=database_url.partition("@/")[2].partition("?")[0])

    def into_sqlite(sql: str) -> None:
        connection = sqlite3.connect(database_url.removeprefix("sqlite:///"))
        connection.executescript(UNGUARDED_SQLITE + sql)
        connection.close()

    return into_sqlite if database_url.startswith("sqlite") else into_postgres


async def denied(record: Record) -> None:
    """Alice asks for a license, and Bob says no."""
    product = record.catalog.by_name("Visio Plan 1").id
    request = await record.requests.quote(ALICE, product, 1, [ALICE.person])
    await record.operations.commit(ALICE, request.id)
    denial = await record.requests.quote_denial(BOB, request.id, "no budget")
    assert (await record.operations.commit(BOB, denial.id)).status is OperationStatus.DONE


async def test_a_record_in_which_licenses_came_and_went_is_healthy(contoso: Record) -> None:
    for subscription, by in ((POWER_BI, 5), (PROJECT, -1), (PROJECT, 2), (POWER_BI, -2), (POWER_BI, -1)):
        quote = await contoso.licenses.quote(ALICE, subscription, by=by, release=[person_id(13)])
        outcome = await contoso.operations.commit(ALICE, quote.id)
        assert outcome.status is OperationStatus.DONE, outcome
    assert await verify(contoso) == []


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted["what"])
async def test_what_is_planted_is_found_and_nothing_else(
    contoso: Record, plant: Callable[[str], None], planted: dict[str, Any]
) -> None:
    quote = await contoso.licenses.quote(ALICE, PROJECT, by=-1, release=[person_id(13)])
    await contoso.operations.commit(ALICE, quote.id)
    if planted.get("request"):
        await denied(contoso)
        assert await verify(contoso) == []
    if planted.get("sealed"):
        assert await contoso.trail.seal() > 0
        assert await verify(contoso) == []
    plant(planted["sql"])
    assert {finding.invariant for finding in await verify(contoso)} == {planted["invariant"]}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_half_a_license_is_found_in_the_database_that_would_keep_one(
    contoso: Record, plant: Callable[[str], None]
) -> None:
    plant("UPDATE ledger SET total_after = 19.5 WHERE total_after = 20")
    assert {finding.invariant for finding in await verify(contoso)} == {"I9"}


async def test_a_finding_says_which_row_and_what_is_wrong_with_it(
    contoso: Record, plant: Callable[[str], None]
) -> None:
    plant("UPDATE subscriptions SET total = 21 WHERE total = 20")
    assert await verify(contoso) == [
        Finding("I3", f"subscription {TENANT}/{POWER_BI}", "has 21 licenses, its ledger says 20"),
        Finding("I3", f"subscription {TENANT}/{POWER_BI}", "has 21 licenses in period 2, 20 are charged"),
    ]


async def test_what_older_releases_told_people_and_did_not_tell_them_is_not_held_against_the_record(
    contoso: Record, plant: Callable[[str], None]
) -> None:
    reduced = await contoso.licenses.quote(ALICE, PROJECT, by=-1, release=[person_id(13)])
    ended = await contoso.sharing.quote(ALICE, VISIO, team_id=SALES, withdraw=True)
    for quote in (reduced, ended):
        assert (await contoso.operations.commit(ALICE, quote.id)).status is OperationStatus.DONE
    plant(TOLD_AS_BEFORE.format(actor=ALICE.person, operation=reduced.id))
    assert await verify(contoso) == []
