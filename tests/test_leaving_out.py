"""“Without Bo”, “leave Visio out”, 不要李雷: what is not wanted goes, from a plan or from one open thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.people import Person


@pytest.mark.parametrize("words", ["without Visio", "leave Visio Plan 2 out", "skip the Visio one please"])
async def test_a_product_is_left_out_of_a_plan_also_where_it_was_only_settled(alice: Person, words: str) -> None:
    await alice.says("take a license back from Ann Lee and add 2 licenses to Power BI Pro")
    alice.sees("Which subscription?")
    await alice.says("Visio Plan 2")
    alice.sees("Do these 2 steps?", "1. Take back a license of Visio Plan 2")
    await alice.says(words)
    alice.sees("Add licenses to Power BI Pro?", "20 → 22 (+2)")
    alice.sees_nothing_of("Visio")


async def test_the_one_offer_that_is_left_is_let_go_by_its_product(alice: Person, chenwei: Person) -> None:
    await alice.says("add 2 licenses to Teams Premium")
    await alice.says("leave Teams Premium out")
    alice.sees("Dropped. Nothing was changed.")
    await chenwei.says("给Visio Plan 1加3个")
    await chenwei.says("Visio那个不要了")
    chenwei.sees("好的，已放弃，没有任何更改。")


async def test_one_of_the_people_of_an_offer_is_left_out_and_the_others_stay(alice: Person, chenwei: Person) -> None:
    await alice.says("add 3 licenses to Visio and give one to Bo and one to Dana")
    await alice.says("leave Bo out")
    alice.sees("10 → 13 (+3)", "Dana Ruiz gets one of them at once.")
    alice.sees_nothing_of("Bo Zhang")
    await chenwei.says("Visio Plan 1加3个，再给李雷和王芳各一个")
    await chenwei.says("不要李雷")
    chenwei.sees("2 → 5（+3）", "立即分配给：王芳。")


async def test_without_the_only_one_the_licenses_are_added_for_nobody(alice: Person, chenwei: Person) -> None:
    await alice.says("add 2 licenses to Visio, give one to Bo and buy 3 Clipchamp")
    await alice.says("without Bo")
    alice.sees("Do these 2 steps?", "10 → 12 (+2)", "2. Buy Clipchamp")
    alice.sees_nothing_of("Bo Zhang", "Who gets")
    await chenwei.says("Visio Plan 1加3个，再给李雷一个")
    await chenwei.says("不给李雷了")
    chenwei.sees("2 → 5（+3）")
    chenwei.sees_nothing_of("李雷", "分配给谁")


async def test_whoever_is_left_and_cannot_have_one_is_named_once(alice: Person) -> None:
    await alice.says("set Visio to 12 and give Power BI Pro to Bo and Dana")
    await alice.says("without Bo")
    assert sum("already held by Dana Ruiz" in str(each) for each in alice.latest) == 1
    alice.sees("That step is left out.", "10 → 12 (+2)")


async def test_a_name_that_is_not_in_it_leaves_it_as_it_is(alice: Person) -> None:
    await alice.says("add 2 licenses to Visio and give one to Bo")
    await alice.says("leave Grace Okafor out")
    alice.sees("Grace Okafor is not among them, so nobody was changed.")
    await alice.says("where were we?")
    alice.sees("10 → 12 (+2)", "Bo Zhang gets one of them at once.")
