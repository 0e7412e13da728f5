"""What admins see of everything bought, in both languages, and what others see who ask the same."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from dialogs.asked import About, Asked
from storage.catalog import Catalog
from storage.grouping import GroupBy
from storage.views import Status
from storage.wanted import Days, Only, Order, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.clock import FrozenClock
    from tests.people import Person

TODAY = date(2026, 11, 22)
WITH_MORE = Asked(
    Wanted(("a", "b"), ("c",), Days(TODAY, TODAY), Days(date(2026, 1, 1), TODAY), Status.EXPIRED, Only.UNUSED),
    Order.EXPIRY,
    GroupBy.MONTH,
    About.CHANGES,
)


async def test_an_admin_sees_scope_instant_filters_totals_and_the_six_columns(bob: Person) -> None:
    await bob.says("what was bought this quarter")
    bob.sees("5 subscriptions fit", "as of November 22, 2026, 9:00 AM UTC")
    bob.sees("Limited to: bought October 1, 2026 – November 22, 2026.", "Licenses: 30 of 35 in use")
    bob.sees("Purchase price: $530.00 a month", "Power BI Pro\nPurchaser: Alice Chen\nLicenses bought: 20")
    bob.sees("Expiry: Renews December 13, 2026", "Assigned people: Alice Chen, Ann Lee, Dana Ruiz and 14 more")


async def test_the_same_in_chinese(bob: Person) -> None:
    await bob.says("公司本季度买了什么")
    bob.sees("5 个订阅", "截至2026年11月22日", "范围：2026年10月1日至2026年11月22日购买的。")
    bob.sees("购买价格: 每月 US$530.00", "购买人: 李华", "[按使用人]")


async def test_the_lines_that_are_seen_add_up_to_the_totals_that_are_seen(bob: Person) -> None:
    await bob.says("what was bought this quarter")
    shown = str(bob.latest[0])
    lines = [int(each) for each in re.findall(r"Licenses bought: (\d+)", shown)]
    assert sum(lines) == 35
    prices = [float(each) for each in re.findall(r"Purchase price: \$([\d.]+) a month", shown)]
    assert sum(prices[1:]) == prices[0] == 530.0


async def test_who_is_no_admin_sees_their_own_and_is_told_so(alice: Person, chenwei: Person) -> None:
    await alice.says("what was bought this quarter")
    alice.sees("2 subscriptions fit", "Only what you bought", "The whole organization is for admins to see.")
    alice.sees_nothing_of("李华", "陈伟", "[By purchaser]")
    await chenwei.says("公司本季度买了什么")
    chenwei.sees("只包括你自己的购买", "全组织的购买只有管理员能看。")
    chenwei.sees_nothing_of("Alice")


async def test_who_has_bought_nothing_is_told_so(ann: Person) -> None:
    await ann.says("what was bought this quarter in the whole company")
    ann.sees(
        "No subscription fits", "Only what you bought", "Limited to: bought October 1", "Name another product or period"
    )


async def test_a_product_and_a_period_limit_it_together(bob: Person) -> None:
    await bob.says("who bought Visio since July")
    bob.sees("3 subscriptions fit", "Limited to: Visio Plan 1 or Visio Plan 2, bought July 1, 2026")
    bob.sees_nothing_of("Alice")  # hers is older


async def test_what_expires_this_month_is_asked_of_the_whole_month(bob: Person) -> None:
    await bob.says("公司哪些订阅本月到期")
    bob.sees("2026年11月1日至2026年11月30日续订或到期的", "已于2026年11月18日到期", "2026年11月29日续订")


async def test_groups_come_with_a_chart_and_every_way_on_is_a_button(bob: Person) -> None:
    await bob.says("self-service purchases by product")
    bob.sees("Price a month by product: Power BI Pro: $448.00", "Power BI Pro\nSubscriptions: 2\nLicenses: 32")
    await bob.taps("By person")
    bob.sees("Price a month by license holder: Nobody: $", "[Each subscription]", "1–10 of")
    await bob.taps("More")
    bob.sees("11–20 of")
    await bob.taps("By month")
    bob.sees("February 2026\nSubscriptions: 1")
    await bob.taps("Each subscription")
    bob.sees("Assigned people: Alice Chen")


async def test_filters_stay_while_groups_and_orders_change_until_everything_is_asked_for(bob: Person) -> None:
    await bob.says("what was bought this quarter")
    await bob.taps("By purchaser")
    bob.sees("Limited to: bought October 1", "Alice Chen\nSubscriptions: 2")
    await bob.taps("Each subscription")
    await bob.taps("Sort by expiry")
    assert str(bob.latest[-1]).index("December 2, 2026") < str(bob.latest[-1]).index("December 19, 2026")
    await bob.taps("Everything")
    bob.sees("The organization has 15 subscriptions")
    bob.sees_nothing_of("Limited to", "[Everything]")


async def test_words_that_only_group_change_what_was_shown_last(bob: Person) -> None:
    await bob.says("what was bought this quarter")
    await bob.says("self-service purchases by month")
    bob.sees("Limited to: bought October 1", "October 2026\nSubscriptions: 2")
    await bob.taps("Everything")
    await bob.says("self-service purchases by purchaser")
    bob.sees("The organization has 15 subscriptions")


async def test_a_few_words_change_the_list_that_is_in_view(bob: Person) -> None:
    await bob.says("what was bought this quarter")
    await bob.says("by month")
    bob.sees("Limited to: bought October 1", "October 2026\nSubscriptions: 2")
    await bob.says("only Visio")
    bob.sees("Limited to: Visio Plan 1 or Visio Plan 2, bought October 1", "November 2026\nSubscriptions: 2")
    await bob.says("按产品")
    bob.sees("Visio Plan 2\nSubscriptions: 1")
    await bob.says("只看Power BI Pro")
    bob.sees("Power BI Pro", "280.00")
    bob.sees_nothing_of("Visio")


async def test_the_same_words_mean_nothing_of_a_list_that_is_long_gone(bob: Person, clock: FrozenClock) -> None:
    await bob.says("what was bought this quarter")
    clock.advance(timedelta(hours=1))
    await bob.says("by month")
    bob.sees_nothing_of("Limited to", "Subscriptions:")


@pytest.mark.parametrize("said", ["what expires this month", "which subscriptions expire this month"])
async def test_what_expires_is_understood_in_a_few_words(bob: Person, said: str) -> None:
    await bob.says(said)
    bob.sees("Limited to: renews or ends November 1, 2026 – November 30, 2026.")


async def test_unused_licenses_are_named_with_what_they_cost(bob: Person) -> None:
    await bob.says("unused licenses in the company")
    bob.sees("with unused licenses", "Unused: 27 licenses, $326.00 a month", "Unused: 7, $98.00 a month")
    await bob.says("全公司没人用的许可证")
    bob.sees("有闲置许可证的", "闲置: 7 个，每月 US$98.00")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("what don't we use", ("with unused licenses", "Unused: 27 licenses, $326.00 a month")),
        ("我们没用的许可证有哪些", ("有闲置许可证的", "闲置: 7 个，每月 US$98.00")),
        ("whose owner has left", ("No subscription fits", "whose purchaser has left or can't sign in")),
        ("哪些订阅的购买人离职了", ("没有符合条件的订阅", "购买人已离职")),
    ],
)
async def test_unused_and_orphaned_are_asked_for_in_everyday_words(
    bob: Person, said: str, told: tuple[str, ...]
) -> None:
    await bob.says(said)
    bob.sees(*told)


async def test_in_a_channel_nothing_is_said_aloud(bob: Person) -> None:
    bob.scope = "channel"
    await bob.says("who bought Visio since July")
    aloud = [each for each in bob.latest if not each.private]
    assert [str(each) for each in aloud] == ["Bob Marsh, I've answered you in our private chat."]


async def test_a_look_leaves_an_open_offer_as_it_was(person: Callable[[int], Person]) -> None:
    bo = person(8)
    await bo.says("add 2 licenses to Power Apps Premium")
    await bo.says("what was bought this quarter")
    await bo.taps("Buy")
    bo.sees("2 licenses of Power Apps Premium added")


@pytest.mark.parametrize(
    "forged",
    [
        {"asked": "purchaser=11111111-0000-4000-8000-000000000003"},
        {"asked": "product=x&bought=a/b&ends=2026&status=none&only=all&by=secret&order=up"},
        {"asked": "%%%", "page": "-3"},
        {"page": "9999999999"},
    ],
)
async def test_a_forged_button_shows_nobody_elses_purchases(alice: Person, forged: dict[str, str]) -> None:
    await alice.sends_tap({"look": "purchase_summary", **forged})
    alice.sees("Only what you bought")
    alice.sees_nothing_of("Power Automate", "$120.00")


def test_what_is_asked_goes_along_with_a_button_unchanged() -> None:
    assert Asked.decoded(WITH_MORE.coded()) == WITH_MORE
    assert (Asked().coded(), Asked.decoded("")) == ("", Asked())


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ({"from": "2026-11-01", "to": "2026-11-22"}, Days(date(2026, 11, 1), date(2026, 11, 30))),
        ({"from": "2026-10-01", "to": "2026-11-22"}, Days(date(2026, 10, 1), date(2026, 12, 31))),
        ({"from": "2026-01-01", "to": "2026-11-22"}, Days(date(2026, 1, 1), date(2026, 12, 31))),
        ({"from": "2026-11-20", "to": "2026-11-22"}, Days(date(2026, 11, 20), date(2026, 11, 22))),
        ({"from": "2027-01-01", "to": "2027-03-31"}, Days(date(2027, 1, 1), date(2027, 3, 31))),
        ({"months": 3}, Days(date(2026, 11, 22), date(2027, 2, 22))),
    ],
)
def test_expiry_looks_ahead_to_the_end_of_what_is_under_way(said: dict[str, object], days: Days) -> None:
    asked = Asked().changed({"about": "expiry", "period": said}, (), TODAY, Catalog())
    assert (asked.wanted.ends, asked.wanted.bought, asked.order) == (days, None, Order.EXPIRY)


def test_the_past_months_are_counted_back_from_today() -> None:
    asked = Asked().changed({"period": {"months": 9}}, (), TODAY, Catalog())
    assert asked.wanted.bought == Days(date(2026, 2, 22), TODAY)
