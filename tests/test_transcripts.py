"""Every transcript in docs/transcripts happens word for word. `AGREE=1` writes down what happens now, to be read."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from storage.catalog import Catalog
from storage.demo import person_id
from storage.record import Record
from tests.cardcheck import findings
from tests.people import NAMES
from tests.unasked import Unasked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from storage.clock import FrozenClock
    from tests.people import Person, Seen

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "transcripts"
TABLE = FOLDER / "README.md"  # which behaviour is shown where
TRANSCRIPTS = sorted(set(FOLDER.glob("*.md")) - {TABLE})
LARGEST_IN_TEAMS = 28 * 1024
BLOCK = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPOKEN = re.compile(rf"^({'|'.join(NAMES.values())})(, in the (?:channel|group chat))?: (.*)$")
LATER = re.compile(r"^\((\d+) days? later\)$")
SCOPES = {None: "personal", ", in the channel": "channel", ", in the group chat": "groupChat"}
BEHAVIOURS = 20


def told(path: Path) -> list[str]:
    """The conversations written down in a page."""
    return BLOCK.findall(path.read_text(encoding="utf-8"))


def agree(path: Path, blocks: list[str], now: list[str]) -> None:
    """Write what happens now in the place of what was written."""
    text = path.read_text(encoding="utf-8")
    for block, happened in zip(blocks, now, strict=True):
        text = text.replace(block, happened)
    path.write_text(text, encoding="utf-8")


async def played(block: str, person: Callable[[int], Person], cast: dict[str, Person], unasked: Unasked) -> str:
    """The conversation as it happens now, when people say and tap what they do in `block`; `cast` gets who they are."""
    lines: list[str] = []
    for line in block.splitlines():
        if later := LATER.match(line):
            lines += [line, *told_unasked(await unasked.after(int(later[1])), cast)]
        if not (spoken := SPOKEN.match(line)):
            continue
        name, public_place, words = spoken.groups()
        number = next(number for number, each in NAMES.items() if each == name)
        speaker = cast.setdefault(name, person(number))
        speaker.scope = SCOPES[public_place]
        await (speaker.taps(words[1:-1]) if words.startswith("[") else speaker.says(words))
        lines.append(line)
        for answer in speaker.latest:
            who = "License Desk, privately" if public_place and answer.private else "License Desk"
            first, *rest = str(answer).splitlines()
            lines += [f"{who}: {first}", *(f"    {each}" for each in rest)]
    return "\n".join(lines) + "\n"


def told_unasked(said: dict[str, list[Seen]], cast: dict[str, Person]) -> list[str]:
    """What the cast was told meanwhile, a line each, with buttons that they can tap from now on."""
    lines: list[str] = []
    for name, who in cast.items():
        for each in said.get(person_id(who.number), []):
            who.seen.append(each)
            first, *rest = str(each).splitlines()
            lines += [f"License Desk, to {name}: {first}", *(f"    {line}" for line in rest)]
    return lines


@pytest.fixture
async def unasked(database_url: str, person: object, clock: FrozenClock) -> AsyncIterator[Unasked]:
    """What is said by itself; `person` comes first, for it starts the desk that says it."""
    record = await Record.open(database_url, clock, timezone=ZoneInfo("UTC"), currency="USD", looking=True)
    yield Unasked(record, clock)
    await record.close()


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
async def test_the_transcript_happens_as_written(path: Path, person: Callable[[int], Person], unasked: Unasked) -> None:
    blocks = told(path)
    casts: list[dict[str, Person]] = [{} for _ in blocks]
    now = [await played(block, person, cast, unasked) for block, cast in zip(blocks, casts, strict=True)]
    if os.environ.get("AGREE"):
        agree(path, blocks, now)
        return

    assert blocks, "a transcript without a conversation"
    assert now == blocks
    assert [
        faults for cast in casts for who in cast.values() for card in who.cards if (faults := wrong_with(card))
    ] == []


def wrong_with(card: dict[str, Any]) -> list[str]:
    """What keeps a card from every reader: not by the schema, too large for Teams, or nothing to show without it."""
    size = len(orjson.dumps(card))
    too_large = [f"{size} bytes"] if size > LARGEST_IN_TEAMS else []
    no_fallback = [] if card.get("fallbackText") else ["no fallback text"]
    return [*findings(card), *too_large, *no_fallback]


def public(block: str) -> list[str]:
    """The lines that everybody in the channel could read, without those that people wrote themselves."""
    in_channel = open_to_all = False
    lines: list[str] = []
    for line in block.splitlines():
        if spoken := SPOKEN.match(line):
            in_channel = bool(spoken[2])
        elif not line.startswith("    "):
            open_to_all = in_channel and line.startswith("License Desk: ")
        if not spoken and open_to_all:
            lines.append(line)
    return lines


def test_nothing_public_holds_an_amount_a_product_or_a_button() -> None:
    lines = [line for path in TRANSCRIPTS for block in told(path) for line in public(block)]
    products = [product.name for product in Catalog().products]

    assert lines
    assert [line for line in lines if any(secret in line for secret in ("$", "[", "···", *products))] == []


def test_a_card_that_some_reader_cannot_see_is_found() -> None:
    faults = wrong_with({"type": "AdaptiveCard", "body": [{"type": "TextBlock", "text": "x" * LARGEST_IN_TEAMS}]})

    assert any("bytes" in fault for fault in faults)
    assert "no fallback text" in faults


def test_what_is_public_in_a_transcript_is_found() -> None:
    block = "Alice, in the channel: hi\nLicense Desk: one\n    two\nLicense Desk, privately: three\n    four\n"

    assert public(block) == ["License Desk: one", "    two"]


def test_the_readme_shows_a_transcript_that_is_played() -> None:
    shown = told(ROOT / "README.md")
    known = [block for path in TRANSCRIPTS for block in told(path)]

    assert shown
    assert [block for block in shown if block not in known] == []


def shown_in(row: str) -> tuple[set[str], set[str]]:
    """What a row of the table says is said, and all that is said on the pages it names."""
    *_, say, said_in_chinese, pages = (cell.strip() for cell in row.strip("| \n").split("|"))
    told_there = [told(FOLDER / page) for page in re.findall(r"\(([a-z-]+\.md)\)", pages)]
    lines = (line for blocks in told_there for block in blocks for line in block.splitlines())
    return {say, said_in_chinese}, {m[3] for m in map(SPOKEN.match, lines) if m}


def test_every_behaviour_is_shown_in_both_languages() -> None:
    rows = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d", line)]

    assert [int(row.split("|")[1]) for row in rows] == list(range(1, BEHAVIOURS + 1))
    for row in rows:
        say, there = shown_in(row)
        assert say <= there, f"{say - there} is not said there: {row}"
        assert any(re.search(r"[\u4e00-\u9fff]", words) for words in say)


def test_every_transcript_is_told_in_both_languages() -> None:
    for path in TRANSCRIPTS:
        said = [" ".join(m[3] for m in map(SPOKEN.match, block.splitlines()) if m) for block in told(path)]

        assert any(re.search(r"[\u4e00-\u9fff]", words) for words in said), path.name
        assert any(not re.search(r"[\u4e00-\u9fff]", words) for words in said), path.name
