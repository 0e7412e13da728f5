"""Entities in their fixed order, each taking its span from the text before the next one looks."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from dialogs.understanding import invoices, people, periods
from dialogs.understanding.products import Products
from dialogs.understanding.reasons import Reasons
from dialogs.understanding.segment import Segmenter, blank
from dialogs.understanding.teams import Teams
from dialogs.understanding.tokens import ENTITIES, Kind, Token, entity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from dialogs.understanding.languages import Lexicon
    from dialogs.understanding.meaning import ProductName, Request
    from dialogs.understanding.normalise import Text


class Reader:
    """Cuts a message into tokens: invoice numbers, people named for certain, products, the reason, periods,
    group-by; and then words, names and numbers together."""

    def __init__(self, products: Iterable[ProductName], lexicon: Lexicon) -> None:
        self.products = Products(products, lexicon)
        self.reasons = Reasons(lexicon)
        self.names_that_are_words = frozenset(lexicon.data["en"]["names"]["ordinary"])
        self._given = frozenset(lexicon.data["en"]["names"]["given"])
        self._never = frozenset(lexicon.data["en"]["names"]["opening"])
        self.teams = Teams(lexicon)
        self._segmenter = Segmenter(lexicon)
        groups = {
            re.compile("|".join(patterns)): value
            for file in lexicon.data.values()
            for value, patterns in file["groups"].items()
        }
        self._groups = groups

    def read(self, text: Text, today: date) -> list[Token]:
        """The whole message as tokens."""
        taken: list[Token] = []
        for found in (
            invoices.find,
            people.certain,
            self.products.find,
            self.reasons.find,
            self.teams.find,
            lambda text, shown: periods.find(text, shown, today),
            self._group_by,
        ):
            shown = blank(text.lower, taken)
            for token in found(text, shown):
                if "\0" not in shown[token.start : token.end] or token.kind in (Kind.REASON, Kind.FEEDBACK):
                    taken = [old for old in taken if old.end <= token.start or old.start >= token.end]
                    taken.append(token)
        return self._segmenter.cut(text, taken)

    def with_plain_names(self, tokens: list[Token]) -> list[Token]:
        """The tokens with names written without capitals as people: "give visio to ann"."""
        return people.with_plain_names(people.without_makers(tokens), self._given, self._never)

    def with_reasons(self, requests: Iterable[Request], text: Text) -> list[Request]:
        """The requests; whoever cancels and gives a reason anywhere in the message has given it."""
        requests = list(requests)
        code = self.reasons.code(text.lower) if any(map(_lacks_a_reason, requests)) else None
        return [
            replace(one, slots=one.slots | {"reason": code}) if code and _lacks_a_reason(one) else one
            for one in requests
        ]

    def _group_by(self, text: Text, shown: str) -> Iterator[Token]:
        found = chain.from_iterable(
            ((match, value) for match in pattern.finditer(shown)) for pattern, value in self._groups.items()
        )
        for match, value in found:
            yield entity(Kind.GROUP_BY, *match.span(), text.written(*match.span()), value)


def _lacks_a_reason(request: Request) -> bool:
    return request.intent in ("subscription.cancel", "recurring.off") and "reason" not in request.slots


def mask(text: Text, tokens: list[Token]) -> str:
    """The text with every entity as its kind: "add <number> licenses to <product>"."""
    masked = text.lower
    for token in reversed(tokens):
        if token.kind in ENTITIES:
            masked = f"{masked[: token.start]}<{token.kind}>{masked[token.end :]}"
    return masked
