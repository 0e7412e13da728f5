"""The pipeline: normalise → entities → mask → propose → gates → requests; a pure function of message and context."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from dialogs.understanding import split
from dialogs.understanding.answers import answer
from dialogs.understanding.entities import Reader, mask
from dialogs.understanding.languages import lexicon
from dialogs.understanding.meaning import Context, ProductName, Tier, Understanding
from dialogs.understanding.normalise import LONGEST, Text, normalise
from dialogs.understanding.propose import Proposer, RuleProposer
from dialogs.understanding.reading import Reading, read
from dialogs.understanding.tokens import ENTITIES, Kind, Token

if TYPE_CHECKING:
    from collections.abc import Iterable


class Understander:
    """Reads messages about these products; build it once, it is immutable and may be shared."""

    def __init__(self, products: Iterable[ProductName], proposer: Proposer | None = None) -> None:
        self._reader = Reader(tuple(products), lexicon())
        self._read = partial(read, proposer=proposer or RuleProposer())

    def understand(self, text: str, context: Context) -> Understanding:
        """What `text` means in this context: about a millisecond, never raises."""
        if len(text) > LONGEST:
            return Understanding(why={"gates": ["too long"]})
        plain = normalise(text, context.mentions)
        tokens = self._reader.read(plain, context.today)
        readings = self._readings(tokens)
        wish = _wish(tokens)
        first = readings[0]
        requests = split.carried_over([request for reading in readings for request in reading.requests])
        return Understanding(
            requests=() if wish else requests,
            tier=Tier.ACCEPT if wish else first.tier,
            choices=() if wish else first.choices,
            answer=answer(tokens, plain.lower, context, self._reader.products),
            unusable=next((reading.unusable for reading in readings if reading.unusable), None),
            altogether=any(token.has("altogether") for token in tokens),
            guard=first.guard,
            language=_language(tokens),
            wish_language=wish,
            why=_why(plain, tokens, readings),
        )

    def _readings(self, tokens: list[Token]) -> list[Reading]:
        whole = self._read(tokens)
        if whole.tier is Tier.ACCEPT:
            return [whole]
        return split.readings(tokens, self._read) or [whole]


def _language(tokens: list[Token]) -> str | None:
    """The language most words are in; None where they are neutral or as many in each."""
    counts = Counter(token.language for token in tokens if token.kind is Kind.WORD and token.language)
    ranked = counts.most_common(2)
    tie = len(ranked) == 2 and ranked[0][1] == ranked[1][1]
    return None if tie or not ranked else ranked[0][0]


def _wish(tokens: list[Token]) -> str | None:
    """The language that is asked for, where nothing else is said."""
    words = [token for token in tokens if token.kind is not Kind.MARK]
    for sense, language in (("wish_en", "en"), ("wish_zh", "zh-CN")):
        if any(token.has(sense) for token in words) and all(token.has(sense, "filler", "polite") for token in words):
            return language
    return None


def _why(plain: Text, tokens: list[Token], readings: list[Reading]) -> dict[str, Any]:
    return {
        "text": plain.cased,
        "masked": mask(plain, tokens),
        "entities": [
            {"kind": token.kind.value, "text": token.text, "start": token.start, "end": token.end}
            for token in tokens if token.kind in ENTITIES
        ],
        "cues": [
            {"text": token.text, "senses": sorted(token.senses)}
            for token in tokens if token.kind is Kind.WORD and not token.senses <= {"filler", "polite"}
        ],
        "unknown": [token.text for token in tokens if token.kind is Kind.UNKNOWN],
        "rules": [reading.rule for reading in readings],
        "gates": [gate for reading in readings for gate in reading.gates],
    }  # fmt: skip
