"""Answers in free words: who, which team, why, what else there is to say."""

from __future__ import annotations

from typing import Any

import pytest

from dialogs.understanding import Request


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Will", ["Will"]),
        ("will and may", ["will", "may"]),
        ("May", ["May"]),
        ("高", ["高"]),
        ("ann and bo", ["ann", "bo"]),
        ("ann lee, bo", ["ann lee", "bo"]),
        ("for Ann please", ["Ann"]),
        ("给张三和李四", ["张三", "李四"]),
        ("me", ["me"]),
        ("我", ["我"]),
        ("ann@contoso.example\nBo Larsen\n王小明", ["ann@contoso.example", "Bo Larsen", "王小明"]),
        ("<at>Ann Lee</at> and <at>Bo</at>", ["Ann Lee", "Bo"]),
    ],
)
def test_whoever_is_named_is_the_answer_to_who(read: Any, text: str, people: list[str]) -> None:
    assert read(text, "people").answer == {"people": people}


@pytest.mark.parametrize("text", ["never mind", "算了", "add 5 licenses to Visio Plan 1", "show my invoices", "help"])
def test_what_names_nobody_is_no_answer_to_who(read: Any, text: str) -> None:
    assert read(text, "people").answer is None
    assert read(text, "people").requests


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("too expensive", {"reason": "too_expensive"}),
        ("太贵了", {"reason": "too_expensive"}),
        ("nobody uses it", {"reason": "unused"}),
        ("the colours hurt my eyes", {"reason": "other", "feedback": "the colours hurt my eyes"}),
        ("颜色看着难受", {"reason": "other", "feedback": "颜色看着难受"}),
    ],
)
def test_a_reason_is_one_of_the_eight_and_other_words_are_kept(read: Any, text: str, answer: dict[str, Any]) -> None:
    assert read(text, "reason").answer == answer


@pytest.mark.parametrize("text", ["never mind", "算了", "show my invoices"])
def test_what_gives_no_reason_is_heard_as_what_it_is(read: Any, text: str) -> None:
    assert read(text, "reason").answer is None
    assert read(text, "reason").requests


@pytest.mark.parametrize(
    "text",
    [
        "Cancel culture, I guess; add 5 more buttons!",
        "  It was slow.\nVery slow.",
        "取消按钮太难找了",
        "No export to PDF",
    ],
)
def test_feedback_is_kept_to_the_letter(read: Any, text: str) -> None:
    assert read(text, "feedback").answer == {"feedback": text.strip()}


@pytest.mark.parametrize(
    "remark", ["Slow！！  and   ugly “really”", "ＡＢＣ ① ﬁne…", "太慢了！！　真的", "a & b — “c”"]
)
@pytest.mark.parametrize(
    "opening", ["cancel Visio Plan 2. feedback: ", "取消Visio计划2，太贵。反馈：", "cancel&nbsp; Visio, feedback: "]
)
def test_feedback_in_a_request_is_kept_to_the_letter(read: Any, opening: str, remark: str) -> None:
    said = [(one.intent, one.slots.get("feedback")) for one in read(opening + remark).requests]
    assert said == [("subscription.cancel", remark)]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "too complex. feedback: the menus  are a maze！",
            {"reason": "too_complex", "feedback": "the menus  are a maze！"},
        ),
        ("太贵了，反馈：真的 ＡＢＣ", {"reason": "too_expensive", "feedback": "真的 ＡＢＣ"}),
        ("feedback: the colours hurt", {"reason": "other", "feedback": "the colours hurt"}),
    ],
)
def test_a_reason_may_bring_its_feedback(read: Any, text: str, answer: dict[str, str]) -> None:
    assert read(text, "reason", "choice").answer == answer


@pytest.mark.parametrize("text", ["no", "no thanks", "skip", "跳过", "没有了", "不用了"])
def test_who_has_nothing_to_add_says_so(read: Any, text: str) -> None:
    assert read(text, "feedback").answer == {"yes": False}


@pytest.mark.parametrize("text", ["never mind", "算了", "cancel", "取消"])
def test_a_whole_command_to_stop_is_no_feedback(read: Any, text: str) -> None:
    assert read(text, "feedback").answer is None
    assert read(text, "feedback").requests == (Request("flow.abort"),)


@pytest.mark.parametrize(
    ("text", "team"),
    [
        ("Sales", "Sales"),
        ("the sales team", "sales"),
        ("with Contoso Design", "Contoso Design"),
        ("销售部", "销售部"),
        ("和市场部", "市场部"),
    ],
)
def test_a_team_is_called_as_it_is_written(read: Any, text: str, team: str) -> None:
    assert read(text, "team").answer == {"team": team}


@pytest.mark.parametrize(
    ("text", "term"),
    [("yearly", "year"), ("by the month please", "month"), ("按年", "year"), ("年付", "year"), ("month", "month")],
)
def test_a_term_is_a_month_or_a_year(read: Any, text: str, term: str) -> None:
    assert read(text, "term").answer == {"term": term}


@pytest.mark.parametrize(
    ("text", "term"),
    [
        *((text, "year") for text in ("yearly", "make it yearly", "pay yearly instead", "yes, yearly", "a year")),
        *((text, "year") for text in ("改成按年", "按年付吧", "改为按年付款", "一年")),
        *((text, "month") for text in ("monthly", "switch to monthly", "by the month please", "改成按月", "按月付")),
    ],
)
def test_a_term_at_an_offer_corrects_it_and_is_no_yes(read: Any, text: str, term: str) -> None:
    meaning = read(text, "confirm", "quantity", "term")
    assert meaning.answer == {"term": term}
    assert not meaning.yes


@pytest.mark.parametrize(
    "text",
    ["not yearly", "别按年", "show my monthly report", "how much is it per year?", "yearly is silly", "5", "yes"],
)
def test_words_that_only_touch_a_term_are_none(read: Any, text: str) -> None:
    assert "term" not in (read(text, "confirm", "quantity", "term").answer or {})
