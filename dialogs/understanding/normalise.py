"""One spelling for every way to type the same thing, with the way back to the words as they were written."""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dialogs.understanding.languages import lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogs.understanding.meaning import MentionSpan

LONGEST = 2000  # characters; nobody orders licenses in more

_SPELLINGS = str.maketrans(
    {
        "‘": "'", "’": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "−": "-", "–": "-", "‐": "-", "‑": "-", "—": "-", "。": ".", "、": ",", "；": ";", "→": ">", "⇒": ">",
        "•": "\n", "·": " ", "⁄": "/", "×": "x", "【": "(", "】": ")", "「": '"', "」": '"',
    }
)  # fmt: skip
_INVISIBLE = {"Cf", "Mn"}  # zero-width marks, joiners, variation selectors
_MENTION = re.compile(r"<at(?:\s[^>]*)?>(.*?)</at>", re.IGNORECASE | re.DOTALL)
_TAG_OR_ENTITY = re.compile(r"<br\s*/?>|</?(?:p|div|b|i|span|li|ul)>|&(?:nbsp|amp|quot|lt|gt|#39);", re.IGNORECASE)


@dataclass(frozen=True)
class Text:
    """A message in one spelling: `lower` and `cased` have the same length, so that a span fits both;
    `lower` is in simplified characters.

    `mentions` are the spans of people named by entity, in this spelling. `origins` are the places of the characters
    in `original`, the message as it was typed.
    """

    lower: str
    cased: str
    mentions: tuple[tuple[int, int], ...]
    origins: tuple[int, ...]
    original: str

    def typed(self, start: int, end: int) -> str:
        """The words of this span to the letter, as they were typed."""
        upto = self.origins[end] if end < len(self.origins) else len(self.original)
        return self.original[self.origins[start] : upto].strip()

    def written(self, start: int, end: int) -> str:
        return self.cased[start:end].strip()


def normalise(text: str, mentions: tuple[MentionSpan, ...] = ()) -> Text:
    """`text` without markup, in NFKC, with plain quotes and dashes and single spaces."""
    spans = [(span.start, span.end) for span in mentions]
    cased: list[str] = []
    origins: list[int] = []
    for at, char in _plain(text, spans):
        if char == " " and cased and cased[-1] in " \n":
            continue
        cased.append(char)
        origins.append(at)
    joined = "".join(cased)
    simplified = lexicon().simplified
    lower = "".join(simplified.get(char) or _lower(char) for char in joined)
    found = sorted((bisect_left(origins, start), bisect_left(origins, end)) for start, end in spans)
    return Text(lower, joined, tuple(found), tuple(origins), text)


def _plain(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, str]]:
    """Each character of the message with its place; the names in <at> elements are added to `spans`."""
    markup = {match.start(): match for match in _TAG_OR_ENTITY.finditer(text)}
    opening = {match.start(): match for match in _MENTION.finditer(text)}
    closing = {match.end(1): match.end() for match in opening.values()}
    at = 0
    while at < len(text):
        if at in opening:
            spans.append(opening[at].span(1))
            at = opening[at].start(1)
        elif at in closing:
            at = closing[at]
        elif at in markup:
            found = markup[at].group()
            yield at, ("\n" if found.startswith("<") else html.unescape(found).replace("\xa0", " "))
            at += len(found)
        else:
            yield from ((at, char) for char in _spelling(text[at]))
            at += 1


def _spelling(char: str) -> str:
    if unicodedata.category(char) in _INVISIBLE:
        return ""
    if char in "\n\r":
        return "\n"
    spelled = unicodedata.normalize("NFKC", char.translate(_SPELLINGS)).translate(_SPELLINGS)
    return " " if spelled.isspace() else spelled


def _lower(char: str) -> str:
    lower = char.lower()
    return lower if len(lower) == 1 else char
