"""The policy in chat: an admin decides, a buyer is told what holds and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Person


async def decides(admin: Person, words: str, yes: str = "yes") -> None:
    """Says it and confirms the offer."""
    await admin.says(words)
    await admin.says(yes)


async def test_a_product_is_switched_off_with_one_tap_and_cannot_be_bought_then(alice: Person, bob: Person) -> None:
    await bob.says("disable self-service for Visio Plan 2")
    bob.sees("Visio Plan 2 is switched off for self-service", "Nobody can buy it", "Until now", "May be bought")
    bob.sees("The 2 subscriptions that exist are not touched", "[Do this]", "[Not now]")
    await bob.taps("Do this")
    bob.sees("Done: Visio Plan 2 is switched off", "by Bob Marsh", "[show the policy]")
    await alice.says("buy Visio Plan 2")
    alice.sees("Visio Plan 2 is switched off for self-service in your organization")
    alice.sees_nothing_of("How many")
    await alice.says("add 2 licenses to Visio Plan 2")
    alice.sees("Visio Plan 2 is switched off")
    await alice.says("what can I buy")
    alice.sees("Switched off in your organization: Visio Plan 2.")


async def test_the_same_in_chinese(lihua: Person, person: Callable[[int], Person], bob: Person) -> None:
    bob.locale = "zh-CN"
    await bob.says("禁用 Visio 计划 2 的自助购买")
    bob.sees("Visio Plan 2 停用自助购买", "任何人都不能购买、试用或添加许可证", "现有的 2 个订阅不受影响", "[确定]")
    await bob.taps("确定")
    bob.sees("已完成：Visio Plan 2 停用自助购买")
    await lihua.says("买 3 个 Visio 计划 2")
    lihua.sees("你的组织已停用 Visio Plan 2 的自助购买")
    await bob.says("把 Sales 每月限额设为 500 美元")
    bob.sees("Sales 合计每月最多购买 US$500.00", "适用于", "13 人", "续订照常进行，不计入")
    await bob.taps("确定")
    await bob.says("查看策略")
    bob.sees("购买策略", "Visio Plan 2 | 已停用", "Sales 合计每月最多购买 US$500.00", "审批人：Bob Marsh")


async def test_with_trials_only_the_way_on_is_the_trial(alice: Person, bob: Person) -> None:
    await decides(bob, "allow trials only for Clipchamp")
    await alice.says("buy 3 Clipchamp")
    alice.sees("Clipchamp can be tried in your organization, not bought", "[try Clipchamp]")
    await alice.taps("try Clipchamp")
    alice.sees("[Start the trial]")


async def test_what_is_allowed_again_can_be_bought(alice: Person, bob: Person) -> None:
    await decides(bob, "block purchases of Clipchamp")
    await decides(bob, "allow Clipchamp again")
    await alice.says("buy 3 Clipchamp")
    alice.sees("[Buy]")


async def test_a_team_is_capped_and_whoever_goes_over_it_is_told_what_is_left(alice: Person, bob: Person) -> None:
    await bob.says("cap Sales at $100 a month")
    bob.sees("Sales together may buy for $100.00 a month", "Holds for", "13 people", "Renewals go on")
    await bob.taps("Do this")
    await alice.says("buy 20 Teams Premium")
    alice.sees("Sales may buy for $100.00 a month", "is left this month", "nothing was bought")
    await alice.says("what is my cap")
    alice.sees("What you may buy", "Sales together may buy for $100.00 a month", "ask an admin: Bob Marsh")


async def test_an_unknown_team_is_asked_about(bob: Person) -> None:
    await bob.says("cap Marketing at $100 a month")
    bob.sees("I don't know a team called Marketing", "[Sales]")
    await bob.taps("Sales")
    bob.sees("Sales together may buy for $100.00 a month")


async def test_the_cap_that_goes_is_found_by_what_was_said(bob: Person) -> None:
    await decides(bob, "cap Sales at $100 a month")
    await decides(bob, "cap everybody at $200 a month")
    await decides(bob, "no more than 20 Visio Plan 2 licenses per person")
    await bob.says("remove the cap for everybody")
    bob.sees("Which cap should go?", "Each person may buy for $200.00 a month")
    await bob.taps("Each person may buy for $200.00 a month")
    bob.sees("No cap any more: Each person may buy for $200.00 a month")
    await bob.taps("Do this")
    await bob.says("remove the cap for Sales")
    bob.sees("No cap any more: Sales together may buy for $100.00 a month")
    await bob.says("never mind")
    await bob.says("show the policy")
    bob.sees("Sales together may buy for $100.00", "Each person may buy 20 licenses of Visio Plan 2")
    bob.sees_nothing_of("$200.00")


async def test_a_decision_is_taken_back(alice: Person, bob: Person) -> None:
    await decides(bob, "cap everybody at $10 a month")
    await decides(bob, "cap everybody at $20.50 a month")
    await bob.says("undo that")
    bob.sees("Each person may buy for $10.00 a month")
    await bob.taps("Do this")
    await decides(bob, "disable Clipchamp")
    await decides(bob, "undo that")
    bob.sees("Done: Clipchamp may be bought")


async def test_who_approves_is_named_and_taken_back(bob: Person) -> None:
    await bob.says("who may approve?")
    bob.sees("Requests are decided by: Bob Marsh.")
    await bob.says("Dana approves requests")
    bob.sees("Dana Ruiz approves requests", "go to Dana Ruiz instead of the admins")
    await bob.taps("Do this")
    await bob.says("who may approve?")
    bob.sees("Requests are decided by: Dana Ruiz.")
    await bob.says("remove Dana as approver")
    bob.sees("Dana Ruiz no longer approves requests", "requests go to the admins")
    await bob.says("Xaver Unknown approves requests")
    bob.sees("I don't know anybody called Xaver Unknown")


async def test_requests_are_closed_and_taken_again(bob: Person) -> None:
    await decides(bob, "close requests")
    bob.sees("Done: Requests are closed")
    await decides(bob, "take requests again")
    bob.sees("Done: Requests are taken")


async def test_who_is_no_admin_decides_nothing_and_is_told_who_can(alice: Person) -> None:
    for words in (
        "disable self-service for Visio",
        "cap Marketing at $100 a month",
        "Bo approves requests",
        "close requests",
        "remove the cap for Sales",
    ):
        await alice.says(words)
        alice.sees("Only an admin decides about that. In your organization: Bob Marsh.")


async def test_what_is_not_clear_is_asked(bob: Person) -> None:
    await bob.says("disable self-service for Visio")
    bob.sees("Which product is this about?", "[Visio Plan 1]", "[Visio Plan 2]")
    await bob.says("the second one")
    bob.sees("Visio Plan 2 is switched off for self-service")


async def test_two_products_are_one_plan(alice: Person, bob: Person) -> None:
    await bob.says("disable self-service for Clipchamp and Visio Plan 1")
    bob.sees("Clipchamp is switched off for self-service", "Visio Plan 1 is switched off for self-service")
    await bob.says("yes")
    await bob.says("show the policy")
    bob.sees("Clipchamp | Switched off", "Visio Plan 1 | Switched off")


async def test_everything_is_switched_off_but_what_has_a_rule_of_its_own(alice: Person, bob: Person) -> None:
    await decides(bob, "allow trials only for Clipchamp")
    await bob.says("disable self-service for all products")
    bob.sees("Self-service is switched off", "keep it: Clipchamp")
    await bob.says("yes")
    await alice.says("try Clipchamp")
    alice.sees("[Start the trial]")
    await alice.says("buy 2 Teams Premium")
    alice.sees("Teams Premium is switched off")


async def test_a_cap_is_in_the_money_of_the_organisation(bob: Person) -> None:
    await bob.says("cap everybody at €200 a month")
    bob.sees("Your organization pays in USD")
