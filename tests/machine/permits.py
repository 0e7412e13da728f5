"""The rules of asking and buying as the business states them: the policy, its caps, requests and who decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from storage.policy_views import Per, Sale
from tests.machine.world import ZONE

if TYPE_CHECKING:
    from datetime import datetime

PASSED_ON_AFTER, VALID_FOR = timedelta(days=3), timedelta(days=365)
Whose = tuple[Per, str | None]  # for a cap: by whom together, and of which product; None: money a month


@dataclass
class Asked:
    """One request and what has become of it."""

    by: str
    people: tuple[str, ...]
    product: str
    licenses: int
    until: datetime
    at: datetime
    status: str = "pending"
    passed_on: bool = False


@dataclass(frozen=True)
class Bought:
    """One purchase, by a person for themselves or for a request."""

    by: str
    product: str
    licenses: int
    cents: int
    at: datetime


@dataclass
class Permits:
    """Who may what in one organisation, at an instant."""

    now: datetime
    members: set[str]
    admins: set[str]
    approvers: set[str] = field(default_factory=set)
    takes_requests: bool = True
    default: Sale = Sale.ENABLED
    own: dict[str, Sale] = field(default_factory=dict)
    caps: dict[Whose, int] = field(default_factory=dict)
    bought: list[Bought] = field(default_factory=list)
    asked: dict[str, Asked] = field(default_factory=dict)

    def sale(self, product: str | None) -> Sale:
        return self.own.get(product or "", self.default)

    def decides_policy(self, who: str) -> bool:
        return who in self.members & self.admins

    def allows(self, who: str, product: str, licenses: int, cents: int) -> bool:
        """Whether the policy lets them buy it now."""
        within = all(
            self._used(cap, who) + (licenses if cap[1] else cents) <= most for cap, most in self._caps(product)
        )
        return who in self.members and self.sale(product) is Sale.ENABLED and within

    def deciders(self, by: str, people: tuple[str, ...], *, passed_on: bool = False) -> set[str]:
        """Docs/decisions/0016: the approvers, or else the admins, later both; nobody about what is their own."""
        others = self.members - {by, *people}
        named = self.approvers & self.members
        found = others & ((named or self.admins) | (self.admins if passed_on else set()))
        return found or others & self.admins

    def may_ask(self, who: str, product: str, people: tuple[str, ...]) -> bool:
        waits = any(each.by == who and each.product == product for each in self.waiting())
        return who in self.members and self.takes_requests and not waits and bool(self.deciders(who, people))

    def may_decide(self, who: str, asked: Asked) -> bool:
        may = self.deciders(asked.by, asked.people, passed_on=asked.passed_on)
        return asked in self.waiting() and self.now < asked.until and who in may

    def may_withdraw(self, who: str, asked: Asked) -> bool:
        return asked in self.waiting() and self.now < asked.until and who == asked.by and who in self.members

    def waiting(self) -> list[Asked]:
        return [each for each in self.asked.values() if each.status == "pending"]

    def time_does_its_part(self) -> None:
        """What the worker makes of the requests that nobody decides about."""
        for each in self.waiting():
            if self.now >= each.until:
                each.status = "expired"
            elif self.now >= each.at + PASSED_ON_AFTER:
                each.passed_on = True

    def _caps(self, product: str) -> list[tuple[Whose, int]]:
        return [(cap, most) for cap, most in self.caps.items() if cap[1] in (None, product)]

    def _used(self, cap: Whose, who: str) -> int:
        per, product = cap
        theirs = [each for each in self.bought if per is Per.ORGANISATION or each.by == who]
        if product:
            return sum(each.licenses for each in theirs if each.product == product)
        return sum(each.cents for each in theirs if _month(each.at) == _month(self.now))


def _month(at: datetime) -> tuple[int, int]:
    local = at.astimezone(ZONE)
    return local.year, local.month
