"""Seeing what has been bought: the list, one subscription in detail, and to whom which of it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Person


async def test_a_purchaser_sees_seats_price_renewal_and_what_is_scheduled(alice: Person) -> None:
    await alice.says("what have I bought")
    alice.sees("You have 4 subscriptions", "Licenses in use: 17 of 20", "Price: $280.00 a month")
    alice.sees("Price: $1,800.00 a year", "Renews on December 13, 2026", "[Visio Plan 2]")
    alice.sees("Teams Premium: a change to 3 licenses is scheduled for December 8, 2026.")
    alice.sees_nothing_of("Bought by", "Clipchamp")


async def test_the_list_in_chinese(lihua: Person) -> None:
    await lihua.says("我买了什么")
    lihua.sees("你有 2 个订阅", "已使用许可证: 8 / 8", "价格: 每月 US$25.00", "2026年12月14日续订", "上一次付款失败")


async def test_whoever_bought_something_sees_what_they_hold_of_others_too(
    alice: Person, dana: Person, lihua: Person
) -> None:
    await alice.says("what have I bought")
    alice.sees_nothing_of("You also hold")
    await dana.says("what have I bought")
    dana.sees("You also hold licenses that others bought: Power BI Pro.")
    await alice.says("give Power BI Pro to 李华")
    await alice.says("yes")
    await lihua.says("我买了什么")
    lihua.sees("你有 2 个订阅", "你还有别人购买的许可证：Power BI Pro。")


async def test_one_of_the_list_is_shown_with_its_people_and_whom_it_is_shared_with(alice: Person) -> None:
    await alice.says("what have I bought")
    await alice.taps("Visio Plan 2")
    alice.sees("9 of 10, 1 free", "Shared with: Sales", "9 people have a license", "Ingrid Solberg: last used")
    alice.sees("Paid with: Visa ···4242", "[add 5 licenses to Visio Plan 2]", "[cancel Visio Plan 2]")


async def test_people_are_shown_ten_at_a_time(alice: Person) -> None:
    await alice.says("show Power BI Pro")
    alice.sees("17 people have a license", "Tomás Silva", "[More]")
    alice.sees_nothing_of("Grace Okafor")
    await alice.taps("More")
    alice.sees("Grace Okafor")
    alice.sees_nothing_of("Tomás Silva", "[More]")


async def test_a_button_offers_what_can_really_be_done(alice: Person, dana: Person) -> None:
    await alice.says("show Planner and Project Plan 3")
    alice.sees("3 of 3, 0 free", "[cancel Planner and Project Plan 3]")
    alice.sees_nothing_of("[hand out", "[keep", "[reactivate")
    await alice.says("show Teams Premium")
    alice.sees("[drop the scheduled reduction of Teams Premium]")
    await dana.says("show Copilot")
    dana.sees("Expired on November 18, 2026", "[reactivate Microsoft 365 Copilot]")
    dana.sees_nothing_of("[add", "[cancel")


async def test_a_team_lead_sees_seats_and_no_price(dana: Person) -> None:
    await dana.says("show Visio")
    dana.sees("Visio Plan 2", "9 of 10, 1 free", "Bought by: Alice Chen", "[hand out Visio Plan 2]")
    dana.sees_nothing_of("$", "Visa", "[add", "[cancel")
    await dana.says("what have I bought")
    dana.sees("Not shown", "$60.00 a month")


async def test_an_admin_sees_everything_a_page_at_a_time_and_can_change_none_of_it(bob: Person) -> None:
    await bob.says("what have I bought")
    bob.sees("You can see 15 subscriptions", "Bought by: Alice Chen", "$280.00 a month", "[More]")
    bob.sees_nothing_of("Dana Ruiz")
    await bob.taps("More")
    bob.sees("You can see 15 subscriptions", "11–15 of 15", "Dana Ruiz")
    bob.sees_nothing_of("[More]")
    await bob.says("show Teams Premium")
    bob.sees("5", "Bought by: Alice Chen")
    bob.sees_nothing_of("[add", "[hand out", "[cancel", "[drop")


async def test_who_has_bought_nothing_sees_the_licenses_they_hold(person: Callable[[int], Person]) -> None:
    lilei = person(10)
    await lilei.says("我买了什么")
    lilei.sees("你没有购买过订阅；你有 1 个许可证", "Power Automate Premium: 来自李华")
    lilei.sees_nothing_of("$")


@pytest.mark.parametrize(
    ("said", "seen", "unseen"),
    [
        ("show my expired subscriptions", "Microsoft 365 Copilot", "Visio"),
        ("show my active subscriptions", "Visio Plan 2", "Copilot"),
        ("show my disabled subscriptions", "None of the subscriptions you can see is disabled.", "Copilot"),
    ],
)
async def test_the_list_is_filtered_by_status(dana: Person, said: str, seen: str, unseen: str) -> None:
    await dana.says(said)
    dana.sees(seen)
    dana.sees_nothing_of(unseen)


async def test_who_bought_it_is_named_only_where_somebody_else_did(dana: Person) -> None:
    await dana.says("show my expired subscriptions")
    dana.sees_nothing_of("Bought by")
    await dana.says("show my active subscriptions")
    dana.sees("Bought by: Alice Chen")


async def test_an_ambiguous_name_is_asked_about_among_what_can_be_seen(chenwei: Person) -> None:
    await chenwei.says("显示Visio")
    chenwei.sees("是哪个订阅？", "[Visio Plan 1]", "[Visio Plan 2]")
    await chenwei.taps("Visio Plan 2")
    chenwei.sees("1 / 2，空闲 1 个")


async def test_a_look_in_the_middle_leaves_the_open_offer_untouched(alice: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    await alice.says("what have I bought")
    alice.sees("You have 4 subscriptions", "Still open: Power BI Pro: 20 → 25 (+5)")
    await alice.taps("Buy")
    alice.sees("5 licenses of Power BI Pro added")


@pytest.mark.parametrize("forged", [{"page": "99"}, {"page": "-1"}, {"page": "x"}, {"status": "everything"}])
async def test_a_forged_list_button_shows_no_more_than_the_list(alice: Person, forged: dict[str, str]) -> None:
    await alice.sends_tap({"look": "list_subscriptions", **forged})
    alice.sees_nothing_of("李华", "Bought by")


async def test_a_forged_button_shows_nobody_elses_subscription(alice: Person, lihua: Person) -> None:
    await lihua.says("我买了什么")
    await alice.sends_tap(lihua.button("Visio Plan 1"))
    alice.sees_nothing_of("Visio Plan 1", "李雷", "5100")


async def test_how_many_are_free_without_a_product_lists_all(alice: Person, lihua: Person) -> None:
    await alice.says("how many are free?")
    alice.sees("You have 4 subscriptions", "17 of 20, 3 free", "9 of 10, 1 free")
    alice.sees_nothing_of("Which subscription?")
    await lihua.says("还有多少空闲的")
    lihua.sees("2 / 5，空闲 3 个")


async def test_whoever_may_not_see_a_price_is_told_who_does(dana: Person) -> None:
    await dana.says("how much is Visio Plan 2")
    dana.sees("Price: Shown only to Alice Chen, who pays for it")
    dana.sees_nothing_of("$")
    await dana.says("用中文")
    await dana.says("Visio Plan 2多少钱")
    dana.sees("价格: 只有付款的 Alice Chen 能看到")


async def test_a_list_is_turned_back(alice: Person, lihua: Person) -> None:
    await alice.says("what can I buy")
    alice.sees_nothing_of("[Back]")
    first = alice.latest[-1].lines
    await alice.taps("More")
    alice.sees("11–20 of 20", "[Back]")
    await alice.taps("Back")
    assert alice.latest[-1].lines == first
    await lihua.says("可以买哪些产品")
    await lihua.taps("更多")
    lihua.sees("[返回]")
