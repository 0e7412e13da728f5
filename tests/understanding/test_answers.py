"""What a message says to the question that is open."""

from __future__ import annotations

from typing import Any

import pytest

from dialogs.understanding import Tier
from dialogs.understanding.meaning import Unusable

VISIO = ["Visio Plan 1", "Visio Plan 2"]


@pytest.mark.parametrize(
    ("text", "expecting", "answer"),
    [
        ("5", {"quantity"}, {"quantity": 5}),
        ("5个", {"quantity"}, {"quantity": 5}),
        ("five please", {"quantity"}, {"quantity": 5}),
        ("五个", {"quantity"}, {"quantity": 5}),
        ("yes, 5", {"quantity"}, {"quantity": 5}),
        ("Visio, 5", {"product", "quantity"}, {"product_candidates": VISIO, "quantity": 5}),
        ("5个Visio计划1", {"product", "quantity"}, {"product": "Visio Plan 1", "quantity": 5}),
        ("power bi pro", {"product"}, {"product": "Power BI Pro"}),
        ("plan 2", {"product"}, {"product": "Visio Plan 2"}),
        ("计划2", {"product"}, {"product": "Visio Plan 2"}),
        ("专业版", {"product"}, {"product": "Power BI Pro"}),
        ("2", {"product"}, {"product": "Visio Plan 2", "choice": 2}),
        ("the first one", {"choice"}, {"choice": 1}),
        ("第二个", {"choice"}, {"choice": 2}),
        ("最后一个", {"choice"}, {"choice": -1}),
        ("yes", {"confirm"}, {"yes": True}),
        ("买吧", {"confirm"}, {"yes": True}),
        ("Buy", {"confirm"}, {"yes": True}),
        ("not now", {"confirm"}, {"yes": False}),
        ("好像不对", {"confirm"}, {"yes": False}),
    ],
)
def test_an_answer_is_read_first(read: Any, text: str, expecting: set[str], answer: dict[str, Any]) -> None:
    assert read(text, *expecting).answer == answer


@pytest.mark.parametrize("text", ["5", "五个", "Visio Plan 2", "yes"])
def test_nothing_is_an_answer_when_nothing_was_asked(read: Any, text: str) -> None:
    assert read(text).answer is None


@pytest.mark.parametrize("text", ["-3", "1.5", "ten %", "a few", "add 5 licenses to Visio", "Visio减少到8个"])
def test_what_is_no_quantity_answers_no_question_for_one(read: Any, text: str) -> None:
    assert read(text, "quantity").answer is None


@pytest.mark.parametrize("text", ["-3", "－3", "− 3", "+3", "3"])
def test_a_number_where_a_number_is_asked_for_names_no_product(read: Any, text: str) -> None:
    answer = read(text, "quantity", "product", "choice").answer or {}
    assert not {"product", "product_candidates", "choice"} & answer.keys()


def test_a_number_below_nothing_says_why_it_is_no_quantity(read: Any) -> None:
    meaning = read("-3", "quantity", "product", "choice")
    assert (meaning.answer, meaning.unusable) == (None, Unusable.NEGATIVE)


@pytest.mark.parametrize(
    "text",
    [
        "yes but wait",
        "ok wait",
        "sure, why not",
        "好的，不过等等",
        "yes?? not sure",
        "ok thanks",
        "maybe",
        "hmm ok",
        "yes, 5",
        "好吧，我再想想",
        "可以吗",
        "是不是",
    ],
)
def test_a_hesitant_yes_is_no_yes(read: Any, text: str) -> None:
    meaning = read(text, "confirm")
    assert not meaning.yes
    assert not (meaning.answer or {}).get("yes")
    assert all(request.intent != "confirm.yes" for request in meaning.requests)


@pytest.mark.parametrize(
    "text",
    [
        *("hmm", "well", "well ok", "well ok…", "I guess", "I guess so", "ok I guess", "yes, I suppose", "mhm"),
        *("嗯", "嗯嗯", "嗯…", "好吧", "行吧", "那好吧", "嗯，好吧", "随便"),
    ],
)
@pytest.mark.parametrize("expecting", [(), ("confirm",), ("confirm", "quantity")])
def test_half_a_yes_is_asked_about(read: Any, text: str, expecting: tuple[str, ...]) -> None:
    meaning = read(text, *expecting)
    assert (meaning.tier, meaning.choices) == (Tier.CLARIFY, ("confirm.yes", "confirm.no")), meaning.why
    assert (meaning.answer, meaning.requests) == (None, ())


@pytest.mark.parametrize(
    "text",
    [
        *("yes", "yep", "sure", "ok", "go ahead", "👍"),
        *("好", "好的", "可以", "行", "是", "是的", "确认", "买吧", "嗯，好的"),
    ],
)
def test_a_plain_yes_is_a_yes(read: Any, text: str) -> None:
    assert read(text, "confirm").yes


def test_a_hesitant_yes_is_asked_about(read: Any) -> None:
    assert (read("yes but wait").tier, read("yes but wait").choices) == (Tier.CLARIFY, ("confirm.yes", "confirm.no"))
