"""Whoever asks what is known gets all of it: every table of the schema, those of a later release as well."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import JSON, Column, Connection, String, Table, insert

from storage import personal_data
from storage.demo import TENANT, person_id
from storage.links import Purpose
from storage.models import (
    AuditEntry,
    AuditSeal,
    Cancellation,
    Chat,
    Grant,
    LicenseRequest,
    PaymentSetup,
    PlanStep,
    Row,
    TeamMember,
)
from storage.views import Actor
from tests.security.traces import ANN, NAME, OWN_WORDS, POWER_BI, TOKEN, changes, leave_traces
from tests.small_company import Company

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.record import Record

ALICE = (TENANT, person_id(1))
ABOUT_NOBODY = {
    "organisations",
    "teams",
    "policies",
    "product_policies",
    "caps",
    "unclear_messages",
}  # the last has words of nobody in particular, masked


@pytest.fixture
def later() -> Iterator[Table]:
    """A table that a later release adds; it says of nobody that it names people."""
    table = Table("later", Row.metadata, Column("tenant", String), Column("who", String), Column("more", JSON))
    yield table
    Row.metadata.remove(table)


def chat(now: datetime) -> Chat:
    return Chat(
        tenant=TENANT,
        person_id=ALICE[1],
        channel="msteams",
        conversation="a:1",
        service_url="https://smba.trafficmanager.net/emea/",
        account="29:1",
        bot_account="28:1",
        met_at=now,
    )


async def keep(record: Record, table: Table, *rows: dict[str, object]) -> None:
    def create(connection: Connection) -> None:
        table.create(connection)

    async def change(session: AsyncSession) -> None:
        await (await session.connection()).run_sync(create)
        await session.execute(insert(table), rows)

    await record.database.write(change)


async def test_every_table_of_the_schema_is_in_the_export_of_somebody_who_is_everywhere(contoso: Record) -> None:
    company, now = Company(contoso), contoso.clock.now()
    team = (await company.rows(TeamMember))[0].team_id
    await contoso.people.appoint(*ALICE[:1], [ALICE[1]])
    await company.adds(Grant(tenant=TENANT, id="g", subscription_id=POWER_BI, person_id=ALICE[1], granted_at=now))
    if ALICE[1] not in {member.person_id for member in await company.rows(TeamMember) if member.team_id == team}:
        await company.adds(TeamMember(tenant=TENANT, team_id=team, person_id=ALICE[1]))
    for by in (2, -1):  # the second leaves a credit
        await changes(contoso, Actor(*ALICE), POWER_BI, by, "said")
    await company.adds(chat(now))
    entry = next(entry for entry in await company.rows(AuditEntry) if entry.person_id == ALICE[1])
    seal = {"words": "0", "salt": "0", "hash": "0", "sealed_at": now}
    await company.adds(AuditSeal(tenant=TENANT, number=1, entry_id=entry.id, **seal))
    why = {"reason": "unused", "language": "en", "ends_on": now.date(), "at": now}
    await contoso.links.issue(Actor(*ALICE), Purpose.INVOICE, "G000000001")
    await contoso.payments.keep_profile(Actor(*ALICE), "Alice Chen", "Hauptstr. 1")
    await contoso.reminders.quiet(Actor(*ALICE), "renewal", None)
    await company.does(Actor(*ALICE), await contoso.policies.approver(Actor(*ALICE), ALICE[1]))
    begun = {"purpose": Purpose.PAYMENT_ADD, "subject": "", "begun_at": now}
    await company.adds(PaymentSetup(tenant=TENANT, id="setup", person_id=ALICE[1], **begun))
    asked = {"product_id": "p", "licenses": 1, "people": [], "asked_at": now, "expires_at": now}
    await company.adds(LicenseRequest(tenant=TENANT, id=entry.operation_id, person_id=ALICE[1], **asked))
    await company.adds(PlanStep(tenant=TENANT, plan_id="p", position=1, operation_id=entry.operation_id))
    this = {"operation_id": entry.operation_id, "subscription_id": POWER_BI}
    await company.adds(Cancellation(tenant=TENANT, **this, **why))
    assert set(await contoso.privacy.export(*ALICE)) == set(Row.metadata.tables) - ABOUT_NOBODY


async def test_a_table_that_comes_later_cannot_be_forgotten(contoso: Record, later: Table) -> None:
    await keep(
        contoso,
        later,
        {"tenant": TENANT, "who": ANN[1], "more": None},
        {"tenant": TENANT, "who": "", "more": {"people": [{"id": ANN[1]}]}},
        {"tenant": TENANT, "who": "somebody else", "more": {"people": [ANN[1] + "0"]}},
        {"tenant": "another-tenant", "who": ANN[1], "more": None},
    )
    assert len((await contoso.privacy.export(*ANN))["later"]) == 2


async def test_without_a_look_at_the_whole_schema_it_would_be_forgotten(
    contoso: Record, later: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control: only columns that say they point to a person are looked at."""
    await keep(contoso, later, {"tenant": TENANT, "who": ANN[1], "more": None})
    monkeypatch.setattr(personal_data, "_names", personal_data._points_to)
    assert "later" not in await contoso.privacy.export(*ANN)


async def test_an_export_shows_what_was_said_and_what_is_shown_of_the_person_but_no_token(contoso: Record) -> None:
    await leave_traces(contoso)
    exported = json.dumps(await contoso.privacy.export(*ANN), ensure_ascii=False)
    assert NAME in exported
    assert OWN_WORDS in exported
    assert TOKEN not in exported


async def test_an_export_shows_nothing_about_who_is_not_concerned(contoso: Record) -> None:
    exported = json.dumps(await contoso.privacy.export(TENANT, person_id(10)), ensure_ascii=False)
    assert person_id(10) in exported
    assert person_id(1) not in exported


async def test_nothing_is_known_of_a_stranger_or_in_another_tenant(contoso: Record) -> None:
    assert await contoso.privacy.export(TENANT, "nobody") == {}
    assert await contoso.privacy.export("another-tenant", ANN[1]) == {}
    assert await contoso.privacy.export(TENANT, "%") == {}


async def test_a_purchasers_books_are_exported_line_by_line(contoso: Record) -> None:
    exported = await contoso.privacy.export(*ALICE)
    invoices = {row["id"] for row in exported["invoices"]}
    assert {row["invoice_id"] for row in exported["invoice_lines"]} == invoices
    subscriptions = {row["id"] for row in exported["subscriptions"] if row["purchaser_id"] == ALICE[1]}
    assert {row["subscription_id"] for row in exported["ledger"]} == subscriptions
