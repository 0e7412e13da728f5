"""What it takes: whoever says everything in one message is done with it, or with one tap on what it brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Person

ALICE, DANA, LIHUA, ANN = 1, 4, 3, 5

# Who, in one message, the one tap (none where nothing changes), and how it can be seen that it is done.
LOOKS = [
    (ALICE, "what have I bought", "You have 4 subscriptions"),
    (LIHUA, "我买了什么", "你有 2 个订阅"),
    (ALICE, "show Visio", "9 people have a license"),
    (LIHUA, "显示Visio", "2 人有许可证"),
    (ALICE, "what can I buy", "Power BI Pro | $14.00"),
    (LIHUA, "可以买哪些产品", "Power BI Pro | US$14.00"),
    (ALICE, "who has Power BI Pro", "Dana Ruiz"),
    (LIHUA, "谁有Visio", "李华"),
    (ALICE, "how do I cancel", "A reason is required."),
    (LIHUA, "怎么退款", "剩余天数的费用会退回你的卡"),
    (ALICE, "contact support", "it@contoso.example"),
    (LIHUA, "联系客服", "it@contoso.example"),
]
CHANGES = [
    (ALICE, "buy 3 Clipchamp yearly", "Buy", "3 licenses of Clipchamp bought for a year"),
    (LIHUA, "购买3个Clipchamp，按年付", "购买", "已购买 3 个 Clipchamp 许可证，为期一年"),
    (ALICE, "try Copilot", "Start the trial", "The trial of Microsoft 365 Copilot has begun"),
    (LIHUA, "试用Teams高级版", "开始试用", "Teams Premium 的试用已开始"),
    (ALICE, "add 5 licenses to Power BI Pro", "Buy", "5 licenses of Power BI Pro added"),
    (LIHUA, "Visio加5个许可证", "购买", "已为 Visio Plan 1 增加 5 个许可证"),
    (ALICE, "set Visio to 8", "Schedule", "Visio Plan 2: 2 licenses fewer"),
    (ALICE, "set Project Plan 3 to 2", "Reduce", "One license of Planner and Project Plan 3 given back"),
    (LIHUA, "Visio减少到3个", "安排减少", "Visio Plan 1 将于2026年12月14日减少 2 个许可证"),
    (ALICE, "give Power BI Pro to Bo", "Hand out", "One license of Power BI Pro handed out"),
    (LIHUA, "给李雷和王芳分配Visio计划1", "分配", "已分配 2 个 Visio Plan 1 许可证"),
    (ALICE, "take Power BI Pro back from Dana", "Take back", "One license of Power BI Pro taken back"),
    (LIHUA, "收回韩梅梅的Visio计划1", "收回", "已收回 1 个 Visio Plan 1 许可证"),
    (ANN, "I don't need Visio any more", "Give back", "Your license of Visio Plan 2 is given back"),
    (ALICE, "move Power BI Pro from Dana to Bo", "Move", "One license of Power BI Pro moved"),
    (LIHUA, "把韩梅梅的Visio计划1转给李雷", "转移", "已转移 1 个 Visio Plan 1 许可证"),
    (ALICE, "cancel Visio, too expensive", "Cancel it", "Visio Plan 2 ends on December 13, 2026"),
    (LIHUA, "取消Visio，太贵", "取消订阅", "Visio Plan 1 将于2026年12月14日结束"),
    (ALICE, "don't renew Power BI Pro", "Turn it off", "Power BI Pro ends on December 13, 2026"),
    (LIHUA, "Visio计划1不要续订", "关闭定期计费", "Visio Plan 1 将于2026年12月14日结束"),
    (DANA, "reactivate Copilot", "Bring it back", "Microsoft 365 Copilot is active again"),
    (ALICE, "drop the scheduled reduction", "Drop the change", "Teams Premium keeps its licenses"),
    (ALICE, "share Power BI Pro with Sales", "Share", "Power BI Pro is shared with Sales"),
    (ALICE, "stop sharing Visio", "Stop sharing", "Visio Plan 2 is no longer shared with Sales"),
    (ALICE, "Dana may manage Power BI Pro for me", "Make deputy", "Dana Ruiz is your deputy for Power BI Pro"),
    (LIHUA, "让李雷替我管理Visio计划1", "指定代管人", "李雷现在替你管理 Visio Plan 1"),
]


@pytest.mark.parametrize(("who", "words", "done"), LOOKS)
async def test_a_question_takes_one_message(person: Callable[[int], Person], who: int, words: str, done: str) -> None:
    someone = person(who)
    await someone.says(words)
    someone.sees(done)
    assert _effort(someone) == (1, 0)


@pytest.mark.parametrize(("who", "words", "tap", "done"), CHANGES)
async def test_a_change_takes_one_message_and_one_tap(
    person: Callable[[int], Person], who: int, words: str, tap: str, done: str
) -> None:
    someone = person(who)
    await someone.says(words)
    someone.sees_nothing_of(done)  # nothing happens before the tap
    await someone.taps(tap)
    someone.sees(done)
    assert _effort(someone) == (1, 1)


def _effort(someone: Person) -> tuple[int, int]:
    """The messages typed and the buttons tapped, counted on what was said."""
    own = [line.removeprefix(f"{someone.name}: ") for line in someone.told if line.startswith(f"{someone.name}: ")]
    taps = [line for line in own if line.startswith("[")]
    return len(own) - len(taps), len(taps)
