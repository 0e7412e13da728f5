"""The try-it page over HTTP and the terminal: what a browser cannot show."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession, ClientTimeout

from bot.answer import answer
from bot.cards.html import html
from bot.terminal import Terminal
from bot.web.rooms import KEPT, Rooms, Said
from bot.web.texts import TEXTS
from bot.web.visitors import read_mentions
from dialogs.elements import Button, Card, ChoiceInput, Dropdown, Facts, Heading, Line, Link, Option
from dialogs.turn import Message, Scope
from storage.clock import SystemClock
from tests.browser.conftest import Site
from tests.browser.small_desk import ALICE, LI_HUA, TENANT, VISITORS, SmallDesk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import ClientResponse

EVIL = "<script>alert(1)</script>\"'&"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    one = Site(SmallDesk())
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def client(site: Site) -> AsyncIterator[ClientSession]:
    async with ClientSession(site.address, timeout=ClientTimeout(10)) as session:
        yield session


class Drawn(HTMLParser):
    """HTML as a browser reads it: which tags there are, which words, and what buttons send."""

    def __init__(self, drawn: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.words: list[str] = []
        self.taps: list[str] = []
        self.feed(drawn)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.taps += [value or "" for name, value in attrs if name == "data-tap"]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def line(text: str = "hi", **changed: object) -> dict[str, object]:
    return {"room": "personal", "key": secrets.token_hex(16), "text": text} | changed


async def say(client: ClientSession, body: object, person: str = "1", **headers: str) -> ClientResponse:
    own = {"Content-Type": "application/json", "Origin": str(client._base_url).rstrip("/")}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await client.post(f"/try/as/{person}/say", data=data, headers=own | headers)


async def entries(client: ClientSession, person: int, after: int = 0) -> list[dict[str, Any]]:
    """What the stream brings before it is ready."""
    found = []
    async with client.get(f"/try/as/{person}/events", params={"after": str(after)}) as stream:
        async for raw in stream.content:
            if raw.startswith(b"event: ready"):
                break
            if raw.startswith(b"data: "):
                found.append(json.loads(raw.removeprefix(b"data: ")))
    return found


async def test_the_page_runs_only_its_own_scripts_and_is_never_stored_or_framed(client: ClientSession) -> None:
    for path in ("/", "/try/page.js", "/try/page.css", "/try/mark.svg"):
        answered = await client.get(path)
        policy = answered.headers["Content-Security-Policy"]
        assert answered.status == 200
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answered.headers["Cache-Control"] == "no-store"
        assert answered.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("query", ["", "?as=0", "?as=999", "?as=-1", "?as=%00", "?as=1e3&room=nowhere"])
async def test_an_address_that_names_nobody_shows_the_first_person(client: ClientSession, query: str) -> None:
    answered = await client.get(f"/{query}")
    assert answered.status == 200
    assert "Alice Chen" in await answered.text()


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (403, line(), {"Origin": "https://elsewhere.example"}),
        (403, line(), {"Origin": "null"}),
        (403, line(), {"Origin": ""}),
        (403, line(), {"Sec-Fetch-Site": "cross-site"}),
        (403, line(), {"Sec-Fetch-Site": "same-site"}),
        (415, line(), {"Content-Type": "text/plain"}),
        (413, line("x" * 40_000), {}),
        (400, b"{", {}),
        (400, b"\xff\xfe", {}),
        (400, [], {}),
        (400, line(text=""), {}),
        (400, line(text=5), {}),
        (400, line(room="kitchen"), {}),
        (400, line(key="short"), {}),
    ],
)
async def test_what_no_window_of_ours_sends_is_refused_and_nothing_is_said(
    site: Site, client: ClientSession, status: int, body: object, headers: dict[str, str]
) -> None:
    assert (await say(client, body, **headers)).status == status
    assert site.desk.heard == []


@pytest.mark.parametrize("person", ["99", "0", "x", "-1"])
async def test_nobody_can_speak_as_somebody_who_is_not_there(client: ClientSession, person: str) -> None:
    assert (await say(client, line(), person)).status == 404
    assert (await client.get(f"/try/as/{person}/events")).status == 404


async def test_a_message_sent_twice_is_said_once(site: Site, client: ClientSession) -> None:
    again = line("hi")
    assert [(await say(client, again)).status for _ in range(2)] == [204, 204]
    assert len(site.desk.heard) == 1


async def test_a_message_arrives_as_from_teams(site: Site, client: ClientSession) -> None:
    said = line("@license desk give one to @Ann Lee and @Nobody", room="channel")
    await say(client, said, "3")
    heard = site.desk.heard[0]
    assert (heard.id, heard.tenant, heard.person, heard.name) == (said["key"], TENANT, "person-3", "李华")
    assert (heard.channel, heard.scope, heard.locale) == ("page", "channel", "zh-CN")
    assert heard.text == "give one to Ann Lee and @Nobody"
    assert [heard.text[found.start : found.end] for found in heard.mentions] == ["Ann Lee"]
    assert heard.mentions[0].account == "29:contoso-5"


async def test_a_person_is_greeted_once_and_sees_nobody_elses_chat(client: ClientSession) -> None:
    await say(client, line("my secret"), "1")
    assert [one["text"] for one in await entries(client, 3)] == ["你好，可以用一句话更改许可证。"]
    assert len(await entries(client, 3)) == 1


async def test_a_window_that_was_away_gets_only_what_it_missed(client: ClientSession) -> None:
    await say(client, line("one"))
    seen = max(one["revision"] for one in await entries(client, 1))
    await say(client, line("two"))
    assert [one["text"] for one in await entries(client, 1, seen)] == ["two", "you said <two>"]


async def test_a_stopping_server_does_not_wait_for_open_windows(site: Site, client: ClientSession) -> None:
    stream = await client.get("/try/as/1/events")
    await stream.content.readuntil(b"event: ready")
    await site.stop()
    assert b"event" not in await stream.content.read()


def test_a_room_forgets_its_oldest_entries_first() -> None:
    rooms = Rooms(SystemClock())
    for number in range(KEPT + 5):
        rooms.post("channel", Said(1, "Alice Chen", str(number), "en"))
    assert [entry.said.text for entry in rooms.since(["channel"], 0)] == [str(n) for n in range(5, KEPT + 5)]


async def test_a_turn_that_takes_too_long_ends_with_an_apology_on_time() -> None:
    clock = SystemClock()
    waiting = Message("m", "page", TENANT, "p", "Alice", "c", Scope.PERSONAL, "wait", clock.now())
    [reply] = await answer(SmallDesk(), waiting, within=0.05)
    assert "Reference" in reply.text


@pytest.mark.parametrize(
    ("typed", "text", "addressed"),
    [
        ("@License Desk帮助", "帮助", True),
        ("请 @License Desk 帮助", "请 帮助", True),
        ("@License Desktop", "@License Desktop", False),
        ("mail me @ home", "mail me @ home", False),
        ("@李华加2个", "李华加2个", False),
        ("  @LICENSE DESK  ", "", True),
    ],
)
def test_only_whole_names_after_an_at_sign_are_mentions(typed: str, text: str, addressed: bool) -> None:
    spoken = read_mentions(typed, VISITORS)
    assert (spoken.text, spoken.addressed) == (text, addressed)
    assert all(spoken.text[found.start : found.end] == found.name for found in spoken.mentions)


def test_nothing_in_a_card_can_become_markup() -> None:
    hostile = Card(
        (
            Heading(EVIL),
            Line(EVIL),
            Facts(((EVIL, EVIL),)),
            ChoiceInput(EVIL, EVIL, (Option(EVIL, EVIL, EVIL),), EVIL, EVIL),
            Dropdown(EVIL, EVIL, (Option(EVIL, EVIL),), EVIL),
        ),
        (Button(EVIL, (("op", EVIL), (EVIL, ""))), Link(EVIL, EVIL)),
    )
    drawn = Drawn(html(hostile))
    assert drawn.tags.isdisjoint({"script", "img", "style", "svg", "iframe"})
    assert drawn.words == [EVIL] * 13
    assert {"op": EVIL, EVIL: ""} in [json.loads(data) for data in drawn.taps]


def test_both_languages_of_the_page_say_the_same_things() -> None:
    def keys(texts: dict[str, Any]) -> set[str]:
        return {*texts, *(f"roles.{role}" for role in texts["roles"])}

    assert keys(TEXTS["en"]) == keys(TEXTS["zh-CN"])
    assert all(len(four) == 4 for four in TEXTS["suggestions"].values())


async def test_in_the_terminal_a_slash_and_a_number_presses_a_button_and_a_bare_number_is_said() -> None:
    desk, shown = SmallDesk(), []
    terminal = Terminal(desk, ALICE, VISITORS, tenant=TENANT, clock=SystemClock(), show=shown.append)
    await terminal.meet()
    for typed in ("add 5 licenses\n", "2\n", "\n", "/1\n"):
        await terminal.read(typed)
    assert "Hello Alice Chen" in shown[1]
    assert "[1] Buy" in shown[2]
    assert shown[3] == "you said <2>"
    assert "C-2026-0007" in shown[4]
    assert desk.heard[-1].tap is not None
    assert desk.heard[-1].tap.data == {"op": "op-1", "do": "confirm"}
    assert {message.channel for message in desk.heard} == {"terminal"}


async def test_the_terminal_explains_itself_in_the_persons_language_when_there_is_no_such_button() -> None:
    desk, shown = SmallDesk(), []
    terminal = Terminal(desk, LI_HUA, VISITORS, tenant=TENANT, clock=SystemClock(), show=shown.append)
    await terminal.read("/7")
    assert "以李华的身份" in shown[0]
    assert desk.heard == []


async def test_nothing_said_can_steer_the_terminal() -> None:
    shown: list[str] = []
    terminal = Terminal(SmallDesk(), ALICE, VISITORS, tenant=TENANT, clock=SystemClock(), show=shown.append)
    await terminal.read("\x1b[2J\x07boo")
    assert shown == ["you said <[2Jboo>"]


def test_the_terminal_reads_its_input_to_the_end_and_stops_by_itself() -> None:
    program = """
import asyncio
from bot.terminal import chat
from storage.clock import SystemClock
from tests.browser.small_desk import ALICE, TENANT, VISITORS, SmallDesk
asyncio.run(chat(SmallDesk(), ALICE, VISITORS, tenant=TENANT, clock=SystemClock()))
"""
    typed = "add 5 licenses\n/1\n加5个".encode()
    ended = subprocess.run([sys.executable, "-c", program], input=typed, capture_output=True, timeout=30, check=True)
    printed = ended.stdout.decode()
    assert printed.index("[1] Buy") < printed.index("C-2026-0007") < printed.index("[1] 购买")
    assert ended.stderr == b""
