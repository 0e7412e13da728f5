"""The language is the one wished for, else that of the words; it is kept, and never changes within an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers import connected
from tests.wandering import mixed

if TYPE_CHECKING:
    from tests.people import Person


def in_one_language(person: Person) -> bool:
    return not mixed("\n".join(map(str, person.latest)))


async def test_a_wish_is_kept_whatever_is_written_afterwards(alice: Person) -> None:
    await alice.says("用中文")
    alice.sees("好，以后我用中文回答。")
    await alice.says("add 2 licenses to Visio")
    alice.sees("给 Visio Plan 2 增加许可证？", "[购买]")
    await alice.says("English please")
    alice.sees("I'll answer in English from now on.")
    await alice.says("加3个")
    alice.sees("10 → 13 (+3)", "[Buy]")


async def test_a_wish_in_the_middle_of_a_task_says_what_is_open_in_the_new_language(alice: Person) -> None:
    await alice.says("add 2 licenses to Visio")
    await alice.says("用中文")
    alice.sees("好，以后我用中文回答。", "Visio Plan 2")
    assert in_one_language(alice)
    await alice.says("是")
    alice.sees("已为 Visio Plan 2 增加 2 个许可证")


async def test_a_card_of_before_is_answered_in_the_language_of_now(alice: Person) -> None:
    await alice.says("add 2 licenses to Visio")
    offer = alice.button("Buy")
    await alice.says("用中文")
    await alice.sends_tap(offer)
    alice.sees("已为 Visio Plan 2 增加 2 个许可证", "发票")
    assert in_one_language(alice)
    await alice.says("English please")
    await alice.sends_tap(offer)
    alice.sees("2 licenses of Visio Plan 2 added")
    assert in_one_language(alice)


async def test_a_question_of_before_is_asked_again_in_the_language_of_now(alice: Person) -> None:
    await alice.says("add licenses")
    await alice.says("用中文")
    await alice.taps("Visio Plan 2")
    alice.sees_nothing_of("Which", "How many")
    assert in_one_language(alice)


async def test_a_wish_holds_in_every_conversation_and_survives_the_memory(alice: Person, valkey_url: str) -> None:
    await alice.says("用中文")
    with connected(valkey_url) as client:
        client.flushall()
    alice.scope = "channel"
    await alice.says("show Visio")
    assert in_one_language(alice)
    alice.sees("已使用许可证")


async def test_without_a_wish_the_words_decide_and_names_alone_change_nothing(alice: Person) -> None:
    await alice.says("我有哪些订阅")
    alice.sees("你有 4 个订阅")
    await alice.says("Visio")
    alice.sees_nothing_of("Did you mean")
    await alice.says("what do I have?")
    alice.sees("You have 4 subscriptions")


async def test_what_is_refused_unread_is_refused_in_the_language_of_the_words(alice: Person) -> None:
    await alice.says("请用4111 1111 1111 1111这张卡付款")
    alice.sees("卡号")
    assert in_one_language(alice)


async def test_a_guest_is_answered_in_the_language_of_the_words(evan: Person) -> None:
    await evan.says("我想加5个许可证")
    assert in_one_language(evan)
    evan.sees("来宾")
