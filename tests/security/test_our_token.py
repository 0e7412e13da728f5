"""The token that we show Teams: asked for when it is needed, once, ahead of its end, and never at start."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import structlog

from bot.teams.connector import Connector, ConnectorError
from bot.teams.tokens import EntraTokens, TokenUnavailable
from storage.clock import FrozenClock, SystemClock
from tests.security.issuer import APP_ID, TENANT

if TYPE_CHECKING:
    from tests.clients.teams import FakeConnector
    from tests.security.issuer import Issuer

DISCOVERY = f"/{TENANT}/v2.0/.well-known/openid-configuration"
TOKEN = f"/{TENANT}/oauth2/v2.0/token"
SECRET = "canary-secret-0815"  # pragma: allowlist secret
HELLO = {"type": "message", "text": "hello"}


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(SystemClock().now())


@pytest.fixture
def tokens(issuer: Issuer, clock: FrozenClock) -> EntraTokens:
    cloud = issuer.cloud()
    return EntraTokens(APP_ID, SECRET, authority=cloud.authority(TENANT), scope=cloud.scope, clock=clock)


async def renewed(tokens: EntraTokens) -> str:
    """The token after the request that is under way behind the last answer; fails when that takes for ever."""
    first = await tokens.token()
    for _ in range(100):
        if (token := await tokens.token()) != first:
            return token
        await asyncio.sleep(0.05)
    raise AssertionError("never renewed")


async def test_entra_is_asked_when_the_first_reply_is_sent_and_not_again_for_the_next(
    issuer: Issuer, tokens: EntraTokens, fake: FakeConnector
) -> None:
    client = Connector(tokens)
    assert issuer.asked == []
    for _ in range(3):
        await client.send(fake.url, "a:1", HELLO)
    await client.close()
    assert issuer.asked == [DISCOVERY, TOKEN]
    assert {call.headers["Authorization"] for call in fake.calls} == {"Bearer ours-2"}


async def test_many_first_replies_at_once_share_one_request(issuer: Issuer, tokens: EntraTokens) -> None:
    assert await asyncio.gather(*(tokens.token() for _ in range(10))) == ["ours-2"] * 10
    assert issuer.asked == [DISCOVERY, TOKEN]


async def test_a_token_is_renewed_before_it_ends_and_nobody_waits_for_it(
    issuer: Issuer, tokens: EntraTokens, clock: FrozenClock
) -> None:
    assert await tokens.token() == "ours-2"
    clock.advance(timedelta(minutes=54))
    assert await tokens.token() == "ours-2"
    assert len(issuer.asked) == 2
    issuer.ways[TOKEN] = "hang"
    clock.advance(timedelta(minutes=2))
    assert await tokens.token() == "ours-2"
    issuer.release()
    assert await renewed(tokens) == "ours-4"


async def test_a_token_that_ended_is_not_used(issuer: Issuer, tokens: EntraTokens, clock: FrozenClock) -> None:
    assert await tokens.token() == "ours-2"
    clock.advance(timedelta(hours=1))
    assert await tokens.token() == "ours-4"


async def test_an_entra_that_is_away_when_a_token_should_be_renewed_does_not_matter_until_it_ends(
    issuer: Issuer, tokens: EntraTokens, clock: FrozenClock
) -> None:
    assert await tokens.token() == "ours-2"
    issuer.ways[""] = 503
    for _ in range(4):
        clock.advance(timedelta(minutes=14, seconds=50))
        assert await tokens.token() == "ours-2"
    clock.advance(timedelta(minutes=1))
    with pytest.raises(TokenUnavailable):
        await tokens.token()


async def test_a_refusal_is_logged_in_one_word_and_not_asked_for_again_at_once(
    issuer: Issuer, tokens: EntraTokens, clock: FrozenClock
) -> None:
    issuer.ways[TOKEN] = b'{"error":"invalid_client","error_description":"canary-secret-0815 is wrong"}'
    with structlog.testing.capture_logs() as lines:
        for _ in range(5):
            with pytest.raises(TokenUnavailable):
                await tokens.token()
    assert issuer.asked.count(TOKEN) == 1
    assert [(line["event"], line["kind"]) for line in lines] == [("token_unavailable", "invalid_client")]
    issuer.ways.clear()
    clock.advance(timedelta(seconds=11))
    assert (await tokens.token()).startswith("ours-")


@pytest.mark.parametrize("way", [500, 404, b"", b"<html>", b"[]", b'{"access_token":"x"}'])
@pytest.mark.parametrize("path", [DISCOVERY, TOKEN])
async def test_an_entra_out_of_order_means_no_reply_and_the_next_minute_is_another(
    issuer: Issuer, tokens: EntraTokens, clock: FrozenClock, fake: FakeConnector, path: str, way: bytes | int
) -> None:
    issuer.ways[path] = way
    client = Connector(tokens)
    with pytest.raises(ConnectorError):
        await client.send(fake.url, "a:1", HELLO)
    assert fake.calls == []
    issuer.ways.clear()
    clock.advance(timedelta(minutes=2))
    await client.send(fake.url, "a:1", HELLO)
    await client.close()
    assert len(fake.calls) == 1


async def test_an_entra_that_hangs_keeps_the_event_loop_free_and_no_reply_for_long(
    issuer: Issuer, tokens: EntraTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.teams.tokens.WAIT", 0.2)
    issuer.ways[""] = "hang"
    asked = asyncio.create_task(tokens.token())
    assert await asyncio.to_thread(issuer.reached.wait, 5)  # could not be seen from a loop that is blocked
    with pytest.raises(TokenUnavailable):
        await asked
    issuer.release()


async def test_the_secret_is_in_no_log_and_no_exception(issuer: Issuer, capfd: pytest.CaptureFixture[str]) -> None:
    cloud = issuer.cloud()
    tokens = EntraTokens(APP_ID, SECRET, authority=cloud.authority(TENANT), scope=cloud.scope, clock=SystemClock())
    issuer.ways[TOKEN] = f'{{"error":"invalid_client","error_description":"{SECRET}"}}'.encode()
    with pytest.raises(TokenUnavailable) as refused:
        await tokens.token()
    assert SECRET not in str(refused.value) + "".join(capfd.readouterr())
