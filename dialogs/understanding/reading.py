"""One part of a message, read: the best proposal that the gates let through, or the best to ask about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dialogs.understanding.amounts import unusable, with_roles
from dialogs.understanding.corrections import without_denied
from dialogs.understanding.gates import Verdict, judge
from dialogs.understanding.intents import intents
from dialogs.understanding.meaning import Guard, Request, Tier, Unusable
from dialogs.understanding.tokens import Kind, Token

if TYPE_CHECKING:
    from dialogs.understanding.propose import Proposal, Proposer

_MOST_CHOICES = 3
_CHANGES_OF_A_NUMBER = ("licenses.add", "licenses.set", "purchase.new")
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


def read(tokens: list[Token], proposer: Proposer) -> Reading:
    """The reading of these tokens as one request."""
    tokens = with_roles(without_denied(tokens))
    proposals = proposer.propose(tokens)
    if not proposals:
        return _nothing_proposed(tokens)
    judged = [(proposal, judge(proposal, tokens)) for proposal in proposals[:12]]
    best = max(judged, key=lambda pair: (_order(pair[1].tier), pair[0].rank))
    rivals = [
        pair for pair in judged
        if pair[1].tier is best[1].tier and pair[0].rank == best[0].rank and pair[0].intent != best[0].intent
    ]  # fmt: skip
    return _reading(tokens, best, rivals, judged)


def _reading(
    tokens: list[Token],
    best: tuple[Proposal, Verdict],
    rivals: list[tuple[Proposal, Verdict]],
    judged: list[tuple[Proposal, Verdict]],
) -> Reading:
    proposal, verdict = best
    guard = next((other.guard for _, other in judged if other.guard), None)
    tier = Tier.CLARIFY if rivals and verdict.tier is Tier.ACCEPT else verdict.tier
    if guard and tier is not Tier.ACCEPT:
        verdict = next(other for _, other in judged if other.guard)
        tier = verdict.tier
    choices: tuple[str, ...] = ()
    if tier is Tier.CLARIFY:
        ranked = [verdict.request.intent, *(one.intent for one, _ in rivals), *(one.intent for one, _ in judged)]
        choices = tuple(dict.fromkeys(ranked))[:_MOST_CHOICES] if not guard else (verdict.request.intent,)
    requests = (verdict.request, *_second(proposal, verdict, tokens)) if tier is not Tier.REJECT else ()
    why = unusable(tokens) if intents()[verdict.request.intent].slots & {"quantity"} else None
    return Reading(
        tokens, tier, requests, choices, guard if tier is not Tier.ACCEPT else None, why,
        proposal.rule.name, (*verdict.fired, *(f"as good: {one.rule.name}" for one, _ in rivals)),
    )  # fmt: skip


def _second(proposal: Proposal, verdict: Verdict, tokens: list[Token]) -> tuple[Request, ...]:
    """ "add 5 licenses to Power BI Pro for Ann" asks for two things."""
    if not proposal.rule.then:
        return ()
    names = [token.value for token in tokens if token.kind is Kind.PERSON]
    slots = {key: value for key, value in verdict.request.slots.items() if key != "quantity"}
    return (Request(proposal.rule.then, slots | {"people": names}),)


def _order(tier: Tier) -> int:
    return (Tier.REJECT, Tier.CLARIFY, Tier.ACCEPT).index(tier)


def _nothing_proposed(tokens: list[Token]) -> Reading:
    """A product or an amount by itself is worth a question."""
    clear = not any(token.kind is Kind.UNKNOWN or token.has("foreign") for token in tokens)
    product = any(token.kind is Kind.PRODUCT for token in tokens)
    amount = any(token.has("number") and not token.value.weak for token in tokens if token.kind is Kind.NUMBER)
    licenses = product or any(token.has("license") for token in tokens)
    if not (clear and licenses):
        return Reading(tokens, unusable=unusable(tokens))
    return Reading(
        tokens, Tier.CLARIFY, (), _CHANGES_OF_A_NUMBER if amount else _ABOUT_A_PRODUCT, None, unusable(tokens)
    )
