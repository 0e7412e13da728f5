"""Proposals of what a message asks for. A proposer never decides: the gates do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from dialogs.understanding.rules import Rule, matching

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.understanding.tokens import Token


@dataclass(frozen=True)
class Proposal:
    """An intent, why (the rule), how exact that is (its needs), and the pieces it does not explain."""

    rule: Rule
    exactness: int
    unexplained: tuple[Token, ...]

    @property
    def intent(self) -> str:
        return self.rule.intent

    @property
    def rank(self) -> tuple[int, int]:
        """The less is left over and the more is needed, the better."""
        return -len(self.unexplained), self.exactness


class Proposer(Protocol):
    """Whatever has an opinion on what tokens mean; the rules are one, a learned model may be another."""

    def propose(self, tokens: Sequence[Token]) -> list[Proposal]:
        """Proposals, the best first."""
        ...


class RuleProposer:
    """Proposes every rule of the table whose needs are met."""

    def propose(self, tokens: Sequence[Token]) -> list[Proposal]:
        """Proposals, the best first."""
        said = frozenset[str]().union(*(token.senses for token in tokens))
        found = [Proposal(rule, len(rule.needs), tuple(rule.unexplained(tokens))) for rule in matching(said)]
        return sorted(found, key=lambda proposal: proposal.rank, reverse=True)
