"""Words that people said are forgotten with time; what was done stays."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from storage.demo import TENANT, person_id
from storage.models import AuditEntry, Operation
from storage.verify import verify
from storage.views import Actor
from tests.security.dumps import everything, tables
from tests.small_company import Company

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from storage.record import Record

ALICE = Actor(TENANT, person_id(1))
POWER_BI = "55555555-0000-4000-8000-000000000001"
OLD, YOUNG = "old kanarie words", "young kanarie words"
DAYS = timedelta(days=400)


async def says(record: Record, words: str) -> str:
    quote = await record.licenses.quote(ALICE, POWER_BI, by=1, said=words, understood={"words": words})
    await record.operations.commit(ALICE, quote.id)
    return quote.id


async def test_only_what_was_said_too_long_ago_is_forgotten(contoso: Record, clock: FrozenClock) -> None:
    await says(contoso, OLD)
    clock.advance(timedelta(hours=1))
    between = clock.now()
    await says(contoso, YOUNG)
    assert await contoso.privacy.forget_words(between) == 2  # the operation and its entry in the trail
    left = await everything(contoso)
    assert OLD not in left
    assert left.count(YOUNG) == 4
    assert await verify(contoso) == []


async def test_forgetting_words_changes_nothing_else(contoso: Record, clock: FrozenClock) -> None:
    operation = await says(contoso, OLD)
    outcome = await contoso.operations.show(ALICE, operation)
    before = await tables(contoso)
    clock.advance(DAYS)
    await contoso.privacy.forget_words(clock.now())
    after = await tables(contoso)
    assert {name for name in before if before[name] != after[name]} == {"operations", "audit_entries"}
    assert await contoso.operations.show(ALICE, operation) == outcome


async def test_words_of_an_offer_that_nobody_accepted_are_forgotten_as_well(
    contoso: Record, clock: FrozenClock
) -> None:
    await contoso.licenses.quote(ALICE, POWER_BI, by=1, said=OLD)
    clock.advance(DAYS)
    await contoso.privacy.forget_words(clock.now())
    assert OLD not in await everything(contoso)


async def test_a_start_up_forgets_a_part_and_the_next_goes_on(contoso: Record, clock: FrozenClock) -> None:
    await says(contoso, OLD)
    seed: Operation = (await Company(contoso).rows(Operation))[0]
    for number in range(450):
        columns = {column.name: getattr(seed, column.name) for column in Operation.__table__.columns}
        await Company(contoso).adds(Operation(**columns | {"id": f"op-{number}", "said": OLD}))
    clock.advance(DAYS)
    assert await contoso.privacy.forget_words(clock.now(), at_most=300) == 400 + 1
    assert OLD in await everything(contoso)
    await contoso.privacy.forget_words(clock.now())
    assert OLD not in await everything(contoso)
    assert all(entry.said == "" for entry in await Company(contoso).rows(AuditEntry))
