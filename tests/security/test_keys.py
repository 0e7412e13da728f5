"""The keys of Teams: found at once after a rollover, asked for seldom, and kept while their publisher is away."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from jwt.algorithms import RSAAlgorithm

from tests.clients.teams import sample
from tests.security.issuer import KEYS, METADATA, TEN_MB, key
from tests.security.service import service

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.clients.teams import FakeConnector
    from tests.security.issuer import Issuer
    from tests.security.service import Service

ELSEWHERE = json.dumps({"jwks_uri": "https://localhost:1/keys"}).encode()
LIES: dict[str, tuple[str, bytes | int]] = {
    "down": ("", 503),
    "moved": ("", 302),
    "gone": (KEYS, 404),
    "an empty answer": ("", b""),
    "no JSON": (METADATA, b"<html>sign in</html>"),
    "a list": (METADATA, b"[]"),
    "no address of keys": (METADATA, b"{}"),
    "an address of keys that is a number": (METADATA, b'{"jwks_uri":5}'),
    "keys at another kind of address": (METADATA, ELSEWHERE),
    "keys in a file": (METADATA, b'{"jwks_uri":"file:///etc/passwd"}'),
    "no list of keys": (KEYS, b'{"keys":"teams"}'),
    "no keys": (KEYS, b'{"keys":[]}'),
    "keys of no kind": (KEYS, b'{"keys":[1,null,{"kid":"teams"},{"kid":"teams","kty":"RSA","n":"?","e":"!"}]}'),
    "ten megabytes": (KEYS, TEN_MB),
    "ten megabytes of metadata": (METADATA, TEN_MB),
}


@pytest.fixture
async def bot(issuer: Issuer, fake: FakeConnector) -> AsyncIterator[Service]:
    async with service(issuer, fake) as running:
        yield running


async def newer_keys(bot: Service) -> None:
    """Until a fetch that is due or under way has ended: an unknown key waits for it."""
    assert await bot.good(kid="unknown", sign="forger") == 401


async def test_nothing_is_asked_before_the_first_token_comes(bot: Service) -> None:
    async with bot.http.get(f"{bot.url}/readyz") as response:
        assert response.status == 200
    assert await bot.post("Bearer garbage", {}) == 401
    assert bot.issuer.asked == []


async def test_keys_are_asked_for_once_for_many_activities(bot: Service) -> None:
    assert [await bot.good() for _ in range(5)] == [200] * 5
    assert bot.issuer.asked == [METADATA, KEYS]


async def test_many_first_activities_at_once_share_one_fetch(bot: Service) -> None:
    assert await asyncio.gather(*(bot.good() for _ in range(20))) == [200] * 20
    assert bot.issuer.asked == [METADATA, KEYS]


async def test_a_new_key_is_good_within_the_request_that_brings_it(bot: Service) -> None:
    assert await bot.good() == 200
    bot.clock.advance(timedelta(seconds=11))
    bot.issuer.published["next"] = ["msteams"]
    assert await bot.good(kid="next", sign="next") == 200
    assert await bot.good() == 200


async def test_a_key_that_was_withdrawn_is_no_longer_good_after_the_next_fetch(bot: Service) -> None:
    assert await bot.good() == 200
    del bot.issuer.published["teams"]
    bot.clock.advance(timedelta(hours=25))
    assert await bot.good() == 200  # the one that notices
    await newer_keys(bot)
    assert await bot.good() == 401


@pytest.mark.parametrize(("lifetime", "remembered"), [(60, 59), (3600, 299)])
async def test_a_verified_token_is_remembered_for_five_minutes_at_most_and_never_beyond_its_end(
    bot: Service, lifetime: int, remembered: int
) -> None:
    token = f"Bearer {bot.issuer.token(bot.service_url, exp=timedelta(seconds=lifetime))}"
    activity = sample("message_personal", serviceUrl=bot.service_url)
    assert await bot.post(token, activity) == 200
    bot.issuer.published = {"next": ["msteams"]}
    bot.clock.advance(timedelta(seconds=11))
    await newer_keys(bot)
    assert await bot.good() == 401
    bot.clock.advance(timedelta(seconds=remembered - 12))
    assert await bot.post(token, activity) == 200
    bot.clock.advance(timedelta(seconds=2))
    assert await bot.post(token, activity) == 401


async def test_two_hundred_unknown_keys_are_at_most_one_fetch(bot: Service) -> None:
    assert await bot.good() == 200
    bot.clock.advance(timedelta(seconds=11))
    forged = [bot.good(kid=f"key-{number}", sign="forger") for number in range(200)]
    assert await asyncio.gather(*forged) == [401] * 200
    assert bot.issuer.asked.count(KEYS) == 2
    assert await bot.good() == 200


async def test_without_the_pause_each_unknown_key_is_a_fetch(bot: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control: what the pause between two fetches is for."""
    monkeypatch.setattr("bot.teams.keys.PAUSE", timedelta(0))
    assert await bot.good() == 200
    assert [await bot.good(kid=f"key-{number}", sign="forger") for number in range(20)] == [401] * 20
    assert bot.issuer.asked.count(KEYS) == 21


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
async def test_known_keys_stay_good_whatever_their_publisher_says(bot: Service, lie: tuple[str, bytes | int]) -> None:
    assert await bot.good() == 200
    bot.issuer.ways[lie[0]] = lie[1]
    bot.clock.advance(timedelta(hours=25))
    asked = len(bot.issuer.asked)
    assert await bot.good() == 200
    assert await bot.good(kid="next", sign="next") == 503
    assert len(bot.issuer.asked) > asked
    assert await bot.good() == 200


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
async def test_without_any_keys_nobody_is_let_in_and_teams_may_come_again(
    bot: Service, lie: tuple[str, bytes | int]
) -> None:
    """503 and not 401: the token may be good, and Teams repeats what was answered so."""
    bot.issuer.ways[lie[0]] = lie[1]
    assert await bot.good() == 503
    assert bot.desk.heard == []
    bot.issuer.ways.clear()
    assert await bot.good() == 503  # asked a moment ago
    bot.clock.advance(timedelta(seconds=11))
    assert await bot.good() == 200


