"""How people ask for the main job on an ordinary day: roughly, in passing, changing their mind while speaking."""

from __future__ import annotations

from typing import Any

import pytest

from dialogs.understanding import Guard, Request, Tier, Unusable

VISIO = ["Visio Plan 1", "Visio Plan 2"]


@pytest.mark.parametrize(
    "amount",
    ["五六个", "三四个", "两三个", "七八十个", "十五六个", "三五个", "二十多个", "3到5个", "5个或6个", "5~6个"],
)
def test_a_chinese_amount_said_roughly_is_no_number(read: Any, amount: str) -> None:
    meaning = read(f"Visio Plan 1加{amount}")
    assert meaning.requests == (Request("licenses.add", {"product": "Visio Plan 1"}),)
    assert meaning.unusable is Unusable.RELATIVE
    assert (read(amount, "quantity").answer, read(amount, "quantity").unusable) == (None, Unusable.RELATIVE)


@pytest.mark.parametrize("amount", ["5-10", "5 - 10", "5–10", "5 or 6", "five or six"])
def test_a_range_is_no_number(read: Any, amount: str) -> None:
    meaning = read(f"add {amount} licenses to Visio Plan 1")
    assert meaning.requests == (Request("licenses.add", {"product": "Visio Plan 1"}),)
    assert meaning.unusable is Unusable.RELATIVE
    assert (read(amount, "quantity").answer, read(amount, "quantity").unusable) == (None, Unusable.RELATIVE)


@pytest.mark.parametrize(
    ("amount", "quantity"),
    [("二〇二六个", 2026), ("一二三四个", 1234), ("二五个", 25), ("五十五个", 55), ("一百五十六个", 156)],
)
def test_digits_that_are_spelled_out_stay_a_number(read: Any, amount: str, quantity: int) -> None:
    assert read(f"Visio Plan 1加{amount}").requests[0].slots["quantity"] == quantity


def test_from_one_total_to_another_is_no_range(read: Any) -> None:
    slots = {"product": "Visio Plan 1", "quantity": 5}
    assert read("把Visio Plan 1从3个改到5个").requests == (Request("licenses.set", slots),)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        *((text, None) for text in ("Plan 2", "Power BI Pro", "yes", "no, 3", "help", "hi", "ok", "yes please")),
        *((text, "en") for text in ("add 5 licenses", "Visio down to 8", "never mind", "make it 7")),
        *((text, "zh-CN") for text in ("改成Plan 1", "加5 Visio", "帮我加 5 licenses", "好的", "許可證加5個")),
    ],
)
def test_a_name_or_a_bare_yes_shows_no_language(read: Any, text: str, language: str | None) -> None:
    assert read(text).language == language


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    [
        ("把Visio Plan 1的许可证增加到30个", "licenses.set", {"product": "Visio Plan 1", "quantity": 30, "way": "up"}),
        ("增加到十二个", "licenses.set", {"quantity": 12, "way": "up"}),
        ("一共要10个", "licenses.set", {"quantity": 10}),
        ("少买一个Visio", "licenses.remove", {"product_candidates": VISIO, "quantity": 1}),
        ("加兩個Visio授權", "licenses.add", {"product_candidates": VISIO, "quantity": 2}),
        ("許可證加5個", "licenses.add", {"quantity": 5}),
        ("給Visio減少3個", "licenses.remove", {"product_candidates": VISIO, "quantity": 3}),
        ("Visio許可證減到8個", "licenses.set", {"product_candidates": VISIO, "quantity": 8, "way": "down"}),
        ("add 5 to plan 2", "licenses.add", {"product": "Visio Plan 2", "quantity": 5}),
        ("给Visio加3个，不对，2个", "licenses.add", {"product_candidates": VISIO, "quantity": 2}),
        ("add 3 to Visio, no wait, make it 4", "licenses.add", {"product_candidates": VISIO, "quantity": 4}),
        ("add 3 to Visio - no, Power BI Pro", "licenses.add", {"product": "Power BI Pro", "quantity": 3}),
        ("don't reduce visio, add 2 instead", "licenses.add", {"product_candidates": VISIO, "quantity": 2}),
        ("别给Visio加3个，加2个", "licenses.add", {"product_candidates": VISIO, "quantity": 2}),
        (
            "don't cancel Visio, reduce to 5",
            "licenses.set",
            {"product_candidates": VISIO, "quantity": 5, "way": "down"},
        ),
        ("don't add to Visio, add 2 to Power BI Pro", "licenses.add", {"product": "Power BI Pro", "quantity": 2}),
    ],
)
def test_only_what_is_meant_in_the_end_counts(read: Any, text: str, intent: str, slots: dict[str, Any]) -> None:
    meaning = read(text)
    assert (meaning.tier, meaning.requests) == (Tier.ACCEPT, (Request(intent, slots),)), meaning.why


