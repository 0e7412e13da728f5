"""Whether what many clients saw at once could have happened one call after the other (Wing and Gong, memoised)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

State = TypeVar("State", bound="Hashable")


@dataclass(frozen=True)
class Call:
    """One call as its client saw it; `ended` is None when no answer came: it may have happened, late, or never."""

    began: int
    ended: int | None
    asked: Any  # hashable, like the answer
    answered: Any = None


def linearizable(calls: Sequence[Call], start: State, step: Callable[[State, Any], tuple[State, Any]]) -> bool:
    """Whether some order of the calls explains every answer; none may come before one that ended before it began.

    `step` is the sequential model: the state after the call, and the answer it must have given.
    """
    answered = frozenset(call for call in calls if call.ended is not None)
    seen: set[tuple[frozenset[Call], State]] = set()
    to_try = [(frozenset(calls), start)]
    while to_try:
        left, state = to_try.pop()
        if not left & answered:
            return True
        if (left, state) in seen:
            continue
        seen.add((left, state))
        to_try += _continued(left, state, step)
    return False


def _continued(
    left: frozenset[Call], state: State, step: Callable[[State, Any], tuple[State, Any]]
) -> list[tuple[frozenset[Call], State]]:
    """What may be left, in which state, after each call that could be the next."""
    found = []
    for call in _may_come_next(left):
        after, answer = step(state, call.asked)
        if call.ended is None or answer == call.answered:
            found.append((left - {call}, after))
    return found


def _may_come_next(left: frozenset[Call]) -> list[Call]:
    """The calls that began before any of the others had ended."""
    horizon = min(call.ended for call in left if call.ended is not None)
    return [call for call in left if call.began < horizon]
