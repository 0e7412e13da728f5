"""The rules of changing a total: what is asked for, whether it may be, when it takes effect and why.

Pure functions over what is known at one instant; storage/change_total.py asks the database for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from storage import trials
from storage.errors import Refused
from storage.views import ScheduledChange, Status, SubscriptionView, When
from storage.ways_on import WayOn

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime, timedelta

    from storage.catalog import Product
    from storage.terms import Period, Terms


@dataclass(frozen=True)
class Wish:
    """A change as asked for: `by` so many or `to` a total, who gives a license up or gets one, and when.

    With no number, by one for each who gets one.
    """

    by: int | None = None
    to: int | None = None
    releases: tuple[str, ...] | None = None  # None: nobody
    assigns: tuple[str, ...] = ()  # who gets one of the licenses that are added
    when: When | None = None  # None: as soon as the rules allow

    def given_to(self, people: Sequence[str]) -> Wish:
        """The same with a license for these people alone."""
        one_each = len(people) if people and self.by is None and self.to is None else self.by
        return replace(self, by=one_each, assigns=tuple(people))

    def total(self, now: int) -> int:
        """The total that is meant, when there are `now` licenses."""
        if (self.by is None) == (self.to is None):
            raise ValueError("a change is either by a number or to a total")
        return now + self.by if self.by is not None else (self.to or 0)


@dataclass(frozen=True)
class Lot:
    """Licenses bought, or renewed, together: they can be given back until the window after `at` closes."""

    at: datetime
    licenses: int


@dataclass(frozen=True)
class Plan:
    """What will happen, before it is priced."""

    new_total: int
    when: When
    effective_on: date
    why: str
    window_closes_at: datetime | None
    returnable: int
    releasing: tuple[str, ...]  # who gives a license up
    replaces: ScheduledChange | None
    keeps: ScheduledChange | None

    def renewing(self, *, recurring: bool) -> int:
        """How many licenses the next renewal pays for."""
        if not recurring:
            return 0
        return self.keeps.total if self.keeps else self.new_total


@dataclass(frozen=True)
class Standing:
    """A subscription at one instant, with what its rules depend on."""

    view: SubscriptionView
    product: Product
    terms: Terms
    period: Period
    lots: tuple[Lot, ...]  # oldest first; only what can still be given back
    leaving: frozenset[str]  # who loses the license they hold with the scheduled change
    actor: str  # who pays for it, or a deputy

    def refuse(self, code: str, **values: str | int) -> Refused:
        """A refusal that names the product."""
        return Refused(code, product=self.view.product_name, **values)

    def returnable(self) -> int:
        """How many licenses can be given back now, for a credit."""
        return min(sum(lot.licenses for lot in self.lots), self.view.total)

    def window_closes_at(self, licenses: int) -> datetime | None:
        """Until when so many can be given back: the newest go first, the oldest of them decides."""
        for lot in reversed(self.lots):
            licenses -= lot.licenses
            if licenses <= 0:
                return lot.at + self.terms.return_window
        return None


def lots(
    *, total: int, changes: Sequence[tuple[datetime, int]], began: datetime, now: datetime, window: timedelta
) -> tuple[Lot, ...]:
    """What can still be given back, oldest first.

    `changes` are the ledger's deltas within the window, oldest first; what was given back since was the newest.
    `began` is when the period was paid for: a renewal buys everything anew.
    """
    bought: list[Lot] = []
    for at, delta in changes:
        if delta > 0:
            bought.append(Lot(max(at, began), delta))
        else:
            bought = _without_newest(bought, -delta)
    bought = _without_newest(bought, max(sum(lot.licenses for lot in bought) - total, 0))
    if now < began + window:
        rest = total - sum(lot.licenses for lot in bought)
        bought = [Lot(began, rest), *bought] if rest else bought
    return tuple(lot for lot in bought if now < lot.at + window)


def _without_newest(bought: list[Lot], licenses: int) -> list[Lot]:
    kept: list[Lot] = []
    for lot in reversed(bought):
        taken = min(lot.licenses, licenses)
        licenses -= taken
        if lot.licenses > taken:
            kept.insert(0, Lot(lot.at, lot.licenses - taken))
    return kept


def plan(standing: Standing, wish: Wish, today: date) -> Plan:
    """What the wish comes to. Raises Refused, with the product and the numbers that explain it."""
    view = standing.view
    _check_active(standing, today)
    new_total = wish.total(view.total)
    _check_number(standing, new_total)
    if new_total > view.total:
        return _increase(standing, new_total, wish, today)
    _check_nobody_gets_one(wish)
    if _may_be_now(standing, new_total, wish):
        return _reduce_now(standing, new_total, _releasing(standing, new_total, wish), today)
    _check_later(standing, new_total)
    return _later(standing, new_total, _releasing(standing, new_total, wish), wish)


def _check_active(standing: Standing, today: date) -> None:
    if standing.view.trial:
        over = standing.view.status is not Status.ACTIVE or today >= standing.period.end
        raise trials.had(standing.product) if over else trials.keeps_its_total(standing.product, standing.view)
    if standing.view.status is not Status.ACTIVE:
        raise standing.refuse("not_active", status=standing.view.status.value)
    if today >= standing.period.end:  # the renewal has not come: nothing is paid for from here on
        raise standing.refuse("not_active", status=Status.EXPIRED.value)


def _check_number(standing: Standing, new_total: int) -> None:
    if new_total < standing.product.min_licenses:
        raise standing.refuse("at_least_one")
    if new_total > standing.product.max_licenses:
        raise standing.refuse("above_maximum", maximum=standing.product.max_licenses)
    if new_total == standing.view.total:
        raise standing.refuse("no_change", total=new_total)
    if new_total > standing.view.total and standing.view.unpaid:
        raise standing.refuse("unpaid")


def _releasing(standing: Standing, new_total: int, wish: Wish) -> tuple[str, ...]:
    needed = max(standing.view.assigned - new_total, 0)
    if needed > len(wish.releases or ()):
        assigned = standing.view.assigned
        raise standing.refuse("below_assigned", assigned=assigned, lowest=assigned, to_free=needed)
    if needed > standing.terms.max_batch:
        raise standing.refuse("too_many_people")
    return (wish.releases or ())[:needed]


def _increase(standing: Standing, new_total: int, wish: Wish, today: date) -> Plan:
    if wish.when is When.RENEWAL:
        if wish.assigns:
            raise standing.refuse("assign_later")
        _check_later(standing, new_total)
        return _later(standing, new_total, (), wish)
    if len(wish.assigns) > standing.terms.max_batch:
        raise standing.refuse("too_many_people")
    free = new_total - standing.view.assigned
    if len(wish.assigns) > free:
        raise standing.refuse("not_enough", lacking=len(wish.assigns) - free, free=free)
    returnable = standing.returnable()
    replaces, keeps = scheduled_after(standing, new_total, wish.assigns)
    closes_at = standing.window_closes_at(returnable)
    return Plan(new_total, When.NOW, today, "increase_now", closes_at, returnable, (), replaces, keeps)


def _check_nobody_gets_one(wish: Wish) -> None:
    if wish.assigns:
        raise ValueError("licenses are handed out with an increase only")


def _may_be_now(standing: Standing, new_total: int, wish: Wish) -> bool:
    """Whether a reduction takes effect at once. Raises Refused where that is wished and cannot be."""
    if wish.when is When.RENEWAL:
        return False
    view, returnable = standing.view, standing.returnable()
    within = view.total - new_total <= returnable
    if wish.when is When.NOW and not within and view.recurring:
        raise standing.refuse("not_now", until=view.period_end.isoformat(), returnable=returnable)
    return within


def _reduce_now(standing: Standing, new_total: int, releasing: tuple[str, ...], today: date) -> Plan:
    closes_at = standing.window_closes_at(standing.view.total - new_total)
    replaces, keeps = scheduled_after(standing, new_total, (), releasing)
    returnable = standing.returnable()
    return Plan(new_total, When.NOW, today, "within_window", closes_at, returnable, releasing, replaces, keeps)


def _check_later(standing: Standing, new_total: int) -> None:
    """What waits for the renewal needs one, and says something new."""
    view, scheduled = standing.view, standing.view.scheduled
    if not view.recurring:
        mine = standing.actor == view.purchaser.id
        way = {"way": WayOn.RENEW.value} if mine else {"way": WayOn.OWNER.value, "owner": view.purchaser.name}
        raise standing.refuse("recurring_off", until=view.period_end.isoformat(), **way)
    if scheduled and scheduled.total == new_total:
        raise standing.refuse("already_scheduled", total=scheduled.total, date=scheduled.on.isoformat())


def _later(standing: Standing, new_total: int, releasing: tuple[str, ...], wish: Wish) -> Plan:
    view, returnable = standing.view, standing.returnable()
    return Plan(
        new_total,
        When.RENEWAL,
        view.period_end,
        "as_wished" if wish.when is When.RENEWAL else "outside_window",
        standing.window_closes_at(returnable),
        returnable,
        releasing,
        replaces=view.scheduled,
        keeps=None,
    )


def scheduled_after(
    standing: Standing, new_total: int, coming: tuple[str, ...], releasing: tuple[str, ...] = ()
) -> tuple[ScheduledChange | None, ScheduledChange | None]:
    """Whether a change now puts the scheduled one aside, or lets it stay: (replaces, keeps)."""
    scheduled = standing.view.scheduled
    if scheduled is None:
        return None, None
    smaller = scheduled.total < standing.view.total
    still_so = scheduled.total < new_total if smaller else scheduled.total > new_total
    stays = still_so and _fits(standing, scheduled, coming, releasing)
    return (None, scheduled) if stays else (scheduled, None)


def _fits(standing: Standing, scheduled: ScheduledChange, coming: tuple[str, ...], releasing: tuple[str, ...]) -> bool:
    """Whether the scheduled total has a license for everyone who keeps theirs until then."""
    staying = standing.view.assigned + len(coming) - len(standing.leaving.union(releasing))
    return scheduled.total >= staying
