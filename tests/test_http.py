"""What may come in over HTTP: every mistake of a caller's is a 4xx, and every turn has an answer."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
import pytest
import structlog

from bot.http import LARGEST, build_app, runner
from bot.teams.adapter import is_loopback
from tests.clients.desks import EchoDesk
from tests.clients.teams import listening, sample, teams

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.teams.adapter import Answer
    from tests.clients.teams import Json, Teams


@pytest.fixture
async def client() -> AsyncIterator[Teams]:
    async with teams(EchoDesk()) as running:
        yield running


def activity(**changes: Any) -> Json:
    return sample("message_personal", **({"serviceUrl": "http://localhost:9"} | changes))


def body(**changes: Any) -> bytes:
    return json.dumps(activity(**changes)).encode()


def raw(name: str, value: str) -> bytes:
    """An activity whose field `name` is `value`, written as it is."""
    return body(**{name: "@"}).replace(b'"@"', value.encode())


NESTED = '{"a":' * 60 + "1" + "}" * 60
WRONG_BODIES = {
    "nothing": b"",
    "no JSON": b"add 5 licenses",
    "half an object": body()[:-20],
    "something behind the object": body() + b"{}",
    "a list": b"[]",
    "a string": b'"message"',
    "null": b"null",
    "a byte order mark": b"\xef\xbb\xbf" + body(),
    "UTF-16": body().decode().encode("utf-16"),
    "bad UTF-8": body().replace(b"hello", b"\xff\xfe"),
    "overlong UTF-8": body().replace(b"hello", b"\xc0\xaf"),
    "a lone surrogate": raw("text", '"\\ud800"'),
    "a raw control character": body().replace(b"hello", b"\x00"),
    "NaN": raw("value", '{"a":NaN}'),
    "Infinity": raw("value", '{"a":-Infinity}'),
    "a float beyond all": raw("value", '{"a":1e999}'),
    "a number of 5,000 digits": raw("value", '{"a":%s}' % ("9" * 5000)),
    "deep nesting": raw("value", NESTED),
    "nesting beyond any stack": b'{"a":' * 40_000,
    "lists beyond any stack": b"[" * 200_000,
    "a key twice": body()[:-1] + b',"type":"event"}',
    "too many keys": raw("value", json.dumps({str(n): n for n in range(3000)})),
    "no type": body(type=None),
    "an empty type": body(type=""),
    "a type that is a number": body(type=5),
    "no conversation": body(conversation=None),
    "a conversation that is a string": body(conversation="a:1"),
    "a conversation without id": body(conversation={"conversationType": "personal"}),
    "no sender": body(**{"from": None}),
    "a sender that is a list": body(**{"from": []}),
    "a sender without object id": body(**{"from": {"id": "29:1"}}),
    "no recipient": body(recipient=None),
    "no tenant": body(channelData={}),
    "a tenant that is a string": body(channelData={"tenant": "22222222"}),
    "two tenants": body(channelData={"tenant": {"id": "33333333"}}),
    "text that is an object": body(text={"a": 1}),
    "text that is a number": body(text=5),
    "a value that is a list": body(value=[1]),
    "entities that are an object": body(entities={}),
    "entities of strings": body(entities=["mention"]),
    "a mention of a string": body(entities=[{"type": "mention", "mentioned": "29:1", "text": "x"}]),
    "too many entities": body(entities=[{"type": "mention"}] * 500),
    "an id with NUL": body(id="a\x00b"),
    "an id beyond measure": body(id="a" * 5000),
    "another channel": body(channelId="webchat"),
    "no service URL": body(serviceUrl=None),
    "a service URL elsewhere": body(serviceUrl="https://smba.trafficmanager.net/teams/"),
    "a service URL that looks like ours": body(serviceUrl="http://localhost.evil.example/"),
    "a service URL with a user": body(serviceUrl="http://localhost@evil.example/"),
    "a service URL that is a file": body(serviceUrl="file:///etc/passwd"),
    "a service URL with a broken port": body(serviceUrl="http://localhost:99999/"),
    "a service URL that is no address": body(serviceUrl="http://[::1"),
}


@pytest.mark.parametrize("wrong", WRONG_BODIES.values(), ids=WRONG_BODIES.keys())
async def test_a_body_that_is_no_activity_is_refused_and_the_next_one_served(client: Teams, wrong: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    async with client.http.post(f"{client.url}/api/messages", data=wrong, headers=headers) as response:
        assert response.status == 400
        assert await response.text()
    assert await client.post(sample("message_personal")) == (200, {})


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "application/json"}, 200),
        ({"Content-Type": "application/json; charset=utf-8"}, 200),
        ({"Content-Type": 'Application/JSON;charset="UTF-8"'}, 200),
        ({"Content-Type": "application/json; charset=gbk"}, 415),
        ({"Content-Type": "text/json"}, 415),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/json-patch+json"}, 415),
        ({"Content-Type": "application/json, text/plain"}, 415),
        ({"Content-Type": "multipart/form-data; boundary=x"}, 415),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, 415),
        ({"Content-Type": "application/json", "Content-Encoding": "identity"}, 415),
        ({"Content-Type": "application/json", "Content-Encoding": "br, gzip"}, 415),
        ({"Content-Type": "application/json", "Host": "localhost:3978"}, 200),
        ({"Content-Type": "application/json", "Host": "[::1]:3978"}, 200),
        ({"Content-Type": "application/json", "Host": "evil.example"}, 421),
        ({"Content-Type": "application/json", "Host": "localhost.evil.example"}, 421),
        ({"Content-Type": "application/json", "Host": "127.0.0.1.nip.io:3978"}, 421),
    ],
)
async def test_headers_decide_before_the_body_does(client: Teams, headers: dict[str, str], status: int) -> None:
    async with client.http.post(f"{client.url}/api/messages", data=body(), headers=headers) as response:
        assert response.status == status


async def test_a_compressed_bomb_is_refused_unopened(client: Teams) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    bomb = gzip.compress(b" " * 20_000_000)
    async with client.http.post(f"{client.url}/api/messages", data=bomb, headers=headers) as response:
        assert response.status == 415


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(("size", "status"), [(LARGEST, 200), (LARGEST + 1, 413), (4 * LARGEST, 413)])
async def test_a_body_may_be_256_kib_and_no_byte_more(client: Teams, size: int, status: int, chunked: bool) -> None:
    padded = body() + b" " * (size - len(body()))

    async def parts() -> AsyncIterator[bytes]:
        for start in range(0, len(padded), 65_536):
            yield padded[start : start + 65_536]

    data = parts() if chunked else padded
    headers = {"Content-Type": "application/json"}
    async with client.http.post(f"{client.url}/api/messages", data=data, headers=headers) as response:
        assert response.status == status


async def spoken(client: Teams, request: bytes) -> bytes:
    """The whole answer to bytes on a socket, until the server ends the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(client.url).port)
    writer.write(request)
    async with asyncio.timeout(5):
        answered = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    return answered


