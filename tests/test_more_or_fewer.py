"""A total that is said to be lower and would be higher buys nothing by itself; the other way round it takes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.people import Person


@pytest.mark.parametrize("said", ["reduce Power BI Pro to 30", "bring Power BI Pro down to 30"])
async def test_a_reduction_to_more_than_there_is_offers_the_increase_only_as_a_button(alice: Person, said: str) -> None:
    await alice.says(said)
    alice.sees("Power BI Pro has 20 now, so 30 would be more, not fewer.", "in total?", "[Increase to 30]")
    alice.sees_nothing_of("Due now", "[Buy]")
    await alice.taps("Increase to 30")
    alice.sees("20 → 30 (+10)", "Due now", "[Buy]")


async def test_a_yes_is_no_tap_on_the_increase(alice: Person) -> None:
    await alice.says("reduce Power BI Pro to 30")
    await alice.says("yes")
    alice.sees("so 30 would be more", "How many licenses of Power BI Pro do you want in total?", "[Increase to 30]")
    alice.sees_nothing_of("Due now", "[Buy]")
    await alice.says("18")
    alice.sees("20 → 18 (−2)")


@pytest.mark.parametrize("said", ["increase Power BI Pro to 10", "add up to 10 Power BI Pro", "Power BI Pro up to 10"])
async def test_an_increase_to_fewer_than_there_are_offers_the_reduction_only_as_a_button(
    alice: Person, said: str
) -> None:
    await alice.says(said)
    alice.sees("Power BI Pro has 20 now, so 10 would be fewer, not more.", "[Reduce to 10]")
    alice.sees_nothing_of("loses the license", "lose their license")
    await alice.taps("Reduce to 10")
    alice.sees("20 → 10 (−10)")


async def test_the_other_way_is_asked_about_in_chinese(lihua: Person) -> None:
    await lihua.says("Visio计划1减少到30个")
    lihua.sees("Visio Plan 1 现有 5 个许可证，30 个是变多，不是变少。", "[增加到 30 个]")
    lihua.sees_nothing_of("$")
    await lihua.says("是")
    lihua.sees("30 个是变多，不是变少", "[增加到 30 个]")
    await lihua.taps("增加到 30 个")
    lihua.sees("5 → 30（+25）")
    await lihua.says("Visio计划1增加到3个")
    lihua.sees("3 个是变少，不是变多。", "[减少到 3 个]")


async def test_another_number_goes_the_way_that_was_said(alice: Person) -> None:
    await alice.says("reduce Power BI Pro to 18")
    alice.sees("20 → 18 (−2)")
    await alice.says("actually make it 25")
    alice.sees("20 now, so 25 would be more, not fewer")
    await alice.says("19")
    alice.sees("20 → 19 (−1)")


async def test_a_number_to_remove_is_put_right_by_a_total(alice: Person) -> None:
    await alice.says("remove 5 from Power BI Pro")
    await alice.says("reduce it to 19")
    alice.sees("20 → 19 (−1)")


async def test_a_total_by_itself_goes_either_way(alice: Person) -> None:
    for said, change in (("set Power BI Pro to 25", "20 → 25 (+5)"), ("set Power BI Pro to 19", "20 → 19 (−1)")):
        await alice.says(said)
        alice.sees(change)
    await alice.says("reduce Power BI Pro to 20")
    alice.sees("Power BI Pro already has 20 licenses.")


async def test_a_forged_number_on_the_button_is_asked_for_again(alice: Person) -> None:
    await alice.says("reduce Power BI Pro to 30")
    for forged in ("9" * 5000, "-3", "x"):
        await alice.taps("Increase to 30", more={"pick": forged})
        alice.sees("How many licenses of Power BI Pro do you want in total?")
        alice.sees_nothing_of("Due now")
        await alice.says("reduce Power BI Pro to 30")
