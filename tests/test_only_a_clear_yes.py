"""Money moves only on a clear yes to the offer that people have just seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.people import Person


@pytest.mark.parametrize(
    "words",
    ["yes?", "right?", "sure?", "buy?", "fine...", "yes but only 1", "don't buy it", "hmm not sure", "yes, tomorrow"],
)
async def test_what_is_no_clear_yes_buys_nothing(alice: Person, words: str) -> None:
    await alice.says("add 2 licenses to Visio")
    await alice.says(words)
    alice.sees_nothing_of("Invoice: G0", "licenses of Visio Plan 2 added")


@pytest.mark.parametrize("words", ["是吗？", "可以吗", "好吗", "对吗？", "确定吗", "不买", "等一下", "好，但只要1个"])
async def test_what_is_no_clear_yes_buys_nothing_in_chinese(lihua: Person, words: str) -> None:
    await lihua.says("Visio加2个许可证")
    await lihua.says(words)
    lihua.sees_nothing_of("发票: G0")


@pytest.mark.parametrize("between", ["bananas", "hmm not sure", "what have I bought", "show my invoices", "help"])
async def test_whatever_comes_between_the_open_offer_is_said_again(alice: Person, between: str) -> None:
    await alice.says("add 2 licenses to Visio")
    await alice.says(between)
    alice.sees("Still open: Visio Plan 2: 10 → 12 (+2). Due now: ")


async def test_a_yes_after_small_talk_shows_the_offer_first(alice: Person) -> None:
    await alice.says("add 2 licenses to Visio")
    await alice.says("thanks")
    await alice.says("yes")
    alice.sees("10 → 12 (+2)", "[Buy]")
    await alice.says("yes")
    alice.sees("2 licenses of Visio Plan 2 added")


async def test_an_open_question_is_asked_again(alice: Person, lihua: Person) -> None:
    await alice.says("add 5 licenses")
    await alice.says("bananas")
    alice.sees("I didn't understand", "Which subscription?")
    await lihua.says("Visio加许可证")
    await lihua.says("随便")
    lihua.sees("要给 Visio Plan 1 增加多少个许可证？")


@pytest.mark.parametrize("words", ["7", "seven", "make it 7", "change to 7", "only 7"])
async def test_a_number_at_the_card_puts_the_number_right(alice: Person, words: str) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    await alice.says(words)
    alice.sees("20 → 27 (+7)")


@pytest.mark.parametrize("words", ["不，6个", "6", "改成6个", "还是6个吧"])
async def test_a_number_at_the_card_puts_the_number_right_in_chinese(lihua: Person, words: str) -> None:
    await lihua.says("Visio加5个许可证")
    await lihua.says(words)
    lihua.sees("5 → 11（+6）")


async def test_a_number_that_cannot_be_is_no_yes_to_the_old_one(alice: Person) -> None:
    await alice.says("add 2 licenses to Visio")
    await alice.says("make it 1.5")
    alice.sees("whole numbers")
    await alice.says("yes")
    alice.sees("How many licenses of Visio Plan 2 do you want to add?")


async def test_another_product_in_the_answer_is_heard(alice: Person) -> None:
    await alice.says("add licenses to Visio")
    await alice.says("5 for Power BI Pro")
    alice.sees("20 → 25 (+5)")


async def test_in_a_chat_that_begins_anew_a_yes_shows_the_offer_first(alice: Person) -> None:
    await alice.says("add 2 licenses to Visio")
    await alice.installs()
    alice.sees("Hello, I'm License Desk")
    await alice.says("yes")
    alice.sees("10 → 12 (+2)", "[Buy]")


async def test_a_declined_offer_is_dropped_and_only_its_old_card_is_closed(alice: Person, lihua: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    card = alice.button("Not now")
    await alice.taps("Not now")
    alice.sees("Dropped. Nothing was changed.")
    alice.sees_nothing_of("This offer is closed")
    await alice.sends_tap(card)
    alice.sees("This offer is closed")
    await lihua.says("把Visio Plan 1加5个许可证")
    await lihua.says("不")
    lihua.sees("已放弃，没有任何更改")
    lihua.sees_nothing_of("已关闭")
