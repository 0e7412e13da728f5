"""What is said while an offer waits for a yes: no question is a yes, and every correction is heard."""

from __future__ import annotations

from typing import Any

import pytest

from dialogs.understanding import Guard, Request, Tier

CARD = ("confirm", "quantity")
VISIO = ["Visio Plan 1", "Visio Plan 2"]
PLAN_1 = ["Project Plan 1", "Visio Plan 1"]


@pytest.mark.parametrize(
    "text",
    [
        *("yes?", "right?", "sure?", "ok with you?", "buy?", "buy it?", "go ahead?", "do you want to buy it?"),
        *("fine...", "yes…", "ok...", "好……", "right, isn't it", "yes or no"),
        *("是吗？", "可以吗", "好吗", "买？", "对吗？", "确定吗", "好吧？", "买吧？", "是吧？", "要买吗"),
        *("行不行？", "行不行", "好不好", "是不是", "买不买", "要不要买"),
        *("yes!!! no wait", "okay okay wait", "yes, tomorrow", "sure, but not today", "yes but not now", "好，明天"),
        "不用改了，买吧",
    ],
)
def test_a_question_or_reluctance_is_no_yes_and_is_asked_about(read: Any, text: str) -> None:
    meaning = read(text, *CARD)
    assert (meaning.tier, meaning.choices) == (Tier.CLARIFY, ("confirm.yes", "confirm.no")), meaning.why
    assert not (meaning.answer or {}).get("yes")
    assert meaning.guard is None


@pytest.mark.parametrize(
    "text",
    [
        *("yes!!", "ok!", "yes.", "buy it now", "yes please do it now", "just buy it", "ok buy"),
        *("好的！", "对，买吧", "好的买吧", "确认购买", "就买吧", "可以买"),
    ],
)
def test_a_plain_yes_stays_one(read: Any, text: str) -> None:
    assert read(text, *CARD).yes
    assert read(text, *CARD).answer == {"yes": True}


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        *((text, "confirm.no") for text in ("don't buy it", "don't do it", "don't add them", "不买", "别买", "no...")),
        ("不用改了", "flow.abort"),
        ("别加了", "flow.abort"),
    ],
)
def test_a_refusal_is_a_no(read: Any, text: str, intent: str) -> None:
    assert (read(text, *CARD).tier, read(text, *CARD).requests) == (Tier.ACCEPT, (Request(intent),))


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("no, 9", {"quantity": 9}),
        ("no, 4 please", {"quantity": 4}),
        ("不，6个", {"quantity": 6}),
        ("no: 31", {"quantity": 31}),
        ("nope, 31", {"quantity": 31}),
        ("no, make it 5", {"quantity": 5}),
        ("no, Visio", {"product_candidates": VISIO}),
        ("no, Plan 2", {"product": "Visio Plan 2"}),
        ("不，Plan 1", {"product_candidates": PLAN_1}),
        ("改成Plan 1", {"product_candidates": PLAN_1}),
        ("change it to Power BI Pro", {"product": "Power BI Pro"}),
        ("only 1", {"quantity": 1}),
        ("just 1", {"quantity": 1}),
        ("只要1个", {"quantity": 1}),
        ("就要3个", {"quantity": 3}),
        ("yes but only 1", {"quantity": 1}),
        ("yes but 5", {"quantity": 5}),
        ("好，但只要1个", {"quantity": 1}),
        ("好的不过要5个", {"quantity": 5}),
        ("2 instead of 3", {"quantity": 2}),
        ("make that +3", {"quantity": 3}),
        ("change to 5", {"quantity": 5}),
        ("rather 8", {"quantity": 8}),
        ("better 10", {"quantity": 10}),
        ("wait 7", {"quantity": 7}),
        ("不好意思，是3个", {"quantity": 3}),
    ],
)
def test_a_correction_says_only_what_is_different(read: Any, text: str, slots: dict[str, Any]) -> None:
    meaning = read(text, *CARD)
    assert (meaning.tier, meaning.requests) == (Tier.ACCEPT, (Request("flow.correct", slots),)), meaning.why


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    [
        ("I meant add", "licenses.add", {}),
        ("I meant remove", "licenses.remove", {}),
        ("oh wait add 3", "licenses.add", {"quantity": 3}),
        ("不，是加", "licenses.add", {}),
        ("不是加，是减", "licenses.remove", {}),
        ("错了，应该是减3个", "licenses.remove", {"quantity": 3}),
        ("one more", "licenses.add", {"quantity": 1}),
    ],
)
def test_the_direction_may_be_put_right(read: Any, text: str, intent: str, slots: dict[str, Any]) -> None:
    meaning = read(text, *CARD)
    assert (meaning.tier, meaning.requests) == (Tier.ACCEPT, (Request(intent, slots),)), meaning.why


@pytest.mark.parametrize(
    "text",
    ["wrong product", "wrong number", "产品错了", "数量错了", "不要5个", "不是5个", "not 5", "not Visio", "不要Visio"],
)
def test_what_is_only_called_wrong_is_asked_about_and_not_let_go(read: Any, text: str) -> None:
    meaning = read(text, *CARD)
    assert (meaning.tier, meaning.choices) == (Tier.CLARIFY, ("flow.correct", "confirm.no")), meaning.why
    assert meaning.requests == (Request("flow.correct"),)
    assert meaning.answer is None


@pytest.mark.parametrize("text", ["don't change it to 5", "don't make it 7", "不要改成5个"])
def test_a_correction_that_is_refused_corrects_nothing(read: Any, text: str) -> None:
    assert (read(text, *CARD).tier, read(text, *CARD).guard) == (Tier.REJECT, Guard.NEGATION)


@pytest.mark.parametrize(
    ("text", "quantity"),
    [("6", 6), ("eight", 8), ("11!", 11), ("just 1", 1), ("ok, 4", 4), ("yes, 40", 40), ("好，7个", 7)],
)
def test_a_number_at_the_card_is_the_quantity_and_no_yes(read: Any, text: str, quantity: int) -> None:
    meaning = read(text, *CARD)
    assert meaning.answer == {"quantity": quantity}
    assert all(request.intent != "confirm.yes" for request in meaning.requests)
