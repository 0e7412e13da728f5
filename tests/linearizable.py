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


def linearizable(
    calls: Sequence[Call],
    start: State,
    step: Callable[[State, Any], tuple[State, Any]],
    changes_nothing: Callable[[Call], bool] = lambda _: False,
) -> bool:
    """Whether some order of the calls explains every answer; none may come before one that ended before it began.

    `step` is the sequential model: the state after the call, and the answer it must have given. Calls that
    `changes_nothing` holds for, in whatever state they are answered like this, can come as soon as the answer is
    right: that is what keeps the search short.
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
        steps = [(call, *step(state, call.asked)) for call in _may_come_next(left)]
        right = [(call, after) for call, after, answer in steps if call.ended is None or answer == call.answered]
        harmless = [call for call, _ in right if changes_nothing(call)]
        to_try += [(left - {harmless[0]}, state)] if harmless else [(left - {call}, after) for call, after in right]
    return False


def _may_come_next(left: frozenset[Call]) -> list[Call]:
    """The calls that began before any of the others had ended."""
    horizon = min(call.ended for call in left if call.ended is not None)
    return [call for call in left if call.began < horizon]
