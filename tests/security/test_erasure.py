"""Whoever asks to be forgotten is: nothing is left but an id in the books, which still add up."""

from __future__ import annotations

import asyncio
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import false, update

from storage import privacy
from storage.demo import TENANT, person_id
from storage.models import Assignment, AuditEntry, Person, Subscription
from storage.models.people import Role, RoleName
from storage.personal_data import NOBODY
from storage.privacy import ERASED, PersonUnknown, StillPurchaser
from storage.verify import verify
from storage.views import Actor, OperationStatus, PersonView, Status
from tests.security.dumps import everything, tables
from tests.security.traces import ANN, CALLED, MAIL, NAME, OWN_WORDS, leave_traces
from tests.small_company import Company, refused

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.record import Record

ALICE = Actor(TENANT, person_id(1))
PROJECT = "55555555-0000-4000-8000-000000000003"

# Where the id stays, and why (docs/privacy.md): the books, the trail, and what explains them.
PSEUDONYMOUS = {
    "people",  # the tombstone that the others refer to
    "assignments",  # who held a license in which days: what was paid for
    "operations",  # the answer that every delivery gets
    "audit_entries",  # who changed what
    "outbox_messages",  # what had to be told to whom, without a name
    "scheduled_changes",  # who gives a license up at the renewal
    "payment_methods",  # how an invoice was paid: brand and last four digits
    "grants",  # who might once act on a subscription
    "license_requests",  # who asked for what, and who decided
    "invoices",
}


async def test_nothing_in_the_database_shows_who_it_was(contoso: Record) -> None:
    await leave_traces(contoso)
    kept = await everything(contoso)
    assert [trace for trace in CALLED if trace in kept] == list(CALLED)
    await contoso.privacy.erase(*ANN)
    left = await everything(contoso)
    assert [trace for trace in CALLED if trace.lower() in left.lower()] == []


async def test_a_refusal_that_named_the_person_names_nobody_any_more(contoso: Record) -> None:
    ann = await contoso.people.find(*ANN)
    assert ann is not None
    twice = [await contoso.sharing.quote(ALICE, PROJECT, person_id=ann.id) for _ in range(2)]
    for quote in twice:
        outcome = await contoso.operations.commit(ALICE, quote.id)
    assert outcome.refusal is not None
    assert (outcome.refusal.code, outcome.refusal.values["name"]) == ("already_shared", ann.name)
    await contoso.privacy.erase(*ANN)
    kept = await contoso.operations.show(ALICE, twice[1].id)
    assert kept is not None and kept.refusal is not None
    assert kept.refusal.values == {**outcome.refusal.values, "name": ""}
    assert ann.name not in await everything(contoso)


async def test_the_id_alone_stays_in_the_books_and_nowhere_else(contoso: Record) -> None:
    await leave_traces(contoso)
    await contoso.privacy.erase(*ANN)
    assert {name for name, rows in (await tables(contoso)).items() if ANN[1] in rows} == PSEUDONYMOUS - {"invoices"}


async def test_the_books_add_up_afterwards(contoso: Record) -> None:
    await leave_traces(contoso)
    await contoso.privacy.erase(*ANN)
    assert await verify(contoso) == []


async def test_licenses_go_back_to_those_who_pay_for_them_with_an_entry_in_the_trail(contoso: Record) -> None:
    company = Company(contoso)
    held = [each for each in await company.rows(Assignment) if each.person_id == ANN[1] and not each.released_at]
    before = {each.id: each.assigned for each in await company.rows(Subscription)}
    erasure = await contoso.privacy.erase(*ANN)
    assert erasure.licenses == len(held) > 0
    after = {each.id: each.assigned for each in await company.rows(Subscription)}
    assert {each for each in after if after[each] == before[each] - 1} == {each.subscription_id for each in held}
    entries = [entry for entry in await company.rows(AuditEntry) if entry.action == ERASED]
    assert {entry.subscription_id for entry in entries} == {each.subscription_id for each in held}
    assert all(entry.after["released"] == [ANN[1]] for entry in entries)


async def test_a_second_erasure_changes_nothing(contoso: Record) -> None:
    await leave_traces(contoso)
    first = await contoso.privacy.erase(*ANN)
    left = await tables(contoso)
    second = await contoso.privacy.erase(*ANN)
    assert (second.at, second.licenses) == (first.at, 0)
    assert await tables(contoso) == left


