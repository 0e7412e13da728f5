"""Why one invoice, or one month, differs from the one before: split into causes, each tied to its change."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, assert_never

from storage.billed import billed, ended, totals_changed
from storage.errors import Refused
from storage.invoice_views import Cause, CauseKind, Explanation
from storage.models import LineKind
from storage.money import Money
from storage.terms import local_day
from storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.billed import Billed, Change
    from storage.catalog import Catalog
    from storage.clock import Clock
    from storage.database import Database
    from storage.rights import Rights
    from storage.views import Actor

WHOLE = (LineKind.PURCHASE, LineKind.RENEW)  # pay for a whole period of a subscription
Days = tuple["date", "date"]  # from, to: both included
Lines = list["Billed"]


@dataclass(frozen=True)
class Explanations:
    """Explains to whoever pays; nobody learns anything of what others pay."""

    _database: Database
    _clock: Clock
    _catalog: Catalog
    _rights: Rights

    async def of_invoice(self, actor: Actor, number: str) -> Explanation | None:
        """Why it is not what the invoice before it was: the latest one for a whole period of the same subscriptions.

        What was charged or given back in between stands for itself, and so does what is bought: there is none before.
        None for a number that is not the actor's own.
        """

        def sides(_: Transaction, lines: Lines) -> tuple[Lines, Lines]:
            this = [each for each in lines if each.invoice.number == number]
            return this, _invoices_before(this, lines)

        found = await self._explained(actor, sides)
        return found[0] if found else None

    async def of_days(self, actor: Actor, these: Days, before: Days) -> list[Explanation]:
        """Why all invoices of these days come to another sum than those of the days before; one for each currency."""

        def sides(tx: Transaction, lines: Lines) -> tuple[Lines, Lines]:
            return _issued(tx, lines, these), _issued(tx, lines, before)

        return await self._explained(actor, sides)

    async def _explained(
        self, actor: Actor, sides: Callable[[Transaction, Lines], tuple[Lines, Lines]]
    ) -> list[Explanation]:
        async def question(session: AsyncSession) -> list[Explanation]:
            try:
                tx = await Transaction.of(session, actor, self._clock.now())
                await self._rights.member(tx)
            except Refused:
                return []
            lines = await billed(tx)
            return [
                await _Comparison.of(tx, self._catalog, lines, this, before).explanation()
                for this, before in _by_currency(*sides(tx, lines))
            ]

        return await self._database.read(question)


@dataclass(frozen=True)
class _Comparison:
    """The lines of two sides in one currency, and all that the record knows around them."""

    tx: Transaction
    catalog: Catalog
    this: Lines
    before: Lines
    periods: dict[tuple[str, int], int]  # how many days each period has that was paid for

    @classmethod
    def of(cls, tx: Transaction, catalog: Catalog, lines: Lines, this: Lines, before: Lines) -> _Comparison:
        periods = {(each.subscription, each.period_number): each.days for each in lines if each.kind in WHOLE}
        return cls(tx, catalog, this, before, periods)

    async def explanation(self) -> Explanation:
        subscriptions = {each.subscription for each in chain(self.this, self.before)}
        changes = await totals_changed(self.tx, subscriptions)
        over = await ended(self.tx, subscriptions)
        numbers, earlier = _numbers(self.this), _numbers(self.before)
        causes = [*self._whole_periods(changes, over), *self._once(), *self._tax()]
        return Explanation(
            total=_total(self.this, self._currency),
            before=_total(self.before, self._currency),
            causes=tuple(cause for cause in causes if cause.amount),
            number=numbers[0] if len(numbers) == 1 else "",
            before_number=earlier[0] if len(earlier) == 1 else "",
        )

    @property
    def _currency(self) -> str:
        return (self.this or self.before)[0].invoice.currency

    # -- whole periods -----------------------------------------------------------------------------------------

    def _whole_periods(self, changes: dict[str, list[Change]], over: dict[str, Change]) -> Iterator[Cause]:
        """Period against period of the same subscription, the latest of each side first; the rest has no pair."""
        now, then = _of_each_subscription(self.this), _of_each_subscription(self.before)
        for subscription in dict.fromkeys((*now, *then)):
            new, old = now[subscription], then[subscription]
            pairs = min(len(new), len(old))
            for one, other in zip(new[:pairs], old[:pairs], strict=True):
                yield from self._difference(one, other, changes.get(subscription, []))
            yield from (self._unpaired(each) for each in new[pairs:])
            yield from (self._no_more(each, over.get(subscription)) for each in old[pairs:])

    def _difference(self, new: Billed, old: Billed, changes: list[Change]) -> Iterator[Cause]:
        since, until = _charged_after(changes, old), _charged_after(changes, new)
        if since is None or until is None:
            more = new.line.quantity - old.line.quantity
            licenses = [Cause(CauseKind.UNTRACED, old.unit_price * more, self._name(new), more)]
        else:
            licenses = [self._licenses(new, old, each) for each in changes[since:until]]
        price = (new.unit_price - old.unit_price) * new.line.quantity
        rest = new.amount - old.amount - price - _sum(licenses, self._currency)
        yield from licenses
        yield Cause(
            CauseKind.PRICE,
            price,
            self._name(new),
            new.line.quantity,
            on=new.line.period_start,
            price=new.unit_price,
            old_price=old.unit_price,
        )
        yield Cause(CauseKind.UNTRACED, rest, self._name(new))

    def _licenses(self, new: Billed, old: Billed, change: Change) -> Cause:
        kind, amount = CauseKind.LICENSES, old.unit_price * change.delta
        return Cause(kind, amount, self._name(new), change.delta, change.on, change.by, price=old.unit_price)

    def _unpaired(self, new: Billed) -> Cause:
        bought = new.kind is LineKind.PURCHASE
        kind, by = (CauseKind.NEW, new.change.by) if bought else (CauseKind.PERIOD, "")
        on, count = new.line.period_start, new.line.quantity
        return Cause(kind, new.amount, self._name(new), count, on, by, price=new.unit_price)

    def _no_more(self, old: Billed, over: Change | None) -> Cause:
        """A period that was charged in the one before only: it has ended since, or its next one is not due yet."""
        has_ended = over is not None and over.at >= old.change.at
        kind = CauseKind.ENDED if has_ended else CauseKind.PERIOD
        on, by = (over.on, over.by) if over is not None and has_ended else (old.line.period_start, "")
        return Cause(kind, -old.amount, self._name(old), old.line.quantity, on, by, earlier=True, price=old.unit_price)

    # -- what is on one of the two only ------------------------------------------------------------------------

    def _once(self) -> Iterator[Cause]:
        for side, earlier in ((self.this, False), (self.before, True)):
            for each in side:
                kind = _kind_of_once(each.kind)
                if kind is not None:
                    yield self._of_itself(each, kind, earlier=earlier)

    def _of_itself(self, each: Billed, kind: CauseKind, *, earlier: bool) -> Cause:
        return Cause(
            kind,
            -each.amount if earlier else each.amount,
            self._name(each),
            each.line.quantity,
            each.change.on,
            each.change.by,
            earlier,
            price=each.unit_price,
            days=each.days,
            days_in_period=self.periods.get((each.subscription, each.period_number), each.days),
        )

    def _tax(self) -> Iterator[Cause]:
        amount = _taxed(self.this) - _taxed(self.before)
        yield Cause(CauseKind.TAX, Money(amount, self._currency))

    def _name(self, each: Billed) -> str:
        return self.catalog.product(each.product_id).name


def _charged_after(changes: list[Change], period: Billed) -> int | None:
    """How many of the changes had happened when the period was charged, the same total and instant tell; None: none do.

    Changes can have the instant of the charge, and be of its own operation or not.
    """
    at, totals = period.change.at, [0, *(each.total_after for each in changes)]
    found = [
        count
        for count, total in enumerate(totals)
        if total == period.line.quantity
        and all(each.at <= at for each in changes[count - 1 : count])
        and all(each.at >= at for each in changes[count : count + 1])
    ]
    return found[-1] if found else None


def _kind_of_once(kind: LineKind) -> CauseKind | None:
    """What a line is that has no like in the other invoice; None for a whole period, which may have."""
    match kind:
        case LineKind.PURCHASE | LineKind.RENEW:
            return None
        case LineKind.ADD_QUANTITY:
            return CauseKind.PRORATION
        case LineKind.REMOVE_QUANTITY | LineKind.CANCEL:
            return CauseKind.CREDIT
    assert_never(kind)


def _invoices_before(this: Lines, lines: Lines) -> Lines:
    """All lines of the invoices that each whole period of this one is compared with."""
    found: set[int] = set()
    for each in this:
        if each.kind in WHOLE:
            like = [other.invoice.sequence for other in lines if _earlier_period(other, each)]
            found.update(like[-1:])
    return [each for each in lines if each.invoice.sequence in found]


def _earlier_period(other: Billed, each: Billed) -> bool:
    earlier = other.invoice.sequence < each.invoice.sequence
    return earlier and other.kind in WHOLE and other.subscription == each.subscription


def _issued(tx: Transaction, lines: Lines, days: Days) -> Lines:
    return [each for each in lines if days[0] <= local_day(each.invoice.issued_at, tx.zone) <= days[1]]


def _by_currency(this: Lines, before: Lines) -> Iterator[tuple[Lines, Lines]]:
    for currency in dict.fromkeys(each.invoice.currency for each in (*this, *before)):
        yield _in(this, currency), _in(before, currency)


def _in(lines: Lines, currency: str) -> Lines:
    return [each for each in lines if each.invoice.currency == currency]


def _of_each_subscription(lines: Lines) -> defaultdict[str, Lines]:
    """The whole periods of each, the latest first."""
    found: defaultdict[str, Lines] = defaultdict(list)
    for each in reversed(lines):
        if each.kind in WHOLE:
            found[each.subscription].append(each)
    return found


def _numbers(lines: Lines) -> Sequence[str]:
    return list(dict.fromkeys(each.invoice.number for each in lines))


def _total(lines: Lines, currency: str) -> Money:
    totals = {each.invoice.sequence: each.invoice.total for each in lines}
    return Money(sum(totals.values()), currency)


def _taxed(lines: Lines) -> int:
    return sum({each.invoice.sequence: each.invoice.tax for each in lines}.values())


def _sum(causes: Iterable[Cause], currency: str) -> Money:
    return Money(sum(cause.amount.amount for cause in causes), currency)
