"""A conversation that was open when the release before stopped goes on in this one, question by question."""

from __future__ import annotations

import json
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Going:
    """Who was talking, what they say next and then see; `before` is what they had said that the record knows of."""

    on: int
    words: tuple[str, ...]
    sees: tuple[str, ...]
    before: tuple[str, ...] = ()


GO_ON = {
    "question": Going(1, ("5",), ("Add licenses to Power BI Pro?", "20 → 25 (+5)")),
    "suspended": Going(3, ("太贵", "不要"), ("回到刚才的事", "要给 Visio Plan 1 增加多少个许可证？")),
    "suspended-en": Going(
        1, ("too expensive", "no"), ("Back to what you had open", "How many licenses", "Power BI Pro")
    ),
    "waiting": Going(8, ("3", "yes"), ("3 licenses of Visio Plan 1 bought", "Clipchamp")),
    "unsure": Going(12, ("是", "Visio Plan 1"), ("取消 Visio Plan 1？", "原因: 太贵")),
    "offer": Going(
        1, ("make it 7", "yes"), ("7 licenses of Power BI Pro added", "20 → 27"), ("add 5 licenses to Power BI Pro",)
    ),
    "offer-zh": Going(12, ("改成3个", "是"), ("已为 Visio Plan 1 增加 3 个许可证",), ("给Visio Plan 1加5个许可证",)),
    "which-ann": Going(1, ("Ann Kovacs · Sales",), ("20 → 22 (+2)", "Ann Kovacs gets one of them at once.")),
    "which-ann-zh": Going(12, ("第二个",), ("分配 1 个 Visio Plan 1 许可证？", "Ann Lee: 将获得许可证")),
    "undo": Going(1, ("yes",), ("Reduce Power BI Pro?", "22 → 20 (−2)"), ("add 2 licenses to Power BI Pro", "yes")),
    "undo-zh": Going(12, ("是",), ("减少 Visio Plan 1 的许可证？", "7 → 2（−5）"), ("给Visio Plan 1加5个许可证", "是")),
    "plan": Going(
        1, ("make it 15", "yes"), ("2 of 2 steps are done", "10 → 15 (+5)"), ("set Visio to 20, then give one to Bo",)
    ),
    "plan-zh": Going(
        12, ("改成8个", "确认"), ("共 2 步，已完成 2 步", "2 → 8（+6）"), ("Visio Plan 1加到7个，再给李雷一个",)
    ),
    "plan-asks": Going(1, ("too expensive",), ("Do these 2 steps?", "20 → 25 (+5)", "Reason: Too expensive")),
    "plan-asks-zh": Going(12, ("太贵",), ("执行这 2 步？", "2 → 7（+5）", "原因: 太贵")),
}


def kept_in(path: Path, today: dict[str, Any] | None) -> dict[str, Any]:
    """A state as its release kept it; what was offered or done then has in this record the ids of `today`."""
    state: dict[str, Any] = json.loads(path.read_text("utf-8"))
    if today is not None:
        for frame, same in zip(state.get("frames", []), today.get("frames", []), strict=True):
            frame["operation"] = same.get("operation")
        for name in state.get("done", {}).keys() - {"at"}:
            state["done"][name] = today["done"][name]
    return state


def test_every_kind_of_open_state_is_replayed() -> None:
    for release in STATES.iterdir():
        assert {path.stem for path in release.glob("*.json")} == set(GO_ON), release


@pytest.mark.parametrize("path", sorted(STATES.glob("*/*.json")), ids=lambda path: f"{path.parent.name} {path.stem}")
async def test_it_goes_on(path: Path, person: Callable[[int], Person], conversations: Conversations) -> None:
    going = GO_ON[path.stem]
    who, place = person(going.on), (TENANT, PRIVATE_CHAT, person_id(going.on))
    for each in going.before:
        await who.says(each)
    state = kept_in(path, await conversations.kept(*place))
    async with await conversations.begin(*place) as turn:
        assert await turn.save(state)
    for each in going.words:
        await who.says(each)
    who.sees(*going.sees)


async def test_without_the_state_nothing_goes_on(person: Callable[[int], Person]) -> None:
    alice, going = person(1), GO_ON["question"]
    await alice.says(going.words[0])
    alice.sees_nothing_of(*going.sees)
