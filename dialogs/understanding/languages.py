"""What the language files say: words and their senses, numbers, reasons, names; checked when loaded."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILES = ("en", "zh-CN")


@dataclass(frozen=True)
class Phrase:
    """Words that belong together, the senses they may have, and the languages they are said in."""

    text: str
    senses: frozenset[str]
    languages: frozenset[str]

    @property
    def spoken(self) -> bool:
        """Whether this is a word; signs and emoji are phrases as well."""
        return any(map(str.isalnum, self.text))

    @property
    def language(self) -> str | None:
        """The one language that has this word."""
        return next(iter(self.languages)) if self.spoken and len(self.languages) == 1 else None


@dataclass(frozen=True)
class Lexicon:
    """All languages at once, for people mix them within a line."""

    phrases: Mapping[str, Phrase]
    by_start: Mapping[str, tuple[Phrase, ...]]  # first two characters → phrases that begin so
    reasons: Mapping[str, str]  # phrase → code
    simplified: Mapping[str, str]  # traditional character → simplified
    data: Mapping[str, Mapping[str, Any]]  # language → the rest of its file

    def starting_at(self, text: str, at: int) -> Iterator[Phrase]:
        """The phrases that stand at this place; in Latin letters only as whole words."""
        for start in {text[at : at + 2], text[at : at + 1]}:
            yield from self._beginning(start, text, at)

    def _beginning(self, start: str, text: str, at: int) -> Iterator[Phrase]:
        for phrase in self.by_start.get(start, ()):
            end = at + len(phrase.text)
            if text.startswith(phrase.text, at) and whole_word(text, at, end):
                yield phrase

    def words(self, text: str) -> frozenset[str]:
        """The senses of exactly this phrase."""
        phrase = self.phrases.get(text)
        return phrase.senses if phrase else frozenset()


def is_latin(char: str) -> bool:
    """A letter or digit written without Chinese: `str.isalnum` and `\\w` would count Chinese as well."""
    return char.isalnum() and not is_chinese(char)


def is_chinese(char: str) -> bool:
    return "一" <= char <= "鿿" or char == "〇"


def whole_word(text: str, start: int, end: int) -> bool:
    """Whether no Latin word is cut in two at either end."""
    cut_before = start > 0 and is_latin(text[start]) and is_latin(text[start - 1])
    cut_after = end < len(text) and is_latin(text[end - 1]) and is_latin(text[end])
    return not (cut_before or cut_after)


def spellings(pattern: str) -> Iterator[str]:
    """`take back/away the/` stands for four phrases: alternatives are parted by `/`, and an empty one is optional."""
    for words in product(*(word.split("/") for word in pattern.split(" "))):
        spelled = " ".join(word for word in words if word)
        if not spelled:
            raise ValueError(f"nothing is left of {pattern!r} when all its optional words are dropped")
        yield spelled


@cache
def lexicon() -> Lexicon:
    """The language files of this package, read once."""
    senses: dict[str, set[str]] = defaultdict(set)
    languages: dict[str, set[str]] = defaultdict(set)
    reasons: dict[str, str] = {}
    files = {name: _read(name) for name in FILES}
    for name, file in files.items():
        for meant, patterns in _meanings(file):
            for text in (text for pattern in patterns for text in spellings(pattern)):
                senses[text] |= meant
                languages[text].add(name)
        for code, patterns in file["reasons"].items():
            reasons |= dict.fromkeys((text for pattern in patterns for text in spellings(pattern)), code)
    phrases = {text: Phrase(text, frozenset(found), frozenset(languages[text])) for text, found in senses.items()}
    written = files["zh-CN"]["characters"]
    simplified = dict(zip(written["traditional"], written["simplified"], strict=True))
    return Lexicon(phrases, _index(phrases), reasons, simplified, files)


def _meanings(file: Mapping[str, Any]) -> Iterator[tuple[set[str], list[str]]]:
    """The senses and their words; a word that fills a slot has the slot and its value as senses: "when", "when=now"."""
    for sense, patterns in (file["cues"] | file["guards"]).items():
        yield {sense}, patterns
    for slot, values in file["values"].items():
        for value, patterns in values.items():
            yield {slot, f"{slot}={value}"}, patterns


def _index(phrases: Mapping[str, Phrase]) -> dict[str, tuple[Phrase, ...]]:
    index: dict[str, list[Phrase]] = defaultdict(list)
    for phrase in phrases.values():
        index[phrase.text[:2]].append(phrase)
    return {start: tuple(found) for start, found in index.items()}


def _read(name: str) -> dict[str, Any]:
    text = resources.files(__package__).joinpath("languages", f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)
