"""Several changes in one message, as people meet them: one plan, one yes, a result for each step; in two languages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from tests.people import Person

TWO = "set Power BI Pro to 22 and Visio Plan 2 to 12"
ZH_TWO = "Visio Plan 1加到7个，再给李雷一个"


async def test_what_is_said_at_once_is_offered_as_one_plan_and_done_with_one_yes(alice: Person) -> None:
    await alice.says("set Visio to 20, then give one to Bo")
    alice.sees("Do these 2 steps?", "1. Add licenses to Visio Plan 2", "10 → 20 (+10)")
    alice.sees("2. Hand out a license of Visio Plan 2", "Bo Zhang: gets a license", "Free afterwards: 10")
    alice.sees("Due now: $103.56", "Each year from then on: $3,600.00", "[Confirm]", "[Leave it]")
    await alice.says("yes")
    alice.sees("2 of 2 steps are done", "Invoice: G000000051", "Bo Zhang: has a license now", "Charged now: $103.56")
    await alice.says("who has Visio Plan 2")
    alice.sees("Bo Zhang", "10 of 20 licenses are in use")


async def test_the_same_in_chinese_where_the_product_is_asked_for_once(chenwei: Person) -> None:
    await chenwei.says("Visio加到20个，再给Bo一个")
    chenwei.sees("是哪个订阅？")
    await chenwei.taps("Visio Plan 1")
    chenwei.sees("执行这 2 步？", "1. 给 Visio Plan 1 增加许可证", "2 → 20（+18）", "2. 分配 1 个 Visio Plan 1 许可证")
    await chenwei.taps("确认")
    chenwei.sees("共 2 步，已完成 2 步", "Bo Zhang: 已获得许可证", "已收取: US$30.00")


async def test_one_change_among_questions_stays_what_it_was(alice: Person) -> None:
    await alice.says("how many Teams Premium are free? then add 2 licenses to Power BI Pro")
    alice.sees("Licenses in use: 2 of 5, 3 free", "20 → 22 (+2)", "[Buy]")
    alice.sees_nothing_of("[Confirm]")


async def test_questions_among_several_changes_are_answered_at_once_and_outside_the_plan(alice: Person) -> None:
    await alice.says(
        "how many Teams Premium are free? Add 2 licenses to Power BI Pro and add 1 license to Visio Plan 2"
    )
    alice.sees("Licenses in use: 2 of 5, 3 free", "Do these 2 steps?", "20 → 22 (+2)", "10 → 11 (+1)")


async def test_what_is_missing_is_asked_before_the_plan_is_shown(alice: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro for Ann, and cancel Visio")
    alice.sees("Which Ann?")
    await alice.taps("Ann Kovacs · Sales")
    alice.sees("Why are you cancelling Visio Plan 2?")
    await alice.says("too expensive")
    alice.sees("1. Add licenses to Power BI Pro", "Ann Kovacs gets one of them at once.", "2. Cancel Visio Plan 2")
    alice.sees("Reason: Too expensive", "Due now: $49.00", "Each month from then on: $350.00")
    alice.sees_nothing_of("Each year from then on")  # what is cancelled is not paid for again


async def test_the_price_is_one_and_counts_each_subscription_once(alice: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro and add 2 licenses to Power BI Pro and buy 3 Clipchamp")
    alice.sees("20 → 25 (+5)", "25 → 27 (+2)", "3. Buy Clipchamp")
    alice.sees(
        "Due now: $104.60", "Next invoice, December 13, 2026: $378.00", "Next invoice, December 22, 2026: $36.00"
    )
    alice.sees("Each month from then on: $414.00", "Net, this period: +$104.60")


async def test_what_no_longer_renews_has_no_next_invoice(alice: Person) -> None:
    await alice.says("turn off recurring billing for Power BI Pro and add 2 licenses to Power BI Pro")
    alice.sees("Due now: $19.60", "Net, this period: +$19.60")
    alice.sees_nothing_of("Next invoice", "Each month from then on")


@pytest.mark.parametrize(
    ("said", "sees", "unseen"),
    [
        ("make Visio Plan 2 15", "10 → 15 (+5)", "10 → 12"),
        ("Power BI Pro to 25", "20 → 25 (+5)", "20 → 22"),
        ("without the second", "20 → 22 (+2)", "Visio Plan 2"),
        ("only the second one", "10 → 12 (+2)", "Power BI Pro"),
    ],
)
async def test_a_correction_changes_the_step_that_it_speaks_to(
    alice: Person, said: str, sees: str, unseen: str
) -> None:
    await alice.says(TWO)
    old = alice.button("Confirm")
    await alice.says(said)
    alice.sees(sees)
    alice.sees_nothing_of(unseen)
    await alice.sends_tap(old)
    alice.sees("Nothing was changed", "This offer is closed.")


async def test_in_chinese_too(chenwei: Person) -> None:
    await chenwei.says(ZH_TWO)
    await chenwei.says("改成8个")
    chenwei.sees("2 → 8（+6）", "李雷: 将获得许可证")
    await chenwei.says("不是李雷，是Bo")
    chenwei.sees("2 → 8（+6）", "Bo Zhang: 将获得许可证")
    await chenwei.says("第二个不要了")
    chenwei.sees("2 → 8（+6）", "[购买]")


async def test_where_a_number_could_be_for_either_step_it_is_asked_which(alice: Person) -> None:
    await alice.says(TWO)
    await alice.says("make it 13")
    alice.sees("Which of the steps do you mean?", "[Add licenses to Power BI Pro]", "[Add licenses to Visio Plan 2]")
    await alice.taps("Add licenses to Visio Plan 2")
    alice.sees("20 → 22 (+2)", "10 → 13 (+3)")


async def test_a_person_is_put_right_in_the_step_that_names_them(alice: Person) -> None:
    await alice.says("give Power BI Pro to Bo, and add 2 licenses to Teams Premium for Dana")
    await alice.says("not Bo, 李雷")
    alice.sees("李雷: gets a license", "Dana Ruiz gets one of them at once.")
    alice.sees_nothing_of("Bo Zhang")


async def test_a_step_is_left_out_with_its_button_and_the_last_one_is_an_offer_like_any_other(alice: Person) -> None:
    await alice.says(f"{TWO} and give Teams Premium to Bo")
    await alice.taps("Without 3")
    alice.sees("Do these 2 steps?")
    alice.sees_nothing_of("Bo Zhang")
    await alice.taps("Without 1")
    alice.sees("Add licenses to Visio Plan 2?", "10 → 12 (+2)", "[Buy]")


async def test_a_question_in_between_is_answered_and_the_plan_shown_again(alice: Person) -> None:
    await alice.says(TWO)
    await alice.says("how many Teams Premium are free?")
    alice.sees("Licenses in use: 2 of 5, 3 free", "Do these 2 steps?", "20 → 22 (+2)", "10 → 12 (+2)")
    await alice.says("yes")
    alice.sees("2 of 2 steps are done")


async def test_another_task_suspends_it_and_hands_back_to_it(alice: Person) -> None:
    await alice.says(TWO)
    await alice.says("add 2 licenses to Teams Premium")
    alice.sees("5 → 7 (+2)")
    await alice.taps("Not now")
    alice.sees("Back to what you had open:", "Do these 2 steps?")


async def test_a_no_puts_all_of_it_aside(alice: Person) -> None:
    await alice.says(TWO)
    confirm = alice.button("Confirm")
    await alice.taps("Leave it")
    alice.sees("Dropped. Nothing was changed.")
    await alice.sends_tap(confirm)
    alice.sees("Nothing was changed", "This offer is closed.")
    await alice.says("show Power BI Pro")
    alice.sees("17 of 20")


async def test_a_second_tap_gives_the_same_answer(alice: Person) -> None:
    await alice.says(TWO)
    confirm = alice.button("Confirm")
    await alice.sends_tap(confirm)
    first = alice.latest
    await alice.sends_tap(confirm)
    assert alice.latest == first


async def test_what_cannot_be_done_is_said_and_left_out(alice: Person) -> None:
    await alice.says("add 2 to Teams Premium, turn off renewal for Visio Plan 2 and give Power BI Pro to Evan")
    alice.sees("Guests can't get a license of Power BI Pro: Evan Guest.", "That step is left out.", "Do these 2 steps?")


async def test_a_step_that_has_changed_meanwhile_is_not_done_and_the_others_are(alice: Person, dana: Person) -> None:
    await alice.says("give Visio Plan 2 to Bo and add 2 licenses to Power BI Pro")
    await dana.says("give Visio Plan 2 to Bo")
    await dana.taps("Hand out")
    await alice.taps("Confirm")
    alice.sees("One of 2 steps is done", "1. Hand out a license of Visio Plan 2", "Visio Plan 2 has changed meanwhile")
    alice.sees("2. 2 licenses of Power BI Pro added", "Charged now: $19.60")


async def test_after_a_quarter_of_an_hour_none_of_it_is_done(alice: Person, clock: FrozenClock) -> None:
    await alice.says(TWO)
    clock.advance(timedelta(minutes=16))
    await alice.taps("Confirm")
    alice.sees("Nothing was changed", "older than 15 minutes")


async def test_somebody_elses_plan_stays_theirs(alice: Person, lihua: Person) -> None:
    await alice.says(TWO)
    await lihua.sends_tap(alice.button("Confirm"))
    lihua.sees("Alice Chen")
    await lihua.sends_tap({**alice.button("Confirm"), "plan": "another"})
    lihua.sees("我不认识这张卡片")
    await alice.taps("Confirm")
    alice.sees("2 of 2 steps are done")


async def test_in_a_channel_the_steps_stay_private(alice: Person) -> None:
    alice.scope = "channel"
    await alice.says("add 2 licenses to Power BI Pro and give Teams Premium to Bo")
    public = [line for each in alice.latest if not each.private for line in each.lines]
    assert public == ["Alice Chen, I've answered you in our private chat."]
    alice.sees("Do these 2 steps?", "Due now: $19.60")
    await alice.taps("Confirm")
    public = [line for each in alice.latest if not each.private for line in each.lines]
    assert "One license handed out." in public
    assert not any("$" in line or "Premium" in line or "Bo" in line for line in public)


async def test_another_product_is_a_task_of_its_own_while_a_step_still_asks(alice: Person, lihua: Person) -> None:
    await alice.says("cancel Visio and set Teams Premium to 12")
    await alice.says("add 5 licenses to Power BI Pro")
    alice.sees("Add licenses to Power BI Pro?", "20 → 25 (+5)")
    await lihua.says("取消Visio，再把Power Automate Premium减到6个")
    await lihua.says("买3个Clipchamp")
    lihua.sees("购买 Clipchamp")
