"""Cancelling: first what it means for whom, then a yes, and until the last day the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Person


async def test_after_the_window_it_ends_with_its_term_and_without_a_refund(alice: Person) -> None:
    await alice.says("cancel Visio, too expensive")
    alice.sees("Cancel Visio Plan 2?", "Ends on December 13, 2026", "Last paid day: December 12, 2026")
    alice.sees("Refund: $0.00", "Reason: Too expensive", "These 9 people lose their license on December 13, 2026:")
    alice.sees("Ingrid Solberg", "kept until April 12, 2027")
    await alice.taps("Cancel it")
    alice.sees("Visio Plan 2 ends on December 13, 2026", "say “keep Visio Plan 2 after all”")
    await alice.says("show Visio")
    alice.sees("Ends on December 13, 2026", "9 of 10")


async def test_within_the_window_it_ends_at_once_with_a_refund_to_the_cent(alice: Person) -> None:
    await alice.says("cancel Project Plan 3, nobody uses it")
    alice.sees("Ends now", "Refund: $81.00, to Visa ···4242", "These 3 people lose their license now:")
    alice.sees_nothing_of("instead")  # all three are in use: there is nothing to reduce to
    await alice.says("yes")
    alice.sees("Planner and Project Plan 3 is cancelled", "say “reactivate Planner and Project Plan 3”")
    await alice.says("show Planner and Project Plan 3")
    alice.sees("0 of 3", "Disabled", "[reactivate Planner and Project Plan 3]")


async def test_what_was_bought_today_ends_today_and_has_no_last_paid_day(alice: Person, lihua: Person) -> None:
    await alice.says("buy 1 Clipchamp")
    await alice.taps("Buy")
    await alice.says("cancel Clipchamp, nobody uses it")
    alice.sees("Ends: Today, November 22, 2026", "Refund: $")
    alice.sees_nothing_of("Last paid day")
    await lihua.says("购买1个Clipchamp")
    await lihua.taps("购买")
    await lihua.says("取消Clipchamp，太贵了")
    lihua.sees("结束: 今天，2026年11月22日")


async def test_an_old_question_for_a_reason_says_that_it_is_closed(alice: Person, lihua: Person) -> None:
    await alice.says("cancel Visio")
    old = alice.button("Continue")
    await alice.says("too expensive")
    for chosen in ({}, {"pick": "unused"}):
        await alice.sends_tap({**old, **chosen})
        alice.sees("That question is closed.")
    await alice.taps("Cancel it")
    alice.sees("Visio Plan 2 ends on December 13, 2026", "Reason: Too expensive")
    await lihua.says("取消Visio")
    old = lihua.button("继续")
    await lihua.says("太贵了")
    await lihua.sends_tap(old)
    lihua.sees("这个问题已经关闭。")


async def test_without_a_reason_chosen_it_is_asked_again_and_the_words_are_kept(alice: Person) -> None:
    await alice.says("cancel Visio")
    await alice.taps("Continue", more={"pick": "", "feedback": "It crashes"})
    alice.sees("A reason is required")
    await alice.taps("Continue", more={"pick": "low_quality", "feedback": ""})
    alice.sees("Reason: Poor quality", "In your words: It crashes")


async def test_a_reason_is_chosen_by_typing_what_stands_in_the_list(alice: Person, lihua: Person) -> None:
    await lihua.says("退订Visio")
    await lihua.says("用不上")
    lihua.sees("原因: 用不上")
    await alice.says("cancel Visio")
    await alice.says("unhappy with support.")
    alice.sees("Reason: Unhappy with support")


async def test_to_keep_it_after_all_is_no_reason(alice: Person, lihua: Person) -> None:
    await lihua.says("退订Visio")
    await lihua.says("还是留着吧")
    lihua.sees("好的，已放弃，没有任何更改。")
    lihua.sees_nothing_of("原因", "[取消订阅]")
    await alice.says("cancel Visio")
    await alice.says("never mind")
    alice.sees("Dropped. Nothing was changed.")


async def test_to_cancel_and_to_keep_weigh_the_same(alice: Person) -> None:
    await alice.says("cancel Visio, too expensive")
    assert {action.get("style", "default") for action in alice.cards[-1]["actions"]} == {"default"}


async def test_the_reason_is_asked_for_with_room_for_words_of_ones_own(alice: Person) -> None:
    await alice.says("cancel Visio")
    alice.sees("A reason is required", "Too expensive", "Something else", "In your own words")
    await alice.taps("Continue", more={"pick": "low_quality", "feedback": "It crashes. Every. Day"})
    alice.sees("Reason: Poor quality", "In your words: It crashes. Every. Day")
    await alice.taps("Cancel it")
    alice.sees("In your words: It crashes. Every. Day")


@pytest.mark.parametrize(("said", "reason"), [("2", "Missing features"), ("nobody uses it", "Not used")])
async def test_the_reason_may_be_said(alice: Person, said: str, reason: str) -> None:
    await alice.says("cancel Visio")
    await alice.says(said)
    alice.sees(f"Reason: {reason}")


async def test_words_that_fit_no_reason_are_kept_as_they_are(alice: Person) -> None:
    await alice.says("cancel Visio")
    await alice.says("our new boss prefers whiteboards")
    alice.sees("Reason: Something else", "In your words: our new boss prefers whiteboards")


async def test_in_chinese(lihua: Person) -> None:
    await lihua.says("取消Visio")
    lihua.sees("为什么取消", "太贵", "改用其他服务")
    await lihua.says("太贵了")
    lihua.sees("取消 Visio Plan 1？", "2026年12月14日结束", "原因: 太贵", "[保留 2 个，每月少付 US$15.00]")
    await lihua.taps("取消订阅")
    lihua.sees("Visio Plan 1 将于2026年12月14日结束", "撤回")
    await lihua.says("Visio Plan 1还是继续续订吧")
    await lihua.taps("继续续订")
    lihua.sees("Visio Plan 1 将于2026年12月14日续订")


async def test_fewer_licenses_are_offered_where_the_cost_is_the_reason(alice: Person) -> None:
    await alice.says("cancel Visio, too expensive")
    await alice.taps("Keep 9 instead, $180.00 less each year")
    alice.sees("Reduce Visio Plan 2 at the renewal?", "10 → 9 (−1)")
    await alice.taps("Schedule")
    alice.sees("Visio Plan 2: one license fewer from December 13, 2026")


async def test_nothing_else_is_offered_where_fewer_licenses_are_no_answer(alice: Person) -> None:
    await alice.says("cancel Visio, it is too complicated")
    alice.sees("Reason: Too complex", "[Cancel it] [Keep it]")


async def test_a_scheduled_reduction_goes_with_it(alice: Person) -> None:
    await alice.says("cancel Teams Premium, we switched to another service")
    alice.sees("The change to 3 that is scheduled for December 8, 2026 is dropped with it.")


async def test_it_can_be_taken_back_until_the_last_day(alice: Person) -> None:
    await alice.says("cancel Visio, too expensive")
    await alice.taps("Cancel it")
    await alice.taps("keep Visio Plan 2 after all")
    alice.sees("Let Visio Plan 2 renew again?", "goes on with 10 licenses", "Each year from then on: $1,800.00")
    await alice.taps("Renew it")
    alice.sees("Visio Plan 2 renews on December 13, 2026")


@pytest.mark.parametrize("again", ["cancel Visio", "cancel Visio, too expensive"])
async def test_what_is_cancelled_already_is_not_asked_about_but_can_be_kept(alice: Person, again: str) -> None:
    await alice.says("cancel Visio, too expensive")
    await alice.taps("Cancel it")
    await alice.says(again)
    alice.sees("Visio Plan 2 is cancelled already: it runs until December 13, 2026")
    alice.sees_nothing_of("A reason is required", "[Cancel it]")
    await alice.taps("keep Visio Plan 2 after all")
    alice.sees("Let Visio Plan 2 renew again?")


async def test_what_is_cancelled_already_in_chinese(lihua: Person) -> None:
    await lihua.says("取消Visio，太贵了")
    await lihua.taps("取消订阅")
    await lihua.says("取消Visio")
    lihua.sees("Visio Plan 1 已经取消：可以用到2026年12月14日，之后不再收费。")
    lihua.sees_nothing_of("为什么取消")
    await lihua.taps("Visio Plan 1 还是继续续订吧")
    lihua.sees("让 Visio Plan 1 继续续订？")


async def test_what_has_ended_is_not_asked_about_but_can_be_brought_back(alice: Person, dana: Person) -> None:
    await dana.says("cancel Copilot")
    dana.sees("Microsoft 365 Copilot has ended already and is not charged again")
    dana.sees_nothing_of("A reason is required")
    await dana.taps("reactivate Microsoft 365 Copilot")
    dana.sees("Bring Microsoft 365 Copilot back?")
    await alice.says("cancel Project Plan 3, nobody uses it")
    await alice.taps("Cancel it")
    await alice.says("cancel Project Plan 3")
    alice.sees("Planner and Project Plan 3 has ended already", "[reactivate Planner and Project Plan 3]")


async def test_a_trial_that_has_ended_is_not_brought_back(alice: Person) -> None:
    await alice.says("try Copilot")
    await alice.taps("Start the trial")
    await alice.says("cancel Copilot")
    await alice.says("nobody uses it")
    await alice.taps("Cancel it")
    await alice.says("cancel Copilot")
    alice.sees("You have tried Microsoft 365 Copilot before", "Say “buy Microsoft 365 Copilot” to use it.")
    alice.sees_nothing_of("reactivate", "A reason is required")


async def test_what_is_cancelled_elsewhere_meanwhile_is_not_offered_again(alice: Person) -> None:
    await alice.says("cancel Visio")
    question = alice.button("Continue")
    await alice.says("don't renew Visio")
    await alice.taps("Turn it off")
    await alice.sends_tap({**question, "pick": "unused"})
    alice.sees_nothing_of("[Cancel it]")


async def test_only_the_purchaser_cancels(bob: Person, dana: Person) -> None:
    await bob.says("cancel Teams Premium, unused")
    bob.sees("Teams Premium was bought by Alice Chen.")
    await dana.says("cancel Visio Plan 2")
    dana.sees("Visio Plan 2 was bought by Alice Chen.", "Only Alice Chen can cancel, renew or share it")
    dana.sees_nothing_of("reason")


async def test_a_deputy_is_told_who_cancels_before_a_reason_is_asked(
    lihua: Person, person: Callable[[int], Person]
) -> None:
    await lihua.says("让李雷替我管理Visio计划1")
    await lihua.taps("指定代管人")
    lilei = person(10)
    await lilei.says("取消Visio计划1")
    lilei.sees("Visio Plan 1 是由李华购买的。", "只有李华可以取消、续订或共享它")
    lilei.sees_nothing_of("为什么")


async def test_a_bare_cancel_drops_what_is_open_and_no_subscription(alice: Person) -> None:
    await alice.says("cancel Visio")
    await alice.says("cancel")
    alice.sees("Dropped. Nothing was changed.")


async def test_in_a_channel_nothing_of_it_is_public(alice: Person) -> None:
    alice.scope = "channel"
    await alice.says("cancel Visio, too expensive")
    public = "\n".join(str(seen) for seen in alice.latest if not seen.private)
    assert "answered you in our private chat" in public
    assert not any(word in public for word in ("Visio", "$", "expensive", "Ingrid")), public
