"""What people wrote who knew nothing of the desk's words, by the kind of what was misread."""

from __future__ import annotations

from typing import Any

import pytest

from dialogs.understanding import Request, Tier


def as_said(meaning: Any) -> list[tuple[str, dict[str, Any]]]:
    assert meaning.tier is Tier.ACCEPT
    return [(one.intent, one.slots) for one in meaning.separate]


@pytest.mark.parametrize(
    ("amount", "quantity"),
    [("half a dozen", 6), ("a half dozen", 6), ("half dozen", 6), ("two dozen", 24), ("three dozen", 36)],
)
def test_dozens_are_counted(read: Any, amount: str, quantity: int) -> None:
    assert as_said(read(f"add {amount} Clipchamp licenses")) == [
        ("licenses.add", {"product": "Clipchamp", "quantity": quantity})
    ]


def test_another_half_dozen_is_six_and_not_twelve(read: Any) -> None:
    assert read("need another half dozen Copilot seats").requests[0].slots["quantity"] == 6


def test_by_one_is_a_number_beside_a_subscription(read: Any) -> None:
    assert read("shrink that subscription by one").requests == (Request("licenses.remove", {"quantity": 1}),)
    assert "quantity" not in read("cancel that one subscription").requests[0].slots


@pytest.mark.parametrize("name", ["Project Plan 1s", "Visio Plan 2s"])
def test_a_plan_may_stand_in_the_plural(read: Any, name: str) -> None:
    assert read(f"buy five {name}").requests == (Request("purchase.new", {"product": name[:-1], "quantity": 5}),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Reduce Windows 365 Business by 6 and tell me when it renews",
            [
                ("licenses.remove", {"product": "Windows 365 Business", "quantity": 6}),
                ("subscriptions.show", {"product": "Windows 365 Business"}),
            ],
        ),
        (
            "谁有 Copilot？总数改成 15",
            [
                ("licenses.who", {"product": "Microsoft 365 Copilot"}),
                ("licenses.set", {"product": "Microsoft 365 Copilot", "quantity": 15}),
            ],
        ),
        (
            "列下我的订阅，还有十月份的发票",
            [
                ("subscriptions.list", {}),
                ("invoices.list", {"period": {"from": "2026-10-01", "to": "2026-10-31"}}),
            ],
        ),
        (
            "给我分一个 Power Automate Premium，另外查一下我的发票",
            [
                ("licenses.assign", {"product": "Power Automate Premium", "people": ["我"]}),
                ("invoices.list", {}),
            ],
        ),
    ],
)
def test_both_requests_are_heard(read: Any, text: str, said: list[tuple[str, dict[str, Any]]]) -> None:
    assert as_said(read(text)) == said


@pytest.mark.parametrize(
    "text",
    [
        "strip Sam Ortiz of Copilot and pass it to Nina Patel",
        "take Copilot off Sam Ortiz and give it to Nina Patel",
        "把Sam Ortiz的Copilot收回来给Nina Patel",
    ],
)
def test_taken_from_one_and_given_to_another_is_one_task(read: Any, text: str) -> None:
    (request,) = read(text).requests
    moved = {"product": "Microsoft 365 Copilot", "from_people": ["Sam Ortiz"], "people": ["Nina Patel"]}
    assert (request.intent, request.slots) == ("licenses.move", moved)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("sorry wrong Jon, I meant Jon Bakker", ["Jon Bakker"]),
        ("打错人了，是刘洋，不是刘阳", ["刘洋"]),
        ("查下赵敏手里有什么许可", ["赵敏"]),
        ("瞅瞅戚薇手上有啥许可", ["戚薇"]),
        ("Bettina left on Friday, free up her Windows 365 Business", ["Bettina"]),
        ("does harish already have Copilot?", ["harish"]),
        ("get me off Clipchamp", ["me"]),
        ("我占的那个Clipchamp位子收走吧", ["我"]),
        ("我有PPU吗", ["我"]),
    ],
)
def test_only_those_who_are_meant_are_named(read: Any, text: str, people: list[str]) -> None:
    assert read(text).requests[0].slots["people"] == people


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("between 3 March and 18 April this year", {"from": "2026-03-03", "to": "2026-04-18"}),
        ("from March thru May", {"from": "2026-03-01", "to": "2026-05-31"}),
        ("of May last year", {"from": "2025-05-01", "to": "2025-05-31"}),
    ],
)
def test_a_period_may_end_with_its_year(read: Any, words: str, period: dict[str, str]) -> None:
    assert read(f"show my invoices {words}").requests == (Request("invoices.list", {"period": period}),)


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ("marketing just got themselves four more Copilot seats, lucky them", "four more Copilot seats"),
        ("legal cries for ten more Clipchamps", "ten more Clipchamps"),
    ],
)
def test_what_others_got_starts_nothing(read: Any, told: str, asked: str) -> None:
    assert read(told).tier is not Tier.ACCEPT
    assert read(asked).requests[0].intent == "licenses.add"


