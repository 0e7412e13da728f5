"""Licenses that others don't use, in the chat: seen before buying, asked for, given or not, in both languages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from dialogs.notices import notice
from storage.request_views import RequestKind, RequestStatus
from tests.test_notices import news
from tests.test_requesting import ASKED

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Person

SPARE = replace(ASKED, kind=RequestKind.SPARE, licenses=1, people=(ASKED.requester,), note="")


@pytest.fixture
async def asked(ann: Person) -> Person:
    """Ann, who has asked for one of the licenses that Alice alone has spare."""
    await ann.says("ask for an unused license of Teams Premium")
    await ann.taps("Send request")
    return ann


async def test_an_offer_says_how_many_are_unused_and_takes_no_tap_more(alice: Person) -> None:
    await alice.says("buy 3 Clipchamp")
    alice.sees("unused in your organization", "[Ask for an unused one]")
    await alice.says("yes")
    alice.sees("bought")


async def test_the_button_or_a_word_asks_instead_of_buying(alice: Person) -> None:
    await alice.says("buy 3 Clipchamp")
    await alice.taps("Ask for an unused one")
    alice.sees("Ask for an unused license of Clipchamp?", "You see no name until", "[Send request]")
    await alice.says("never mind")
    await alice.says("buy 3 Clipchamp")
    await alice.says("ask their owner")
    alice.sees("Ask for an unused license of Clipchamp?")
    await alice.says("yes")
    alice.sees("Asked for an unused license of Clipchamp")
    alice.sees_nothing_of("Buy Clipchamp?")
    await alice.says("buy 3 Clipchamp")
    alice.sees_nothing_of("unused", "[Ask for an unused one]")


async def test_an_owner_hands_one_out_with_their_own_yes(asked: Person, alice: Person) -> None:
    await alice.says("requests waiting")
    alice.sees("Ann Lee asks for an unused license of Teams Premium", "[Give a license]", "[Decline]")
    give = alice.button("Give a license")
    await alice.taps("Give a license")
    alice.sees("Teams Premium", "Ann Lee")
    await alice.says("yes")
    await asked.says("my requests")
    asked.sees("Given by Alice Chen")
    await alice.sends_tap(give)
    alice.sees("has ended already")


async def test_a_no_names_nobody(asked: Person, alice: Person) -> None:
    await alice.says("deny Ann's request, I need them")
    alice.sees("Decline Ann Lee's request for an unused license of Teams Premium?")
    alice.sees_nothing_of("I need them")
    await alice.says("yes")
    await asked.says("my requests")
    asked.sees("Nobody could give one away")
    asked.sees_nothing_of("Alice")
    await alice.says("undo that")
    alice.sees("Your no stays")


async def test_nobody_else_answers_it_and_it_is_not_bought(asked: Person, alice: Person, bob: Person) -> None:
    await alice.says("requests waiting")
    data = alice.button("Give a license")
    for who in (bob, asked):
        for do in ("give", "decline", "approve", "all"):
            await who.sends_tap({**data, "do": do})
            who.sees_nothing_of("[Approve and buy]", "[Decline]", "[Assign]")
    await alice.sends_tap({**data, "do": "approve"})
    alice.sees_nothing_of("[Approve and buy]")
    await alice.says("approve Ann's request")
    alice.sees("No request to buy waits for your decision.")


async def test_what_is_put_aside_is_called_by_its_product(alice: Person) -> None:
    await alice.says("buy 3 Clipchamp")
    await alice.taps("Ask for an unused one")
    await alice.says("give Teams Premium to Ann Lee")
    await alice.says("yes")
    alice.sees("Back to what you had open: ask for an unused license, Clipchamp")


async def test_what_was_sent_is_taken_back(asked: Person) -> None:
    await asked.says("undo that")
    asked.sees("Withdraw your request")


async def test_whoever_wants_several_is_told_that_it_is_one_and_what_to_say(ann: Person) -> None:
    await ann.says("ask for an unused license of Teams Premium")
    ann.sees_nothing_of("for yourself")
    await ann.says("make it 3")
    ann.sees("This asks for one license, for yourself. For 3, say “request 3 Teams Premium”", "[Send request]")
    await ann.says("申请2个闲置的 Clipchamp")
    ann.sees("这里只为你自己申请一个。要 2 个，请说“申请 2 个 Clipchamp”", "申请一个空闲的 Clipchamp 许可证？")


async def test_in_chinese(person: Callable[[int], Person]) -> None:
    li_hua = person(3)
    await li_hua.says("购买2个Clipchamp")
    li_hua.sees("个 Clipchamp 许可证空闲", "[申请一个空闲的]")
    await li_hua.says("问问有没有空闲的")
    li_hua.sees("申请一个空闲的 Clipchamp 许可证？", "付费的人会看到你的名字", "[发出申请]")
    await li_hua.taps("发出申请")
    li_hua.sees("已申请一个空闲的 Clipchamp 许可证")
    li_hua.sees_nothing_of("购买 Clipchamp？")


@pytest.mark.parametrize(
    ("kind", "status", "english", "chinese"),
    [
        ("request_made", RequestStatus.PENDING, "Cara Diaz asks for an unused license", "Cara Diaz 申请 1 个空闲的"),
        ("request_denied", RequestStatus.DENIED, "Nobody can give you an unused license", "没有人能给你空闲的"),
        ("request_expired", RequestStatus.EXPIRED, "Nobody decided about your request", "没有人决定你对"),
    ],
)
def test_what_comes_of_it_is_told(kind: str, status: RequestStatus, english: str, chinese: str) -> None:
    for language, words in (("en", english), ("zh-CN", chinese)):
        told = news(kind, language=language, request=replace(SPARE, status=status))
        person = replace(told.person, id=SPARE.requester.id)
        reply = notice(replace(told, person=person))
        assert reply is not None
        assert reply.text.startswith(words)
        assert "Bo Larsen" not in str(reply)


@pytest.mark.parametrize(
    ("language", "one", "several"),
    [
        ("en", "Cara Diaz has a license of Visio Plan 2 now.", "2 people who asked for an unused license"),
        ("zh-CN", "Cara Diaz 已经有 Visio Plan 2 许可证了", "申请空闲 Visio Plan 2 许可证的 2 个人都已经有了"),
    ],
)
def test_owners_hear_that_they_are_not_needed_any_more(language: str, one: str, several: str) -> None:
    for count, words in ((1, one), (2, several)):
        reply = notice(replace(news("request_over", language=language, request=SPARE), payload={"count": count}))
        assert reply is not None
        assert reply.text.startswith(words)
