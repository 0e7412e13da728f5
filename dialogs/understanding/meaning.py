"""What goes into understanding and what comes out: plain values that know no channel, storage or task."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from datetime import date

Slots = dict[str, Any]


class Tier(StrEnum):
    """How sure the desk may be: do it (a change still ends in a quote), ask what was meant, or decline."""

    ACCEPT = "accept"
    CLARIFY = "clarify"
    REJECT = "reject"


class Unusable(StrEnum):
    """Why an amount that was said is no quantity: the request has none, and the desk says why it asks."""

    FRACTION = "fraction"
    NEGATIVE = "negative"
    PERCENT = "percent"
    RELATIVE = "relative"  # double, half, all


class Guard(StrEnum):
    """Why words that name a change do not start one."""

    NEGATION = "negation"
    QUESTION = "question"
    HYPOTHETICAL = "hypothetical"
    REMINDER = "reminder"
    REPORTED = "reported"


@dataclass(frozen=True)
class ProductName:
    """A product as people may call it. Products of one `family` are what its bare name may mean.

    `ordinary_words` are those of its names that mean something else in an ordinary sentence ("project").
    """

    id: str
    name: str
    family: str
    aliases: tuple[str, ...] = ()
    ordinary_words: tuple[str, ...] = ()


@dataclass(frozen=True)
class MentionSpan:
    """A person mentioned by entity: where the name stands in the text; who it is, when the roster knows."""

    start: int
    end: int
    person: str | None = None


@dataclass(frozen=True)
class Context:
    """All that the meaning of a message depends on besides its words.

    `expecting` names what the open question waits for: "quantity", "product", "choice" (one of those
    shown), "confirm", "people", "team", "reason", "feedback", "term".
    """

    today: date
    expecting: frozenset[str] = frozenset()
    mentions: tuple[MentionSpan, ...] = ()


@dataclass(frozen=True)
class Request:
    """One thing that is asked for: intent and slots as the annotation rules of the sample utterances name them."""

    intent: str
    slots: Slots = field(default_factory=dict)


class Answer(TypedDict, total=False):
    """What a message says to the open question; keys that are not said are absent.

    `product_candidates` may come with a `choice` ("2": Visio Plan 2, or the second of those shown):
    the names come first.
    """

    quantity: int
    product: str
    product_candidates: list[str]
    choice: int  # 1 is the first of those shown, -1 the last
    yes: bool
    people: list[str]
    team: str
    reason: str  # one of the eight codes
    feedback: str  # verbatim
    term: str  # "month" or "year"


@dataclass(frozen=True)
class Understanding:
    """What one message means.

    `requests` are in the order asked: to be done when `tier` is accept, the best guess when it is clarify.
    `separate` are the requests before those of one task ("add 2 and give them to Ann") were put together, and with a
    yes that was said beside something else, which is never done.
    `choices` are the intents to ask about when it is clarify, at most three. `answer` is what the message
    says to the open question, and comes before `requests`. `unusable` says why an amount could not be taken,
    `guard` why words of change start nothing, `altogether` that a number was said to be the total ("8 in
    total"), `language` which language the message is clearly in ("en", "zh-CN"), `wish_language` which one it
    asks for, `why` how this was found, as JSON.
    """

    requests: tuple[Request, ...] = ()
    separate: tuple[Request, ...] = ()
    tier: Tier = Tier.REJECT
    choices: tuple[str, ...] = ()
    answer: Answer | None = None
    unusable: Unusable | None = None
    altogether: bool = False
    guard: Guard | None = None
    language: str | None = None
    wish_language: str | None = None
    why: dict[str, Any] = field(default_factory=dict)

    @property
    def yes(self) -> bool:
        """An unhesitating yes and nothing else."""
        return self.tier is Tier.ACCEPT and self.requests == (Request("confirm.yes"),)
