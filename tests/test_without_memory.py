"""Conversations when Redis is gone, slow or emptied: a question may be asked again, a license is never lost."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.office import open_office
from tests.servers import connected, process_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.clock import FrozenClock
    from storage.embedded import EmbeddedValkey
    from tests.people import Person


@pytest.fixture
async def alice(database_url: str, own_valkey: EmbeddedValkey, clock: FrozenClock) -> AsyncIterator[Person]:
    async with open_office(database_url, own_valkey.url, clock) as person:
        yield person(1)


async def test_an_emptied_redis_between_card_and_tap_changes_nothing(alice: Person, own_valkey: EmbeddedValkey) -> None:
    await alice.says("add 5 licenses to Power BI Pro")
    with connected(own_valkey.url) as client:
        client.flushall()
    await alice.taps("Buy")
    alice.sees("5 licenses of Power BI Pro added", "20 → 25 (+5)")


async def test_after_an_emptied_redis_the_question_is_asked_again(alice: Person, own_valkey: EmbeddedValkey) -> None:
    await alice.says("add 5 licenses")
    with connected(own_valkey.url) as client:
        client.flushall()
    await alice.taps("Power BI Pro")
    alice.sees("That question is closed", "add 5 licenses")


@pytest.mark.deadline
async def test_with_a_frozen_redis_a_complete_request_is_quoted_and_a_tap_commits(
    alice: Person, own_valkey: EmbeddedValkey
) -> None:
    server = process_id(own_valkey.url)
    os.kill(server, signal.SIGSTOP)
    try:
        await alice.says("add 5 licenses to Power BI Pro")
        alice.sees("20 → 25 (+5)", "I can't remember our conversation at this moment")
        await alice.taps("Buy")
        alice.sees("5 licenses of Power BI Pro added")
    finally:
        os.kill(server, signal.SIGCONT)


@pytest.mark.deadline
async def test_with_redis_back_the_conversation_goes_on(alice: Person, own_valkey: EmbeddedValkey) -> None:
    server = process_id(own_valkey.url)
    os.kill(server, signal.SIGSTOP)
    try:
        await alice.says("add 5 licenses")
        alice.sees("I can't remember our conversation at this moment")
    finally:
        os.kill(server, signal.SIGCONT)
    await alice.says("add 5 licenses")
    alice.sees_nothing_of("can't remember")
    await alice.says("Power BI Pro")
    alice.sees("20 → 25 (+5)")


async def test_a_newer_releases_state_is_left_alone_and_people_are_told(
    alice: Person, own_valkey: EmbeddedValkey
) -> None:
    await alice.says("add 5 licenses")
    with connected(own_valkey.url) as client:
        [key] = client.keys("*")
        newer = json.dumps({"v": 99, "sum": "who knows", "d": {}})
        client.hset(key, "state", newer)
        await alice.says("add 5 licenses to Power BI Pro")
        alice.sees("20 → 25 (+5)", "I can't remember our conversation at this moment")
        assert client.hget(key, "state") == newer.encode()


async def test_a_long_talk_stays_small(alice: Person, own_valkey: EmbeddedValkey) -> None:
    talk = ("add licenses", "Visio", "make it 7", "add 5 to Power BI Pro and set Teams Premium to 9", "help", "bananas")
    with connected(own_valkey.url) as client:
        for words in talk * 8:
            await alice.says(words + " please" * 5)
            sizes = [len(client.hget(key, "state") or b"") for key in client.keys("*")]
            assert max(sizes) < 4_000  # an open plan with its steps, and two tasks behind it
