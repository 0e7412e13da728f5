"""A conversation that was open when the release before stopped goes on in this one, question by question."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dialogs.desk import PRIVATE_CHAT
from storage.demo import TENANT, person_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.conversations import Conversations
    from tests.people import Person

STATES = Path(__file__).parent / "samples" / "state"

# who was talking, what they say or tap next, and what they see
GO_ON = {
    "question": (1, ("5",), ("Add licenses to Power BI Pro?", "20 → 25 (+5)")),
    "suspended": (3, ("太贵", "不要"), ("回到刚才的事", "要给 Visio Plan 1 增加多少个许可证？")),
    "waiting": (8, ("3", "yes"), ("3 licenses of Visio Plan 1 bought", "Clipchamp")),
    "unsure": (12, ("是", "Visio Plan 1"), ("取消 Visio Plan 1？", "原因: 太贵")),
}


def kept_in(path: Path) -> dict[str, Any]:
    """A state as its release kept it."""
    state: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return state


def test_every_kind_of_open_state_is_replayed() -> None:
    for release in STATES.iterdir():
        assert {path.stem for path in release.glob("*.json")} == set(GO_ON), release


@pytest.mark.parametrize("path", sorted(STATES.glob("*/*.json")), ids=lambda path: f"{path.parent.name} {path.stem}")
async def test_it_goes_on(path: Path, person: Callable[[int], Person], conversations: Conversations) -> None:
    number, words, phrases = GO_ON[path.stem]
    async with await conversations.begin(TENANT, PRIVATE_CHAT, person_id(number)) as turn:
        assert await turn.save(kept_in(path))
    who = person(number)
    for each in words:
        await who.says(each)
    who.sees(*phrases)


async def test_without_the_state_nothing_goes_on(person: Callable[[int], Person]) -> None:
    number, [words], phrases = GO_ON["question"]
    alice = person(number)
    await alice.says(words)
    alice.sees_nothing_of(*phrases)
