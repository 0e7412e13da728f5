"""Requests and the policy under a state machine, on both databases: in whichever order, the rules hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.databases import in_a_thread
from tests.machine.asking import Asking, hire
from tests.machine.copies import of_a_file, on_the_server
from tests.mutants import NO_CAP_ON_MONEY, NO_END_OF_A_REQUEST, NO_OTHER_TO_DECIDE, NO_RULE_FOR_PRODUCTS
from tests.test_machine import SEARCHING, TRYING, walk

if TYPE_CHECKING:
    from pathlib import Path

    from storage.verify import Finding
    from tests.databases import Postgres
    from tests.machine.copies import Fresh


class Unverified(Asking):
    """Goes by the model alone, for speed."""

    def verified(self) -> list[Finding]:
        return []


@pytest.fixture
def on_sqlite(sqlite_url: str, tmp_path: Path) -> Fresh:
    """A new copy of the same company each time, in a file."""
    return of_a_file(sqlite_url, tmp_path, in_a_thread(hire(sqlite_url)))


def test_nothing_is_decided_or_bought_against_the_rules_on_sqlite(on_sqlite: Fresh) -> None:
    walk(Asking, on_sqlite, TRYING)


def test_nothing_is_decided_or_bought_against_the_rules_on_postgresql(postgres: Postgres, postgres_url: str) -> None:
    walk(Asking, on_the_server(postgres, postgres_url, in_a_thread(hire(postgres_url))), TRYING)


LONGER = settings(SEARCHING, max_examples=120)
MUTANTS = {
    "that somebody else decides": NO_OTHER_TO_DECIDE,
    "that a request ends once": NO_END_OF_A_REQUEST,
    "the rule for a product": NO_RULE_FOR_PRODUCTS,
    "the cap": NO_CAP_ON_MONEY,
}


@pytest.mark.parametrize("protection", MUTANTS)
def test_the_machine_notices_when_it_is_gone(
    on_sqlite: Fresh, monkeypatch: pytest.MonkeyPatch, protection: str
) -> None:
    MUTANTS[protection].plant(monkeypatch)
    with pytest.raises(AssertionError, match="otherwise than the rules say"):
        walk(Unverified, on_sqlite, LONGER)
