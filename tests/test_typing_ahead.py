"""Letters typed into a field for people, at the edge: who is answered, how much, how often, and never with a fault."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from bot.answer import suggest
from bot.load import Load
from bot.teams.activities import message_of
from bot.teams.roster import no_directory
from bot.teams.wire import activity_of
from dialogs.elements import Option
from storage.pace import Pace
from tests.clients.desks import EchoDesk
from tests.clients.teams import sample, teams
from tests.databases import NOW

if TYPE_CHECKING:
    from dialogs.turn import Message

NOBODY = {"statusCode": 200, "type": "application/vnd.microsoft.search.searchResponse", "value": {"results": []}}


def typing(letters: object, **more: object) -> dict[str, Any]:
    """The invoke that Teams sends while somebody types."""
    value = {"kind": "search", "queryText": letters, "dataset": "people", **more}
    return sample("invoke_adaptiveCard_action_personal", value=value) | {"name": "application/search"}


class Crowd(EchoDesk):
    """Knows very many people of one name, and one who must not be drawn as written."""

    async def suggest(self, message: Message, typed: str) -> list[Option]:
        return [Option(f"p{n}", f"{typed}\u202e {message.name}", "Sales") for n in range(40)]


class Broken(EchoDesk):
    async def suggest(self, message: Message, typed: str) -> list[Option]:
        raise LookupError(typed, message.name)


class Slow(EchoDesk):
    async def suggest(self, message: Message, typed: str) -> list[Option]:
        await asyncio.Event().wait()
        return [Option(message.person, typed)]


async def test_teams_is_told_whom_the_letters_may_mean() -> None:
    async with teams(EchoDesk()) as client:
        status, body = await client.post(typing("an"))
    assert status == 200
    [found] = body["value"]["results"]
    assert found == {"value": "11111110-0000-4000-8000-000000000000", "title": "an Ada Admin · Sales"}


async def test_no_more_than_teams_shows_and_nothing_that_steers_the_screen() -> None:
    async with teams(Crowd()) as client:
        _, body = await client.post(typing("an"))
    titles = [found["title"] for found in body["value"]["results"]]
    assert titles == ["an Ada Admin · Sales"] * 15


@pytest.mark.parametrize("asked", [typing(""), typing("   "), typing("an", dataset="secrets"), typing(None)])
async def test_nothing_typed_or_another_data_set_asks_nobody(asked: dict[str, Any]) -> None:
    async with teams(Crowd()) as client:
        assert await client.post(asked) == (200, NOBODY)


async def test_letters_are_bounded() -> None:
    async with teams(Crowd()) as client:
        _, body = await client.post(typing("a" * 2_000))
    assert len(body["value"]["results"][0]["title"]) < 150


@pytest.mark.parametrize("asked", [typing(["an"]), typing("an", dataset=7), typing("a" * 5_000)])
async def test_what_teams_never_sends_is_refused(asked: dict[str, Any]) -> None:
    async with teams(Crowd()) as client:
        status, _ = await client.post(asked)
    assert status == 400


async def test_a_fault_finds_nobody() -> None:
    async with teams(Broken()) as client:
        assert await client.post(typing("an")) == (200, NOBODY)


async def test_a_search_that_takes_too_long_finds_nobody() -> None:
    message = message_of(activity_of(sample("message_personal")), NOW, no_directory)
    assert await suggest(Slow(), message, "an", within=0.05) == []


async def test_whoever_types_too_fast_finds_nobody_and_can_still_be_answered(valkey_url: str) -> None:
    pace = Pace(valkey_url, 10)
    async with teams(EchoDesk(), load=Load(pace)) as client:
        found = [(await client.post(typing("an")))[1]["value"]["results"] for _ in range(20)]
        replies = (await client.expect(sample("message_personal")))["activities"]
    await pace.close()
    assert [bool(each) for each in found] == sorted((bool(each) for each in found), reverse=True)
    assert found[0]
    assert not found[-1]
    assert [reply["text"] for reply in replies] == ["You said: hello there"]
