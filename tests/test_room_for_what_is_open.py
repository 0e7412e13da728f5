"""What is kept of a conversation is small by construction: what is missed least makes room, a task only with a word."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dialogs.desk import PRIVATE_CHAT
from dialogs.memory import MOST_BYTES
from storage.demo import TENANT, person_id

if TYPE_CHECKING:
    from storage.conversations import Conversations
    from tests.people import Person

SIX_STEPS = (
    "add 2 licenses to Power BI Pro, add 1 license to Teams Premium, buy 2 Clipchamp, give Power BI Pro to Bo and Dana,"
    " give Teams Premium to Bo and take Visio Plan 2 back from Ann Lee"
)
SIX_STEPS_IN_CHINESE = (
    "买3个Clipchamp，给Visio Plan 1加5个，给Visio Plan 2加5个，把Visio Plan 1分配给李雷和王芳，"
    "把Visio Plan 2分配给李雷，取消Visio Plan 2的自动续订"
)
WHY = "It takes minutes to open a drawing that somebody else has edited, and the shapes we need are missing. " * 5
WHY_IN_CHINESE = "打开别人编辑过的图要等好几分钟，我们需要的形状也一直没有。" * 5


async def size(who: Person, conversations: Conversations) -> int:
    """Bytes of what is kept of this person's conversation."""
    state = await conversations.kept(TENANT, PRIVATE_CHAT, person_id(who.number))
    return len(json.dumps(state, separators=(",", ":")))


async def test_a_task_that_was_put_aside_and_a_plan_of_six_steps_fit_after_many_words(
    alice: Person, conversations: Conversations
) -> None:
    for count in range(2, 9):
        await alice.says(f"actually I need you to add {count} more licenses to Project Plan 3 for the new colleagues")
    alice.sees("3 → 11 (+8)")
    await alice.says(SIX_STEPS)
    alice.sees("Do these 6 steps?")
    alice.sees_nothing_of("No longer kept")
    assert await size(alice, conversations) <= MOST_BYTES
    await alice.taps("Leave it")
    alice.sees("Back to what you had open: add licenses, Planner and Project Plan 3", "3 → 11 (+8)")


async def test_it_fits_in_chinese_too_whose_letters_take_six_bytes_each(
    chenwei: Person, conversations: Conversations
) -> None:
    for count in range(2, 9):
        await chenwei.says(f"麻烦请帮我给Visio Plan 1再加{count}个许可证")
    chenwei.sees("2 → 10（+8）")
    await chenwei.says(SIX_STEPS_IN_CHINESE)
    chenwei.sees("执行这 6 步？")
    chenwei.sees_nothing_of("不再保留")
    assert await size(chenwei, conversations) <= MOST_BYTES
    await chenwei.taps("先不做")
    chenwei.sees("回到刚才的事：增加许可证、Visio Plan 1", "2 → 10（+8）")


async def test_what_has_no_room_beside_a_plan_is_let_go_with_a_word(
    alice: Person, chenwei: Person, conversations: Conversations
) -> None:
    await alice.says("cancel Visio Plan 2")
    await alice.taps("Continue", more={"pick": "other", "feedback": WHY})
    alice.sees("Cancel Visio Plan 2?")
    await alice.says(SIX_STEPS)
    alice.sees(
        "Do these 6 steps?", "No longer kept, because so much was begun since: cancel a subscription, Visio Plan 2."
    )
    assert await size(alice, conversations) <= MOST_BYTES
    await alice.taps("Confirm")
    alice.sees("6 of 6 steps are done")
    alice.sees_nothing_of("Back to")
    await chenwei.says("取消Visio Plan 2")
    await chenwei.taps("继续", more={"pick": "other", "feedback": WHY_IN_CHINESE})
    chenwei.sees("取消 Visio Plan 2？")
    await chenwei.says(SIX_STEPS_IN_CHINESE)
    chenwei.sees("执行这 6 步？", "之后又开始了别的事，这一项不再保留：取消订阅、Visio Plan 2。")
    assert await size(chenwei, conversations) <= MOST_BYTES


async def test_the_fourth_task_lets_the_first_go_with_a_word_and_its_offer_is_void(alice: Person) -> None:
    await alice.says("add 2 licenses to Project Plan 3")
    offer = alice.button("Buy")
    for words in ("cancel Visio Plan 2", "add licenses to Power BI Pro"):
        await alice.says(words)
        alice.sees_nothing_of("No longer kept")
    await alice.says("set Teams Premium to 7")
    alice.sees(
        "5 → 7 (+2)", "No longer kept, because so much was begun since: add licenses, Planner and Project Plan 3."
    )
    await alice.sends_tap(offer)
    alice.sees("Nothing was changed")
