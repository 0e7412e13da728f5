"""The page of a list is turned, and a summary sorted, by words as by the buttons; in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dialogs.understanding.leafing import Leaf, To, leaf
from storage.wanted import Order

if TYPE_CHECKING:
    from tests.people import Person


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("next page", Leaf(To.NEXT)),
        ("Show me the next page, please.", Leaf(To.NEXT)),
        ("下一页", Leaf(To.NEXT)),
        ("翻到下一页吧", Leaf(To.NEXT)),
        ("previous page", Leaf(To.BACK)),
        ("上一页", Leaf(To.BACK)),
        ("back to the start", Leaf(To.FIRST)),
        ("首页", Leaf(To.FIRST)),
        ("the second page", Leaf(2)),
        ("第三页", Leaf(3)),
        ("第一页", Leaf(1)),
        ("最后一页", Leaf(To.LAST)),
        ("page 3", Leaf(3)),
        ("第2页", Leaf(2)),
        ("more", Leaf(To.NEXT, bare=True)),
        ("还有吗？", Leaf(To.NEXT, bare=True)),
        ("back", Leaf(To.BACK, bare=True)),
    ],
)
def test_a_page_is_asked_for(said: str, wanted: Leaf) -> None:
    assert leaf(said) == wanted


@pytest.mark.parametrize(
    ("said", "order"),
    [
        ("sort by price", Order.PRICE),
        ("by price", Order.PRICE),
        ("the most expensive first", Order.PRICE),
        ("按价格排序", Order.PRICE),
        ("sort them by expiry", Order.EXPIRY),
        ("by expiry date", Order.EXPIRY),
        ("按到期日排序", Order.EXPIRY),
        ("先到期的在前", Order.EXPIRY),
        ("sort by purchaser", Order.PURCHASER),
        ("按购买人排序", Order.PURCHASER),
        ("sort by name", Order.PRODUCT),
        ("按产品排序", Order.PRODUCT),
        ("latest first", Order.BOUGHT),
        ("最近购买的在前", Order.BOUGHT),
        ("by unused licenses", Order.UNUSED),
        ("按闲置费用排序", Order.UNUSED),
    ],
)
def test_an_order_is_asked_for(said: str, order: Order) -> None:
    assert leaf(said) == Leaf(order=order)


@pytest.mark.parametrize(
    "said",
    [
        "by purchaser",
        "按购买人",
        "by person",
        "more licenses",
        "next month",
        "add 3 more",
        "再加一页",
        "by priority",
        "",
    ],
)
def test_other_words_turn_nothing(said: str) -> None:
    assert leaf(said) is None


@pytest.mark.parametrize(
    ("asks", "following", "previous", "pages", "beyond"),
    [
        ("everything people bought", "next page", "previous page", ("1–10 of 15", "11–15 of 15"), "page 2 of 2"),
        ("全公司买了什么", "下一页", "上一页", ("第 1–10 个，共 15 个", "第 11–15 个，共 15 个"), "第 2 页，共 2 页"),
    ],
)
async def test_words_turn_the_pages_of_a_summary_as_its_buttons_do(
    bob: Person, asks: str, following: str, previous: str, pages: tuple[str, str], beyond: str
) -> None:
    await bob.says(asks)
    bob.sees(pages[0])
    await bob.says(following)
    bob.sees(pages[1])
    tapped = str(bob.latest[-1])
    await bob.says(following)
    bob.sees(beyond)
    await bob.says(previous)
    bob.sees(pages[0])
    await bob.taps("更多" if asks.startswith("全") else "More")
    assert str(bob.latest[-1]) == tapped


@pytest.mark.parametrize(
    ("asks", "more", "first", "second"),
    [("what can I buy", "more", "1–10 of", "11–20 of"), ("可以买哪些产品", "更多", "第 1–10 个", "第 11–20 个")],
)
async def test_every_long_list_has_pages_that_words_turn(
    alice: Person, asks: str, more: str, first: str, second: str
) -> None:
    await alice.says(asks)
    alice.sees(first)
    await alice.says(more)
    alice.sees(second)


@pytest.mark.parametrize(
    ("asks", "order", "limit", "nearest", "later"),
    [
        ("what was bought this quarter", "by expiry", "bought October 1", "December 2, 2026", "December 19, 2026"),
        ("公司本季度买了什么", "按到期日排序", "2026年10月1日至", "2026年12月2日", "2026年12月19日"),
    ],
)
async def test_words_sort_a_summary_and_keep_what_it_is_limited_to(
    bob: Person, asks: str, order: str, limit: str, nearest: str, later: str
) -> None:
    await bob.says(asks)
    await bob.says(order)
    bob.sees(limit)
    assert str(bob.latest[-1]).index(nearest) < str(bob.latest[-1]).index(later)


async def test_groups_stay_by_price_and_give_way_to_the_lines_in_any_other_order(bob: Person) -> None:
    await bob.says("self-service purchases by product")
    await bob.says("sort by price")
    bob.sees("Power BI Pro\nSubscriptions: 2")
    await bob.says("latest first")
    bob.sees("Assigned people:", "Planner and Project Plan 3\nPurchaser: Alice Chen")


async def test_a_list_of_one_page_says_that_it_is_all(bob: Person) -> None:
    await bob.says("what was bought this quarter")
    await bob.says("next page")
    bob.sees("That is all of it")
    await bob.says("下一页")
    bob.sees("已经全部显示")


async def test_with_no_list_in_view_the_words_turn_nothing(bob: Person) -> None:
    await bob.says("next page")
    bob.sees("No list is in view")
    await bob.says("下一页")
    bob.sees("现在没有可以翻页的列表")
    await bob.says("more")
    bob.sees_nothing_of("No list is in view")
    await bob.says("everything people bought")
    await bob.says("help")  # its card stands below the list now
    await bob.says("next page")
    bob.sees("No list is in view")
    bob.sees_nothing_of("11–15 of 15")


async def test_an_offer_stays_open_beside_the_list_and_a_bare_word_is_for_the_offer(alice: Person) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    await alice.says("what can I buy")
    await alice.says("more")
    alice.sees_nothing_of("11–20 of")
    await alice.says("what can I buy")
    await alice.says("next page")
    alice.sees("11–20 of")
    await alice.says("make it 7")
    alice.sees("20 → 27 (+7)")
