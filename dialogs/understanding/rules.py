"""The rule table: which senses a message must have to ask for something, and which it may have besides."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dialogs.understanding.tokens import Token


@dataclass(frozen=True)
class Rule:
    """One row of rules.toml, which explains the fields."""

    name: str
    intent: str
    needs: tuple[frozenset[str], ...]
    may: frozenset[str]
    says: Mapping[str, str]
    untrained: bool = False

    def matches(self, said: frozenset[str]) -> bool:
        """Whether these senses meet every need."""
        for need in self.needs:  # noqa: SIM110 – asked of many rules for every message: a loop takes half the time
            if said.isdisjoint(need):
                return False
        return True

    def unexplained(self, tokens: Sequence[Token]) -> Iterator[Token]:
        """The tokens that this reading leaves over."""
        senses = self.may.union(*self.needs)
        return (token for token in tokens if token.senses and senses.isdisjoint(token.senses))


def matching(said: frozenset[str]) -> list[Rule]:
    """The rules whose needs these senses meet, in the order of the table."""
    places = {place for sense in said for place in _starting(sense)}
    return [rules()[place] for place in sorted(places) if rules()[place].matches(said)]


@cache
def _starting(sense: str) -> tuple[int, ...]:
    """The places of the rules that are worth a look where this is said: the first need of each is met by it."""
    return tuple(place for place, rule in enumerate(rules()) if sense in rule.needs[0])


@cache
def rules() -> tuple[Rule, ...]:
    """The table of this package, read once."""
    data = tomllib.loads(resources.files(__package__).joinpath("rules.toml").read_text("utf-8"))
    return tuple(_rule(row, data["sets"]) for row in data["rule"])


def _rule(row: dict[str, Any], sets: dict[str, list[str]]) -> Rule:
    may = frozenset(sets["always"]).union(*(sets.get(name, [name]) for name in row.get("may", [])))
    needs = tuple(frozenset(need.split("|")) for need in row["needs"])
    return Rule(
        f"{row['intent']}: {' + '.join(row['needs'])}",
        row["intent"],
        needs,
        may,
        row.get("says", {}),
        row.get("untrained", False),
    )