async def test_an_erasure_that_was_interrupted_is_finished_by_the_next(contoso: Record) -> None:
    await leave_traces(contoso)
    await contoso.database.write(lambda session: contoso.privacy._leave(session, *ANN))
    assert NAME in await everything(contoso)
    await contoso.privacy.erase(*ANN)
    assert NAME not in await everything(contoso)


async def test_who_pays_for_subscriptions_is_not_erased_while_they_run(contoso: Record) -> None:
    before = await tables(contoso)
    with pytest.raises(StillPurchaser) as caught:
        await contoso.privacy.erase(*_key(ALICE))
    assert PROJECT in caught.value.subscriptions
    assert await tables(contoso) == before


async def test_who_has_paid_is_erased_once_the_subscriptions_are_gone_and_the_invoices_stay(contoso: Record) -> None:
    async def end(session: AsyncSession) -> None:
        theirs = (Subscription.tenant == TENANT, Subscription.purchaser_id == ALICE.person)
        await session.execute(update(Subscription).where(*theirs).values(status=Status.DELETED))

    invoices = (await tables(contoso))["invoices"]
    await contoso.database.write(end)
    await contoso.privacy.erase(*_key(ALICE))
    left = await tables(contoso)
    assert left["invoices"] == invoices
    assert ALICE.person in invoices
    assert "Alice Chen" not in await everything(contoso)
    assert await verify(contoso) == []


async def test_nobody_of_that_id_is_said_to_be_unknown(contoso: Record) -> None:
    for stranger in ((TENANT, "nobody"), ("another-tenant", ANN[1])):
        with pytest.raises(PersonUnknown):
            await contoso.privacy.erase(*stranger)


async def test_an_erased_person_can_do_nothing_and_is_nobody_to_the_desk(contoso: Record) -> None:
    await contoso.people.appoint(TENANT, [ANN[1]])
    await contoso.privacy.erase(*ANN)
    assert await contoso.people.find(*ANN) is None
    assert ANN[1] not in {person.id for person in await contoso.people.named(TENANT)}
    company = Company(contoso)
    assert ANN[1] not in {role.person_id for role in await company.rows(Role) if role.role is RoleName.ADMIN}
    attempt = contoso.licenses.quote(Actor(*ANN), PROJECT, by=1)
    assert (await refused(attempt)).code == "not_a_member"


async def test_who_comes_back_begins_anew(contoso: Record) -> None:
    await contoso.privacy.erase(*ANN)
    await contoso.people.seen(*ANN, name="Ann Again", member=True)
    person = await contoso.people.find(*ANN)
    assert person is not None
    assert (person.name, person.mail, person.enabled, person.language) == ("Ann Again", "", True, None)
    assert await Company(contoso).rows(Assignment) != []
    assert not [a for a in await Company(contoso).rows(Assignment) if a.person_id == ANN[1] and not a.released_at]


async def test_colleagues_go_on_working_meanwhile(contoso: Record) -> None:
    """A license that is given up and taken at the same time is counted once."""
    quote = await contoso.licenses.quote(ALICE, PROJECT, by=-1, release=[ANN[1]])
    outcome, _ = await asyncio.gather(contoso.operations.commit(ALICE, quote.id), contoso.privacy.erase(*ANN))
    assert outcome.status in (OperationStatus.DONE, OperationStatus.VOID, OperationStatus.REFUSED)
    assert await verify(contoso) == []
    assert (await contoso.people.find(*ANN)) is None


async def test_a_person_of_the_same_id_in_another_tenant_is_left_alone(contoso: Record) -> None:
    await contoso.people.seen("another-tenant", ANN[1], name=NAME, mail=MAIL, member=True)
    await contoso.privacy.erase(*ANN)
    other = await contoso.people.find("another-tenant", ANN[1])
    assert other is not None
    assert (other.name, other.mail) == (NAME, MAIL)


async def test_without_the_search_for_traces_they_would_stay(contoso: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control."""
    await leave_traces(contoso)
    monkeypatch.setattr(privacy, "concerns", lambda _: false())
    await contoso.privacy.erase(*ANN)
    left = await everything(contoso)
    assert [trace for trace in (NAME, MAIL, OWN_WORDS) if trace in left] == [NAME, MAIL, OWN_WORDS]


def test_whatever_is_shown_of_a_person_is_blanked_in_stored_quotes_and_answers() -> None:
    assert {field.name for field in fields(PersonView)} == {*NOBODY, "id", "member", "enabled"}
    assert NOBODY.keys() <= {column.name for column in Person.__table__.columns}


def _key(actor: Actor) -> tuple[str, str]:
    return actor.tenant, actor.person
