"""Who is let in: Teams, and nobody of all who pretend to be it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import structlog

from bot import logs
from bot.teams.clouds import CLOUDS
from tests.clients.teams import sample
from tests.security.callers import GOOD, STRANGERS, Call
from tests.security.service import service

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.clients.teams import FakeConnector
    from tests.security.issuer import Issuer
    from tests.security.service import Service

CANARY = "canary-4711"


@pytest.fixture
async def bot(issuer: Issuer, fake: FakeConnector) -> AsyncIterator[Service]:
    async with service(issuer, fake) as running:
        yield running


@pytest.fixture
def printed(capfd: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """All that a process of ours would print, written as the service writes it."""
    logs.configure()
    yield capfd
    structlog.reset_defaults()


@pytest.mark.parametrize("call", GOOD.values(), ids=GOOD)
async def test_teams_is_let_in(bot: Service, call: Call) -> None:
    assert await bot.call(call) == 200
    assert len(bot.desk.heard) == 1


@pytest.mark.parametrize("call", STRANGERS.values(), ids=STRANGERS)
async def test_a_stranger_is_refused_before_anything_happens(bot: Service, fake: FakeConnector, call: Call) -> None:
    with structlog.testing.capture_logs() as lines:
        assert await bot.call(call) == call.status
    assert (bot.desk.heard, fake.calls) == ([], [])
    # aiohttp itself answers a header of 20 kB, before there is a request to log
    assert len(lines) == (0 if "a" * 9_000 in str(call.authorization(bot.issuer, bot.service_url)) else 1)


@pytest.mark.parametrize("call", STRANGERS.values(), ids=STRANGERS)
async def test_neither_token_nor_body_is_written_anywhere(
    bot: Service, printed: pytest.CaptureFixture[str], call: Call
) -> None:
    authorization = call.authorization(bot.issuer, bot.service_url) or ""
    await bot.post(authorization, call.activity(bot.service_url, text=CANARY, id=CANARY))
    out = "".join(printed.readouterr())
    secrets = [part for part in authorization.removeprefix("Bearer").strip().split(".") if len(part) > 20]
    assert [secret for secret in (*secrets, CANARY) if secret in out] == []


async def test_the_same_search_finds_a_token_where_it_is_written(
    bot: Service, printed: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control: with the list of fields switched off, what a careless line holds is found."""
    token = bot.issuer.token(bot.service_url)
    structlog.get_logger().warning("careless", token=token)
    assert token not in printed.readouterr().err
    monkeypatch.setattr(logs, "ALLOWED", logs.ALLOWED | {"token"})
    structlog.get_logger().warning("careless", token=token)
    assert token in printed.readouterr().err


async def test_a_stranger_is_refused_before_the_body_is_read(bot: Service) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(bot.url.rpartition(":")[2]))
    writer.write(b"POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n")
    async with asyncio.timeout(5):
        assert (await reader.readline()).startswith(b"HTTP/1.1 401 ")
    writer.close()
    await writer.wait_closed()


async def test_two_authorizations_are_none(bot: Service) -> None:
    good = f"Bearer {bot.issuer.token(bot.service_url)}"
    headers = [("Authorization", good), ("Authorization", good)]
    activity = sample("message_personal", serviceUrl=bot.service_url)
    async with bot.http.post(f"{bot.url}/api/messages", json=activity, headers=headers) as response:
        assert response.status == 401


async def test_a_good_token_opens_no_other_activity_later(bot: Service) -> None:
    """A verified token is remembered; what it was issued for is looked at each time."""
    good = f"Bearer {bot.issuer.token(bot.service_url)}"
    assert await bot.post(good, STRANGERS["an activity from another service URL"].activity(bot.service_url)) == 401
    assert await bot.post(good, GOOD["Teams itself"].activity(bot.service_url)) == 200
    assert await bot.post(good, STRANGERS["an activity from another service URL"].activity(bot.service_url)) == 401
    assert await bot.post(good, STRANGERS["Web Chat with a key of Teams"].activity(bot.service_url)) == 401


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b"\xff", b'{"type":"message","type":"x"}'])
async def test_behind_a_good_token_a_wrong_body_is_still_the_callers_mistake(bot: Service, body: bytes) -> None:
    headers = {
        "Authorization": f"Bearer {bot.issuer.token(bot.service_url)}",
        "Content-Type": "application/json",
    }
    async with bot.http.post(f"{bot.url}/api/messages", data=body, headers=headers) as response:
        assert response.status in (400, 401)
    assert bot.desk.heard == []


async def test_there_is_no_other_door(bot: Service) -> None:
    for method, path, status in (
        ("GET", "/api/messages", 405),  # the SDK's streaming transport
        ("POST", "/", 404),
        ("POST", "/try/as/1/say", 404),
        ("POST", "/api/messages/", 404),
        ("POST", "/livez", 405),
    ):
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket"} if method == "GET" else {}
        async with bot.http.request(method, bot.url + path, headers=upgrade) as response:
            assert (method, path, response.status) == (method, path, status)


async def test_health_says_no_more_than_it_must(bot: Service) -> None:
    for path in ("/livez", "/readyz"):
        async with bot.http.get(bot.url + path) as response:
            assert (response.status, await response.text()) == (200, '{"ok":true}')
            assert set(response.headers) == {"Content-Type", "Content-Length", "Date"}


@pytest.mark.parametrize("name", CLOUDS)
def test_every_cloud_is_reached_over_https_alone(name: str) -> None:
    cloud = CLOUDS[name]
    for address in (cloud.issuer, cloud.metadata, cloud.login, cloud.scope, *cloud.origins):
        assert address.startswith("https://")


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("worldwide", "https://smba.trafficmanager.net/emea/22222222-0000-4000-8000-000000000001/"),
        ("worldwide", "https://smba.trafficmanager.net/teams/"),
        ("21vianet", "https://frontend.botapi.msg.infra.teams.microsoftonline.cn/"),
        ("21vianet", "https://msg.botframework.azure.cn/teams/"),
    ],
)
def test_replies_go_to_teams(name: str, url: str) -> None:
    assert CLOUDS[name].serves(url)


WRONG_ADDRESSES = (
    "http://smba.trafficmanager.net/emea/",
    "https://smba.trafficmanager.net:444/emea/",
    "https://smba.trafficmanager.net.evil.example/",
    "https://evil.smba.trafficmanager.net/",
    "https://smba.trafficmanager.net@evil.example/",
    "https://user@smba.trafficmanager.net/",
    "https://smba.trafficmanager.net\\@evil.example/",
    "https://evil.example/https://smba.trafficmanager.net/",
    "https://evil.example#smba.trafficmanager.net/",
    "https://smba.trafficmanager.net/?to=evil",
    "https://smba.trafficmanager.net/%2f",
    "https://smba.trafficmanager.net\n/",
    "https://ſmba.trafficmanager.net/",
    "https://evilbotframework.azure.cn/",
    "https://botframework.azure.cn.evil.example/",
    "http://msg.botframework.azure.cn/",
    "https://msg.botframework.azure.cn:8443/",
    "",
)


@pytest.mark.parametrize("name", CLOUDS)
@pytest.mark.parametrize("url", WRONG_ADDRESSES)
def test_replies_go_nowhere_else(name: str, url: str) -> None:
    assert not CLOUDS[name].serves(url)
