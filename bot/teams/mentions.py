"""Cuts mentions out of a message by their entities: the text as it was meant, and who stands where in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.teams.wire import Json, id_at, string_at, take
from dialogs.turn import Mention

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Directory = Callable[[str], str | None]  # channel account id → Entra object id, where the roster knows it

_TAG = re.compile(r"<at(?:\s[^>]*)?>([^<]*)</at>")
_ESCAPE = re.compile("&(lt|gt|quot|#39|amp|nbsp);")
_SIGNS = {"lt": "<", "gt": ">", "quot": '"', "#39": "'", "amp": "&", "nbsp": " "}
# Zero-width and direction marks are invisible, yet they part or reorder words.
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
_SPACES = re.compile(r"[^\S\n]+|[\x00-\x08\x0e-\x1f\x7f-\x9f]+")


def cleaned(text: str) -> str:
    """`text` as people see it: Teams' HTML escapes resolved, nothing invisible, one space where there are several."""
    seen = _ESCAPE.sub(lambda escape: _SIGNS[escape[1]], text)
    return re.sub(" +", " ", _SPACES.sub(" ", _INVISIBLE.sub("", seen)))


def cut(text: str, entities: Iterable[Json], bot: str, directory: Directory) -> tuple[str, tuple[Mention, ...]]:
    """The text without tags and without the mentions of `bot` (a channel account id), and everyone else mentioned.

    A mention is where its entity's text stands; a second entity of the same text is the text's second place. Tags
    without an entity are words that somebody typed. Raises ActivityError for entities of a wrong shape.
    """
    words, mentions, end = "", [], 0
    for place, account in sorted(_places(text, entities), key=lambda found: found[0].start()):
        words = _joined(words, text[end : place.start()])
        end = place.end()
        if account != bot:
            named = _joined(words, place[1])
            name = cleaned(place[1]).strip()
            start = named.rindex(name)
            mentions.append(Mention(account, directory(account), name, start, start + len(name)))
            words = named
    return _joined(words, text[end:]).rstrip(), tuple(mentions)


def _joined(words: str, more: str) -> str:
    seen = cleaned(more)
    return words + (seen.lstrip(" ") if not words or words[-1].isspace() else seen)


def _places(text: str, entities: Iterable[Json]) -> Iterator[tuple[re.Match[str], str]]:
    """Each mention's tag in `text` with the account it names; an entity whose text is nowhere has no place."""
    free = list(_TAG.finditer(text))
    for entity in entities:
        if take(entity, "type", str, "entities") != "mention":
            continue
        mentioned = take(entity, "mentioned", dict, "entities") or {}
        account = id_at(mentioned, "id", "entities.mentioned")
        written = string_at(entity, "text", "entities")
        place = next((tag for tag in free if tag[0] == written), None)
        if account and place:
            free.remove(place)
            yield place, account
