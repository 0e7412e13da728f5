"""Help: what can be done, the step that is open, answers to questions, and whom to ask."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.app import understander
from bot.web.texts import TEXTS
from dialogs.help import TOPICS
from dialogs.questions import Unasked
from dialogs.several import WHICH
from dialogs.tasks import ALL, task_for
from dialogs.texts import LANGUAGES, Reader, catalogue, fields
from dialogs.understanding import Context, Tier

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialogs.understanding import Understander
    from tests.people import Person

SMALL_TALK = {"help", "support.contact"}


async def test_help_says_what_can_be_done_with_sentences_to_tap(alice: Person) -> None:
    await alice.says("help")
    alice.sees("What I can do", "what have I bought", "Questions: it@contoso.example", "[what can I buy]")
    await alice.taps("what have I bought")
    alice.sees("You have 4 subscriptions")


async def test_help_says_how_to_ask_for_what_one_may_not_buy(alice: Person, lihua: Person) -> None:
    await alice.says("help")
    alice.sees("“request Visio”", "“my requests”")
    await lihua.says("帮助")
    lihua.sees("“申请 Visio”", "“我的申请”")


async def test_help_explains_the_open_step_first_and_leaves_it_open(alice: Person) -> None:
    await alice.says("cancel Visio")
    await alice.says("help")
    alice.sees("Cancelling needs a reason.", "A reason is required")
    await alice.says("too expensive")
    await alice.says("help")
    alice.sees("I've made you an offer.", "Still open: Cancel Visio Plan 2?")
    await alice.taps("Cancel it")
    alice.sees("Visio Plan 2 ends on December 13, 2026")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("how do I cancel", "until that day you can take it back"),
        ("how do trials work", "ends by itself after 30 days"),
        ("what happens to the data when I cancel", "then its data is deleted"),
        ("怎么退款", "剩余天数的费用会退回你的卡"),
        ("如何共享订阅", "团队的所有者就可以分配它的许可证"),
    ],
)
async def test_questions_are_answered(alice: Person, said: str, answer: str) -> None:
    await alice.says(said)
    alice.sees(answer)


async def test_support_comes_with_a_reference_to_the_time_and_the_offer(alice: Person, lihua: Person) -> None:
    await alice.says("contact support")
    alice.sees("it@contoso.example", "Reference: 20261122-090000")
    await alice.says("add 5 licenses to Power BI Pro")
    op = alice.button("Buy")["op"]
    await alice.says("contact support")
    alice.sees(f"20261122-090000-{op[:8]}", "Still open")
    alice.sees_nothing_of(op)  # the whole id is what a tap is made of
    await lihua.says("联系客服")
    lihua.sees("联系支持人员", "it@contoso.example", "参考编号: 20261122-090000")


def test_every_question_of_every_task_is_explained() -> None:
    asked = {
        question.name
        for task in ALL
        for question in task.questions
        if question.expects and not isinstance(question, Unasked)
    }
    asked |= {WHICH}  # a plan's own
    explained = {key.removeprefix("help.step.") for key in catalogue("en") if key.startswith("help.step.")}

    assert asked | {"offer", "payment"} == explained


def test_every_topic_has_its_answer() -> None:
    answered = {key.split(".")[1] for key in catalogue("en") if key.startswith("topic.")}

    assert answered == set(TOPICS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_that_help_offers_is_understood(language: str) -> None:
    reader, understands = Reader(language), understander()
    values = {"product": "Visio Plan 2", "total": 12, "name": "Sales"}
    examples = [key for key in catalogue(language) if key.startswith("example.")]
    parts = ("text", "money.owner", "money.member", "people.owner", "people.member")
    quoted = [catalogue(language)[f"help.{part}"] for part in parts]
    said = [reader.text(key, **values) for key in examples]
    said += [words for text in quoted for words in re.findall("“(.+?)”", str(text))]
    missed = [words for words in said if not _understood(understands, words)]

    assert missed == []


def test_no_answer_leaves_a_gap() -> None:
    gaps = [key for key in catalogue("en") if key.startswith("topic.") and fields(str(catalogue("en")[key]))]

    assert gaps == []


def _understood(understands: Understander, words: str) -> bool:
    understood = understands.understand(words, Context(date(2026, 11, 22)))
    return understood.tier is Tier.ACCEPT and all(
        task_for(each.intent) or each.intent in SMALL_TALK for each in understood.requests
    )


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 10, 12])
async def test_what_the_page_suggests_can_be_done_by_whom_it_is_suggested_to(
    person: Callable[[int], Person], number: int
) -> None:
    one = person(number)
    language = "zh-CN" if number in (3, 10, 12) else "en"
    for said in TEXTS["suggestions"].get(str(number), TEXTS["suggestions"][language]):
        await one.says(said)
        one.sees_nothing_of("Nothing was changed", "nothing was changed", "can't", "Something went wrong", "not yours")
        one.sees_nothing_of("没有任何更改", "出错", "无法")


async def test_only_what_was_cancelled_can_be_kept_after_all(alice: Person) -> None:
    await alice.says("how does recurring billing work")
    alice.sees("Renewing", "[don't renew Power BI Pro]")
    alice.sees_nothing_of("after all")
    await alice.says("cancel Visio, too expensive")
    await alice.says("yes")
    await alice.says("how does recurring billing work")
    alice.sees("[don't renew Power BI Pro]", "[keep Visio Plan 2 after all]")
