"""The pipeline: normalise → entities → mask → propose → gates → requests; a pure function of message and context."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from dialogs.understanding import gathering, retorts, split
from dialogs.understanding.answers import Heard, answer
from dialogs.understanding.corrections import without_contrast
from dialogs.understanding.entities import Reader, mask
from dialogs.understanding.features import features
from dialogs.understanding.intents import intents
from dialogs.understanding.languages import lexicon
from dialogs.understanding.meaning import Answer, Context, ProductName, Request, Tier, Understanding
from dialogs.understanding.model import shipped
from dialogs.understanding.normalise import LONGEST, Text, normalise
from dialogs.understanding.numbering import without_numbering
from dialogs.understanding.policy import Policy
from dialogs.understanding.propose import RuleProposer
from dialogs.understanding.ranges import without_ranges
from dialogs.understanding.reading import Reading, by_rules, prepared, read
from dialogs.understanding.requesting import Asked
from dialogs.understanding.tokens import ENTITIES, Kind, Token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dialogs.understanding.model import Model

_IN_EVERY_LANGUAGE = frozenset({"yes", "no", "greet", "filler", "wrong", "contact"})
_ANY_DAY = date(2026, 11, 22)
_CLEARLY_ENGLISH = 2  # words
_PERHAPS_SEVERAL = 0.01  # from here on a message is first read as several requests
_SURELY_SEVERAL = 0.8
_SURELY_FOR_US = 0.02
_WITH_QUESTIONS = 0.05  # from here on some of them may be questions: what goes with one request often sounds like one
_SEVERAL = 0.3  # from here on what only the model reads as one is asked about


class Understander:
    """Reads messages about these products; build it once, it is immutable and may be shared."""

    def __init__(self, products: Iterable[ProductName], model: Model | None = None) -> None:
        self._reader = Reader(tuple(products), lexicon())
        self._asked = Asked(lexicon())
        self._policy = Policy(lexicon())
        self._by_rules = partial(by_rules, proposer=RuleProposer())
        self._read = partial(read, proposer=RuleProposer(), model=model if model is not None else shipped())

    def understand(self, text: str, context: Context) -> Understanding:
        """What `text` means in this context: about a millisecond, never raises."""
        if len(text) > LONGEST:
            return Understanding(why={"gates": ["too long"]})
        plain = normalise(text, context.mentions)
        tokens = self._tokens(plain, context.today)
        asked = self._asked.read(plain, tokens, offered="confirm" in context.expecting)
        whole = asked or self._policy.read(plain, tokens)
        readings = [whole] if whole else self._readings(tokens)
        if "confirm" in context.expecting:
            readings = self._with_retort(readings, tokens, plain)
        wish = _wish(tokens)
        first = readings[0]
        said = [request for reading in readings for request in reading.requests]
        separate = gathering.carried_over(self._reader.with_reasons(said, plain))
        order = _is_order(readings)
        answered = answer(Heard(text, plain, tokens, order), context, self._reader)
        by_rule = order and not any(reading.learned for reading in readings)
        if wish or _is_only_an_answer(answered, said, order=order, by_rule=by_rule):
            separate = ()
        return Understanding(
            requests=gathering.together(gathering.to_do(separate)),
            separate=separate,
            tier=Tier.ACCEPT if wish else first.tier,
            choices=() if wish else first.choices,
            answer=answered,
            unusable=next((reading.unusable for reading in readings if reading.unusable), None),
            altogether=any(token.has("altogether") for token in tokens),
            guard=first.guard,
            language=_language(tokens),
            wish_language=wish,
            why=_why(plain, tokens, readings),
        )

    def _readings(self, tokens: list[Token]) -> list[Reading]:
        whole = self._read(tokens)
        done = whole.tier is Tier.ACCEPT
        corrected = done and not whole.learned and any(token.has("correction") for token in whole.tokens)
        if corrected or (done and whole.several < _PERHAPS_SEVERAL and not split.lists_invoices(tokens)):
            return [whole]
        for_us = whole.several >= _SURELY_SEVERAL and whole.foreign <= _SURELY_FOR_US
        learned = partial(self._read, part=for_us)
        said = without_contrast(tokens)
        parts = split.readings(said, _once(learned if whole.several >= _PERHAPS_SEVERAL else self._by_rules))
        if parts is None or (whole.several < _WITH_QUESTIONS and not all(map(_is_change, parts))):
            unsure = done and whole.learned and whole.several >= _SEVERAL
            return [replace(whole, tier=Tier.CLARIFY, choices=(whole.requests[0].intent,)) if unsure else whole]
        return parts

    def _with_retort(self, readings: list[Reading], tokens: list[Token], plain: Text) -> list[Reading]:
        """A no to the offer, read as the correction or the plain no it is; the model alone may take what it denies."""
        if retorts.lets_go(tokens, lambda clause: self._gives_reason(clause, plain)):
            return [Reading(tokens, Tier.ACCEPT, (Request("confirm.no"),), rule="retort")]
        accepted = [one for one in readings if one.tier is Tier.ACCEPT]
        if [(one.requests[0].intent, one.learned) for one in accepted] == [("flow.correct", False)]:
            return readings
        found = retorts.put_right(tokens)
        return [Reading(tokens, Tier.ACCEPT, (Request("flow.correct", found),), rule="retort")] if found else readings

    def _gives_reason(self, clause: list[Token], plain: Text) -> bool:
        return self._reader.reasons.code(plain.lower[clause[0].start : clause[-1].end]) is not None

    def features(self, text: str) -> list[str]:
        """What the model sees of this message, for training; a day stands for any."""
        tokens = self._tokens(normalise(text), _ANY_DAY)
        proposals = RuleProposer().propose(prepared(tokens))
        return features(tokens, [one for one in proposals if not one.rule.untrained])

    def _tokens(self, plain: Text, today: date) -> list[Token]:
        return self._reader.with_plain_names(without_ranges(without_numbering(self._reader.read(plain, today))))


def _once(read: Callable[[list[Token]], Reading]) -> Callable[[list[Token]], Reading]:
    """`read` that reads no tokens of this message twice; what is read stays alive as long, so that places differ."""
    known: dict[tuple[int, ...], tuple[list[Token], Reading]] = {}

    def reading(tokens: list[Token]) -> Reading:
        places = tuple(map(id, tokens))
        if places not in known:
            known[places] = tokens, read(tokens)
        return known[places][1]

    return reading


def _is_only_an_answer(answered: Answer | None, said: list[Request], *, order: bool, by_rule: bool) -> bool:
    """Whether it says what was asked for, whatever else the words may mean: 改成按月, 不需要了 as a reason, Bill."""
    if answered is None:
        return False
    own = [slot for slot in ("reason", "people") if slot in answered and not any(slot in each.slots for each in said)]
    free = "team" in answered and not order
    return "term" in answered or bool(own) or free or ("choice" in answered and not by_rule)


def _is_change(reading: Reading) -> bool:
    return intents()[reading.requests[0].intent].changes


def _is_order(readings: list[Reading]) -> bool:
    """Whether the message asks for a task, complete and clear, whatever a question waits for."""
    return all(
        reading.tier is Tier.ACCEPT and any(intents()[one.intent].risk != "talk" for one in reading.requests)
        for reading in readings
    )


def _language(tokens: list[Token]) -> str | None:
    """Chinese with any Chinese word, for English names and loans stand in Chinese; English from two words on.

    A bare "yes" or "no" is said in every language.
    """
    words = [token for token in tokens if token.kind is Kind.WORD]
    if any(token.language == "zh-CN" for token in words):
        return "zh-CN"
    english = [token for token in words if token.language == "en" and not _bare(token)]
    return "en" if sum(len(token.text.split()) for token in english) >= _CLEARLY_ENGLISH else None


def _bare(token: Token) -> bool:
    return token.has("yes", "no", "greet") and token.senses <= _IN_EVERY_LANGUAGE


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
