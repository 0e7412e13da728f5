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
