"""Stored answers outlive releases: an old card is answered by whatever release is running."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from storage.answers import pack, unpack
from storage.views import OperationStatus, Outcome

# As release 0.1 stores it; never edit it, add the next release's beside it.
WRITTEN_BY_0_1 = Path(__file__).parent / "samples" / "answer_0_1.json"


def written() -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(WRITTEN_BY_0_1.read_text(encoding="utf-8"))
    return answer


def test_an_answer_of_release_0_1_is_read() -> None:
    outcome = unpack(Outcome, written())

    assert outcome.status is OperationStatus.DONE
    assert outcome.receipt is not None
    assert (outcome.receipt.quote.old_total, outcome.receipt.quote.new_total) == (3, 2)
    assert [holder.person.name for holder in outcome.receipt.quote.releases] == ["Alice Chen"]


def test_what_is_stored_is_given_back_the_same() -> None:
    assert pack(unpack(Outcome, written())) == written()


def test_a_field_that_came_later_has_its_default() -> None:
    older = written()
    del older["receipt"]["done_by"]["chosen_language"]
    outcome = unpack(Outcome, older)

    assert outcome.receipt is not None
    assert outcome.receipt.done_by.chosen_language is None
