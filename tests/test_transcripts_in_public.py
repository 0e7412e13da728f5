"""The twenty behaviours are the same in a channel and in a group chat: what is said there is answered privately."""

from __future__ import annotations

import os
import re
from itertools import cycle
from typing import TYPE_CHECKING

import pytest

from dialogs.texts import LANGUAGES, Reader
from tests.people import NAMES
from tests.test_transcripts import FOLDER, SPOKEN, TABLE, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Person

PAGES = sorted(set(re.findall(r"\(([a-z-]+\.md)\)", TABLE.read_text(encoding="utf-8"))))
PUBLIC = ("channel", "groupChat")
# What a group hears besides: that somebody was answered, and how many licenses were handed out.
NEUTRAL = re.compile(
    "|".join(
        re.sub(r"\\{\w+\\}", ".+", re.escape(Reader(language).text(key, name="{name}", count=count)))
        for language in LANGUAGES
        for key in ("channel.answered_privately", "channel.handed_out")
        for count in (1, 2)
    )
)

AT_HOME = re.compile(r"\[.*\]|hello|hi|你好", re.IGNORECASE)  # buttons are there; a greeting tells no group who buys


def told_at_home(block: str) -> list[tuple[str, str]]:
    """Who says or taps what, of a conversation that nobody has in public."""
    spoken = [found.groups() for line in block.splitlines() if (found := SPOKEN.match(line))]
    return [] if any(place for _, place, _ in spoken) else [(name, words) for name, _, words in spoken]


@pytest.mark.parametrize("page", PAGES if os.environ.get("SOAK") else PAGES[::5])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_is_said_in_public_is_answered_as_at_home(page: str, person: Callable[[int], Person]) -> None:
    for block in told(FOLDER / page):
        places = cycle(PUBLIC)
        cast: dict[str, Person] = {}
        lines: list[str] = []
        for name, words in told_at_home(block):
            number = next(number for number, each in NAMES.items() if each == name)
            speaker = cast.setdefault(name, person(number))
            speaker.scope = "personal" if AT_HOME.fullmatch(words) else next(places)
            await (speaker.taps(words[1:-1]) if words.startswith("[") else speaker.says(words))
            answers = [str(each) for each in speaker.latest if each.private or not NEUTRAL.fullmatch(str(each))]
            lines += [f"{name}: {words}", *("License Desk: " + "\n    ".join(each.splitlines()) for each in answers)]
        assert not lines or "\n".join(lines) + "\n" == block
