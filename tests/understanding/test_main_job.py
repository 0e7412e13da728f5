"""Buying and reducing licenses, in the words of the issue and some more, in English, Chinese and both at once."""

from __future__ import annotations

from typing import Any

import pytest

from dialogs.understanding import Request, Tier, Unusable

VISIO = ["Visio Plan 1", "Visio Plan 2"]


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    [
        ("add 5 licenses", "licenses.add", {"quantity": 5}),
        ("add 5 licenses to Power BI Pro", "licenses.add", {"product": "Power BI Pro", "quantity": 5}),
        ("5 more Power BI Pro", "licenses.add", {"product": "Power BI Pro", "quantity": 5}),
        ("Power BI Pro +5", "licenses.add", {"product": "Power BI Pro", "quantity": 5}),
        ("把Power BI Pro加5个许可证", "licenses.add", {"product": "Power BI Pro", "quantity": 5}),
        ("可以加5个Power BI Pro吗", "licenses.add", {"product": "Power BI Pro", "quantity": 5}),
        (
            "Hi! Could you please bump Power BI Pro up by five?",
            "licenses.add",
            {"product": "Power BI Pro", "quantity": 5},
        ),
        ("Visio down to 8", "licenses.set", {"product_candidates": VISIO, "quantity": 8, "way": "down"}),
        ("Visio减少到8个", "licenses.set", {"product_candidates": VISIO, "quantity": 8, "way": "down"}),
        ("set Teams Premium to 12", "licenses.set", {"product": "Teams Premium", "quantity": 12}),
        ("change Power BI Pro from 20 to 25 licenses", "licenses.set", {"product": "Power BI Pro", "quantity": 25}),
        (
            "请把Teams高级版的许可证数量从10个减少到8个",
            "licenses.set",
            {"product": "Teams Premium", "quantity": 8, "way": "down"},
        ),
        ("Take 7 away from Power BI Pro", "licenses.remove", {"product": "Power BI Pro", "quantity": 7}),
        ("cancel 3 Visio Plan 2 licenses", "licenses.remove", {"product": "Visio Plan 2", "quantity": 3}),
        ("不对，是7个", "flow.correct", {"quantity": 7}),
        ("actually make it 7", "flow.correct", {"quantity": 7}),
        ("I said 7, not 70", "flow.correct", {"quantity": 7}),
        ("no, 7", "flow.correct", {"quantity": 7}),
        ("改成7个", "flow.correct", {"quantity": 7}),
        ("不要5个，要6个", "flow.correct", {"quantity": 6}),
        ("Copilot改成10个", "licenses.set", {"product": "Microsoft 365 Copilot", "quantity": 10}),
        ("yes but make it 7", "flow.correct", {"quantity": 7}),
        ("never mind", "flow.abort", {}),
        ("算了", "flow.abort", {}),
        ("cancel", "flow.abort", {}),
        ("取消", "flow.abort", {}),
        ("不要了", "flow.abort", {}),
        ("don't buy anything", "flow.abort", {}),
        ("cancel Visio", "subscription.cancel", {"product_candidates": VISIO}),
        ("取消Visio", "subscription.cancel", {"product_candidates": VISIO}),
        ("Visio不要了", "subscription.cancel", {"product_candidates": VISIO}),
        ("we don't need Visio any more", "subscription.cancel", {"product_candidates": VISIO}),
        ("how many are free?", "subscriptions.show", {}),
        ("help", "help", {}),
        ("hi", "greet", {}),
        ("thanks", "thanks", {}),
    ],
)
def test_the_main_job_is_understood(read: Any, text: str, intent: str, slots: dict[str, Any]) -> None:
    meaning = read(text)
    assert (meaning.tier, meaning.requests) == (Tier.ACCEPT, (Request(intent, slots),)), meaning.why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("add ten % licenses to Power BI Pro", Unusable.PERCENT),
        ("copilot增加百分之二十", Unusable.PERCENT),
        ("add 1.5 licenses to Visio Plan 1", Unusable.FRACTION),
        ("add -5 licenses to Visio Plan 1", Unusable.NEGATIVE),
        ("double Power BI Pro", Unusable.RELATIVE),
        ("Power BI Pro翻倍", Unusable.RELATIVE),
        ("Visio计划1加十几个", Unusable.RELATIVE),
    ],
)
def test_an_amount_that_is_no_number_is_asked_for_and_named(read: Any, text: str, why: Unusable) -> None:
    meaning = read(text)
    assert meaning.tier is Tier.ACCEPT
    assert "quantity" not in meaning.requests[0].slots
    assert meaning.unusable is why


@pytest.mark.parametrize(("text", "quantity"), [("0", 0), ("five hundred thousand", 500_000), (str(10**12), 10**12)])
def test_impossible_amounts_arrive_as_said_for_the_desk_to_refuse(read: Any, text: str, quantity: int) -> None:
    meaning = read(f"add {text} licenses to Power BI Pro")
    assert meaning.requests == (Request("licenses.add", {"product": "Power BI Pro", "quantity": quantity}),)
    assert read(text, "quantity").answer == {"quantity": quantity}


@pytest.mark.parametrize(
    "text",
    [
        "add 5 licenses to Power BI Pro for Ann",
        "帮我加5个Power BI Pro给Ann",
        "add 5 Power BI Pro and give them to Ann",
        "Power BI Pro add 5个，然后assign给Ann",
    ],
)
def test_licenses_for_someone_are_one_request(read: Any, text: str) -> None:
    expected = Request("licenses.add", {"product": "Power BI Pro", "quantity": 5, "people": ["Ann"]})
    assert read(text).requests == (expected,)


@pytest.mark.parametrize("text", ["reduce Visio Plan 2 to 20, then give one to Bo", "Visio计划2减到20个，再给Bo一个"])
def test_several_requests_come_in_the_order_asked_and_share_the_product(read: Any, text: str) -> None:
    meaning = read(text)
    assert meaning.tier is Tier.ACCEPT
    assert meaning.requests == (
        Request("licenses.set", {"product": "Visio Plan 2", "quantity": 20, "way": "down"}),
        Request("licenses.assign", {"product": "Visio Plan 2", "people": ["Bo"]}),
    )


def test_a_second_request_may_leave_its_verb_to_the_first(read: Any) -> None:
    assert read("add 5 to Visio Plan 1 and 3 to Power BI Pro").requests == (
        Request("licenses.add", {"product": "Visio Plan 1", "quantity": 5}),
        Request("licenses.add", {"product": "Power BI Pro", "quantity": 3}),
    )


@pytest.mark.parametrize("text", ["用中文", "请用中文", "Chinese please", "in Chinese"])
def test_the_wish_for_chinese_is_a_wish_and_no_request(read: Any, text: str) -> None:
    assert (read(text).wish_language, read(text).requests) == ("zh-CN", ())


@pytest.mark.parametrize("text", ["English please", "speak English", "用英文"])
def test_the_wish_for_english_is_a_wish_and_no_request(read: Any, text: str) -> None:
    assert (read(text).wish_language, read(text).requests) == ("en", ())


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("add 5 licenses to Power BI Pro", "en"),
        ("把Power BI Pro加5个许可证", "zh-CN"),
        ("帮我加5个 Power BI 给 Ann", "zh-CN"),
        ("5", None),
        ("Visio", None),
        ("Power BI Pro = 25", None),
        ("ok", None),
    ],
)
def test_the_language_is_that_of_the_words_not_of_names_and_numbers(read: Any, text: str, language: str | None) -> None:
    assert read(text).language == language
