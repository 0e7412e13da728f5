"""The trail is sealed without anybody waiting for it, and forgetting words breaks no seal."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, event, insert, null, update
from sqlalchemy.exc import IntegrityError

from storage import privacy, seals
from storage.demo import TENANT, person_id
from storage.models import AuditEntry, AuditSeal, Organisation
from storage.seals import BATCH, COVERED, digest
from storage.verify import verify
from storage.views import Actor
from tests.security.traces import ANN, changes, leave_traces
from tests.small_company import Company

if TYPE_CHECKING:
    from sqlalchemy import Executable
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.clock import FrozenClock
    from storage.record import Record

ALICE = Actor(TENANT, person_id(1))
POWER_BI = "55555555-0000-4000-8000-000000000001"


async def chain(record: Record) -> list[AuditSeal]:
    return sorted(await Company(record).rows(AuditSeal), key=lambda seal: seal.number)


async def run(record: Record, statement: Executable) -> None:
    async def change(session: AsyncSession) -> None:
        await session.execute(statement)

    await record.database.write(change)


async def test_every_entry_is_sealed_once_in_the_order_of_what_was_done(contoso: Record, clock: FrozenClock) -> None:
    for by in (1, 1, -1):
        await changes(contoso, ALICE, POWER_BI, by, "said")
        clock.advance(timedelta(seconds=1))
    entries = {entry.id: entry for entry in await Company(contoso).rows(AuditEntry)}
    assert await contoso.trail.seal() == len(entries)
    assert await contoso.trail.seal() == 0
    links = await chain(contoso)
    assert [link.number for link in links] == [*range(1, len(entries) + 1)]
    done = [entries[link.entry_id].at for link in links]
    assert done == sorted(done)
    assert await verify(contoso) == []


async def test_what_is_done_later_goes_on_where_the_chain_ended(contoso: Record) -> None:
    await contoso.trail.seal()
    before = await chain(contoso)
    await changes(contoso, ALICE, POWER_BI, 1, "said")
    assert await verify(contoso) == []  # what is not sealed yet is in order
    assert await contoso.trail.seal() == 1
    after = await chain(contoso)
    assert [link.hash for link in after[:-1]] == [link.hash for link in before]
    assert await verify(contoso) == []


async def test_a_long_trail_is_sealed_in_parts(contoso: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "BATCH", 4)
    count = len(await Company(contoso).rows(AuditEntry))
    assert 4 < count < BATCH
    assert await contoso.trail.seal() == 4
    while await contoso.trail.seal():
        pass
    assert len(await chain(contoso)) == count
    assert await verify(contoso) == []


async def test_many_workers_at_once_make_one_chain(contoso: Record) -> None:
    for _ in range(3):
        await changes(contoso, ALICE, POWER_BI, 1, "said")
        await asyncio.gather(*(contoso.trail.seal() for _ in range(4)))
    assert len(await chain(contoso)) == len(await Company(contoso).rows(AuditEntry))
    assert await verify(contoso) == []


async def test_each_tenant_has_its_own_chain(contoso: Record) -> None:
    company = await Company.in_(contoso)
    elsewhere = Actor("t1", "alice")
    subscription = await company.buys(who=elsewhere)
    await changes(contoso, elsewhere, subscription, 1, "said")
    await contoso.trail.seal()
    assert [link.number for link in await chain(contoso) if link.tenant == "t1"] == [1]
    assert not [finding for finding in await verify(contoso) if finding.where.startswith("audit")]


async def test_one_question_finds_that_no_tenant_waits_however_many_there_are(contoso: Record) -> None:
    await contoso.trail.seal()
    idle = [{"tenant": f"idle{number}", "time_zone": "UTC", "currency": "USD"} for number in range(50)]
    await run(contoso, insert(Organisation).values(idle))
    asked: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.extend([statement] if "FROM organisations" in statement or "audit" in statement else [])

    event.listen(contoso.database._reader.sync_engine, "before_cursor_execute", listen)
    assert await contoso.trail.seal() == 0
    assert len(asked) == 1
    await changes(contoso, ALICE, POWER_BI, 1, "said")  # the control: what waits is found among them
    assert await contoso.trail.seal() == 1


async def test_what_arrives_late_is_sealed_all_the_same(contoso: Record, clock: FrozenClock) -> None:
    clock.advance(timedelta(days=1))
    await changes(contoso, ALICE, POWER_BI, 1, "said")
    await contoso.trail.seal()
    clock.advance(-timedelta(hours=23))
    await changes(contoso, ALICE, POWER_BI, 1, "said")
    assert await contoso.trail.seal() == 1
    assert await verify(contoso) == []


async def test_forgetting_words_breaks_no_seal_and_leaves_nothing_to_guess_them_by(
    contoso: Record, clock: FrozenClock
) -> None:
    await changes(contoso, ALICE, POWER_BI, 1, "kanarie words")
    await contoso.trail.seal()
    before = await chain(contoso)
    await contoso.privacy.forget_words(clock.now() + timedelta(seconds=1))
    after = await chain(contoso)
    assert [link.hash for link in after] == [link.hash for link in before]
    assert (before[-1].salt is not None, after[-1].salt) == (True, None)
    assert await verify(contoso) == []


async def test_an_erasure_breaks_no_seal_and_is_itself_sealed(contoso: Record) -> None:
    await leave_traces(contoso)
    await contoso.trail.seal()
    wordy = {entry.id for entry in await Company(contoso).rows(AuditEntry) if entry.said}
    await contoso.privacy.erase(*ANN)
    assert await verify(contoso) == []
    assert await contoso.trail.seal() > 0
    assert await verify(contoso) == []
    still = {entry.id for entry in await Company(contoso).rows(AuditEntry) if entry.said}
    salted = {link.entry_id for link in await chain(contoso) if link.salt}
    assert wordy > still
    assert wordy & salted == still


async def test_without_forgetting_the_salt_the_words_could_be_guessed(
    contoso: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control: whoever has the salt can try words until one fits."""

    async def keep(*_: object) -> None:
        return None

    monkeypatch.setattr(privacy, "forget_salts", keep)
    await changes(contoso, ALICE, POWER_BI, 1, "add one")
    await contoso.trail.seal()
    await contoso.privacy.forget_words(contoso.clock.now() + timedelta(seconds=1))
    last = (await chain(contoso))[-1]
    guesses = [
        digest(last.salt or "", said, {"intent": "licenses.add", "said": said}) for said in ("add two", "add one")
    ]
    assert [guess == last.words for guess in guesses] == [False, True]


async def test_a_seal_can_lose_its_salt_and_nothing_else_and_never_goes(contoso: Record) -> None:
    await contoso.trail.seal()
    for column in AuditSeal.__table__.columns:
        value = contoso.clock.now() + timedelta(1) if column.name == "sealed_at" else "another"
        with pytest.raises(IntegrityError, match="append-only"):
            await run(contoso, update(AuditSeal).values({column: column + 1 if column.name == "number" else value}))
            pytest.fail(f"{column} was changed")
    with pytest.raises(IntegrityError, match="append-only"):
        await run(contoso, delete(AuditSeal))
    await run(contoso, update(AuditSeal).values(salt=null()))


def test_a_seal_covers_every_column_but_the_words() -> None:
    assert {column.name for column in AuditEntry.__table__.columns} == {*COVERED, "said", "understood"}
