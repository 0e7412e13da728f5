"""One part of a message, read: the best proposal that the gates let through, or the best to ask about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dialogs.understanding.amounts import unusable, with_roles
from dialogs.understanding.corrections import corrected
from dialogs.understanding.features import features
from dialogs.understanding.gates import Verdict, judge
from dialogs.understanding.intents import intents
from dialogs.understanding.meaning import Guard, Request, Tier, Unusable
from dialogs.understanding.people import with_sides
from dialogs.understanding.slots import slots
from dialogs.understanding.tokens import Kind, Token
from dialogs.understanding.weighing import weighed

if TYPE_CHECKING:
    from dialogs.understanding.model import Model
    from dialogs.understanding.propose import Proposal, Proposer

    _Judged = tuple[Proposal, Verdict]

_MOST_CHOICES = 3
_CHANGES_OF_A_NUMBER = ("licenses.add", "licenses.set", "purchase.new")
_YES_OR_NO = ("confirm.yes", "confirm.no")
_HUMS = ("hum", "reluctant", "asking")
_BARE = ("filler", "license", "measure", "joint", "to", "for", "from", "by", "polite", "determiner")
_ABOUT_A_PRODUCT = ("subscriptions.show", "licenses.add", "subscription.cancel")


@dataclass(frozen=True)
class Reading:
    """What one part of a message means; `rules` and `gates` say why."""

    tokens: list[Token]
    tier: Tier = Tier.REJECT
    requests: tuple[Request, ...] = ()
    choices: tuple[str, ...] = ()
    guard: Guard | None = None
    unusable: Unusable | None = None
    rule: str | None = None
    gates: tuple[str, ...] = field(default_factory=tuple)
    undecided: bool = False  # two rules fit equally well: the desk is meant to ask
    learned: bool = False
    several: float = 0.0  # how likely there is more than one request in it
    foreign: float = 0.0  # how likely it is not for us


def by_rules(tokens: list[Token], proposer: Proposer) -> Reading:
    """The reading of these tokens as one request by the rules alone."""
    sided = prepared(tokens)
    return _ruled(sided, proposer.propose(sided))


def read(tokens: list[Token], proposer: Proposer, model: Model, *, part: bool = False) -> Reading:
    """The reading of these tokens as one request; as `part` of a message that is clearly for us and asks for several,
    less is needed to trust it."""
    sided = prepared(tokens)
    proposals = proposer.propose(sided)
    return weighed(_ruled(sided, proposals), model.likelihoods(features(tokens, proposals)), model, part=part)


def prepared(tokens: list[Token]) -> list[Token]:
    """The tokens as rules read them: without what is taken back, with what numbers and people are there for."""
    return with_sides(with_roles(corrected(tokens)))


def _ruled(tokens: list[Token], proposals: list[Proposal]) -> Reading:
    """The reading by the rules alone."""
    if not proposals:
        return _nothing_proposed(tokens)
    judged = judge(proposals, tokens)
    best = max(judged, key=_merit)
    if best[1].tier is not Tier.ACCEPT:
        # words of change that are negated, asked or told by someone else stay that, whatever else they resemble
        best = next((one for one in judged if one[1].guard), best)
    rivals = [one for one in judged if _merit(one) == _merit(best) and one[0].intent != best[0].intent]
    return _reading(tokens, best, rivals, judged)


def _merit(judged: _Judged) -> tuple[int, tuple[int, int]]:
    proposal, verdict = judged
    return (Tier.REJECT, Tier.CLARIFY, Tier.ACCEPT).index(verdict.tier), proposal.rank


def _reading(tokens: list[Token], best: _Judged, rivals: list[_Judged], judged: list[_Judged]) -> Reading:
    proposal, verdict = best
    tier = Tier.CLARIFY if rivals and verdict.tier is Tier.ACCEPT else verdict.tier
    requests = (verdict.request,)
    return Reading(
        tokens,
        tier,
        _guess(requests, tier),
        _choices(best, rivals, judged) if tier is Tier.CLARIFY else (),
        verdict.guard,
        unusable(tokens) if "quantity" in intents()[proposal.intent].slots else None,
        proposal.rule.name,
        (*verdict.fired, *(f"as good: {one.rule.name}" for one, _ in rivals)),
        undecided=bool(rivals) and verdict.tier is Tier.ACCEPT,
    )


def _guess(requests: tuple[Request, ...], tier: Tier) -> tuple[Request, ...]:
    """The requests as far as they may be used: a hesitant yes is no guess at a yes."""
    hesitant = tier is Tier.CLARIFY and requests[0].intent == "confirm.yes"
    return () if hesitant or tier is Tier.REJECT else requests


def _choices(best: _Judged, rivals: list[_Judged], judged: list[_Judged]) -> tuple[str, ...]:
    """What to ask about: the best reading first."""
    if best[1].guard:
        return (best[0].intent,)
    likely = [proposal.intent for proposal, verdict in (best, *rivals, *judged) if verdict.tier is not Tier.REJECT]
    if "confirm.yes" in (best[0].intent, *(proposal.intent for proposal, _ in rivals)) or set(likely) == {*_YES_OR_NO}:
        return _YES_OR_NO
    return tuple(dict.fromkeys(likely))[:_MOST_CHOICES]


def _nothing_proposed(tokens: list[Token]) -> Reading:
    """A product or an amount by itself is worth a question, and so is a sound that may be a yes."""
    if _only_hums(tokens):
        return Reading(tokens, Tier.CLARIFY, choices=_YES_OR_NO, undecided=True)
    clear = not any(token.kind is Kind.UNKNOWN or token.has("foreign", "rival") for token in tokens)
    product = any(token.kind is Kind.PRODUCT for token in tokens)
    amount = any(token.has("number") and not token.value.weak for token in tokens if token.kind is Kind.NUMBER)
    licenses = product or any(token.has("license") for token in tokens)
    if not (clear and licenses):
        return Reading(tokens, unusable=unusable(tokens))
    choices = _CHANGES_OF_A_NUMBER if amount else _ABOUT_A_PRODUCT
    named, _ = slots(tokens, intents()[choices[0]])
    bare = not any(token.kind is Kind.WORD and not token.has(*_BARE) for token in tokens)
    guess = (Request(choices[0], named),)
    return Reading(tokens, Tier.CLARIFY, guess, choices, unusable=unusable(tokens), undecided=bare)


def _only_hums(tokens: list[Token]) -> bool:
    """嗯, "hmm", "I guess", 可以吗: neither a yes nor a no."""
    words = [token for token in tokens if token.kind is not Kind.MARK]
    return any(token.has(*_HUMS) for token in words) and all(token.has(*_HUMS, "filler", "hold") for token in words)
