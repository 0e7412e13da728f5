"""What is remembered between two messages: small, plain, and readable after a release that adds questions."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from dialogs.memory import LONGEST_SAID, MOST_BYTES, MOST_SAID, SHORTEST_SAID, Frame, Memory, remember

# As release 0.1 writes it; never edit these, add the next release's beside them.
WRITTEN_BY_0_1 = """
{"frames": [
  {"task": "change_licenses", "intent": "licenses.add", "slots": {"product": "Power BI Pro", "quantity": 5},
   "answers": {"subscription": "s1", "quantity": 5}, "asked": null, "ask": null, "expects": [], "operation": "op1",
   "shown": true,
   "said": ["add 5 licenses to Power BI Pro"]},
  {"task": "change_licenses", "intent": "licenses.add", "slots": {}, "answers": {}, "asked": "subscription",
   "ask": "abc", "expects": ["choice", "product", "quantity"], "operation": null, "shown": false,
   "said": ["add licenses"]}],
 "waiting": [{"intent": "licenses.set", "slots": {"product": "Teams Premium", "quantity": 12}, "said": "..."}],
 "unsure": null, "misses": 1, "language": "zh-CN"}
"""


def size(state: dict[str, Any] | None) -> int:
    """In bytes, as it is kept."""
    return len(json.dumps(state, separators=(",", ":")))


def told(state: dict[str, Any]) -> dict[str, Any]:
    """What it says: a field that is empty says as much as none."""
    return {name: value for name, value in state.items() if value}


def test_a_conversation_of_release_0_1_goes_on() -> None:
    memory = remember(json.loads(WRITTEN_BY_0_1))

    assert memory.open == memory.frames[1]
    assert (memory.open.asked, memory.open.ask, memory.open.said) == ("subscription", "abc", ["add licenses"])
    assert memory.expecting() == {"choice", "product", "quantity"}
    assert memory.holding("op1") is memory.frames[0]
    assert memory.waiting[0]["slots"] == {"product": "Teams Premium", "quantity": 12}
    assert (memory.misses, memory.language) == (1, "zh-CN")


def test_what_is_written_is_read_back_the_same() -> None:
    memory = remember(json.loads(WRITTEN_BY_0_1))

    assert remember(json.loads(json.dumps(memory.state()))) == memory


def test_what_an_earlier_release_kept_is_kept_again() -> None:
    state = json.loads(WRITTEN_BY_0_1)
    written = remember(state).state() or {}

    for before, after in zip(state.pop("frames"), written["frames"], strict=True):
        assert {name: after[name] for name in before if before[name]} == told(before)
    assert {name: written[name] for name in state if state[name]} == told(state)


def test_a_field_of_a_later_release_does_no_harm() -> None:
    state = json.loads(WRITTEN_BY_0_1)
    state["frames"][0]["mood"] = "cheerful"

    assert remember(state).holding("op1") is not None


def test_what_cannot_be_read_is_a_fresh_start() -> None:
    assert remember({"frames": "who knows"}) == Memory()
    assert remember({"frames": [{"answers": {}}]}) == Memory()


def test_the_oldest_makes_room_for_a_fourth_task_and_what_is_open_never() -> None:
    frames = [Frame(name, name) for name in "abcd"]

    assert Memory(frames).crowded_out() is frames[0]
    assert Memory(frames[1:]).crowded_out() is None
    assert Memory([wordy(*["p" * 36] * 90)]).crowded_out() is None


def wordy(*people: str) -> Frame:
    """A task for these people that took many words."""
    frame = Frame("assign_licenses", "licenses.assign", {"people": list(people)}, {"people": list(people)})
    for _ in range(MOST_SAID + 1):
        frame.heard("w" * (LONGEST_SAID + 1), None)
    return frame


def test_earlier_words_go_first_then_what_next_page_by_month_and_it_mean() -> None:
    at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    memory = Memory([wordy()], waiting=[{"intent": "help", "slots": {}, "said": "w" * 900}])
    memory.showed("purchase_summary", "by=month", at)
    memory.listed = {"look": {"look": "purchase_summary", "asked": "by=month"}, "page": 1, "pages": 3}
    memory.last = {"intent": "licenses.add", "subscription": "s" * 36, "slots": {}, "people": ["p" * 36] * 5}
    states = [Memory([wordy(*["p" * 36] * more)], **spare(memory)).state() or {} for more in range(25)]
    kept = [tuple(name for name in ("listed", "looked", "last", "waiting") if name in state) for state in states]

    everything = ("listed", "looked", "last", "waiting")
    assert [*dict.fromkeys(kept)] == [everything[gone:] for gone in range(4)]
    assert all(size(state) <= MOST_BYTES for state in states if "last" in state)
    assert [*dict.fromkeys(len(state["frames"][0]["said"][0]) for state in states)] == [LONGEST_SAID, SHORTEST_SAID]
    assert all(len(state["frames"][0]["said"]) == 1 for state in states)
    assert all(len(state["frames"][0]["said"][0]) == SHORTEST_SAID for state in states if "listed" not in state)


def spare(memory: Memory) -> dict[str, Any]:
    """What there is besides its tasks."""
    return {"waiting": memory.waiting, "listed": memory.listed, "looked": memory.looked, "last": memory.last}


def test_with_room_enough_nothing_is_cut() -> None:
    frame = Frame("help", "help")
    for words in ("one", "two", "three"):
        frame.heard(words, None)

    assert remember(Memory([frame]).state()).frames == [frame]


def test_nothing_worth_keeping_is_not_kept() -> None:
    assert Memory().state() is None


def test_two_suspended_tasks_and_a_waiting_request_stay_under_two_kilobytes() -> None:
    assert len(json.dumps(remember(json.loads(WRITTEN_BY_0_1)).state())) < 2_000
