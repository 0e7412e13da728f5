"""What happens to a subscription besides its number: tried, shared, handed over, renewed or not, looked after."""

from __future__ import annotations

from typing import Any

import pytest

from dialogs.understanding import Guard, Request, Tier

VISIO = ["Visio Plan 1", "Visio Plan 2"]
PLAN = {"product": "Visio Plan 1"}


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    [
        ("set Visio Plan 1 to 8 at renewal", "licenses.set", {"quantity": 8, "when": "renewal"}),
        ("Visio Plan 1到期时减3个", "licenses.remove", {"quantity": 3, "when": "renewal"}),
        ("add 3 to Visio Plan 1 right now", "licenses.add", {"quantity": 3, "when": "now"}),
        ("马上给Visio计划1加3个", "licenses.add", {"quantity": 3, "when": "now"}),
        ("try Visio Plan 1", "purchase.new", {"trial": True}),
        ("试用Visio计划1", "purchase.new", {"trial": True}),
        ("buy 3 Visio Plan 1 yearly", "purchase.new", {"quantity": 3, "term": "year"}),
        ("买3个Visio计划1，按月付", "purchase.new", {"quantity": 3, "term": "month"}),
        ("buy 2 Visio Plan 1 for Ann and Bo", "purchase.new", {"quantity": 2, "people": ["Ann", "Bo"]}),
        ("give visio plan 1 to ann and bo", "licenses.assign", {"people": ["ann", "bo"]}),
        ("assign visio plan 1 to:\nann lee\nzbigniew", "licenses.assign", {"people": ["ann lee", "zbigniew"]}),
        ("stop Ann's Visio Plan 1", "licenses.unassign", {"people": ["Ann"]}),
        ("I don't need Visio Plan 1 any more", "licenses.unassign", {"people": ["I"]}),
        ("give back my Visio Plan 1", "licenses.unassign", {"people": ["me"]}),
        ("我不用Visio计划1了", "licenses.unassign", {"people": ["我"]}),
        ("who hasn't used Visio Plan 1", "licenses.who", {"unused": True}),
        ("谁没用过Visio计划1", "licenses.who", {"unused": True}),
        ("Ann should get Bo's Visio Plan 1", "licenses.move", {"from_people": ["Bo"], "people": ["Ann"]}),
        ("take Visio Plan 1 from Bo and give it to Ann", "licenses.move", {"from_people": ["Bo"], "people": ["Ann"]}),
        ("share Visio Plan 1 with the finance team", "share.give", {"team": "finance"}),
        ("把Visio计划1共享给Sales", "share.give", {"team": "Sales"}),
        ("停止把Visio计划1共享给 Sales 团队", "share.take", {"team": "Sales"}),
        ("把Visio计划1共享给Dana", "share.give", {"people": ["Dana"]}),
        ("turn Visio Plan 1's auto-renewal off", "recurring.off", {}),
        ("Visio计划1别续了", "recurring.off", {}),
    ],
)
def test_it_is_understood_with_its_slots(read: Any, text: str, intent: str, slots: dict[str, Any]) -> None:
    meaning = read(text)
    assert (meaning.tier, meaning.requests) == (Tier.ACCEPT, (Request(intent, PLAN | slots),)), meaning.why


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("show my expired subscriptions", "expired"),
        ("有哪些过期的订阅", "expired"),
        ("list active subscriptions", "active"),
    ],
)
def test_subscriptions_are_listed_by_their_status(read: Any, text: str, status: str) -> None:
    assert read(text).requests == (Request("subscriptions.list", {"status": status}),)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("how do I get a refund", "refund"),
        ("how do I cancel my subscription?", "cancel"),
        ("怎么取消订阅", "cancel"),
        ("如何分配许可证", "assign"),
        ("how do I add licenses", "change"),
    ],
)
def test_a_question_about_the_way_has_a_topic(read: Any, text: str, topic: str) -> None:
    assert read(text).requests == (Request("help", {"topic": topic}),)


def test_a_misspelt_product_is_found(read: Any) -> None:
    assert read("add 2 viso").requests == (Request("licenses.add", {"product_candidates": VISIO, "quantity": 2}),)
    assert read("viso plan 1 +2").requests == (Request("licenses.add", {**PLAN, "quantity": 2}),)


@pytest.mark.parametrize(
    "text",
    [
        "don't share Visio with Sales",
        "不要把Bo的Visio转给Ann",
        "don't move Visio from Bo to Ann",
        "don't turn off auto-renewal",
    ],
)
def test_what_is_refused_starts_nothing(read: Any, text: str) -> None:
    assert (read(text).tier, read(text).guard) == (Tier.REJECT, Guard.NEGATION)
