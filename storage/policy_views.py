"""What an organisation has decided about buying, as people see it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from storage.money import Money
from storage.views import PersonView, Quote, TeamView


class Sale(StrEnum):
    """How a product may be bought, in Microsoft's three values."""

    ENABLED = "enabled"
    TRIALS_ONLY = "trials_only"
    DISABLED = "disabled"


class Per(StrEnum):
    """Whose purchases a cap adds up."""

    ORGANISATION = "organisation"  # everybody's together
    TEAM = "team"  # those of a team's members together
    PERSON = "person"  # each person's alone


@dataclass(frozen=True)
class CapView:
    """The most that may be bought: for `money` in a calendar month, or so many `licenses` of a product."""

    per: Per
    team: TeamView | None = None
    product: str | None = None  # its name
    licenses: int | None = None
    money: Money | None = None
    left: int | None = None  # of the licenses, or in minor units of this month's money; None: of each person's own


@dataclass(frozen=True)
class PolicyView:
    """Who may buy what: all of it for an admin, for others what holds for them."""

    sale: Sale  # of every product that is not among `products`
    products: tuple[tuple[str, Sale], ...]  # by name
    caps: tuple[CapView, ...]
    approvers: tuple[PersonView, ...]
    admins: tuple[PersonView, ...]
    requests: bool  # whether what is blocked may be asked for
    everything: bool


@dataclass(frozen=True, kw_only=True)
class SaleQuote(Quote):
    """Another rule for a product, or for all that have none of their own."""

    product: str | None  # id
    product_name: str | None
    before: Sale
    after: Sale
    own: tuple[str, ...]  # names of products with a rule of their own, which the one for all leaves alone
    untouched: int  # subscriptions that are there, and go on


@dataclass(frozen=True, kw_only=True)
class CapQuote(Quote):
    """A cap that is set or, with `lifts`, goes."""

    cap: CapView
    product: str | None  # id
    before: int | None  # licenses, or minor units; None: there is none now
    lifts: bool
    people: int  # for whom it holds

    @property
    def before_money(self) -> Money | None:
        """What the cap was until now, where it is of money."""
        return Money(self.before, self.cap.money.currency) if self.cap.money and self.before is not None else None


@dataclass(frozen=True, kw_only=True)
class ApproverQuote(Quote):
    """Somebody who decides about requests, or does no longer."""

    person: PersonView
    withdraws: bool
    others: tuple[PersonView, ...]


@dataclass(frozen=True, kw_only=True)
class RequestsQuote(Quote):
    """Whether what is blocked may be asked for."""

    opens: bool
