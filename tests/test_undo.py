"""“Undo that”: the opposite of what was confirmed last, with what it costs, and nothing before another yes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.servers import connected

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from tests.people import Person

# what is confirmed → the offer that takes it back, and what shows that it was
TAKEN_BACK = {
    "add 2 licenses to Power BI Pro": ("Reduce Power BI Pro?", "22 → 20 (−2)", "−$19.60"),
    "remove 1 license from Project Plan 3": ("Add licenses to Planner and Project Plan 3?", "2 → 3 (+1)", "Due now"),
    "remove 2 licenses from Power BI Pro": ("Drop the scheduled change of Power BI Pro?", "It keeps 20 licenses"),
    "set Teams Premium to 4 at renewal": ("5 → 3 (−2)", "This replaces the change to 4", "Due now: $0.00"),
    "drop the scheduled change of Teams Premium": ("5 → 3 (−2)", "December 8, 2026", "Due now: $0.00"),
    "give Visio to Bo": ("Take back a license of Visio Plan 2?", "Bo Zhang: gives it up", "stays paid"),
    "take Visio back from Grace": (
        "Hand out a license of Visio Plan 2?",
        "Grace Okafor: gets a license",
        "afterwards: 1",
    ),
    "move Visio from Grace to Bo": ("Bo Zhang: gives it up", "Grace Okafor: gets a license", "Move"),
    "stop sharing Visio with Sales": ("Share Visio Plan 2 with Sales?", "Dana Ruiz", "no prices"),
    "share Power BI Pro with Sales": ("Stop sharing Power BI Pro with Sales?", "Sales", "keeps it"),
    "turn recurring billing off for Visio": ("Let Visio Plan 2 renew again?", "10 licenses", "$1,800.00"),
    "cancel Visio, too expensive": ("Let Visio Plan 2 renew again?", "10 licenses", "$1,800.00"),
}


@pytest.mark.parametrize("said", TAKEN_BACK)
async def test_what_was_confirmed_is_taken_back_by_the_opposite_offer(alice: Person, said: str) -> None:
    await alice.says(said)
    await alice.says("yes")
    await alice.says("undo that")
    alice.sees("This would take back what you confirmed last.", *TAKEN_BACK[said])
    await alice.says("yes")
    alice.sees("Done: November 22, 2026")


async def test_nothing_is_undone_before_a_yes_and_a_second_tap_undoes_nothing_more(alice: Person) -> None:
    await alice.says("add 2 licenses to Power BI Pro")
    await alice.says("yes")
    await alice.says("undo that")
    await alice.says("show Power BI Pro")
    alice.sees("22")
    await alice.taps("Reduce")
    await alice.taps("Reduce")
    await alice.says("show Power BI Pro")
    alice.sees("20")


async def test_whoever_got_one_of_the_licenses_is_who_gives_it_up(alice: Person) -> None:
    await alice.says("add 1 license to Project Plan 3 for Bo")
    await alice.says("yes")
    await alice.says("undo that")
    alice.sees("4 → 3 (−1)", "the offer names who would not", "Bo Zhang")
    alice.sees_nothing_of("Grace Okafor")


async def test_an_offer_that_nobody_confirmed_is_put_aside(alice: Person) -> None:
    await alice.says("add 2 licenses to Power BI Pro")
    await alice.says("undo that")
    alice.sees("Dropped. Nothing was changed.")
    await alice.says("undo that")
    alice.sees("There is nothing to undo")


async def test_an_undo_can_be_undone_and_an_old_card_is_not_what_was_confirmed_last(
    alice: Person, clock: FrozenClock
) -> None:
    await alice.says("give Visio to Bo")
    handed_out = alice.button("Hand out")
    await alice.says("yes")
    clock.advance(timedelta(minutes=1))
    await alice.says("add 2 licenses to Power BI Pro")
    await alice.says("yes")
    await alice.sends_tap(handed_out)
    await alice.says("undo that")
    alice.sees("Reduce Power BI Pro?")
    await alice.says("yes")
    await alice.says("undo that")
    alice.sees("Add licenses to Power BI Pro?")


async def test_a_purchase_is_cancelled_with_its_refund_and_that_is_final(alice: Person) -> None:
    await alice.says("buy 2 Visio Plan 1")
    await alice.says("yes")
    await alice.says("undo that")
    await alice.says("too expensive")
    alice.sees("Cancel Visio Plan 1?", "Refund: $10.00")
    await alice.says("yes")
    await alice.says("undo that")
    alice.sees("can't be undone: it took effect at once", "Reactivate Visio Plan 1")


async def test_a_trial_stays_used(alice: Person) -> None:
    await alice.says("try Copilot")
    await alice.says("yes")
    await alice.says("undo that")
    alice.sees("counts as tried", "“cancel Microsoft 365 Copilot” ends it now")
    await alice.says("cancel Copilot, too expensive")
    await alice.says("yes")
    await alice.says("undo that")
    alice.sees("can't be undone", "“Buy Microsoft 365 Copilot” starts a paid subscription")


async def test_a_plan_is_taken_back_by_a_plan_the_last_step_first_with_one_yes(alice: Person) -> None:
    await alice.says("set Visio to 20, then give one to Bo")
    await alice.says("yes")
    await alice.says("undo that")
    alice.sees("the last step: “One license of Visio Plan 2 handed out”, “10 licenses of Visio Plan 2 added”.")
    alice.sees("1. Take back a license of Visio Plan 2", "2. Reduce Visio Plan 2", "20 → 10 (−10)", "period: −$103.56")
    await alice.says("show Visio Plan 2")
    alice.sees("10 of 20")
    await alice.taps("Confirm")
    alice.sees("2 of 2 steps are done", "Bo Zhang: has given it up", "10 licenses of Visio Plan 2 given back")
    await alice.says("undo that")
    alice.sees("1. Add licenses to Visio Plan 2", "2. Hand out a license of Visio Plan 2", "Bo Zhang: gets a license")


async def test_in_chinese_too(chenwei: Person) -> None:
    await chenwei.says("Visio Plan 1加到7个，再给李雷一个")
    await chenwei.says("好的")
    await chenwei.says("撤销刚才的")
    chenwei.sees("从最后一步开始：“已分配 1 个 Visio Plan 1 许可证”、“已为 Visio Plan 1 增加 5 个许可证”。")
    chenwei.sees(
        "1. 收回 1 个 Visio Plan 1 许可证", "2. 减少 Visio Plan 1 的许可证", "7 → 2（−5）", "本期净额: −US$8.33"
    )
    await chenwei.taps("确认")
    chenwei.sees("共 2 步，已完成 2 步", "李雷: 已交回")


async def test_what_of_a_plan_cannot_be_taken_back_is_said_and_the_rest_is_offered(alice: Person) -> None:
    await alice.says("try Power Apps Premium, buy 3 Clipchamp and add 2 licenses to Power BI Pro")
    await alice.says("yes")
    await alice.says("undo that")
    alice.sees("A trial can't be undone: Power Apps Premium", "Why are you cancelling")
    await alice.says("too expensive")
    alice.sees("1. Reduce Power BI Pro", "2. Cancel Clipchamp", "Refund: $36.00", "Net, this period: −$55.60")
    await alice.says("yes")
    alice.sees("2 of 2 steps are done", "Clipchamp is cancelled")


async def test_a_plan_of_which_nothing_can_be_taken_back_is_said_step_by_step(alice: Person) -> None:
    await alice.says("try Power Apps Premium and try Clipchamp")
    await alice.says("yes")
    await alice.says("undo that")
    alice.sees("can't be undone: Clipchamp", "can't be undone: Power Apps Premium")
    alice.sees_nothing_of("This would take back", "[")


async def test_only_what_was_done_of_a_plan_is_taken_back(alice: Person, dana: Person) -> None:
    await alice.says("give Visio Plan 2 to Bo and add 2 licenses to Power BI Pro")
    await dana.says("give Visio Plan 2 to Bo")
    await dana.taps("Hand out")
    await alice.taps("Confirm")
    alice.sees("One of 2 steps is done")
    await alice.says("undo that")
    alice.sees("Reduce Power BI Pro?", "22 → 20 (−2)")
    alice.sees_nothing_of("Visio")


@pytest.mark.parametrize("answer", ["yes", "[Undo it]"])
async def test_what_is_older_than_a_day_is_asked_about(alice: Person, clock: FrozenClock, answer: str) -> None:
    await alice.says("add 2 licenses to Power BI Pro")
    await alice.says("yes")
    clock.advance(timedelta(days=2))
    await alice.says("undo that")
    alice.sees("Undo this?", "November 22, 2026", "2 licenses of Power BI Pro added")
    alice.sees_nothing_of("Reduce Power BI Pro?")
    await (alice.taps(answer[1:-1]) if answer.startswith("[") else alice.says(answer))
    alice.sees("Reduce Power BI Pro?", "22 → 20 (−2)")


async def test_so_is_a_plan(alice: Person, clock: FrozenClock) -> None:
    await alice.says("add 2 licenses to Power BI Pro and give Teams Premium to Bo")
    await alice.says("yes")
    clock.advance(timedelta(days=2))
    await alice.says("undo that")
    alice.sees("Undo this?", "“2 licenses of Power BI Pro added”, “One license of Teams Premium handed out”")
    await alice.taps("Undo it")
    alice.sees("Do these 2 steps?", "22 → 20 (−2)")
    clock.advance(timedelta(days=29))
    await alice.says("never mind")
    await alice.says("undo that")
    alice.sees("There is nothing to undo")


async def test_what_is_older_than_thirty_days_is_no_longer_undone(alice: Person, clock: FrozenClock) -> None:
    await alice.says("give Visio to Bo")
    await alice.says("yes")
    clock.advance(timedelta(days=31))
    await alice.says("undo that")
    alice.sees("There is nothing to undo")


async def test_nothing_is_known_to_undo_once_the_conversation_is_forgotten(alice: Person, valkey_url: str) -> None:
    await alice.says("give Visio to Bo")
    await alice.says("yes")
    with connected(valkey_url) as client:
        client.flushall()
    await alice.says("undo that")
    alice.sees("There is nothing to undo")


async def test_chinese_takes_back_as_well(lihua: Person, clock: FrozenClock) -> None:
    await lihua.says("把Visio计划1加3个")
    await lihua.says("是")
    await lihua.says("撤销刚才的")
    lihua.sees("这会撤销你最近确认的一项：", "8 → 5（−3）")
    await lihua.says("撤销")
    lihua.sees("已放弃，没有任何更改")
    clock.advance(timedelta(days=2))
    await lihua.says("撤销刚才的")
    lihua.sees("撤销这一项？", "2026年11月22日")
    await lihua.taps("撤销")
    lihua.sees("8 → 5（−3）")


async def test_what_was_done_for_one_person_is_nobody_elses_to_undo(alice: Person, dana: Person) -> None:
    alice.scope = dana.scope = "channel"
    await alice.says("give Visio to Bo")
    await alice.says("yes")
    await dana.says("undo that")
    dana.sees("There is nothing to undo")
