"""Stored answers outlive releases: an old card is answered by whatever release is running."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from storage.answers import pack, unpack
from storage.quotes import ChangeQuote
from storage.views import OperationStatus, Outcome, Quote

# As release 0.1 stores it; never edit it, add the next release's beside it.
WRITTEN_BY_0_1 = Path(__file__).parent / "samples" / "answer_0_1.json"
DRAWN = {Quote: ChangeQuote}


def written() -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(WRITTEN_BY_0_1.read_text(encoding="utf-8"))
    return answer


def test_an_answer_of_release_0_1_is_read() -> None:
    outcome = unpack(Outcome, written(), DRAWN)

    assert outcome.status is OperationStatus.DONE
    assert outcome.receipt is not None
    quote = outcome.receipt.quote
    assert isinstance(quote, ChangeQuote)
    assert (quote.old_total, quote.new_total) == (3, 2)
    assert [holder.person.name for holder in quote.releases] == ["Alice Chen"]


def test_what_is_stored_is_given_back_the_same() -> None:
    given_back = pack(unpack(Outcome, written(), DRAWN))
    assert within(given_back, written())
    given_back["receipt"]["quote"]["new_total"] += 1
    assert not within(given_back, written())


def within(newer: Any, older: Any) -> bool:
    """Whether everything that an older release wrote is still there, whatever has been added."""
    if isinstance(older, dict):
        return all(name in newer and within(newer[name], value) for name, value in older.items())
    if isinstance(older, list):
        return len(newer) == len(older) and all(map(within, newer, older))
    return bool(newer == older)


def test_a_field_that_came_later_has_its_default() -> None:
    older = written()
    del older["receipt"]["done_by"]["chosen_language"]
    outcome = unpack(Outcome, older, DRAWN)

    assert outcome.receipt is not None
    assert outcome.receipt.done_by.chosen_language is None
