"""More people than one step holds: a pasted list is split by itself, and each part follows the one before it."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.people import Person

NOT_ALICE = [number for number in range(2, 48) if number != 6]  # 45 colleagues; the sixth of the company is a guest


def pasted(numbers: Iterable[int]) -> str:
    """Colleagues by name, a line each, as copied out of a table."""
    company = tomllib.loads(resources.files("storage").joinpath("data/contoso.toml").read_text("utf-8"))
    return "\n".join(f"- {company['people'][str(number)]['name']}" for number in numbers)


async def test_of_21_people_the_last_one_follows(alice: Person) -> None:
    await alice.says(f"give Power BI Pro to:\n{pasted(range(27, 48))}")
    alice.sees("That is 21 people. These are the first 20; the other 1 follow", "20 → 37 (+17)")
    await alice.taps("Buy")
    alice.sees("17 licenses of Power BI Pro added", "Next:", "37 → 38 (+1)", "Olga Petrenko gets one of them at once")
    await alice.taps("Buy")
    await alice.says("how many licenses of Power BI Pro are free")
    alice.sees("38 of 38")


async def test_45_people_take_three_steps(alice: Person) -> None:
    await alice.says(f"buy 45 Clipchamp for:\n{pasted(NOT_ALICE)}")
    alice.sees("That is 45 people. These are the first 20; the other 25 follow", "45 licenses, paid monthly")
    await alice.taps("Buy")
    alice.sees("45 licenses of Clipchamp bought", "Next:", "That is 25 people", "the other 5 follow")
    await alice.taps("Hand out")
    alice.sees("20 licenses of Clipchamp handed out", "Next:", "Hand out 5 licenses", "Free afterwards: 0")
    await alice.taps("Hand out")
    alice.sees("5 licenses of Clipchamp handed out")
    alice.sees_nothing_of("Next:")


async def test_a_part_in_which_nobody_can_have_one_loses_no_other(alice: Person) -> None:
    await alice.says(f"buy 45 Clipchamp for:\n{pasted(NOT_ALICE[:20])}")
    await alice.taps("Buy")
    await alice.says(f"give Clipchamp to:\n{pasted(NOT_ALICE)}")
    alice.sees("already held by", "That is 25 people. These are the first 20", "Hand out 20 licenses")
    await alice.taps("Hand out")
    alice.sees("Next:", "Hand out 5 licenses")
    await alice.says(f"take Clipchamp back from:\n{pasted(NOT_ALICE[:21])}")
    alice.sees("That is 21 people", "Take back 20 licenses")
    await alice.taps("Take back")
    alice.sees("20 licenses of Clipchamp taken back", "Next:", "Take back a license")


async def test_of_21_people_the_last_one_follows_in_chinese(lihua: Person) -> None:
    await lihua.says(f"把Visio计划1分配给：\n{pasted(range(27, 48))}")
    lihua.sees("一共 21 人。这里是前 20 人；完成后接着处理其余 1 人。", "5 → 22（+17）")
    await lihua.taps("购买")
    lihua.sees("22 → 23（+1）", "立即分配给：Olga Petrenko")


async def test_45_people_take_three_steps_in_chinese(lihua: Person) -> None:
    colleagues = [number for number in range(1, 48) if number not in (3, 6)]
    await lihua.says(f"购买45个Clipchamp，分配给：\n{pasted(colleagues)}")
    lihua.sees("一共 45 人。这里是前 20 人；完成后接着处理其余 25 人。")
    await lihua.taps("购买")
    lihua.sees("一共 25 人", "分配 20 个 Clipchamp 许可证？")
    await lihua.taps("分配")
    lihua.sees("分配 5 个 Clipchamp 许可证？", "之后空闲: 0")
    await lihua.says(f"把Clipchamp分配给：\n{pasted(colleagues)}")
    lihua.sees("已经有 Clipchamp 的许可证", "分配 5 个 Clipchamp 许可证？")


@pytest.mark.parametrize("tapped", [True, False])
async def test_not_now_drops_one_part_and_the_others_follow(alice: Person, tapped: bool) -> None:
    await alice.says("buy 45 Clipchamp")
    await alice.says("yes")
    await alice.says(f"give Clipchamp to:\n{pasted(NOT_ALICE)}")
    await (alice.taps("Not now") if tapped else alice.says("not now"))
    alice.sees("Dropped. Nothing was changed.", "Next:", "That is 25 people", "Hand out 20 licenses")
    await alice.says("yes")
    alice.sees("20 licenses of Clipchamp handed out", "Next:", "Hand out 5 licenses")
    await alice.says("never mind")
    alice.sees("Dropped")
    alice.sees_nothing_of("Next:")


async def test_never_mind_drops_all_parts_and_what_is_not_bought_is_handed_out_to_nobody(alice: Person) -> None:
    await alice.says(f"give Power BI Pro to:\n{pasted(range(27, 48))}")
    await alice.says("never mind")
    alice.sees_nothing_of("Next:")
    await alice.says(f"buy 45 Clipchamp for:\n{pasted(NOT_ALICE)}")
    await alice.taps("Not now")
    alice.sees_nothing_of("Next:")


async def test_not_now_drops_one_part_in_chinese(lihua: Person) -> None:
    await lihua.says(f"把Visio计划1分配给：\n{pasted(range(27, 48))}")
    await lihua.taps("暂不")
    lihua.sees("已放弃", "接下来：", "Olga Petrenko")
