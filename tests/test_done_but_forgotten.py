"""A process died after the yes and forgot it: whatever is said next, what is done is told and not done again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dialogs.desk import PRIVATE_CHAT
from storage.demo import TENANT, person_id

if TYPE_CHECKING:
    from storage.conversations import Conversations
    from tests.people import Person

OFFER = ("add 5 licenses to Power BI Pro", "5 licenses of Power BI Pro added")
PLAN = ("add 5 licenses to Power BI Pro and give Visio Plan 2 to Bo", "2 of 2 steps are done")
ZH_PLAN = ("Visio Plan 1加到7个，再给李雷一个", "共 2 步，已完成 2 步")
FALSE = ("Nothing was changed", "没有任何更改", "25 → 30", "7 → 12", "still open")


async def confirms_and_is_forgotten(who: Person, conversations: Conversations, words: str) -> None:
    """The yes is carried out, and the conversation stands where it stood before."""
    place = (TENANT, PRIVATE_CHAT, person_id(who.number))
    await who.says(words)
    before = await conversations.kept(*place)
    await who.says("yes")
    async with await conversations.begin(*place) as turn:
        assert await turn.save(before)


@pytest.mark.parametrize(("said", "done"), [OFFER, PLAN])
@pytest.mark.parametrize(
    "words", ["never mind", "no", "make it 7", "how many Teams Premium are free?", "without the first"]
)
async def test_what_is_done_is_told_whatever_is_said_next(
    alice: Person, conversations: Conversations, said: str, done: str, words: str
) -> None:
    await confirms_and_is_forgotten(alice, conversations, said)
    await alice.says(words)
    alice.sees(done, "20 → 25 (+5)")
    alice.sees_nothing_of(*FALSE)
    await alice.says("show Power BI Pro")
    alice.sees("17 of 25")


@pytest.mark.parametrize("words", ["算了", "不要", "改成8个", "第二个不要了"])
async def test_in_chinese_too(chenwei: Person, conversations: Conversations, words: str) -> None:
    said, done = ZH_PLAN
    await confirms_and_is_forgotten(chenwei, conversations, said)
    await chenwei.says(words)
    chenwei.sees(done, "2 → 7（+5）")
    chenwei.sees_nothing_of(*FALSE)


async def test_a_yes_that_is_said_again_gives_the_same_answer(alice: Person, conversations: Conversations) -> None:
    said, done = PLAN
    await confirms_and_is_forgotten(alice, conversations, said)
    first = alice.latest
    await alice.says("yes")
    assert alice.latest == first
    alice.sees(done)


async def test_what_was_not_done_is_dropped_as_ever(alice: Person) -> None:
    said, done = PLAN
    await alice.says(said)
    await alice.says("never mind")
    alice.sees("Dropped. Nothing was changed.")
    alice.sees_nothing_of(done)
