"""The whole record under a state machine, on both databases: nothing people do in any order breaks an invariant."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.exc import IntegrityError

from tests.databases import in_a_thread
from tests.machine.copies import of_a_file, on_the_server
from tests.machine.desk import Desk
from tests.machine.world import buy_everything
from tests.mutants import NO_CLAIM, NO_GUARD, NO_RIGHT_AT_THE_TAP, NO_VERSION_CHECK

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hypothesis.stateful import RuleBasedStateMachine

    from storage.verify import Finding
    from tests.databases import Postgres
    from tests.machine.copies import Fresh

RUNS, STEPS = (400, 50) if os.environ.get("SOAK") else (6, 30)
FIND_WITHIN = 40  # runs; each mutant is found after about ten
TRYING = settings(
    max_examples=RUNS,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
# Always the same runs, which end at the first that goes wrong.
SEARCHING = settings(
    TRYING, max_examples=FIND_WITHIN, stateful_step_count=30, derandomize=True, phases=[Phase.generate], database=None
)


class Unverified(Desk):
    """Goes by the model alone, for speed; a protection that is gone shows there, or the database stops it."""

    def verified(self) -> list[Finding]:
        return []


def walk(machine: Callable[[Fresh], RuleBasedStateMachine], fresh: Fresh, how: settings) -> None:
    """Runs the machine, each time on a new copy; raises what it finds."""
    run_state_machine_as_test(partial(machine, fresh), settings=how)  # type: ignore[arg-type]  # it only calls it


@pytest.fixture
def on_sqlite(sqlite_url: str, tmp_path: Path) -> Fresh:
    """A new copy of the same purchases each time, in a file."""
    return of_a_file(sqlite_url, tmp_path, in_a_thread(buy_everything(sqlite_url)))


@pytest.fixture
def on_postgres(postgres: Postgres, postgres_url: str) -> Fresh:
    """A new copy of the same purchases each time, on the server."""
    return on_the_server(postgres, postgres_url, in_a_thread(buy_everything(postgres_url)))


def test_nothing_that_people_do_breaks_the_record_on_sqlite(on_sqlite: Fresh) -> None:
    walk(Desk, on_sqlite, TRYING)


def test_nothing_that_people_do_breaks_the_record_on_postgresql(on_postgres: Fresh) -> None:
    walk(Desk, on_postgres, TRYING)


MUTANTS = {
    "the claim": (NO_CLAIM, "I14: told differently the second time"),
    "the version check": (NO_VERSION_CHECK, "told otherwise than the rules say"),
    "the guard": (NO_GUARD, "told otherwise than the rules say|assigned_within_total"),
    "the right at the tap": (NO_RIGHT_AT_THE_TAP, "told otherwise than the rules say"),
}


@pytest.mark.parametrize("protection", MUTANTS)
def test_the_machine_notices_when_it_is_gone(
    on_sqlite: Fresh, monkeypatch: pytest.MonkeyPatch, protection: str
) -> None:
    mutant, found = MUTANTS[protection]
    mutant.plant(monkeypatch)
    with pytest.raises((AssertionError, IntegrityError), match=found):
        walk(Unverified, on_sqlite, SEARCHING)
