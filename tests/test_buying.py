"""Buying and trying a product, and seeing what there is to buy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Person


async def test_what_is_not_said_stands_on_the_card_and_is_changed_there(alice: Person) -> None:
    await alice.says("buy 3 Clipchamp")
    alice.sees("Buy Clipchamp?", "3 licenses, paid monthly", "Due now: $36.00", "Paid with: Visa ···4242")
    await alice.taps("Pay yearly")
    alice.sees("3 licenses, paid yearly", "Due now: $432.00", "renews on November 22, 2027", "[Pay monthly]")
    await alice.taps("Another card")
    alice.sees("3 licenses of Clipchamp, paid yearly, $432.00 due now: with which card?", "[Mastercard ···4444]")
    await alice.taps("Mastercard ···4444")
    alice.sees("3 licenses, paid yearly", "Paid with: Mastercard ···4444")
    await alice.taps("Buy")
    alice.sees("3 licenses of Clipchamp bought for a year", "Invoice: G0", "Charged now: $432.00")
    await alice.says("show Clipchamp")
    alice.sees("0 of 3, 3 free", "$432.00 a year", "Renews on November 22, 2027")


async def test_yearly_is_said_at_once_in_chinese(lihua: Person) -> None:
    await lihua.says("购买3个Clipchamp，按年付")
    lihua.sees("购买 Clipchamp？", "3 个许可证，按年付款", "现在应付: US$432.00", "Mastercard ···5100")
    await lihua.taps("购买")
    lihua.sees("已购买 3 个 Clipchamp 许可证，为期一年", "发票: G0")


async def test_the_term_and_the_card_are_changed_in_words_on_the_offer(alice: Person) -> None:
    await alice.says("buy 3 Clipchamp")
    await alice.says("yearly")
    alice.sees("3 licenses, paid yearly", "Due now: $432.00")
    await alice.says("for 2")
    alice.sees("2 licenses, paid yearly", "Due now: $288.00")
    await alice.says("with the Mastercard")
    alice.sees("2 licenses, paid yearly", "Paid with: Mastercard ···4444", "[Buy]")
    await alice.says("monthly")
    alice.sees("2 licenses, paid monthly", "Paid with: Mastercard ···4444")
    await alice.says("yes")
    alice.sees("2 licenses of Clipchamp bought", "Mastercard ···4444")


async def test_the_term_and_the_card_are_changed_in_chinese(lihua: Person) -> None:
    await lihua.says("购买3个Clipchamp")
    await lihua.says("按年付")
    lihua.sees("3 个许可证，按年付款", "现在应付: US$432.00")
    await lihua.says("用那张万事达")
    lihua.sees("3 个许可证，按年付款", "付款方式: Mastercard ···5100", "[购买]")
    await lihua.says("改成按月")
    lihua.sees("3 个许可证，按月付款")


async def test_the_term_can_be_said_while_the_number_is_asked_for(alice: Person) -> None:
    await alice.says("buy Clipchamp")
    await alice.says("yearly")
    alice.sees("How many licenses of Clipchamp do you want to buy?")
    await alice.says("2")
    alice.sees("2 licenses, paid yearly")


async def test_a_card_that_is_none_of_theirs_is_asked_about_and_never_taken_for_another(alice: Person) -> None:
    await alice.says("buy 3 Clipchamp")
    await alice.says("pay with the Amex")
    alice.sees("3 licenses of Clipchamp, paid monthly, $36.00 due now: with which card?")
    alice.sees_nothing_of("[Buy]")
    await alice.says("the second one")
    alice.sees("3 licenses, paid monthly", "Paid with: Mastercard ···4444", "[Buy]")


async def test_a_second_tap_buys_nothing_more(alice: Person) -> None:
    await alice.says("buy 3 Clipchamp")
    await alice.taps("Buy")
    first = alice.latest
    await alice.taps("Buy")
    assert alice.latest == first
    await alice.says("show Clipchamp")
    alice.sees("0 of 3")


async def test_what_is_missing_is_asked_for(alice: Person) -> None:
    await alice.says("buy a new subscription")
    alice.sees("Which product do you want to buy?", "Clipchamp · $12.00 a month")
    alice.sees_nothing_of("Teams Exploratory")  # it can be tried, and is never sold
    await alice.says("Clipchamp")
    alice.sees("How many licenses of Clipchamp do you want to buy?")
    await alice.says("4")
    alice.sees("4 licenses, paid monthly")


async def test_a_number_without_a_product_asks_which_product(alice: Person) -> None:
    await alice.says("buy 5 licenses")
    alice.sees("Which")
    await alice.says("Clipchamp")
    alice.sees("Clipchamp", "5")


async def test_a_number_that_cannot_be_is_asked_for_again(alice: Person) -> None:
    await alice.says("buy 20000 Clipchamp")
    alice.sees("Clipchamp", "10,000", "How many licenses of Clipchamp do you want to buy?")
    await alice.says("2")
    alice.sees("2 licenses, paid monthly")


async def test_what_is_owned_already_can_be_added_to_instead(alice: Person) -> None:
    await alice.says("buy 5 Power BI Pro")
    alice.sees("You already have 20 licenses of Power BI Pro", "[Buy] [Add to the 20 you have] [Pay yearly]")
    await alice.taps("Add to the 20 you have")
    alice.sees("Add licenses to Power BI Pro?", "20 → 25 (+5)", "Due now: $49.00")
    await alice.taps("Buy")
    alice.sees("5 licenses of Power BI Pro added")


async def test_a_trial_is_free_ends_by_itself_and_is_for_whoever_tries(alice: Person) -> None:
    await alice.says("try Copilot")
    alice.sees("Try Microsoft 365 Copilot?", "One license, free of charge", "ends by itself on December 22, 2026")
    alice.sees("Alice Chen gets a license at once.", "Due now: $0.00")
    alice.sees_nothing_of("Visa", "[Pay yearly]")
    await alice.taps("Start the trial")
    alice.sees("The trial of Microsoft 365 Copilot has begun with one license")
    await alice.says("show Copilot")
    alice.sees("1 of 1, 0 free", "Trial until December 22, 2026", "Free trial")
    alice.sees_nothing_of("[add")


async def test_a_product_is_tried_once(alice: Person) -> None:
    await alice.says("try Copilot")
    await alice.taps("Start the trial")
    await alice.says("try Copilot")
    alice.sees("Microsoft 365 Copilot")
    alice.sees_nothing_of("[Start the trial]")


async def test_what_is_never_sold_is_tried_and_not_promised_to_be_kept(alice: Person) -> None:
    await alice.says("buy Teams Exploratory")
    alice.sees("Try Teams Exploratory?", "is never sold")


async def test_what_is_never_sold_is_said_to_end_with_its_trial(alice: Person, lihua: Person) -> None:
    await alice.says("try Teams Exploratory")
    await alice.taps("Start the trial")
    await alice.says("buy Teams Exploratory")
    alice.sees("It is not sold, so it can't be bought afterwards.")
    alice.sees_nothing_of("“buy", "“try")
    await lihua.says("试用Teams Exploratory")
    await lihua.taps("开始试用")
    await lihua.says("购买Teams Exploratory")
    lihua.sees("它不出售，试用后也不能购买")


async def test_a_trial_in_chinese(lihua: Person) -> None:
    await lihua.says("试用Teams高级版")
    lihua.sees("试用 Teams Premium？", "1 个许可证，免费", "2026年12月22日自动结束")
    await lihua.taps("开始试用")
    lihua.sees("Teams Premium 的试用已开始")


async def test_without_a_payment_method_nothing_is_bought(person: Callable[[int], Person]) -> None:
    ann = person(5)
    await ann.says("buy 3 Clipchamp")
    ann.sees("You have no payment method, so Clipchamp can't be bought yet.")
    ann.sees_nothing_of("[Buy]")


async def test_the_catalog_is_shown_family_by_family_with_prices(alice: Person) -> None:
    await alice.says("what can I buy")
    alice.sees("20 products", "Power BI Pro | $14.00 | $168.00", "You already have: Power BI Pro", "try Visio Plan 2")
    alice.sees_nothing_of("Clipchamp |")
    await alice.taps("More")
    alice.sees("Clipchamp | $12.00 | $144.00", "Teams Exploratory | – | –")
    await alice.taps("buy a new subscription")
    alice.sees("Which product do you want to buy?")


async def test_an_admin_buys_like_any_member_and_a_guest_does_not(bob: Person, evan: Person) -> None:
    await bob.says("可以买哪些产品")
    bob.sees("20 个产品")
    await evan.says("buy 3 Clipchamp")
    evan.sees("can't help guests")


@pytest.mark.parametrize("to", ["year", "card", "add", "nonsense"])
async def test_a_forged_button_on_somebody_elses_offer_changes_nothing(alice: Person, bo: Person, to: str) -> None:
    await alice.says("buy 5 Power BI Pro")
    op = alice.button("Buy")["op"]
    await bo.sends_tap({"op": op, "do": "adjust", "to": to})
    bo.sees("I don't know that card.")
    await alice.taps("Buy")
    alice.sees("5 licenses of Power BI Pro bought")