async def test_keys_that_could_not_be_renewed_for_five_days_are_not_believed(bot: Service) -> None:
    assert await bot.good() == 200
    bot.issuer.ways[""] = 503
    bot.clock.advance(timedelta(days=4, hours=23))
    assert await bot.good() == 200
    bot.clock.advance(timedelta(hours=2))
    assert await bot.good() == 503
    bot.issuer.ways.clear()
    bot.clock.advance(timedelta(seconds=11))
    assert await bot.good() == 200


async def test_while_the_publisher_hangs_everybody_else_is_answered(bot: Service) -> None:
    bot.issuer.ways[""] = "hang"
    waiting = asyncio.create_task(bot.good())
    assert await asyncio.to_thread(bot.issuer.reached.wait, 5)
    async with bot.http.get(f"{bot.url}/livez") as response:
        assert response.status == 200
    assert await bot.post("Bearer garbage", {}) == 401
    assert not waiting.done()
    bot.issuer.release()
    assert await waiting == 200


async def test_known_keys_are_used_without_waiting_for_newer_ones(bot: Service) -> None:
    assert await bot.good() == 200
    bot.issuer.ways[""] = "hang"
    bot.issuer.reached.clear()
    bot.clock.advance(timedelta(hours=25))
    assert await bot.good() == 200
    assert await asyncio.to_thread(bot.issuer.reached.wait, 5)
    assert await bot.good() == 200


async def test_a_publisher_that_hangs_is_waited_for_no_longer_than_agreed(issuer: Issuer, fake: FakeConnector) -> None:
    issuer.ways[""] = "hang"
    async with service(issuer, fake, seconds=0.2) as bot:
        assert await bot.good() == 503


async def test_what_else_is_published_does_not_matter_and_a_weak_key_is_none(bot: Service) -> None:
    weak = RSAAlgorithm.to_jwk(key("weak", 1024).public_key(), as_dict=True)
    bot.issuer.strange_keys += [
        {**weak, "kid": "weak", "endorsements": ["msteams"]},
        {"kty": "EC", "kid": "curve", "endorsements": ["msteams"]},
        {"kty": "oct", "kid": "shared", "k": "c2VjcmV0", "endorsements": ["msteams"]},
        {"kty": "RSA", "kid": 5},
        "teams",
        None,
    ]
    assert await bot.good() == 200
    assert await bot.good(kid="weak", sign="weak") == 401
    assert await bot.good(kid="shared") == 401
