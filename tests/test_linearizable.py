"""The linearizability checker itself, on histories that are known to be right and known to be wrong."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.linearizable import Call, linearizable


def register(value: int, asked: Any) -> tuple[int, Any]:
    """A variable: ("write", x) answers nothing, ("read",) what was written last."""
    return (asked[1], None) if asked[0] == "write" else (value, value)


def is_read(call: Call) -> bool:
    return bool(call.asked[0] == "read")


def write(began: int, ended: int | None, value: int) -> Call:
    return Call(began, ended, ("write", value))


def read(began: int, ended: int | None, value: int) -> Call:
    return Call(began, ended, ("read",), value)


RIGHT = {
    "nothing happened": [],
    "one after the other": [write(1, 2, 5), read(3, 4, 5)],
    "a read during a write sees the old value": [write(1, 4, 5), read(2, 3, 0)],
    "a read during a write sees the new value": [write(1, 4, 5), read(2, 3, 5)],
    "two writes at once, either may be last": [write(1, 4, 5), write(2, 3, 6), read(5, 6, 5)],
    "a write without an answer was never done": [write(1, None, 5), read(2, 3, 0), read(4, 5, 0)],
    "a write without an answer was done late": [write(1, None, 5), read(2, 3, 0), read(4, 5, 5)],
    "Herlihy and Wing: reads overlap two writes": [write(1, 6, 1), write(2, 3, 2), read(4, 5, 2), read(7, 8, 1)],
}
WRONG = {
    "a write that was forgotten": [write(1, 2, 5), read(3, 4, 0)],
    "a value that nobody wrote": [write(1, 2, 5), read(1, 4, 7)],
    "new, then old again": [write(1, 10, 5), read(2, 3, 5), read(4, 5, 0)],
    "one that was over before counts last": [write(1, 2, 5), write(3, 4, 6), read(5, 6, 5)],
    "a write without an answer undone": [write(1, None, 5), read(2, 3, 5), read(4, 5, 0)],
}


@pytest.mark.parametrize("history", RIGHT.values(), ids=RIGHT)
def test_what_could_have_happened_in_some_order_is_linearizable(history: list[Call]) -> None:
    assert linearizable(history, 0, register)


@pytest.mark.parametrize("history", WRONG.values(), ids=WRONG)
def test_what_no_order_explains_is_not(history: list[Call]) -> None:
    assert not linearizable(history, 0, register)


@st.composite
def histories(draw: st.DrawFn) -> list[Call]:
    """At most five reads and writes of a few values, overlapping in any way, some without an answer."""
    calls = []
    for _ in range(draw(st.integers(0, 5))):
        began = draw(st.integers(0, 9))
        ended = draw(st.none() | st.integers(began + 1, 12))
        value = draw(st.integers(0, 2))
        calls.append(draw(st.sampled_from([write, read]))(began, ended, value))
    return list(dict.fromkeys(calls))


@given(histories())
def test_it_agrees_with_trying_every_order(history: list[Call]) -> None:
    found = linearizable(history, 0, register)
    assert found == linearizable(history, 0, register, changes_nothing=is_read)
    assert found == any(
        _explains(order)
        for some in _subsets_with_all_answered(history)
        for order in permutations(some)
        if _in_time(order)
    )


def _subsets_with_all_answered(history: list[Call]) -> list[list[Call]]:
    unanswered = [call for call in history if call.ended is None]
    chosen = range(2 ** len(unanswered))
    answered = [call for call in history if call.ended is not None]
    return [[*answered, *(each for n, each in enumerate(unanswered) if some >> n & 1)] for some in chosen]


def _in_time(order: tuple[Call, ...]) -> bool:
    return all(
        later.ended is None or earlier.began < later.ended
        for place, earlier in enumerate(order)
        for later in order[place + 1 :]
    )


def _explains(order: tuple[Call, ...]) -> bool:
    value = 0
    for call in order:
        value, answer = register(value, call.asked)
        if call.ended is not None and answer != call.answered:
            return False
    return True
