"""The terms of sale: periods, windows and proration as data and arithmetic, with no database in sight."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from storage.catalog import MONTHS
from storage.money import Money
from storage.views import Amounts, Term

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Terms:
    """The numbers behind the rules. The defaults are what Microsoft publishes, our own choices are marked."""

    # Microsoft, "Cancel your subscription": 7 days; resellers count them as 168 hours
    return_window: timedelta = timedelta(hours=168)
    # Microsoft, "Manage self-service purchases": at most 20 people at a time
    max_batch: int = 20
    # Microsoft, "What happens when your subscription expires": the life cycle
    expired_for: timedelta = timedelta(days=30)
    disabled_for: timedelta = timedelta(days=90)
    # Microsoft, "Pay for your subscription": a failed charge is tried again every few days for 30 days; on which of
    # them is our own
    retried_after: tuple[timedelta, ...] = tuple(timedelta(days=days) for days in (5, 10, 15, 20, 25, 30))
    # Microsoft, "Cancel your subscription": a free trial is one month; how many licenses is our own
    trial_for: timedelta = timedelta(days=30)
    trial_licenses: int = 25
    # Microsoft, "Manage self-service license requests": requests are kept for 12 months
    request_valid_for: timedelta = timedelta(days=365)
    # our own: after which every admin may decide, too
    request_passed_on_after: timedelta = timedelta(days=3)
    # our own: who does not answer in that time has said no
    spare_valid_for: timedelta = timedelta(days=14)
    # our own: long enough to read a card and ask someone, short enough for the days left to stay the same
    quote_valid_for: timedelta = timedelta(minutes=15)

    def data_until(self, ends_on: date, *, at_once: bool, trial: bool) -> date:
        """The last day of the data of something that ends. What is cancelled at once is never expired, but disabled;
        a trial is expired, and never disabled.
        """
        if trial:
            return ends_on + self.expired_for
        return ends_on + self.disabled_for + (timedelta() if at_once else self.expired_for)

    def retry_on(self, failed: date, today: date) -> date | None:
        """The next day on which a charge that failed then is tried again; None after the last of them."""
        return next((failed + after for after in self.retried_after if failed + after > today), None)

    def given_up_on(self, failed: date) -> date:
        """The day of the last try: what cannot be paid then expires."""
        return failed + self.retried_after[-1]


@dataclass(frozen=True)
class Period:
    """One paid period in local days: from `start` until before `end`, the day of renewal."""

    number: int  # 1 is the period of the purchase
    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    def days_left(self, today: date) -> int:
        """Whole days still to run, today included; 0 once the renewal is due."""
        return min(max((self.end - today).days, 0), self.days)


def period(anchor: date, term: Term, number: int) -> Period:
    """The `number`-th period of a subscription bought on the day `anchor`.

    It is computed from the anchor and never from the period before: 31 Jan → 28 Feb → 31 Mar, not → 28 Mar.
    """
    if number < 1:
        raise ValueError(f"periods are counted from 1, not {number}")
    months = MONTHS[term]
    return Period(number, _add_months(anchor, months * (number - 1)), _add_months(anchor, months * number))


def period_on(anchor: date, term: Term, day: date) -> Period:
    """The period that covers `day`, which must not be before the anchor."""
    if day < anchor:
        raise ValueError(f"{day} is before the first period, which starts on {anchor}")
    months = (day.year - anchor.year) * 12 + day.month - anchor.month
    found = period(anchor, term, months // MONTHS[term] + 1)
    return found if found.start <= day else period(anchor, term, found.number - 1)


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The day it is for the organisation at that instant."""
    return instant.astimezone(zone).date()


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which that day begins for the organisation."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def prorated(price: Money, licenses: int, days_left: int, days: int) -> Money:
    """What `licenses` at this price cost, or give back, for the whole days left of a period; rounded once, half up."""
    return (price * licenses).share(days_left, days)


def amounts(*, net: Money, each_period: Money, open_credits: Money) -> Amounts:
    """The four amounts of a quote, without tax.

    `net` is what the change costs (+) or gives back (-) for the period under way, `each_period` what the next renewal
    costs (nothing: recurring billing is off), `open_credits` what is still owed to the purchaser. A credit waits for
    the next invoice, which it never brings below zero.
    """
    credit = max(-net.amount, 0)
    return Amounts(
        due_now=Money(max(net.amount, 0), net.currency),
        next_invoice=Money(max(each_period.amount - open_credits.amount - credit, 0), net.currency),
        each_period=each_period,
        net=net,
    )


def _add_months(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
