"""What the quotes of each kind of change show; a stored quote is read back as the kind that its action draws."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from storage.money import Money
from storage.request_views import RequestStatus, RequestView
from storage.views import (
    Amounts,
    LicenseHolder,
    PaymentMethodView,
    PersonView,
    Quote,
    ScheduledChange,
    SubscriptionQuote,
    SubscriptionView,
    TeamView,
    When,
)


class Seat(StrEnum):
    """What becomes of one person who is to get a license."""

    ASSIGNED = "assigned"
    ALREADY = "already"
    GUEST = "guest"
    DISABLED = "disabled"


@dataclass(frozen=True)
class SeatResult:
    person: PersonView
    seat: Seat


@dataclass(frozen=True, kw_only=True)
class ChangeQuote(SubscriptionQuote):
    """Another total: now or at the renewal, and who gives a license up or gets one with it."""

    old_total: int
    new_total: int
    when: When
    effective_on: date
    why: str  # increase_now | within_window | outside_window | as_wished: why it takes effect then
    window_closes_at: datetime | None  # end of the 7 days in which licenses can be given back, when inside
    returnable: int  # licenses that can still be given back now (0 outside the window)
    days_left: int  # whole days of the period still to run, of `days_in_period`
    days_in_period: int
    amounts: Amounts
    payment_method: PaymentMethodView | None
    releases: tuple[LicenseHolder, ...]  # who gives a license up as part of the change
    assigns: tuple[PersonView, ...] = ()  # who gets one of the licenses as part of the change
    left_out: tuple[SeatResult, ...] = ()  # who was named and gets none, with the reason
    replaces: ScheduledChange | None  # the scheduled change this one puts aside
    keeps: ScheduledChange | None  # the scheduled change that stays
    spare: int = 0  # where licenses are added: those of this product that others pay for and nobody uses

    @property
    def change(self) -> int:
        return self.new_total - self.old_total


@dataclass(frozen=True, kw_only=True)
class PurchaseQuote(SubscriptionQuote):
    """A new subscription. Its id will be the operation's."""

    amounts: Amounts
    payment_method: PaymentMethodView | None  # None: a trial, for which nothing is charged
    method: str | None = None  # its id, since two cards may have the same last four
    other_methods: int  # how many more payment methods the buyer has
    trial_ends: date | None  # set for a trial: the day it ends by itself, unless it is bought
    assigns: tuple[PersonView, ...] = ()  # who gets one of the licenses at once
    left_out: tuple[SeatResult, ...] = ()  # who was named and gets none, with the reason
    owned: int = 0  # licenses of this product the buyer has already
    request: RequestView | None = None  # whose request is approved by it
    spare: int = 0  # licenses of this product that others pay for and nobody uses


@dataclass(frozen=True, kw_only=True)
class SeatsQuote(SubscriptionQuote):
    """Licenses handed out, taken back, or both: then they move from the one to the other."""

    gives: tuple[SeatResult, ...]
    takes: tuple[LicenseHolder, ...]
    free: int  # licenses that nobody holds after this

    @property
    def given(self) -> tuple[PersonView, ...]:
        """Who really gets a license."""
        return tuple(each.person for each in self.gives if each.seat is Seat.ASSIGNED)


@dataclass(frozen=True, kw_only=True)
class CancelQuote(SubscriptionQuote):
    """The end of a subscription: at once with a refund within the window, else when its term ends."""

    when: When
    ends_on: date  # the first day without it
    last_paid_day: date
    data_until: date  # its data is deleted after this day
    window_closes_at: datetime | None  # until when it could have been, or can be, cancelled at once
    refund: Money  # what goes back to the payment method; zero at the term's end
    payment_method: PaymentMethodView | None
    loses: tuple[LicenseHolder, ...]  # who loses a license when it ends
    drops: ScheduledChange | None  # the scheduled change that will not happen
    reason: str  # one of the eight codes
    feedback: str  # verbatim
    waived: Money | None = None  # what was never paid, and need not be any more; None in quotes of an earlier release
    still_open: Money | None = None  # what was used and never paid, which is owed


class Renewal(StrEnum):
    """What is decided about how a subscription goes on."""

    ON = "on"  # recurring billing on; also takes a cancellation back
    OFF = "off"  # recurring billing off: it ends with its term
    REACTIVATE = "reactivate"  # from expired or disabled: a new period is paid for now
    KEEP_TOTAL = "keep_total"  # the scheduled reduction is dropped


@dataclass(frozen=True, kw_only=True)
class RenewalQuote(SubscriptionQuote):
    """How the subscription goes on after its term, or goes on at all."""

    renewal: Renewal
    amounts: Amounts
    ends_on: date | None  # OFF: the first day without it
    renews_on: date | None = None  # REACTIVATE: the day after the period that begins now
    drops: ScheduledChange | None  # the scheduled change that will not happen
    payment_method: PaymentMethodView | None


@dataclass(frozen=True, kw_only=True)
class ShareQuote(SubscriptionQuote):
    """A right given or taken back: to a team, whose owners may assign, or to a named deputy."""

    team: TeamView | None
    deputy: PersonView | None
    withdraws: bool


@dataclass(frozen=True, kw_only=True)
class PayQuote(SubscriptionQuote):
    """What is open of the period under way, paid now."""

    amounts: Amounts
    invoice: str  # the number of the invoice that is open
    payment_method: PaymentMethodView | None
    method: str  # its id, since two cards may have the same last four; it pays what comes, too
    other_methods: int  # how many more payment methods the payer has
    goes_on: bool  # it had expired, and is active again for the rest of its period


@dataclass(frozen=True, kw_only=True)
class SwitchQuote(SubscriptionQuote):
    """Another card that pays from now on."""

    others: tuple[SubscriptionView, ...]  # what else it pays for, where it is for all
    payment_method: PaymentMethodView
    method: str  # its id
    former: str | None  # the id of the card that pays for all of it now; None for several, or none


@dataclass(frozen=True, kw_only=True)
class RequestQuote(Quote):
    """A request for licenses that somebody else decides about and pays for."""

    product: str  # product id of the catalog
    product_name: str
    licenses: int
    each_month: Money  # what it would cost whoever approves it
    people: tuple[PersonView, ...]  # who shall get a license
    left_out: tuple[SeatResult, ...]  # who was named and can get none, with the reason
    note: str  # verbatim
    asks: tuple[PersonView, ...]  # who is asked first
    passed_on_at: datetime  # from then on every admin may decide
    lapses_at: datetime
    asks_more: bool = True  # whether somebody else is asked then

    @property
    def names(self) -> dict[str, str | int]:
        return {"product": self.product_name}


@dataclass(frozen=True, kw_only=True)
class SpareQuote(Quote):
    """A request for one of the licenses that others pay for and nobody uses. It tells how many, and of nobody."""

    product: str  # product id of the catalog
    product_name: str
    unused: int
    owners: int  # how many people pay for them
    lapses_at: datetime

    @property
    def names(self) -> dict[str, str | int]:
        return {"product": self.product_name}


@dataclass(frozen=True, kw_only=True)
class EndRequestQuote(Quote):
    """A request withdrawn by whoever made it, or denied by whoever decides."""

    request: RequestView
    ends: RequestStatus
    note: str  # why it is denied, verbatim
    ends_it: bool = True  # False: others who have spare licenses have not said no yet

    @property
    def names(self) -> dict[str, str | int]:
        return {"product": self.request.product_name}