@pytest.mark.parametrize(
    "text",
    ["add 5 to power bi pro and 3 to visio", "add 5 power bi pro and 3 visio", "把Power BI Pro加5个，Visio加3个"],
)
def test_two_products_in_one_message_are_two_requests(read: Any, text: str) -> None:
    assert read(text).requests == (
        Request("licenses.add", {"product": "Power BI Pro", "quantity": 5}),
        Request("licenses.add", {"product_candidates": VISIO, "quantity": 3}),
    )


@pytest.mark.parametrize(
    ("text", "guard"),
    [
        ("给Visio加3个要多少钱？", Guard.HYPOTHETICAL),
        ("加3个Visio多少钱", Guard.HYPOTHETICAL),
        ("how much would 3 more Visio cost?", Guard.HYPOTHETICAL),
        ("remind me not to add 3 to Visio, add 2", Guard.REMINDER),
        ("he said don't add 3 to Visio, add 2", Guard.REPORTED),
        ("don't add 3 to Visio, and don't add 2", Guard.NEGATION),
        ("如果不加3个Visio，加2个", Guard.HYPOTHETICAL),
    ],
)
def test_asking_and_telling_is_still_no_order(read: Any, text: str, guard: Guard) -> None:
    assert (read(text).tier is Tier.ACCEPT, read(text).guard) == (False, guard)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Plan 2", {"product": "Visio Plan 2"}),
        ("plan 3", {"product": "Planner and Project Plan 3"}),
        ("plan 1", {"product_candidates": ["Project Plan 1", "Visio Plan 1"]}),
        ("2", {"product": "Visio Plan 2", "choice": 2}),
        ("2 please", {"product": "Visio Plan 2", "choice": 2}),
    ],
)
def test_a_plan_is_a_product_and_never_a_quantity(read: Any, text: str, answer: dict[str, Any]) -> None:
    assert read(text, "product", "choice").answer == answer
    assert "quantity" not in (read("Plan 2", "product", "choice", "quantity").answer or {})


def test_plans_of_another_kind_are_none_of_ours(read: Any) -> None:
    assert read("let's plan 3 weddings").tier is not Tier.ACCEPT


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("visio 20", {"product_candidates": VISIO, "quantity": 20}),
        ("Visio Plan 1 20个", {"product": "Visio Plan 1", "quantity": 20}),
        ("2 Visio Plan 2", {"product": "Visio Plan 2", "quantity": 2}),
    ],
)
def test_what_is_asked_about_keeps_what_was_said(read: Any, text: str, slots: dict[str, Any]) -> None:
    meaning = read(text)
    assert (meaning.tier, meaning.requests[0].slots) == (Tier.CLARIFY, slots)
    assert meaning.choices == ("licenses.add", "licenses.set", "purchase.new")


@pytest.mark.parametrize(
    "text",
    [
        "add 3 or so to Visio Plan 1",
        "add between 5 and 10 to Visio Plan 1",
        "大概加5个Visio计划1",
        "Visio计划1加5个左右",
    ],
)
def test_about_so_many_is_no_number(read: Any, text: str) -> None:
    assert read(text).requests == (Request("licenses.add", {"product": "Visio Plan 1"}),), read(text).why
    assert (read(text).tier, read(text).unusable) == (Tier.ACCEPT, Unusable.RELATIVE)
