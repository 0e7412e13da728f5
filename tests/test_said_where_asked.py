"""What was asked for in a channel and confirmed in the private chat is told to the channel: once, and neutrally."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.demo import GROUP_CONVERSATION
from tests.clients.teams import connector
from tests.people import CHANNEL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.clients.teams import FakeConnector
    from tests.people import Person

THREAD = f"{CHANNEL};messageid=1795362314896/activities"


@pytest.fixture
async def teams() -> AsyncIterator[FakeConnector]:
    async with connector() as listening:
        yield listening


async def asks_in_the_channel(person: Person, teams: FakeConnector, text: str) -> None:
    """Asks in the channel, and is in the private chat afterwards, which Teams serves."""
    person.service = teams.url
    await person.says("hello")  # now it is known where the person can be written to
    person.scope = "channel"
    await person.says(text)
    person.scope = "personal"


async def told(teams: FakeConnector, count: int) -> list[tuple[str, str]]:
    """The first messages that the channel heard, each with where it was said."""
    heard = [call for call in await teams.arrived(count) if "thread" in call.path]
    return [(call.path, call.body["text"]) for call in heard]


async def test_the_channel_hears_how_many_were_handed_out(alice: Person, teams: FakeConnector) -> None:
    await asks_in_the_channel(alice, teams, "give Power BI Pro to Bo")
    await alice.taps("Hand out")
    assert await told(teams, 1) == [(THREAD, "One license handed out.")]
    assert teams.calls[0].body.keys() == {
        "type",
        "channelId",
        "from",
        "recipient",
        "conversation",
        "text",
        "textFormat",
    }


async def test_the_channel_hears_it_in_chinese_after_a_typed_yes(lihua: Person, teams: FakeConnector) -> None:
    await asks_in_the_channel(lihua, teams, "给陈伟分配Visio计划1")
    await lihua.says("是")
    assert await told(teams, 1) == [(THREAD, "已分配 1 个许可证。")]


async def test_a_second_tap_tells_the_channel_nothing_more(alice: Person, teams: FakeConnector) -> None:
    await asks_in_the_channel(alice, teams, "give Power BI Pro to Bo")
    first = alice.button("Hand out")
    await alice.taps("Hand out")
    await told(teams, 1)
    await alice.sends_tap(first)
    await asks_in_the_channel(alice, teams, "give Power BI Pro to Li Lei and Chen Wei")
    await alice.taps("Hand out")
    assert await told(teams, 2) == [(THREAD, "One license handed out."), (THREAD, "2 licenses handed out.")]


async def test_licenses_bought_for_people_are_told_without_how_many_were_bought(
    alice: Person, teams: FakeConnector
) -> None:
    await asks_in_the_channel(alice, teams, "add 5 licenses to Power BI Pro")
    await alice.taps("Buy")
    await asks_in_the_channel(alice, teams, "buy 3 Clipchamp for Bo")
    await alice.taps("Pay yearly")
    await alice.taps("Buy")
    assert await told(teams, 1) == [(THREAD, "One license handed out.")]


async def test_a_correction_in_private_still_belongs_to_the_channel(alice: Person, teams: FakeConnector) -> None:
    await asks_in_the_channel(alice, teams, "hand out Power BI Pro")
    await alice.says("Bo and Li Lei")
    await alice.taps("Hand out")
    assert await told(teams, 1) == [(THREAD, "2 licenses handed out.")]


async def test_what_was_asked_for_in_private_stays_there(alice: Person, teams: FakeConnector) -> None:
    await asks_in_the_channel(alice, teams, "hello")
    await alice.says("give Power BI Pro to Bo")
    await alice.taps("Hand out")
    await asks_in_the_channel(alice, teams, "give Power BI Pro to Li Lei and Chen Wei")
    await alice.taps("Hand out")
    assert await told(teams, 1) == [(THREAD, "2 licenses handed out.")]


async def test_the_channel_that_changed_the_request_last_hears_it(alice: Person, teams: FakeConnector) -> None:
    await asks_in_the_channel(alice, teams, "give Power BI Pro to Bo")
    alice.scope = "groupChat"
    await alice.says("and Li Lei too")
    alice.scope = "personal"
    await alice.taps("Hand out")
    [heard] = await teams.arrived(1)
    assert GROUP_CONVERSATION in heard.path and heard.body["text"] == "2 licenses handed out."


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_both_hear_it_where_it_is_confirmed_in_another_public_conversation(
    alice: Person, lihua: Person, teams: FakeConnector, language: str
) -> None:
    who, asked, yes, done = {
        "en": (alice, "give Power BI Pro to Bo", "yes", "One license handed out."),
        "zh-CN": (lihua, "给陈伟分配Visio计划1", "是", "已分配 1 个许可证。"),
    }[language]
    await asks_in_the_channel(who, teams, asked)
    who.scope = "groupChat"
    await who.says(yes)
    who.sees(done)
    assert await told(teams, 1) == [(THREAD, done)]


async def test_where_it_is_confirmed_where_it_was_asked_it_is_heard_once(alice: Person, teams: FakeConnector) -> None:
    await asks_in_the_channel(alice, teams, "give Power BI Pro to Bo")
    alice.scope = "channel"
    await alice.says("yes")
    alice.sees("One license handed out.")
    await asks_in_the_channel(alice, teams, "give Power BI Pro to Li Lei and Chen Wei")
    await alice.taps("Hand out")
    assert await told(teams, 1) == [(THREAD, "2 licenses handed out.")]
