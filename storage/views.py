"""What comes out of the record: small frozen dataclasses named for what people see.

Instants are aware UTC datetimes; dates are days in the organisation's time zone; amounts exclude tax.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from storage.money import Money

MOST_NAMED: Final = 100  # names that are looked for at once


class Term(StrEnum):
    MONTH = "month"
    YEAR = "year"


class Status(StrEnum):
    """The life cycle of a subscription: active → expired → disabled → deleted."""

    ACTIVE = "active"
    EXPIRED = "expired"
    DISABLED = "disabled"
    DELETED = "deleted"


class When(StrEnum):
    """When a change takes effect."""

    NOW = "now"
    RENEWAL = "renewal"


class OperationStatus(StrEnum):
    """`open` is the only status that can change; the others are final (invariant I4)."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    VOID = "void"
    EXPIRED = "expired"


class Delivery(StrEnum):
    """How far a message has come. Only what is pending is tried; nothing leads away from sent."""

    PENDING = "pending"  # to be tried at `next_try_at`
    WAITING = "waiting"  # for a connection to Microsoft, or for the person to write first
    SENT = "sent"
    BLOCKED = "blocked"  # the person has blocked or removed the app
    GONE = "gone"  # the chat is no more
    UNCONFIRMED = "unconfirmed"  # sent as often as may be, and nobody said whether it arrived
    FAILED = "failed"  # refused for good, tried for days, or for somebody the record no longer knows


DESK: Final = ""  # in place of a person's id: License Desk, by itself


@dataclass(frozen=True)
class Actor:
    """Who acts: tenant and Entra object id, both from the verified activity, never from text or card data.

    What is done without anybody asking, DESK does: the one actor that is no person, and to whom no right is given.
    """

    tenant: str
    person: str


@dataclass(frozen=True)
class PersonView:
    """A person of the directory. `id` is the Entra object id; name, mail and department are display only."""

    id: str
    name: str
    mail: str
    department: str
    member: bool  # False: a guest from another organisation
    enabled: bool
    language: str | None  # what the directory says: "en" | "zh-CN"
    chosen_language: str | None = None  # what the person has asked for; it goes before everything else


@dataclass(frozen=True)
class TeamView:
    """A team of Microsoft Teams, and who leads it."""

    id: str
    name: str
    owners: tuple[PersonView, ...]


@dataclass(frozen=True)
class PaymentMethodView:
    """How something is paid: brand and last four digits are all there is."""

    brand: str
    last_four: str


@dataclass(frozen=True)
class ScheduledChange:
    """The one change that waits for the renewal."""

    total: int
    on: date


@dataclass(frozen=True)
class SubscriptionView:
    """One subscription as its purchaser sees it."""

    id: str
    product: str  # product id of the catalog
    product_name: str
    purchaser: PersonView
    total: int
    assigned: int
    term: Term
    status: Status
    recurring: bool
    unpaid: bool
    price: Money  # one license, one period
    purchased_at: datetime
    period_start: date
    period_end: date  # the day of renewal, or of expiry when recurring billing is off
    scheduled: ScheduledChange | None
    payment_method: PaymentMethodView | None
    last_used_at: datetime | None  # when its purchaser last acted on it
    trial: bool = False  # costs nothing and ends by itself
    ended_on: date | None = None  # when it expired, or was disabled since; None while it is active

    @property
    def free(self) -> int:
        return self.total - self.assigned

    @property
    def cancelled(self) -> bool:
        """Whether it ends with the period under way, or has ended."""
        return not self.recurring


@dataclass(frozen=True)
class CardView:
    """A card of one's own: how long it is good, and what it pays."""

    id: str
    method: PaymentMethodView
    good_until: date  # its last day
    expired: bool
    pays: tuple[SubscriptionView, ...]


@dataclass(frozen=True)
class BillingView:
    """Whom somebody's invoices name; `address` has lines."""

    name: str
    address: str


@dataclass(frozen=True)
class GrantView:
    """Whom a subscription is shared with: exactly one of team and deputy is set."""

    team: TeamView | None
    deputy: PersonView | None
    granted_at: datetime


@dataclass(frozen=True)
class Offer:
    """A product of the catalog for one buyer; prices are for one license and one period, None where not on sale."""

    product: str  # product id of the catalog
    name: str
    family: str
    month: Money | None
    year: Money | None
    trial: bool  # it can be tried now
    owned: int  # licenses of it that the buyer has
    why_not: str | None  # why it cannot be bought, as a code of [refused]: the policy's, no_price | trial_only


@dataclass(frozen=True)
class LicenseHolder:
    """A person who holds a license, and when it was last used (None: never)."""

    person: PersonView
    last_used_at: datetime | None


@dataclass(frozen=True)
class Seated(LicenseHolder):
    """The same with since when it is held."""

    assigned_at: datetime


@dataclass(frozen=True)
class Held:
    """A license that somebody holds: of which subscription, whose that is, since when, and when it was last used."""

    subscription: str  # id
    product: str  # product id of the catalog
    product_name: str
    purchaser: PersonView
    assigned_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class Amounts:
    """The four amounts of every quote (design: preview = commit, to the cent)."""

    due_now: Money
    next_invoice: Money
    each_period: Money
    net: Money  # what this change costs (+) or gives back (-) for the period under way


@dataclass(frozen=True, kw_only=True)
class Quote:
    """What would happen, shown to someone; its id is the single-use operation that `Operations.commit` carries out.

    What each kind of change shows besides stands in storage/quotes.py.
    """

    id: str
    quoted_at: datetime
    expires_at: datetime

    @property
    def about(self) -> SubscriptionView | None:
        """The subscription that it is about; None for what is about no single one."""
        return None

    @property
    def names(self) -> dict[str, str | int]:
        """What a refusal of it names."""
        return {"product": self.about.product_name} if self.about else {}


@dataclass(frozen=True, kw_only=True)
class SubscriptionQuote(Quote):
    """What would happen to one subscription."""

    subscription: SubscriptionView  # as it was when the quote was drawn; of a purchase, as it will be

    @property
    def about(self) -> SubscriptionView:
        return self.subscription


@dataclass(frozen=True)
class Receipt:
    """What one operation did; every delivery of the same operation gets an equal receipt."""

    quote: Quote
    invoice_number: str | None  # None: nothing was charged
    done_at: datetime
    done_by: PersonView


@dataclass(frozen=True)
class Refusal:
    """Why an operation did nothing. `code` names the sentence, `values` fill it, `quote` is the fresh one if any."""

    code: str
    values: dict[str, str | int]
    quote: Quote | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of an operation: exactly one of receipt and refusal is set once it has ended."""

    operation: str
    action: str  # the kind of change, e.g. licenses.change_total
    status: OperationStatus
    quote: Quote | None = None  # what was offered
    receipt: Receipt | None = None
    refusal: Refusal | None = None
