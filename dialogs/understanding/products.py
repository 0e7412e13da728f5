"""Products by every name people use: the longest name wins, and a family's name may mean several."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from dialogs.understanding.languages import is_chinese, is_latin
from dialogs.understanding.numbers import Numbers
from dialogs.understanding.tokens import Kind, Token, entity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dialogs.understanding.languages import Lexicon
    from dialogs.understanding.meaning import ProductName
    from dialogs.understanding.normalise import Text

_PIECES = re.compile(r"[a-z]+|\d+|[一-鿿]+")
_LATIN_WORDS = re.compile(r"[a-z0-9-]+(?: [a-z0-9-]+){0,3}")
_NEXT_WORD = re.compile(r" [a-z]{5,}")
_MAKER = re.compile(r"(?<![a-z])(?:microsoft|ms|微软) ?$")
_BARE_NUMBER = re.compile(r"(?<!plan)(?<!p)(?<!计划)(?<!方案)(?<!套餐)(?<!365) ?\d$")
_PLAN = re.compile(r"(?:plan |计划|方案|套餐)\d$")
_SHORTEST_TYPO = 5
_EDITION = re.compile("版$")
_BUSINESS = ("licen", "subscri", "seat", "revoke", "assign")
_JOINT = "(?: ?[&/+-] ?| )?"  # between the pieces of a name


class Products:
    """Finds the names of these products; immutable."""

    def __init__(self, products: Iterable[ProductName], lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._numbers = Numbers(lexicon)
        self._names: dict[str, tuple[str, ...]] = defaultdict(tuple)
        spelled: set[str] = set()
        ordinary: set[str] = set()
        plans: dict[str, dict[str, None]] = {}
        for product in products:
            ordinary |= {word.lower() for word in product.ordinary_words}
            for name in dict.fromkeys(map(str.lower, (product.name, product.family, *product.aliases))):
                if product.name not in self._names[_key(name)]:
                    self._names[_key(name)] += (product.name,)
                spelled.add(name)
                if plan := _PLAN.search(name):
                    plans.setdefault(plan.group(), {})[product.name] = None
        for plan_name, names in plans.items():
            self._names[_key(plan_name)] = tuple(names)
            spelled.add(plan_name)
        self._plans = frozenset(plans)
        self._ordinary = frozenset(ordinary)
        self._latin = [
            name for name in sorted(spelled - ordinary - plans.keys()) if name.isascii() and len(name) >= _SHORTEST_TYPO
        ]
        self._patterns = _patterns(spelled)

    def find(self, text: Text, shown: str) -> Iterator[Token]:
        """The products named where `shown` (the text with what is already read blanked out) is open."""
        exact = list(self._exact(text, shown))
        vague = all(token.text.lower() in self._plans for token in exact)  # "viso plan 1" holds "plan 1"
        yield from (list(self._misspelt(text, shown)) or exact) if vague else exact

    def named_in_part(self, words: str) -> tuple[str, ...]:
        """The products of whose names all these words are part: "plan 1", "the premium one", 高级版."""
        pieces = _PIECES.findall(words)
        found: dict[str, None] = {}
        for key, names in self._names.items() if pieces else ():
            if all(piece in key if piece.isalpha() else key.endswith(piece) for piece in pieces):
                found |= dict.fromkeys(names)
        return tuple(found)

    def _exact(self, text: Text, shown: str) -> Iterator[Token]:
        at = 0
        while at < len(shown):
            match = self._match(shown, at)
            if match and not self._means_something_else(text, match):
                maker = _MAKER.search(shown, at - 10 if at > 10 else 0, match.start())
                start = maker.start() if maker else match.start()
                end, names = self._misspelt_on(shown, match) or (match.end(), self._meant(shown, match))
                yield entity(Kind.PRODUCT, start, end, text.written(start, end), names)
                at = end
            else:
                at += 1

    def _misspelt_on(self, shown: str, match: re.Match[str]) -> tuple[int, tuple[str, ...]] | None:
        """Where "windows 365 enterpise" ends, and what it means: a family's name that goes on in an unknown word."""
        if len(self._names[_key(match.group())]) == 1:
            return None
        after = _NEXT_WORD.match(shown, match.end())
        if not after or self._lexicon.words(after.group().strip()):
            return None
        name = self._typo(match.group() + after.group())
        return (after.end(), self._names[_key(name)]) if name else None

    def _match(self, shown: str, at: int) -> re.Match[str] | None:
        pattern = self._patterns.get(shown[at])
        if not pattern or (at and is_latin(shown[at]) and is_latin(shown[at - 1])):
            return None
        return pattern.match(shown, at)

    def _meant(self, shown: str, match: re.Match[str]) -> tuple[str, ...]:
        """ "Project 3 licenses" may be three of Project or some of Project Plan 3: then all of the family are meant.

        Where the amount is said besides, as in Visio 1加两个, there is no doubt.
        """
        key = _key(match.group())
        family = self._names.get(key.rstrip("0123456789"))
        if family and _BARE_NUMBER.search(match.group()) and self._counts(shown, match.end()):
            return family
        return self._names.get(key) or self._names[key.removesuffix("版").removesuffix("s")]

    def _counts(self, shown: str, at: int) -> bool:
        at += shown.startswith(" ", at)
        after = [
            phrase for phrase in self._lexicon.starting_at(shown, at) if phrase.senses & {"license", "measure", "add"}
        ]
        ends = (at + len(phrase.text) for phrase in after)
        return bool(after) and not any(self._is_amount(shown, end + shown.startswith(" ", end)) for end in ends)

    def _is_amount(self, shown: str, at: int) -> bool:
        return at < len(shown) and any(not amount.weak for _, amount in self._numbers.starting_at(shown, at))

    def _means_something_else(self, text: Text, match: re.Match[str]) -> bool:
        """Whether a name that is an ordinary word ("project") is one here."""
        if match.group() in self._plans:
            return self._leads_on(text.lower, match.end())
        if match.group() not in self._ordinary:
            return False
        after = match.end() + text.lower.startswith(" ", match.end())
        nouns = {"license", "subscription"}
        if any(phrase.senses & nouns for phrase in self._lexicon.starting_at(text.lower, after)):
            return False
        before = text.lower[: match.start()].rstrip().rpartition(" ")[2]
        capital = text.cased[match.start()].isupper()
        return "determiner" in self._lexicon.words(before) or not (capital or _has_business(text.lower, *match.span()))

    def _leads_on(self, text: str, at: int) -> bool:
        """Whether an unknown word follows: "plan 2 weddings" names no product."""
        at += text.startswith(" ", at)
        return text[at : at + 1].isalpha() and not any(self._lexicon.starting_at(text, at))

    def _misspelt(self, text: Text, shown: str) -> Iterator[Token]:
        for run in _LATIN_WORDS.finditer(shown):
            words = list(re.finditer(r"[a-z0-9-]+", run.group()))
            for first, word in enumerate(words):
                if self._cannot_be_typo(word.group()):
                    continue
                for last in reversed(words[first:]):
                    start, end = run.start() + word.start(), run.start() + last.end()
                    if name := self._typo(shown[start:end]):
                        whole = self._match(name + shown[end:], 0)  # "viso计划2": what follows belongs to the name
                        if whole and whole.end() > len(name):
                            name, end = whole.group(), end + whole.end() - len(name)
                        yield entity(Kind.PRODUCT, start, end, text.written(start, end), self._names[_key(name)])
                        return

    def _cannot_be_typo(self, word: str) -> bool:
        return len(word) < _SHORTEST_TYPO - 1 or word in self._ordinary or bool(self._lexicon.words(word))

    def _typo(self, words: str) -> str | None:
        letters = len(words)
        if letters < _SHORTEST_TYPO - 1:
            return None
        found = extractOne(words, self._latin, scorer=OSA.distance, score_cutoff=1 if letters <= 8 else 2)
        if not found or found[0][0] != words[0] or _digits(found[0]) != _digits(words):
            return None
        return str(found[0])


def _has_business(text: str, start: int, end: int) -> bool:
    """Whether numbers, licenses or Chinese around it say that a word in small letters names a product."""
    beside = text[:start].rstrip()[-1:] + text[end:].lstrip()[:1]
    return any(map(str.isdecimal, text)) or any(map(is_chinese, beside)) or any(word in text for word in _BUSINESS)


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdecimal())


def _key(name: str) -> str:
    return "".join(_PIECES.findall(name.lower())).replace("板", "版")


def _patterns(names: Iterable[str]) -> dict[str, re.Pattern[str]]:
    """One pattern for each first character, longest names first; spaces and hyphens within a name are optional."""
    by_first: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names, key=len, reverse=True):
        plural = r"s?(?![~-]\d)" if name[-1].isdecimal() else ""  # "two Plan 1s"
        whole = rf"{plural}(?![a-z0-9])(?!\.\d)(?:[版板](?!本))?" if is_latin(name[-1]) else ""
        pieces = [_EDITION.sub("[版板]", piece) for piece in _PIECES.findall(name)]
        by_first[name[0]].append(_JOINT.join(pieces) + whole)
    return {first: re.compile("|".join(found)) for first, found in by_first.items()}
