"""Changing the number of licenses, as people meet it: in English and in Chinese, in private and in the channel."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from tests.people import Person


async def test_buying_asks_only_for_what_is_missing(alice: Person) -> None:
    await alice.says("add 5 licenses")
    alice.sees("Which subscription?", "[Power BI Pro]", "[Visio Plan 2]")
    await alice.says("Power BI Pro")
    alice.sees("20 → 25 (+5)", "Due now: $49.00", "Next invoice, December 13, 2026: $350.00")
    alice.sees("Each month from then on: $350.00", "Net, this period: +$49.00", "Visa ···4242")
    await alice.taps("Buy")
    alice.sees("5 licenses of Power BI Pro added", "20 → 25 (+5)", "Invoice: G0")


async def test_buying_in_chinese(lihua: Person) -> None:
    await lihua.says("Visio加5个许可证")
    lihua.sees("给 Visio Plan 1 增加许可证？", "5 → 10（+5）", "现在应付", "Mastercard ···5100")
    await lihua.taps("购买")
    lihua.sees("已为 Visio Plan 1 增加 5 个许可证", "发票: G0")


async def test_everything_said_is_used(alice: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    alice.sees("20 → 25 (+5)")


async def test_one_answer_fills_two_blanks(chenwei: Person) -> None:
    await chenwei.says("add licenses")
    chenwei.sees("Which subscription?")
    await chenwei.says("Visio Plan 1, 5")
    chenwei.sees("2 → 7 (+5)")


async def test_an_ambiguous_name_is_asked_among_what_the_person_owns(chenwei: Person) -> None:
    await chenwei.says("Visio加1个许可证")
    chenwei.sees("是哪个订阅？", "[Visio Plan 1]", "[Visio Plan 2]")
    await chenwei.says("第二个")
    chenwei.sees("给 Visio Plan 2 增加许可证？", "2 → 3（+1）")


@pytest.mark.parametrize(
    ("said", "chosen"), [("2", "Visio Plan 2"), ("the third one", "Teams Premium"), ("last", "Plan 3")]
)
async def test_a_place_in_the_list_is_an_answer(alice: Person, said: str, chosen: str) -> None:
    await alice.says("add 5 licenses")
    await alice.says(said)
    alice.sees(chosen, "(+5)")


async def test_a_family_name_is_not_asked_about_when_only_one_is_owned(alice: Person) -> None:
    await alice.says("set Visio to 12")
    alice.sees("Visio Plan 2", "10 → 12 (+2)", "Each year from then on")


async def test_a_correction_on_the_card_voids_the_offer(alice: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    old = alice.button("Buy")
    await alice.says("actually make it 7")
    alice.sees("20 → 27 (+7)", "Due now: $68.60")
    await alice.sends_tap(old)
    alice.sees("Nothing was changed")
    await alice.taps("Buy")
    alice.sees("20 → 27 (+7)", "Invoice: G0")


async def test_a_correction_in_chinese(lihua: Person) -> None:
    await lihua.says("Visio加5个许可证")
    await lihua.says("不对，是7个")
    lihua.sees("5 → 12（+7）")


async def test_a_total_corrects_an_addition(alice: Person, lihua: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    await alice.says("oops, 30 in total")
    alice.sees("20 → 30 (+10)")
    await lihua.says("Visio加5个许可证")
    await lihua.says("改成总共9个")
    lihua.sees("5 → 9（+4）")


async def test_a_typed_yes_counts_for_the_open_offer_once(alice: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    await alice.says("yes")
    alice.sees("5 licenses of Power BI Pro added")
    await alice.says("yes")
    alice.sees("no offer open")


async def test_a_second_tap_gives_the_same_answer_and_changes_nothing(alice: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    await alice.taps("Buy")
    first = alice.latest
    await alice.taps("Buy")
    assert alice.latest == first
    await alice.says("add 1 license to Power BI Pro")
    alice.sees("25 → 26 (+1)")


async def test_not_now_changes_nothing_and_a_later_yes_neither(alice: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    await alice.taps("Not now")
    alice.sees("Nothing was changed")
    await alice.taps("Buy")
    alice.sees("Nothing was changed")


async def test_a_reduction_after_the_window_waits_for_the_renewal(alice: Person) -> None:
    await alice.says("reduce Power BI Pro by 2")
    alice.sees("20 → 18 (−2)", "Takes effect on December 13, 2026", "Due now: $0.00", "December 13, 2026: $252.00")
    await alice.taps("Schedule")
    alice.sees("Power BI Pro: 2 licenses fewer from December 13, 2026", "Nothing changes until December 13, 2026")


async def test_licenses_just_added_can_be_given_back_at_once(alice: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    await alice.taps("Buy")
    await alice.says("remove 2 licenses from Power BI Pro")
    alice.sees("25 → 23 (−2)", "given back until November 29, 2026", "Net, this period: −$19.60")
    await alice.taps("Reduce")
    alice.sees("2 licenses of Power BI Pro given back", "The credit is taken off your next invoice")


async def test_a_reduction_below_what_is_in_use_proposes_who_gives_one_up(alice: Person) -> None:
    await alice.says("Visio down to 8")
    alice.sees("10 → 8 (−2)", "This person loses the license on December 13, 2026", "[Only down to 9]")
    await alice.taps("Only down to 9")
    alice.sees("10 → 9 (−1)")
    alice.sees_nothing_of("loses the license")


async def test_a_reduction_with_releases_is_one_operation(alice: Person) -> None:
    await alice.says("set Project Plan 3 to 2")
    alice.sees("3 → 2 (−1)", "This person loses the license now", "Takes effect now")
    await alice.taps("Reduce")
    alice.sees("One license of Planner and Project Plan 3 given back")
    await alice.says("set Project Plan 3 to 1")
    alice.sees("2 → 1 (−1)", "This person loses the license now")


async def test_a_new_scheduled_change_replaces_the_old_one(alice: Person) -> None:
    await alice.says("set Teams Premium to 4")
    alice.sees("5 → 4 (−1)", "This replaces the change to 3")


async def test_an_increase_keeps_the_scheduled_reduction(alice: Person) -> None:
    await alice.says("set Teams Premium to 12")
    alice.sees("5 → 12 (+7)", "The change to 3 scheduled for", "stays")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("add 0 licenses to Power BI Pro", "How many licenses of Power BI Pro do you want to add?"),
        ("add -3 licenses to Power BI Pro", "below zero"),
        ("add 1.5 licenses to Power BI Pro", "whole numbers"),
        ("add ten % to Power BI Pro", "percentages"),
        ("set Power BI Pro to 1000000000000", "at most"),
        ("add five hundred thousand licenses to Power BI Pro", "at most"),
        ("set Power BI Pro to 0", "at least one license"),
        ("set Power BI Pro to 20", "already has 20 licenses"),
        ("add 5 licenses to Clipchamp", "You have no subscription to Clipchamp. Which of yours did you mean?"),
    ],
)
async def test_what_cannot_be_done_is_said_with_what_to_do_next(alice: Person, words: str, answer: str) -> None:
    await alice.says(words)
    alice.sees(answer)
    assert "Buy" not in alice.latest[-1].buttons


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("Visio加0个许可证", "要给 Visio Plan 1 增加多少个许可证？"),
        ("Visio加-3个许可证", "小于零"),
        ("Visio加1.5个许可证", "整数"),
        ("Visio增加百分之十", "百分比"),
        ("Visio总数设为1000000000000", "最多可以有"),
        ("Visio加五十万个许可证", "最多可以有"),
        ("给Clipchamp加5个许可证", "你没有 Clipchamp 的订阅"),
        ("Power Automate加2个许可证", "上一次付款失败"),
    ],
)
async def test_what_cannot_be_done_is_said_in_chinese(lihua: Person, words: str, answer: str) -> None:
    await lihua.says(words)
    lihua.sees(answer)
    assert "购买" not in lihua.latest[-1].buttons


async def test_after_a_number_that_cannot_be_used_another_one_is_enough(alice: Person) -> None:
    await alice.says("add 1.5 licenses to Power BI Pro")
    alice.sees("How many licenses of Power BI Pro do you want to add?")
    await alice.says("2")
    alice.sees("20 → 22 (+2)")


async def test_a_second_task_suspends_the_first_and_hands_back_to_it(alice: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    await alice.says("add 2 licenses to Teams Premium")
    alice.sees("5 → 7 (+2)")
    await alice.taps("Not now")
    alice.sees("Back to what you had open:", "20 → 25 (+5)")


async def test_never_mind_drops_the_open_task(alice: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    offer = alice.button("Buy")
    await alice.says("never mind")
    alice.sees("Dropped. Nothing was changed.")
    await alice.sends_tap(offer)
    alice.sees("Nothing was changed")


async def test_an_offer_is_good_for_a_quarter_of_an_hour(alice: Person, clock: FrozenClock) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    clock.advance(timedelta(minutes=16))
    await alice.taps("Buy")
    alice.sees("older than 15 minutes", "nothing was changed")


async def test_two_offers_alternating_do_not_pile_up(alice: Person) -> None:
    for _ in range(6):
        await alice.says("add 5 licenses to Power BI Pro")
        await alice.says("add 2 licenses to Teams Premium")
    await alice.says("never mind")
    alice.sees("Dropped", "Back to what you had open:", "20 → 25 (+5)")
    await alice.says("never mind")
    alice.sees("Dropped")
    alice.sees_nothing_of("Back to")


async def test_a_task_whose_subscription_was_tapped_is_suspended_too(alice: Person) -> None:
    await alice.says("add 5 licenses")
    await alice.taps("Power BI Pro")
    await alice.says("add 3 licenses to Teams Premium")
    alice.sees("5 → 8 (+3)")
    await alice.taps("Not now")
    alice.sees("Back to what you had open:", "20 → 25 (+5)")


async def test_buying_from_an_older_card_leaves_the_open_task_alone(alice: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    older = alice.button("Buy")
    await alice.says("add 3 licenses to Teams Premium")
    await alice.sends_tap(older)
    alice.sees("5 licenses of Power BI Pro added")
    alice.sees_nothing_of("Back to what you had open")
    await alice.taps("Buy")
    alice.sees("3 licenses of Teams Premium added")


async def test_never_mind_drops_what_was_to_follow_as_well(alice: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro and then set Teams Premium to 12")
    await alice.says("never mind")
    alice.sees("Dropped")
    alice.sees_nothing_of("Next:", "Teams Premium")


async def test_the_smaller_reduction_is_no_way_back_into_a_finished_card(alice: Person) -> None:
    await alice.says("Visio down to 8")
    smaller = alice.button("Only down to 9")
    await alice.taps("Schedule")
    receipt = str(alice.latest[0])
    await alice.sends_tap(smaller)
    assert str(alice.latest[0]) == receipt


async def test_a_quantity_in_a_tap_is_not_a_button(alice: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    await alice.sends_tap({**alice.button("Buy"), "do": "500"})
    alice.sees("I don't know that card")
    await alice.taps("Buy")
    alice.sees("20 → 25 (+5)")


async def test_an_offer_of_a_period_that_has_ended_is_not_carried_out(alice: Person, clock: FrozenClock) -> None:
    clock.advance(timedelta(days=20, hours=14, minutes=55))
    await alice.says("add 5 licenses to Power BI Pro")
    alice.sees("1 of 30 days")
    clock.advance(timedelta(minutes=10))
    await alice.taps("Buy")
    alice.sees("Nothing was changed", "its renewal is due")
