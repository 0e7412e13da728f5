"""What was only done to somebody, whom a word is no name of, and what stands besides an order."""

from __future__ import annotations

from typing import Any

import pytest

from dialogs.understanding.meaning import Tier

VISIO = "Visio Plan 2"


@pytest.mark.parametrize(
    "told",
    [
        "Bob has been removed from Teams Premium, poor guy",
        "Nina had her Copilot seat taken away by IT",
        "Visio Plan 2 got cancelled by the boss",
        "Leo got his Purview licence revoked, what a day",
        "张三的席位被人退掉了",
        "我们组的Clipchamp被砍掉一半了",
        "老王上周被移出Power BI Pro了",
    ],
)
def test_what_was_done_to_somebody_asks_for_nothing(read: Any, told: str) -> None:
    assert read(told).tier is not Tier.ACCEPT


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Bob was moved to Sales so take his Visio Plan 2", "Bob"),
        ("Ann has been transferred, remove her from Visio Plan 2", "Ann"),
        ("小李被调走了，收回他的Visio计划2", "小李"),
        ("被调走的小李的Visio计划2收回来", "小李"),
    ],
)
def test_an_order_beside_what_was_done_is_an_order(read: Any, text: str, person: str) -> None:
    (request,) = read(text).requests
    assert (request.intent, request.slots) == ("licenses.unassign", {"product": VISIO, "people": [person]})


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Take Visio Plan 2 away from Derek, he's moved to Facilities", ["Derek"]),
        ("Gareth is on sabbatical till August; free up his Visio Plan 2 seat", ["Gareth"]),
        ("revoke Visio Plan 2 from Mr. Iyer n Ms. Banerjee, they got shifted", ["Mr. Iyer", "Ms. Banerjee"]),
        ("take me off Visio Plan 2, I never touch it", ["me"]),
        ("韩梅休产假了，她占着的Visio计划2先腾出来", ["韩梅"]),
    ],
)
def test_who_gives_a_license_back_is_named_and_nothing_else_is_a_name(read: Any, text: str, people: list[str]) -> None:
    (request,) = read(text).requests
    assert (request.intent, request.slots["people"]) == ("licenses.unassign", people)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("空着的那个Visio计划2给老庞用吧", ["老庞"]),
        ("给查理一个Visio计划2", ["查理"]),
        ("给我和阿杰各分一个Visio计划2", ["我", "阿杰"]),
    ],
)
def test_who_gets_a_license_is_named_and_nothing_else_is_a_name(read: Any, text: str, people: list[str]) -> None:
    (request,) = read(text).requests
    assert (request.intent, request.slots) == ("licenses.assign", {"product": VISIO, "people": people})


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("buy 3 Visio Plan 2 for Bo and me", {"quantity": 3, "people": ["Bo", "me"]}),
        ("buy Visio Plan 2 for Bo Zhang", {"people": ["Bo Zhang"]}),
        ("买2个Visio计划2，给我和阿杰各分一个", {"quantity": 2, "people": ["我", "阿杰"]}),
        ("买Visio计划2给小李", {"people": ["小李"]}),
        ("拟购置Visio计划2许可贰份", {"quantity": 2}),
        ("Please buy a new Visio Plan 2 subscription, one seat is plenty", {"quantity": 1}),
    ],
)
def test_what_is_bought_for_whom(read: Any, text: str, slots: dict[str, Any]) -> None:
    (request,) = read(text).requests
    assert (request.intent, request.slots) == ("purchase.new", {"product": VISIO} | slots)


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("one less Visio Plan 2", {"quantity": 1}),
        ("one fewer Visio Plan 2 seat", {"quantity": 1}),
        ("Visio计划2买富余了，缩减八个", {"quantity": 8}),
    ],
)
def test_one_less_is_an_amount(read: Any, text: str, slots: dict[str, Any]) -> None:
    (request,) = read(text).requests
    assert (request.intent, request.slots) == ("licenses.remove", {"product": VISIO} | slots)


@pytest.mark.parametrize(
    "text",
    ["show recent changes", "recent changes", "上周的变更", "最近的变动", "changes of last week"],
)
def test_recent_changes_are_shown(read: Any, text: str) -> None:
    (request,) = read(text).requests
    assert (request.intent, request.slots["about"]) == ("admin.summary", "changes")


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("self service purchases in our org, purchaser wise", "purchaser"),
        ("month wise breakup of the company's self-service spend", "month"),
        ("per-head rundown of the company's self-service purchases", "person"),
        ("我是管理员，看下全公司自助买的东西，按许可在谁手里来分", "person"),
    ],
)
def test_what_a_summary_is_grouped_by(read: Any, text: str, group: str) -> None:
    (request,) = read(text).requests
    assert (request.intent, request.slots["group_by"]) == ("admin.summary", group)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("cancel my Visio Plan 2 subscription, it's costing a bomb", "too_expensive"),
        ("cancel Visio Plan 2, it's been untouched since spring", "unused"),
        ("Visio计划2订阅停了吧，你们客服半个月不回信", "customer_service"),
        ("项目业已结束，请终止Visio计划2之全部订阅", "other"),
    ],
)
def test_why_somebody_cancels(read: Any, text: str, reason: str) -> None:
    (request,) = read(text).requests
    assert (request.intent, request.slots) == ("subscription.cancel", {"product": VISIO, "reason": reason})


@pytest.mark.parametrize("text", ["invoices from October 10 until now", "invoices from Oct 10 until today"])
def test_a_period_may_last_until_now(read: Any, text: str) -> None:
    (request,) = read(text).requests
    assert request.slots == {"period": {"from": "2026-10-10", "to": "2026-11-22"}}


@pytest.mark.parametrize("text", ["is a Visio Plan 2 license assigned to me?", "我有Visio计划2吗"])
def test_whether_the_speaker_has_one(read: Any, text: str) -> None:
    (request,) = read(text).requests
    assert (request.intent, request.slots["product"]) == ("licenses.who", VISIO)
    assert request.slots["people"] in (["me"], ["我"])


@pytest.mark.parametrize("text", ["ask for 2 unused licenses of Visio Plan 2", "要2个闲置的Visio计划2"])
def test_unused_licenses_are_asked_for(read: Any, text: str) -> None:
    (request,) = read(text).requests
    assert (request.intent, request.slots) == ("requests.spare", {"product": VISIO, "quantity": 2})


@pytest.mark.parametrize("text", ["把Visio计划2的总数改成60吧，财务已经点头了", "Visio计划2加到18个，老板已经批了"])
def test_a_clause_that_only_says_why_makes_no_question_of_an_order(read: Any, text: str) -> None:
    meaning = read(text)
    assert "guard: question" not in meaning.why["gates"]
    assert "licenses.set" in (*meaning.choices, *(one.intent for one in meaning.requests))
