"""“Where were we?” shows again what waits, else what was done last, else what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.people import Person

ASKED = ("where were we?", "Where was I", "what were we doing?", "where did we leave off", "what's still open?")
ASKED_IN_CHINESE = ("说到哪了", "我们说到哪儿了？", "刚才办到哪一步了", "刚才在说什么来着")


@pytest.mark.parametrize("words", ASKED)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_open_question_is_asked_again(alice: Person, words: str) -> None:
    await alice.says("add licenses to Visio")
    await alice.says(words)
    alice.sees("This waits for your answer:", "How many licenses")
    await alice.says("2")
    alice.sees("10 → 12 (+2)")


@pytest.mark.parametrize("words", ASKED_IN_CHINESE)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_open_question_is_asked_again_in_chinese(lihua: Person, words: str) -> None:
    await lihua.says("给Visio Plan 1加许可证")
    await lihua.says(words)
    lihua.sees("这一项在等你回答：", "要给 Visio Plan 1 增加多少个许可证？")


async def test_an_open_offer_is_shown_again_and_can_be_confirmed(alice: Person) -> None:
    await alice.says("add 2 licenses to Visio")
    await alice.says("hello")
    await alice.says("where were we?")
    alice.sees("This waits for your answer:", "10 → 12 (+2)", "[Buy]")
    assert len(alice.latest) == 2
    await alice.says("yes")
    alice.sees("2 licenses of Visio Plan 2 added")


async def test_what_waits_behind_is_counted(alice: Person, lihua: Person) -> None:
    await alice.says("add licenses to Visio")
    await alice.says("cancel Teams Premium")
    await alice.says("where were we?")
    alice.sees("This waits for your answer; one more thing comes after it:", "Why are you cancelling Teams Premium?")
    await lihua.says("给Visio Plan 1加许可证")
    await lihua.says("取消Power Automate Premium")
    await lihua.says("说到哪了")
    lihua.sees("这一项在等你回答，之后还有 1 项：")


@pytest.mark.parametrize("between", ["what do I have?", "how do I cancel?", "share Visio with Sales"])
async def test_a_look_a_help_or_a_refusal_leaves_it_open(alice: Person, between: str) -> None:
    await alice.says("add 2 licenses to Visio")
    await alice.says(between)
    await alice.says("where were we?")
    alice.sees("10 → 12 (+2)", "[Buy]")


async def test_with_nothing_open_what_was_done_last_is_said(alice: Person, lihua: Person) -> None:
    await alice.says("add 2 licenses to Visio")
    await alice.says("yes")
    await alice.says("where were we?")
    alice.sees("Nothing is open. The last thing you confirmed, on November 22, 2026:", "10 → 12 (+2)")
    await lihua.says("给Visio Plan 1加2个许可证")
    await lihua.says("是")
    await lihua.says("说到哪了")
    lihua.sees("没有进行中的事。你最近确认的一项，时间是2026年11月22日：", "5 → 7（+2）")


async def test_with_nothing_at_all_there_is_the_menu(alice: Person, lihua: Person) -> None:
    await alice.says("where were we?")
    alice.sees("nothing was confirmed here yet", "What I can do", "it@contoso.example")
    await lihua.says("说到哪了")
    lihua.sees("没有进行中的事，这里也还没有确认过任何更改", "我能做什么")


async def test_in_a_channel_nothing_of_it_is_public(alice: Person) -> None:
    await alice.says("add 2 licenses to Visio")
    alice.scope = "channel"
    await alice.says("where were we?")
    assert not any("Visio" in str(each) for each in alice.latest if not each.private)
    assert any("10 → 12 (+2)" in str(each) for each in alice.latest if each.private)
