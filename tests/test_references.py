"""Words that point back: “it”, “them”, “the same for Visio”, 刚才那个. They fill a blank, once, and not for long."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from dialogs.desk import PRIVATE_CHAT
from dialogs.memory import LAST_HEARD, LAST_KEPT
from storage.demo import TENANT, person_id

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from storage.conversations import Conversations
    from tests.people import Person

# what was done, and yes to it; what is said then; what the offer or the answer shows
AFTER_DOING = {
    "same for a product": ("add 3 licenses to Power BI Pro", "the same for Visio", "Visio Plan 2?\n10 → 13 (+3)"),
    "same for people": ("give Power BI Pro to Bo", "do the same for Ann Kovacs", "Ann Kovacs: gets a license"),
    "some of them": (
        "add 3 licenses to Power BI Pro",
        "assign two of them to Ann Kovacs and Bo",
        "Hand out 2 licenses of Power BI Pro?\nAnn Kovacs: gets a license\nBo Zhang: gets a license",
    ),
    "it": ("add 1 license to Visio", "give it to Bo", "Hand out a license of Visio Plan 2?\nBo Zhang"),
    "too": ("give Power BI Pro to Bo", "and Ann Kovacs too", "Power BI Pro?\nAnn Kovacs: gets a license"),
    "one more": ("give Power BI Pro to Bo", "give Ann Kovacs one too", "Power BI Pro?\nAnn Kovacs: gets a license"),
    "them": ("give Power BI Pro to Bo and Ann Kovacs", "give them Visio Plan 2 as well", "Bo Zhang"),
    "from them": ("give Power BI Pro to Bo", "take it back from him", "Take back a license of Power BI Pro?\nBo Zhang"),
    "what ends": ("add 1 license to Visio", "cancel it", "Why are you cancelling Visio Plan 2?"),
    "how much": ("add 1 license to Visio", "how much is it?", "Visio Plan 2\nLicenses in use: 9 of 11"),
}
AFTER_DOING_IN_CHINESE = {
    "that one": ("给Visio Plan 1加3个许可证", "刚才那个再加3个", "8 → 11（+3）"),
    "more": ("给Visio Plan 1加3个许可证", "再加3个", "8 → 11（+3）"),
    "some of them": ("给Visio Plan 1加3个许可证", "其中两个给王芳和李雷", "王芳: 将获得许可证\n李雷: 将获得许可证"),
    "one for another": ("把Visio Plan 1分配给王芳", "也给李雷一个", "Visio Plan 1 许可证？\n李雷: 将获得许可证"),
    "the same for another": ("把Visio Plan 1分配给王芳", "李雷也一样", "Visio Plan 1 许可证？\n李雷: 将获得许可证"),
    "from her": ("把Visio Plan 1分配给王芳", "把它从她那里收回来", "收回 1 个 Visio Plan 1 许可证？\n王芳"),
    "who": ("给Visio Plan 1加3个许可证", "那个谁在用？", "8 个许可证"),
}


@pytest.mark.parametrize("case", AFTER_DOING)
async def test_what_was_done_last_is_meant(alice: Person, case: str) -> None:
    done, said, seen = AFTER_DOING[case]
    await alice.says(done)
    await alice.says("yes")
    await alice.says(said)
    alice.sees(seen)


@pytest.mark.parametrize("case", AFTER_DOING_IN_CHINESE)
async def test_what_was_done_last_is_meant_in_chinese(lihua: Person, case: str) -> None:
    done, said, seen = AFTER_DOING_IN_CHINESE[case]
    await lihua.says(done)
    await lihua.says("是")
    await lihua.says(said)
    lihua.sees(seen)


async def test_what_was_shown_last_is_meant_and_a_look_is_repeated(alice: Person, chenwei: Person) -> None:
    await alice.says("show Visio")
    await alice.says("who has it?")
    alice.sees("9 people have a license of Visio Plan 2.")
    await alice.says("and Power BI Pro?")
    alice.sees("17 people have a license of Power BI Pro.")
    await chenwei.says("谁有Visio Plan 1")
    await chenwei.says("Visio Plan 2呢")
    chenwei.sees("Visio Plan 2")
    chenwei.sees_nothing_of("Visio Plan 1")


async def test_a_refusal_names_what_is_meant_next(dana: Person) -> None:
    await dana.says("cancel Copilot")
    await dana.says("reactivate it")
    dana.sees("Bring Microsoft 365 Copilot back?")


async def test_while_a_task_is_open_it_is_what_the_task_is_about(alice: Person) -> None:
    await alice.says("show Power BI Pro")
    await alice.says("add 2 licenses to Visio")
    await alice.says("who has it?")
    alice.sees("9 people have a license of Visio Plan 2.", "Still open: Visio Plan 2: 10 → 12 (+2).")


@pytest.mark.parametrize("buying", ["add 2 licenses to Power BI Pro", "buy 2 Clipchamp"])
async def test_what_is_still_to_be_bought_is_for_whom_it_is_given(alice: Person, buying: str) -> None:
    await alice.says(buying)
    await alice.says("give two of them to Ann Kovacs and Bo")
    alice.sees("Due now", "Ann Kovacs, Bo Zhang", "[Buy]")


async def test_what_is_still_to_be_bought_is_for_whom_it_is_given_in_chinese(lihua: Person) -> None:
    await lihua.says("给Visio Plan 1加2个许可证")
    await lihua.says("其中两个给王芳和李雷")
    lihua.sees("5 → 7（+2）", "王芳、李雷", "[购买]")


async def test_a_look_that_names_nothing_is_about_what_is_open(alice: Person, lihua: Person) -> None:
    await alice.says("add 2 licenses to Power BI Pro")
    await alice.says("how many are free?")
    alice.sees("Power BI Pro\nLicenses in use: 17 of 20, 3 free")
    await lihua.says("给Visio Plan 1加2个许可证")
    await lihua.says("还剩几个？")
    lihua.sees("已使用许可证: 2 / 5，空闲 3 个")


async def test_of_two_subscriptions_of_one_product_the_same_one_is_meant(alice: Person) -> None:
    await alice.says("buy 2 Visio Plan 2")
    await alice.says("yes")
    await alice.says("give it to Bo")
    alice.sees("Hand out a license of Visio Plan 2?", "Free afterwards: 1")


async def test_a_reference_only_fills_a_blank_of_an_offer(alice: Person) -> None:
    await alice.says("add 3 licenses to Power BI Pro")
    await alice.says("yes")
    await alice.says("the same for Visio")
    await alice.says("show Visio")
    alice.sees("9 of 10")


async def test_a_reference_is_good_once(alice: Person) -> None:
    await alice.says("add 1 license to Visio")
    await alice.says("yes")
    await alice.says("give it to Bo")
    await alice.says("no")
    await alice.says("give it to Ann Kovacs")
    alice.sees("Which subscription?")


@pytest.mark.parametrize(
    ("said", "seen"), [("give it to Bo", "Which subscription?"), ("the same for Visio", "[add licenses]")]
)
async def test_what_is_too_old_is_asked_with_buttons(alice: Person, clock: FrozenClock, said: str, seen: str) -> None:
    await alice.says("add 1 license to Power BI Pro")
    await alice.says("yes")
    clock.advance(LAST_KEPT + timedelta(seconds=1))
    await alice.says(said)
    alice.sees(seen)
    alice.sees_nothing_of("Power BI Pro?")


async def test_what_is_too_old_is_asked_in_chinese(lihua: Person) -> None:
    await lihua.says("给Visio Plan 1加3个许可证")
    await lihua.says("是")
    for _ in range(LAST_HEARD):
        await lihua.says("谢谢")
    await lihua.says("刚才那个再加3个")
    lihua.sees("是哪个订阅？", "[Visio Plan 1]")


async def test_a_new_task_starts_clean(alice: Person) -> None:
    await alice.says("add 3 licenses to Power BI Pro")
    await alice.says("yes")
    await alice.says("add 5 licenses")
    alice.sees("Which subscription?")


@pytest.mark.parametrize("said", ["don't give it to Bo", "what if I cancel it?", "remind me to cancel it"])
async def test_what_must_not_start_a_change_starts_none_by_a_reference(alice: Person, said: str) -> None:
    await alice.says("show Visio")
    await alice.says(said)
    alice.sees_nothing_of("Hand out a license", "Why are you cancelling")


async def test_it_means_something_to_each_person_alone(alice: Person, bo: Person) -> None:
    await alice.says("show Visio")
    await bo.says("give it to Ann Kovacs")
    bo.sees_nothing_of("Visio")


async def test_what_is_kept_is_small(alice: Person, conversations: Conversations) -> None:
    await alice.says("give Power BI Pro to Bo and Ann Kovacs")
    await alice.says("yes")
    state = await conversations.kept(TENANT, PRIVATE_CHAT, person_id(1))
    assert state is not None
    assert len(json.dumps(state["last"])) < 400