HEAD = b"POST /api/messages HTTP/1.1\r\nContent-Type: application/json\r\n"


async def test_a_body_that_never_ends_is_given_up(client: Teams, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.http.BODY_SECONDS", 0.1)
    answered = await spoken(client, HEAD + b'Host: localhost\r\nContent-Length: 500\r\n\r\n{"type":')
    assert answered.startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    ("rest", "status"),
    [
        (b"Host: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (b"Host: localhost\r\nHost: evil.example\r\nContent-Length: 2\r\n\r\n{}", b"4"),
        (b"Content-Length: 2\r\n\r\n{}", b"400"),
        (b"Host: localhost\r\nContent-Length: -1\r\n\r\n{}", b"400"),
    ],
)
async def test_broken_http_is_the_callers_mistake(client: Teams, rest: bytes, status: bytes) -> None:
    assert (await spoken(client, HEAD + rest)).split()[1].startswith(status)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_messages_are_posted_and_nothing_else(client: Teams, method: str) -> None:
    async with client.http.request(method, f"{client.url}/api/messages") as response:
        assert response.status == 405


async def test_no_answer_names_the_server(client: Teams) -> None:
    for path in ("/livez", "/readyz", "/api/messages", "/nowhere"):
        async with client.http.get(client.url + path) as response:
            assert "Server" not in response.headers


class BrokenBot:
    """A shell's worst day: what is behind it fails."""

    async def process(self, payload: dict[str, object]) -> Answer:
        raise LookupError(payload["text"])

    async def close(self) -> None:
        """Nothing to let go of."""


async def ready() -> bool:
    return True


async def test_a_fault_of_the_shell_has_a_number_and_tells_nothing_else() -> None:
    app = build_app(BrokenBot(), auth=None, ready=ready)
    async with listening(runner(app)) as url, aiohttp.ClientSession() as http:
        with structlog.testing.capture_logs() as lines:
            async with http.post(f"{url}/api/messages", json=activity(text="a secret")) as response:
                assert response.status == 500
                assert await response.json() == {"reference": lines[-1]["reference"]}
    assert "secret" not in str(lines)


async def not_ready() -> bool:
    return False


async def failing() -> bool:
    raise OSError


@pytest.mark.parametrize(("check", "status"), [(ready, 200), (not_ready, 503), (failing, 503)])
async def test_readiness_is_what_the_record_says_and_liveness_is_not(check: Any, status: int) -> None:
    app = build_app(BrokenBot(), auth=None, ready=check)
    async with listening(runner(app)) as url, aiohttp.ClientSession() as http:
        async with http.get(f"{url}/readyz") as response:
            assert (response.status, await response.json()) == (status, {"ok": status == 200})
        async with http.get(f"{url}/livez") as response:
            assert (response.status, await response.json()) == (200, {"ok": True})


@pytest.mark.parametrize(
    "url",
    ["http://localhost:3978/_connector", "http://127.0.0.1:1/", "https://[::1]:8/x", "http://127.8.8.8"],
)
def test_addresses_of_this_machine_are_loopback(url: str) -> None:
    assert is_loopback(url)