@pytest.mark.parametrize("words", ["fire away", "that's the one", "成", "走起"])
def test_more_words_are_a_yes(read: Any, words: str) -> None:
    assert read(words, "confirm").requests == (Request("confirm.yes", {}),)


@pytest.mark.parametrize("words", ["the answer is no", "不是这样的", "不对不对"])
def test_more_words_are_a_no(read: Any, words: str) -> None:
    assert read(words, "confirm").requests == (Request("confirm.no", {}),)


@pytest.mark.parametrize(
    "words",
    [
        "fire away?",
        "fire away, but not now",
        "成吗",
        "这事不成",
        "走起？",
        "成不成",
        "not sure that's the one",
        "还成",
        "还行",
        "还可以",
    ],
)
def test_and_none_where_it_is_asked_or_denied(read: Any, words: str) -> None:
    found = read(words, "confirm")
    assert found.tier is not Tier.ACCEPT or found.requests[0].intent != "confirm.yes"


@pytest.mark.parametrize("name", ["PowerApps Premium版", "Power Apps Premium版"])
def test_an_edition_named_in_chinese_leaves_an_english_sentence_english(read: Any, name: str) -> None:
    meaning = read(f"could you buy 3 licenses of {name} for us")
    assert meaning.requests == (Request("purchase.new", {"product": "Power Apps Premium", "quantity": 3}),)
    assert meaning.language == "en"


@pytest.mark.parametrize("marks", ["{}. ", "{}) ", "{}、"])
def test_the_numbers_of_lines_count_no_licenses(read: Any, marks: str) -> None:
    said = ["Power Apps Premium改成40个", "Copilot减2个"]
    text = "\n".join(marks.format(at) + line for at, line in enumerate(said, 1))
    assert as_said(read(text)) == [
        ("licenses.set", {"product": "Power Apps Premium", "quantity": 40}),
        ("licenses.remove", {"product": "Microsoft 365 Copilot", "quantity": 2}),
    ]


def test_numbers_that_do_not_count_from_one_stay_numbers(read: Any) -> None:
    assert "quantity" not in read("add to Visio Plan 1\n3. or\n5. licenses").requests[0].slots
    assert read("add to Visio Plan 1\n3").requests[0].slots["quantity"] == 3


@pytest.mark.parametrize("words", ["Purview只留仨，别的都不要了", "keep only 3 Purview, the rest can go"])
def test_letting_the_rest_go_cancels_nothing(read: Any, words: str) -> None:
    assert as_said(read(words)) == [("licenses.set", {"product": "Microsoft Purview", "quantity": 3})]


def test_a_strange_reason_before_a_comma_hinders_nothing_and_who_acts_does(read: Any) -> None:
    add = ("licenses.add", {"product": "Clipchamp", "quantity": 3})
    assert as_said(read("车间缺人手，Clipchamp再来三个")) == [add]
    assert read("车间闹着Clipchamp再来三个").tier is not Tier.ACCEPT


def test_next_week_is_nobody(read: Any) -> None:
    assert read("下周取消Visio Plan 1").requests[0].intent == "subscription.cancel"
    assert "people" not in read("本周照常，Visio Plan 1收回来").requests[0].slots
    assert read("周照常的Visio Plan 1收回来").requests[0].slots["people"] == ["周照常"]


@pytest.mark.parametrize(
    "text", ["what is our total spend", "我们每月花多少钱", "公司每个月付多少", "公司里孤立的订阅"]
)
def test_what_the_organization_pays_is_its_summary(read: Any, text: str) -> None:
    (request,) = read(text).requests
    assert request.intent == "admin.summary"
    assert "group_by" not in request.slots


@pytest.mark.parametrize("text", ["make Visio Plan 2 1.5", "make Visio Plan 2 150%"])
def test_an_amount_that_cannot_be_used_says_not_whether_more_or_fewer(read: Any, text: str) -> None:
    assert read(text).tier is not Tier.ACCEPT


@pytest.mark.parametrize("text", ["how do trials work", "how do refunds work"])
def test_how_a_topic_works_is_a_question_for_help(read: Any, text: str) -> None:
    assert read(text).requests[0].intent == "help"


def test_the_first_invoice_is_explained(read: Any) -> None:
    assert read("why is the first invoice so high?").requests[0].intent == "invoice.explain"
