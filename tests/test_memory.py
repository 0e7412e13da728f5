"""What is remembered between two messages: small, plain, and readable after a release that adds questions."""

from __future__ import annotations

import json
from typing import Any

from dialogs.memory import Frame, Memory, remember

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


def test_the_oldest_makes_room_and_a_plan_takes_the_room_of_two() -> None:
    plan, older, task = Frame("several", "several", steps=[Frame("a", "a")]), Frame("b", "b"), Frame("c", "c")

    assert Memory([older, task]).in_the_way(Frame("d", "d")) == []
    assert Memory([plan]).in_the_way(plan) == []
    assert Memory([older, plan]).in_the_way(plan) == [older]
    assert Memory([plan, older, task]).in_the_way(Frame("d", "d")) == [plan]


def test_nothing_worth_keeping_is_not_kept() -> None:
    assert Memory().state() is None


def test_two_suspended_tasks_and_a_waiting_request_stay_under_two_kilobytes() -> None:
    assert len(json.dumps(remember(json.loads(WRITTEN_BY_0_1)).state())) < 2_000
