"""What a message says to the question that is open, read before anything else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dialogs.understanding.gates import wavers
from dialogs.understanding.meaning import Answer
from dialogs.understanding.replies import are_names, feedback_said, people_said, reason_said, team_said, term_said
from dialogs.understanding.tokens import ENTITIES, Kind, Token

if TYPE_CHECKING:
    from dialogs.understanding.entities import Reader
    from dialogs.understanding.meaning import Context
    from dialogs.understanding.normalise import Text
    from dialogs.understanding.products import Products

_BESIDES = (
    "filler",
    "polite",
    "license",
    "measure",
    "joint",
    "thing",
    "need",
    "determiner",
    "ref",
    "subscription",
    "self",
    "yes",
)
_ORDINALS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "fifth": 5, "last": -1,
    "第一": 1, "第二": 2, "第三": 3, "第四": 4, "第五": 5, "最后": -1, "前者": 1, "后者": -1, "former": 1, "latter": -1,
}  # fmt: skip


@dataclass(frozen=True)
class Heard:
    """A message on its way to an answer; an `order` asks for something by itself."""

    written: str
    text: Text
    tokens: list[Token]
    order: bool


def answer(heard: Heard, context: Context, reader: Reader) -> Answer | None:
    """The answer, if the message says nothing but what the question waits for."""
    named = "people" in context.expecting and are_names(heard.tokens, reader)
    found = Answer() if named else _in_few_words(heard, context, reader.products)  # Mark is no part of “Marketing” then
    if not found:
        found = _in_free_words(heard, context, reader)
    return found or None


def _in_few_words(heard: Heard, context: Context, products: Products) -> Answer:
    found = Answer()
    tokens = heard.tokens
    if "term" in context.expecting and (term := term_said(tokens)):
        return term  # "a year" is no quantity
    if "confirm" in context.expecting and (said := _yes_or_no(tokens)) is not None:
        found["yes"] = said
    if {"product", "choice"} & context.expecting:
        found |= _choice(tokens, heard.text.lower, products, takes_numbers="quantity" in context.expecting)
    if "quantity" in context.expecting and _only(tokens, Kind.NUMBER, Kind.PRODUCT):
        numbers = [token.value.value for token in tokens if token.kind is Kind.NUMBER]
        if len(numbers) == 1 and numbers[0] is not None:
            found["quantity"] = numbers[0]
    return found


def _in_free_words(heard: Heard, context: Context, reader: Reader) -> Answer:
    """Feedback is whatever is said; the other questions leave an order to be one."""
    if "feedback" in context.expecting:
        return feedback_said(heard.written.strip(), heard.tokens)
    if "reason" in context.expecting and (not heard.order or reader.reasons.code(heard.text.lower)):
        return reason_said(heard.written.strip(), heard.text, heard.tokens, reader)
    if "people" in context.expecting and (found := people_said(heard.tokens, reader.names_that_are_words)):
        return found
    if "team" in context.expecting and not heard.order:
        return team_said(heard.text, heard.tokens, reader)
    return Answer()


def _yes_or_no(tokens: list[Token]) -> bool | None:
    if wavers(tokens):
        return None
    words = [token for token in tokens if token.kind is not Kind.MARK]
    for sense, said in (("yes", True), ("no", False)):
        besides = [token for token in words if not token.has(sense)]
        if len(besides) < len(words) and all(
            token.has("filler", "polite") and not token.has("point") for token in besides
        ):
            return None if any(token.has("thanks", "hold") for token in besides) and said else said
    return None


def _choice(tokens: list[Token], words: str, products: Products, *, takes_numbers: bool) -> Answer:
    exact = [token for token in tokens if token.kind is Kind.PRODUCT]
    if exact:
        one = len({token.value for token in exact}) == 1 and _only(tokens, Kind.PRODUCT, Kind.NUMBER)
        return _named(exact[0].value) if one else Answer()
    if ordinal := next(
        (place for word, place in _ORDINALS.items() if word in words.split() or (word[0] > "z" and word in words)), None
    ):
        return Answer(choice=ordinal)
    said = _without_fillers(tokens, words.strip(" .!。"))
    if not any(map(str.isalpha, said)) and (takes_numbers or not said.isdecimal()):
        return Answer()  # "-3" is an amount, never Project Plan 3
    in_part = products.named_in_part(said)
    found = _named(in_part) if in_part else Answer()
    if said.isdecimal() and int(said) > 0:
        found["choice"] = int(said)
    return found


def _named(products: tuple[str, ...]) -> Answer:
    return Answer(product=products[0]) if len(products) == 1 else Answer(product_candidates=list(products))


def _without_fillers(tokens: list[Token], words: str) -> str:
    dropped = ("filler", "determiner", "ref", "polite")
    kept = [
        token.text.lower()
        for token in tokens
        if token.kind is not Kind.MARK and not token.has(*dropped) and not _a(token)
    ]
    return " ".join(kept) if kept else words


def _a(token: Token) -> bool:
    return token.kind is Kind.NUMBER and token.value.weak


def _only(tokens: list[Token], *kinds: Kind) -> bool:
    return all(
        token.kind in kinds or token.kind is Kind.MARK or (token.kind not in ENTITIES and token.has(*_BESIDES))
        for token in tokens
    )
