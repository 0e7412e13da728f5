"""What a word means for the offer that is open: a no in other words, a change it cannot take, a yes said twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.people import Person


@pytest.mark.parametrize("words", ["keep Visio Plan 2 after all", "no"])
async def test_keeping_it_after_all_is_a_no_to_an_open_cancellation(alice: Person, words: str) -> None:
    await alice.says("cancel Visio Plan 2, too expensive")
    await alice.says(words)
    alice.sees("Dropped. Nothing was changed.")
    await alice.says("yes")
    alice.sees("no offer open")


async def test_keeping_it_after_all_is_a_no_in_chinese(lihua: Person) -> None:
    await lihua.says("取消Visio Plan 1，太贵")
    await lihua.says("还是留着Visio Plan 1吧")
    lihua.sees("没有任何更改")
    await lihua.says("是")
    lihua.sees("没有等待确认的报价")


@pytest.mark.parametrize(
    ("said", "becomes"),
    [
        ("no, monthly", "3 licenses, paid monthly"),
        ("No. Not yearly, monthly.", "3 licenses, paid monthly"),
        ("not yearly, monthly", "3 licenses, paid monthly"),
        ("no, 7", "7 licenses, paid yearly"),
        ("no, for Bo", "Bo Zhang gets"),
        ("no, monthly for Bo", "Bo Zhang gets"),
    ],
)
async def test_a_no_that_says_what_it_is_to_be_puts_the_offer_right(alice: Person, said: str, becomes: str) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    await alice.says("buy 3 Clipchamp yearly")
    await alice.says(said)
    alice.sees("Buy Clipchamp?", becomes, "[Buy]")
    alice.sees_nothing_of("Power BI Pro")
    await alice.says("yes")
    alice.sees("of Clipchamp bought")


@pytest.mark.parametrize(
    ("said", "becomes"),
    [
        ("不，按月", "3 个许可证，按月付款"),
        ("不按年，按月", "3 个许可证，按月付款"),
        ("不，7个", "7 个许可证，按年付款"),
        ("不，给王芳", "王芳"),
    ],
)
async def test_a_no_that_says_what_it_is_to_be_puts_the_offer_right_in_chinese(
    lihua: Person, said: str, becomes: str
) -> None:
    await lihua.says("给Visio加2个许可证")
    await lihua.says("按年买3个Clipchamp")
    await lihua.says(said)
    lihua.sees("购买 Clipchamp？", becomes)
    lihua.sees_nothing_of("Visio")


async def test_whoever_is_named_after_a_no_gets_the_license_instead(alice: Person, lihua: Person) -> None:
    await alice.says("give Power BI Pro to Ann Kovacs")
    await alice.says("no, Bo")
    alice.sees("Bo Zhang: gets a license")
    alice.sees_nothing_of("Ann Kovacs")
    await lihua.says("给王芳分配Visio Plan 1")
    await lihua.says("不，给李雷")
    lihua.sees("李雷: 将获得许可证")
    lihua.sees_nothing_of("王芳")


async def test_a_no_with_what_the_offer_cannot_take_leaves_it_open(alice: Person) -> None:
    await alice.says("cancel Visio Plan 2, too expensive")
    await alice.says("no, monthly")
    alice.sees("That can't be changed in this offer", "Still open")


@pytest.mark.parametrize("said", ["no", "no, thanks", "no, that's too expensive", "no, not yearly", "no, now"])
async def test_a_no_that_says_nothing_else_drops_the_offer(alice: Person, said: str) -> None:
    await alice.says("buy 3 Clipchamp yearly")
    await alice.says(said)
    alice.sees("Dropped. Nothing was changed.")


@pytest.mark.parametrize("said", ["不", "不，太贵了", "不，不按年", "不，现在"])
async def test_a_no_that_says_nothing_else_drops_the_offer_in_chinese(lihua: Person, said: str) -> None:
    await lihua.says("按年买3个Clipchamp")
    await lihua.says(said)
    lihua.sees("没有任何更改")


@pytest.mark.parametrize("said", ["no, too expensive?", "no, that's fine", "no, it is not too expensive"])
async def test_a_no_that_may_be_none_leaves_the_offer_open(alice: Person, said: str) -> None:
    await alice.says("buy 3 Clipchamp yearly")
    await alice.says(said)
    alice.sees_nothing_of("Dropped")
    await alice.says("yes")
    alice.sees("of Clipchamp bought")


async def test_a_number_that_an_offer_cannot_take_is_not_passed_over(alice: Person) -> None:
    await alice.says("cancel Visio Plan 2, too expensive")
    await alice.says("make it 5")
    alice.sees("That can't be changed in this offer", "Still open")


async def test_a_number_that_an_offer_cannot_take_is_not_passed_over_in_chinese(lihua: Person) -> None:
    await lihua.says("取消Visio Plan 1，太贵")
    await lihua.says("改成4个")
    lihua.sees("这份报价不能这样改")


async def test_a_second_yes_does_not_buy_what_was_put_aside(alice: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    await alice.says("give Visio Plan 2 to Bo Zhang")
    await alice.says("yes")
    alice.sees("Back to what you had open", "20 → 25 (+5)")
    await alice.says("yes")
    alice.sees("Do you mean this one?", "20 → 25 (+5)")
    await alice.says("yes")
    alice.sees("5 licenses of Power BI Pro added")


async def test_a_second_yes_does_not_buy_what_was_put_aside_in_chinese(lihua: Person) -> None:
    await lihua.says("给Visio Plan 1加2个许可证")
    await lihua.says("把Visio Plan 1给王芳")
    await lihua.says("是")
    await lihua.says("是")
    lihua.sees("你指的是这一份吗", "5 → 7")


async def test_a_question_of_a_look_goes_when_something_else_is_said(bob: Person) -> None:
    await bob.says("show Power BI Pro")
    bob.sees("Which subscription?")
    await bob.says("thanks")
    await bob.says("what can I buy")
    bob.sees("price of one license")
    assert "Which subscription?" not in str(bob.latest[-1])
