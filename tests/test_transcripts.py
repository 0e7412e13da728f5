"""Every transcript in docs/transcripts happens word for word. `AGREE=1` writes down what happens now, to be read and kept."""

from __future__ import annotations

import os
import re
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.people import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Person

ROOT = Path(__file__).parent.parent
TRANSCRIPTS = sorted((ROOT / "docs" / "transcripts").glob("*.md"))
BLOCK = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPOKEN = re.compile(rf"^({'|'.join(NAMES.values())})(, in the channel)?: (.*)$")


async def played(block: str, person: Callable[[int], Person]) -> str:
    """The conversation as it happens now, when people say and tap what they do in `block`."""
    cast: dict[str, Person] = {}
    lines: list[str] = []
    for line in block.splitlines():
        if not (spoken := SPOKEN.match(line)):
            continue
        name, channel, words = spoken.groups()
        number = next(number for number, each in NAMES.items() if each == name)
        speaker = cast.setdefault(name, person(number))
        speaker.scope = "channel" if channel else "personal"
        await (speaker.taps(words[1:-1]) if words.startswith("[") else speaker.says(words))
        lines.append(line)
        for answer in speaker.latest:
            who = "License Desk, privately" if channel and answer.private else "License Desk"
            first, *rest = str(answer).splitlines()
            lines += [f"{who}: {first}", *(f"    {each}" for each in rest)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
async def test_the_transcript_happens_as_written(path: Path, person: Callable[[int], Person]) -> None:
    text = path.read_text(encoding="utf-8")
    blocks = [match.group(1) for match in BLOCK.finditer(text)]
    now = [await played(block, person) for block in blocks]
    if os.environ.get("AGREE"):
        for block, happened in zip(blocks, now, strict=True):
            text = text.replace(block, happened)
        path.write_text(text, encoding="utf-8")
        return

    assert blocks, "a transcript without a conversation"
    assert now == blocks


def test_the_readme_shows_a_transcript_that_is_played() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = BLOCK.findall(readme)
    known = [block for path in TRANSCRIPTS for block in BLOCK.findall(path.read_text(encoding="utf-8"))]

    assert shown
    assert [block for block in shown if block not in known] == []


def test_every_transcript_is_told_in_both_languages() -> None:
    for path in TRANSCRIPTS:
        blocks = BLOCK.findall(path.read_text(encoding="utf-8"))
        said = [
            " ".join(takewhile(bool, (m[3] for m in map(SPOKEN.match, block.splitlines()) if m))) for block in blocks
        ]

        assert any(re.search(r"[\u4e00-\u9fff]", words) for words in said), path.name
        assert any(not re.search(r"[\u4e00-\u9fff]", words) for words in said), path.name
