"""Whatever people say and tap in whatever order: an answer, in one language, and no change without its own yes."""

from __future__ import annotations

import os
import secrets
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine, event

from dialogs import hearing, memory, task, turn
from storage import operations
from storage.record import Record
from storage.verify import verify
from tests.mutants import Mutant
from tests.wandering import Wandering, mixed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from storage.clock import FrozenClock
    from storage.conversations import Conversations
    from tests.people import Person

SOAK = bool(os.environ.get("SOAK"))
CONVERSATIONS = 100  # on each database, each time
TIMES = 10 if SOAK else 1


@pytest.fixture
async def wandering(
    person: Callable[[int], Person], database_url: str, conversations: Conversations, clock: FrozenClock
) -> AsyncIterator[Wandering]:
    """An office to wander in, watched through a record that only looks."""
    record = await Record.open(database_url, clock, timezone=ZoneInfo("UTC"), currency="USD", looking=True)
    office = Wandering(record, conversations, clock, person, Random())

    def count(_connection: Connection) -> None:
        office.commits += 1

    event.listen(Engine, "commit", count)
    yield office
    event.remove(Engine, "commit", count)
    await record.close()


@pytest.mark.parametrize("time", range(TIMES))
async def test_whatever_people_do_they_are_answered_and_only_their_own_yes_changes_anything(
    wandering: Wandering, time: int
) -> None:
    seed = int(os.environ.get("SEED") or (secrets.randbelow(2**32) if SOAK else 20261122))
    for number in range(CONVERSATIONS):
        wandering.random.seed(f"{seed}/{number}")
        try:
            await wandering.converses()
        except AssertionError as error:
            raise AssertionError(f"SEED={seed}, conversation {number}") from error
    assert await verify(wandering.record) == []


GONE_WRONG = {
    "done without its own confirmed quote": Mutant(
        task, "Change.conclude", "frame.operation,", "await turn.record.operations.commit(turn.actor, quote.id); _,"
    ),
    "the record changed without an operation": Mutant(
        operations, "Operations.draw", "return await self._draw(", "subscription.version += 1; return await self._draw("
    ),
    "an amount in public": Mutant(turn, "Turn.show", "if not self.public:", "if True:"),
    "two languages in one answer": Mutant(
        turn, "Turn.show", "self.aloud(", "self.reader = self.reader.in_language('zh-CN'); self.aloud("
    ),
    "an answer is empty": Mutant(hearing, "Hearing.drop", 'self.turn.say("small.nothing_open")', "pass"),
    "something broke": Mutant(hearing, "Hearing.drop", 'self.turn.say("small.nothing_open")', "raise ValueError"),
    "bytes of state": Mutant(memory, "Memory.state", "return state", 'return {**state, "more": 2_000 * "."}'),
}


@pytest.mark.parametrize("found", GONE_WRONG)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_goes_wrong_is_noticed(wandering: Wandering, monkeypatch: pytest.MonkeyPatch, found: str) -> None:
    GONE_WRONG[found].plant(monkeypatch)
    wandering.random.seed(1)
    with pytest.raises(AssertionError, match=found):
        for _ in range(CONVERSATIONS):
            await wandering.converses()


def test_two_languages_are_found_and_names_are_no_language() -> None:
    assert mixed("您有 5 个许可证。 Which subscription do you mean?") == "Which subscription do you mean"
    assert not mixed("您的话：too expensive for us", {"too expensive for us"})
    assert not mixed("Power BI Pro 和 Visio Plan 2：李华、Ann Lee")
    assert not mixed("李华 has one license of Visio Plan 2")
