"""What people are called and what they type is shown and stored, and never acted upon."""

from __future__ import annotations

from html.parser import HTMLParser
from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.cards.adaptive import adaptive
from bot.cards.html import html
from bot.cards.markdown import inert
from bot.cards.plain import plain
from bot.cards.visible import visible
from dialogs.elements import Button, Card, ChoiceInput, Facts, Heading, Line, Option
from storage.demo import TENANT, person_id
from storage.verify import verify
from storage.views import Actor
from tests.security.dumps import tables
from tests.security.traces import ANN
from tests.small_company import Company, refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.record import Record
    from tests.people import Person

NAMES = {
    "a link": "[Free licenses](https://evil.example)",
    "a picture": "![x](https://evil.example/pixel.png)",
    "emphasis": "**Alice** _Chen_ ~~gone~~ `code`",
    "a list": "- Alice\n- Bob\n1. Cara",
    "a heading": "# Alice\n> quoted",
    "a mention": "<at>everybody</at>",
    "a script": "<script>alert(1)</script>",
    "an attribute": '" onmouseover="alert(1)" x=\'',
    "an entity": "&lt;b&gt; &amp; &copy;",
    "a template": "${$root} {{DATE(2026-01-01T00:00:00Z)}} {{7*7}} {name}",
    "from the right": "Alice \u202e00.1$ :won euD\u202c",
    "isolated": "\u2067Alice\u2069",
    "control characters": "Al\x1b[2Jice\x07\x00\x9b",
    "backslashes": "\\*Alice\\* \\\\",
    "ten kilobytes": "**[x](y)** " * 1000,
}
STEERING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00\x07\x1b\x9b")
SQL = [
    "'; DROP TABLE people; --",
    '" OR 1=1 --',
    "\\'; DELETE FROM operations; --",
    "%",
    "_",
    "x' UNION SELECT gateway_token FROM payment_methods --",
    "$1 :name ? %s {0}",
    "1); TRUNCATE ledger; --",
]


def card(name: str) -> Card:
    """The name in every place of a card that shows one."""
    choice = ChoiceInput("pick", name, (Option("a", name, name),), name, name)
    return Card((Heading(name), Line(name), Facts(((name, name),)), choice), (Button(name, (("op", "1"),)),))


def shown_by_teams(drawn: Any) -> Iterator[str]:
    """Every text of a drawn card that Teams reads as Markdown."""
    for element in drawn["body"]:
        yield from (element[part] for part in ("text",) if part in element)
        for fact in element.get("facts", []):
            yield from fact.values()


def as_markdown(text: str) -> tuple[set[str], str]:
    """What a Markdown reader makes of a text: the kinds of things drawn, and the words."""
    tokens = MarkdownIt("commonmark").parse(text)
    inside = [token.children or [] for token in tokens if token.type == "inline"]
    kinds = {token.type for token in (*tokens, *chain.from_iterable(inside))}
    words = ("".join(inner.content or " " for inner in line) for line in inside)
    return kinds - {"paragraph_open", "paragraph_close", "inline", "text", "text_special", "softbreak"}, " ".join(words)


class Page(HTMLParser):
    """What a browser makes of a page: the elements with the attributes that act, and the words."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.acting: list[str] = []
        self.words: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.acting += [name for name, _ in attributes if name.startswith("on") or name in ("src", "style")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("name", [pytest.param(name, id=what) for what, name in NAMES.items() if len(name) < 999])
def test_a_name_is_words_and_nothing_else_in_every_drawing(name: str) -> None:
    drawn = adaptive(card(name), fallback="x", language="en")
    for text in shown_by_teams(drawn):
        kinds, words = as_markdown(text)
        assert kinds == set()
        assert words.replace("\u200b", "").split() == visible(name).split()
        assert "{{" not in text
    page, harmless = Page(html(card(name))), Page(html(card("x")))
    assert (page.tags, page.acting) == (harmless.tags, [])
    assert page.words.count(visible(name)) == harmless.words.count("x")
    for drawing in (str(drawn), html(card(name)), plain(card(name))):
        assert not STEERING & set(drawing)


def test_without_escaping_a_name_draws() -> None:
    """The positive control."""
    assert {"link_open"} <= as_markdown(NAMES["a link"])[0]
    assert {"strong_open"} <= as_markdown(NAMES["emphasis"])[0]
    assert "script" in Page(f"<p>{NAMES['a script']}</p>").tags


@given(st.text(alphabet="ab1 \n[]()*_~`<>#-+.!\\&{}:/", max_size=40))
def test_no_text_draws_anything_in_teams(text: str) -> None:
    kinds, _ = as_markdown(inert(text))
    assert kinds <= {"code_block"}  # lines that begin with four spaces; Teams draws none


async def test_a_name_of_ten_kilobytes_is_kept_as_long_as_a_name_can_be_and_still_fits_a_card(record: Record) -> None:
    name = NAMES["ten kilobytes"]
    await record.people.seen("t1", "alice", name=name, mail=name, department=name, member=True)
    alice = await record.people.find("t1", "alice")
    assert alice is not None
    assert (alice.name, alice.mail, alice.department) == (name[:256],) * 3
    assert adaptive(card(alice.name), fallback=alice.name, language="en")


async def test_sql_in_any_text_is_a_text(alice: Person, looking: Record) -> None:
    before = await tables(looking)
    for words in SQL:
        await alice.says(words)
        await alice.says("add 5 licenses")
        await alice.says(words)
        for data in ({"op": words, "do": words}, {"ask": words, "pick": words}, {"say": words}):
            await alice.sends_tap(data)
        await alice.sends_tap({**alice.button("Visio Plan 2"), "pick": words})
        await alice._send({"type": "message", "text": "hi", "locale": words})
    after = await tables(looking)
    remembered = {"operations", "chats", "unclear_messages", "audit_seals"}  # and sealed meanwhile
    assert {name for name in before if before[name] != after[name]} <= remembered
    assert await verify(looking) == []


async def test_sql_is_stored_and_read_back_as_it_was_written(record: Record) -> None:
    for words in SQL:
        await record.people.seen("t1", words, name=words, mail=words, department=words, member=True)
        person = await record.people.find("t1", words)
        assert person is not None
        assert (person.id, person.name, person.mail, person.department) == (words,) * 4
    assert len(await record.people.named("t1")) == len(SQL)


async def test_ids_of_another_tenant_are_as_unknown_as_ids_of_none(contoso: Record) -> None:
    company = await Company.in_(contoso)
    theirs = await company.buys(who=Actor("t1", "alice"))
    card_of_theirs = (await contoso.licenses.quote(Actor("t1", "alice"), theirs, by=1)).id
    alice, operations = Actor(TENANT, person_id(1)), contoso.operations
    quotes = [await refused(contoso.licenses.quote(alice, each, by=1)) for each in (theirs, "none")]
    idle = [await refused(contoso.licenses.idle(alice, each, 1)) for each in (theirs, "none")]
    assert [(each.code, each.values) for each in (*quotes, *idle)] == [("unknown_subscription", {})] * 4
    for act in (operations.commit, operations.void):
        refusals = [await refused(act(alice, each)) for each in (card_of_theirs, "none")]
        assert [(each.code, each.values) for each in refusals] == [("unknown_card", {})] * 2
    assert await operations.show(alice, card_of_theirs) is None
    assert await contoso.people.find("t1", ANN[1]) is None
