"""Whether words mean a person: by mail, by name in either script and order, by a part of it, or nearly so.

Pure functions; what the directory knows of people is given to them.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from importlib import resources
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_BESIDE = tomllib.loads(resources.files("storage").joinpath("data/titles.toml").read_text("utf-8"))
TITLES = frozenset(_BESIDE["english"])
CHINESE = "\u4e00-\u9fff"
CHINESE_ONLY = re.compile(f"[{CHINESE}]+")
HONORIFICS = re.compile(f"(?:{'|'.join(_BESIDE['after_chinese'])})$")
FAMILIAR = re.compile(f"^[{''.join(_BESIDE['before_chinese'])}](?=[{CHINESE}])")
SEPARATORS = re.compile(r"[^\w]+|_")
SHORTEST_NICKNAME = 3  # letters: “Rob” is Robert, “Ro” is anybody
MOST_PARTS = 12  # of a name that somebody writes; what has more of them is taken for a name only as a whole
TYPED_ONCE_WRONG, TYPED_TWICE_WRONG = 4, 8  # from how many letters on so many slips are forgiven


class Fit(IntEnum):
    """How well words fit a person; the lower, the better."""

    EXACT = 0  # the id, the mail address, or the whole name
    PARTS = 1  # some of the names, each in full
    SHORT = 2  # an initial or the beginning of a name among them
    NEARLY = 3  # with a slip or two


@dataclass(frozen=True)
class Called:
    """How one person is called."""

    id: str
    name: str
    mail: str

    def fit(self, words: Words) -> Fit | None:
        """How well the words fit; None when they mean somebody else."""
        if words.written in (self.id.lower(), self.mail.lower()) or words.orders & self._whole:
            return Fit.EXACT
        if self._has_parts(words):
            return Fit.PARTS
        if words.parts and _each_fits(words.parts, self._parts, _short):
            return Fit.SHORT
        if words.parts and _each_fits(words.parts, self._parts, _nearly):
            return Fit.NEARLY
        return None

    def begins(self, typed: Words) -> bool:
        """Whether what has been typed so far may become this person."""
        beginnings = any(whole.startswith(typed.joined) for whole in self._whole)
        inside = _is_chinese(typed.joined) and typed.joined in plain(self.name)
        return beginnings or inside or _each_fits(typed.parts, self._parts, str.startswith)

    @cached_property
    def keys(self) -> frozenset[str]:
        """What the person may be looked up by: the id, the mail, the whole name, and each of its parts."""
        return frozenset((self.id.lower(), self.mail.lower(), *self._parts, *self._whole)) - {""}

    def _has_parts(self, words: Words) -> bool:
        name = plain(self.name)
        if _is_chinese(name) and _is_chinese(words.joined):
            return name.startswith(words.joined) or name.endswith(words.joined)
        return bool(words.parts) and _each_fits(words.parts, self._parts, str.__eq__)

    @cached_property
    def _parts(self) -> list[str]:
        return [part for part in _split(self.name) if not _is_chinese(part)] or _split(self._local)

    @cached_property
    def _local(self) -> str:
        return self.mail.partition("@")[0]

    @cached_property
    def _whole(self) -> frozenset[str]:
        """The name, and what stands before the @ of the mail, without spaces."""
        return frozenset("".join(_split(each)) for each in (self.name, self._local)) - {""}


@dataclass(frozen=True)
class Words:
    """What somebody has written to mean a person."""

    text: str

    @property
    def written(self) -> str:
        return self.text.strip().lower()

    @cached_property
    def parts(self) -> list[str]:
        """The names in it, without the titles beside them."""
        bare = FAMILIAR.sub("", HONORIFICS.sub("", self.text.strip())) or self.text
        return [part for part in _split(bare) if part not in TITLES]

    @cached_property
    def joined(self) -> str:
        return "".join(self.parts)

    @cached_property
    def orders(self) -> frozenset[str]:
        """The names without spaces: as written, with the surname last, and with the surname first."""
        parts = self.parts
        return frozenset("".join(each) for each in (parts, [*parts[1:], *parts[:1]], [*parts[-1:], *parts[:-1]]))


class Directory:
    """The people of an organisation by what they are called, so that a name is compared with a few of them only."""

    def __init__(self, people: Sequence[tuple[str, str, str]]) -> None:
        """`people` are id, name and mail of each."""
        self.people = people
        self._by_key: dict[str, list[Called]] = {}
        for person in (Called(*each) for each in people):
            for key in person.keys:
                self._by_key.setdefault(key, []).append(person)
        self._keys = sorted(self._by_key)
        self._backwards = sorted(key[::-1] for key in self._by_key)

    def meant(self, words: Words) -> list[Called]:
        """Those whom the words fit best, by name; several when the words fit several alike."""
        fitting = [(fit, each) for each in self._near(words) if (fit := each.fit(words)) is not None]
        best = min((fit for fit, _ in fitting), default=None)
        return sorted((each for fit, each in fitting if fit is best), key=lambda each: (each.name, each.id))

    def _near(self, words: Words) -> Iterable[Called]:
        """Everybody whom the words could fit: where they all fit, the longest of them fits too."""
        keys = {words.written, *words.orders}
        if words.parts:
            longest = max(words.parts, key=len)
            keys.update(_begun(self._keys, longest), _begun(self._keys, words.joined))
            keys |= {key[::-1] for key in _begun(self._backwards, words.joined[::-1])}
            slips = _slips(longest)
            near = process.extract(longest, self._keys, scorer=OSA.distance, score_cutoff=slips, limit=None)
            keys |= {key for key, *_ in near}
        return {each.id: each for key in keys for each in self._by_key.get(key, ())}.values()


def _begun(ordered: list[str], beginning: str) -> Iterator[str]:
    """Those of the sorted words that begin so."""
    return takewhile(lambda word: word.startswith(beginning), islice(ordered, bisect_left(ordered, beginning), None))


def plain(text: str) -> str:
    """Lower case, without accents: Zoë is zoe, and full-width letters are letters."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    spread = unicodedata.normalize("NFKD", folded)
    return "".join(char for char in spread if not unicodedata.combining(char))


def _split(text: str) -> list[str]:
    return [part for part in SEPARATORS.split(plain(text)) if part]


def _is_chinese(text: str) -> bool:
    return CHINESE_ONLY.fullmatch(text) is not None


def _each_fits(words: list[str], names: list[str], fits: Callable[[str, str], bool]) -> bool:
    """Whether each of the words fits another one of the names: a bipartite matching, by augmenting paths."""
    if len(words) > min(len(names), MOST_PARTS):
        return False
    taken: dict[int, str] = {}  # the place of a name, and the word that has it

    def finds_place(word: str, tried: set[int]) -> bool:
        for at, name in enumerate(names):
            if at in tried or not fits(name, word):
                continue
            tried.add(at)
            if at not in taken or finds_place(taken[at], tried):
                taken[at] = word
                return True
        return False

    return all(finds_place(word, set()) for word in words)


def _short(name: str, word: str) -> bool:
    enough = len(word) == 1 or len(word) >= SHORTEST_NICKNAME
    return name == word or (enough and name.startswith(word))


def _nearly(name: str, word: str) -> bool:
    return OSA.distance(name, word) <= _slips(word)


def _slips(word: str) -> int:
    """How many slips are forgiven in a word."""
    return (len(word) >= TYPED_ONCE_WRONG) + (len(word) >= TYPED_TWICE_WRONG)
