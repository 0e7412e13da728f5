"""What the record must answer, worked out again from the design with lists and fractions instead of SQL."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from storage.views import Actor, When

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

WINDOW = timedelta(days=7)
GOOD_FOR = timedelta(minutes=15)
LONGEST_LIST = 20


class No(Exception):
    """A refusal by this code."""


@dataclass(frozen=True)
class Wish:
    """What is asked for: `by` so many or `to` a total, who gives a license up, and when (None: not said)."""

    by: int | None = None
    to: int | None = None
    release: tuple[str, ...] | None = None
    when: When | None = None

    def total(self, now: int) -> int:
        return now + self.by if self.by is not None else (self.to or 0)


@dataclass(frozen=True)
class Scheduled:
    """The change that waits for the renewal, and who loses a license with it."""

    total: int
    leaving: tuple[str, ...]


@dataclass(eq=False)
class Paid:
    """Licenses bought together: when, for how much each a period, and the cents that are left of what was paid."""

    at: datetime
    price: int
    left: int
    unpaid: bool = False


@dataclass
class Bought:
    """One subscription: what every license was bought with, newest last, and who holds one."""

    tenant: str
    purchaser: str
    price: int  # cents, one license and one period
    maximum: int
    licenses: list[Paid]
    holders: set[str]
    start: date
    end: date
    recurring: bool = True
    unpaid: bool = False
    card: str | None = "sandbox:works"
    owed: int = 0
    scheduled: Scheduled | None = None
    deputies: set[str] = field(default_factory=set)
    changes: int = 0

    @property
    def total(self) -> int:
        return len(self.licenses)

    def share(self, price: int, licenses: int, today: date) -> int:
        """What so many licenses cost for the rest of the period, to the nearest cent, half a cent up."""
        days = (self.end - self.start).days
        return int(Fraction(price * licenses * (self.end - today).days, days) + Fraction(1, 2))

    def worth(self, total: int, today: date) -> dict[Paid, int]:
        """The cents that go back of each purchase, when so many licenses stay: never more than are left of it."""
        given_back = Counter(self.licenses[total:])
        return {paid: min(self.share(paid.price, n, today), paid.left) for paid, n in given_back.items()}

    def too_many_stay(self, give: Sequence[str], take: Sequence[str]) -> bool:
        """Whether more people would keep a license than the scheduled change leaves, so that nobody is given one."""
        if self.scheduled is None or not give:
            return False
        return len(self.holders - {*self.scheduled.leaving, *take}) + len(give) > self.scheduled.total


@dataclass(frozen=True)
class Offer:
    """What a card shows, with what is remembered to see whether it still holds."""

    actor: Actor
    subscription: str
    wish: Wish
    old: int
    new: int
    when: When
    amounts: tuple[int, int, int, int]  # due now, next invoice, each period, net
    releases: tuple[str, ...]
    replaces: bool
    changes: int
    price: int
    expires: datetime


@dataclass(frozen=True)
class End:
    """How an offer ended: its status, the code of a refusal, and the offer made instead."""

    status: str
    code: str | None = None
    instead: Offer | None = None


@dataclass
class Model:
    """The rules over everything there is, at a time that the machine moves."""

    bought: dict[str, Bought]
    members: set[Actor]
    admins: set[Actor]
    zone: ZoneInfo
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def may_change(self, actor: Actor, subscription: str) -> bool:
        this = self.bought[subscription]
        allowed = {this.purchaser, *this.deputies}
        return actor in self.members and actor.tenant == this.tenant and actor.person in allowed

    def authorise(self, actor: Actor, subscription: str) -> None:
        if actor.tenant not in {this.tenant for this in self.bought.values()}:
            raise No("not_a_member")
        if actor.tenant != self.bought[subscription].tenant:
            raise No("unknown_subscription")
        if actor not in self.members:
            raise No("not_a_member")
        if not self.may_change(actor, subscription):
            raise No("not_yours" if actor in self.admins else "unknown_subscription")

    def draw(self, actor: Actor, subscription: str, wish: Wish) -> Offer:
        """The offer, or No with the reason that is named first."""
        self.authorise(actor, subscription)
        this, today = self.bought[subscription], self.today
        new = wish.total(this.total)
        self._check(this, new)
        when = self._when(this, new, wish)
        leaving = () if new > this.total else _leaving(this, new, wish)
        keeps = when is When.NOW and _stays(this, new, leaving)
        moved = _moved(this, new, today) if when is When.NOW else 0
        amounts = _amounts(this, new, moved, this.scheduled.total if keeps and this.scheduled else new)
        if amounts[0] and this.card is None:
            raise No("no_payment_method")
        if any(person not in this.holders for person in (wish.release or ()) if leaving):
            raise No("holds_no_license")
        return Offer(
            actor=actor,
            subscription=subscription,
            wish=wish,
            old=this.total,
            new=new,
            when=when,
            amounts=amounts,
            releases=leaving,
            replaces=this.scheduled is not None and not keeps,
            changes=this.changes,
            price=this.price,
            expires=self.now + GOOD_FOR,
        )

    def commit(self, offer: Offer) -> End:
        """How the offer ends now; what is done is done to this model as well."""
        if self.now > offer.expires:
            return End("expired", "quote_expired")
        try:
            return self._commit(offer)
        except No as no:
            return End("refused", str(no))

    def _commit(self, offer: Offer) -> End:
        if offer.actor not in self.members:
            raise No("not_a_member")
        if not self.may_change(offer.actor, offer.subscription):
            raise No("not_allowed")
        this = self.bought[offer.subscription]
        if (this.changes, this.price) != (offer.changes, offer.price) or not _schedule_holds(this, offer):
            return End("void", "quote_changed", self.draw(offer.actor, offer.subscription, offer.wish))
        if len(this.holders) - len(offer.releases) > offer.new:
            raise No("below_assigned")
        if offer.when is When.NOW and not this.holders.issuperset(offer.releases):
            raise No("holds_no_license")
        if offer.amounts[0] and this.card != "sandbox:works":
            raise No("payment_declined" if this.card else "no_payment_method")
        self._do(this, offer)
        return End("done")

    def _do(self, this: Bought, offer: Offer) -> None:
        this.changes += 1
        if offer.when is When.RENEWAL:
            this.scheduled = Scheduled(offer.new, offer.releases)
            return
        this.scheduled = None if offer.replaces else this.scheduled
        for paid, cents in this.worth(offer.new, self.today).items():
            paid.left -= cents
        bought = Paid(self.now, offer.price, offer.amounts[0])
        this.licenses = [*this.licenses[: offer.new], *[bought] * (offer.new - offer.old)]
        this.holders -= set(offer.releases)
        this.owed += max(-offer.amounts[3], 0)

    def _check(self, this: Bought, new: int) -> None:
        if self.today >= this.end:
            raise No("not_active")
        if new < 1:
            raise No("at_least_one")
        if new > this.maximum:
            raise No("above_maximum")
        if new == this.total:
            raise No("no_change")
        if new > this.total and this.unpaid:
            raise No("unpaid")

    def _when(self, this: Bought, new: int, wish: Wish) -> When:
        """At once, if it can be and is not wished otherwise; at the renewal if there is one, and it would be news."""
        returnable = all(self.now < paid.at + WINDOW for paid in this.licenses[new:])
        if wish.when is not When.RENEWAL and (new > this.total or returnable):
            return When.NOW
        if not this.recurring:
            raise No("recurring_off")
        if wish.when is When.NOW:
            raise No("not_now")
        if this.scheduled and this.scheduled.total == new:
            raise No("already_scheduled")
        return When.RENEWAL


def _moved(this: Bought, new: int, today: date) -> int:
    """Cents: for more licenses at the price of today, for fewer what was paid for them."""
    if new > this.total:
        return this.share(this.price, new - this.total, today)
    if any(paid.unpaid for paid in this.licenses[new:]):
        raise No("nothing_to_credit")
    return sum(this.worth(new, today).values())


def _leaving(this: Bought, new: int, wish: Wish) -> tuple[str, ...]:
    """Who has to give a license up: the first of those named, as many as hold more than there will be."""
    needed = max(len(this.holders) - new, 0)
    if needed > len(wish.release or ()):
        raise No("below_assigned")
    if needed > LONGEST_LIST:
        raise No("too_many_people")
    return (wish.release or ())[:needed]


def _stays(this: Bought, new: int, leaving: tuple[str, ...]) -> bool:
    """Whether the scheduled change is still one in the same direction, with a license for everyone who keeps theirs."""
    if this.scheduled is None or not _has_room(this, set(leaving)):
        return False
    fewer = this.scheduled.total < this.total
    return this.scheduled.total < new if fewer else this.scheduled.total > new


def _schedule_holds(this: Bought, offer: Offer) -> bool:
    """Whether the scheduled change stays or goes as was shown: who got a license meanwhile may need another end."""
    if offer.when is When.RENEWAL or this.scheduled is None:
        return True
    return offer.replaces is not _stays(this, offer.new, offer.releases)


def _has_room(this: Bought, leaving: set[str]) -> bool:
    assert this.scheduled is not None
    return len(this.holders - leaving - set(this.scheduled.leaving)) <= this.scheduled.total


def _amounts(this: Bought, new: int, moved: int, renewing: int) -> tuple[int, int, int, int]:
    more = new > this.total
    each = this.price * renewing if this.recurring else 0
    owed = this.owed + (0 if more else moved)
    return (moved if more else 0, max(each - owed, 0), each, moved if more else -moved)
