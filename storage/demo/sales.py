"""What Contoso has bought and paid for since, with every date counted back from today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from storage.demo.company import Given, person_id
from storage.models import LineKind
from storage.money import Money
from storage.terms import Period, local_day, local_midnight, period, period_on, prorated
from storage.views import Term

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from storage.catalog import Catalog

SHOP_OPENS = timedelta(hours=9)


@dataclass(frozen=True)
class Sale:
    """One subscription of data/contoso.toml, with its dates and its price worked out."""

    id: str
    given: Given
    purchaser: str
    product_id: str
    term: Term
    price: Money  # of one license for one period
    purchased_at: datetime
    anchor: date
    period: Period  # the one under way, or the last one

    @property
    def total(self) -> int:
        added: Given = self.given.get("added", {})
        return int(self.given["licenses"]) + int(added.get("licenses", 0))

    @property
    def ended(self) -> bool:
        return "paid_periods" in self.given

    @property
    def failing(self) -> bool:
        return bool(self.given.get("failing") and self.price)  # what costs nothing cannot fail


@dataclass(frozen=True)
class Entry:
    """Something that was charged for: licenses of one sale, in one period, from a day on."""

    sale: Sale
    kind: LineKind
    at: datetime
    licenses: int
    total_after: int
    period: Period
    since: date
    amount: Money

    @property
    def delta(self) -> int:
        return 0 if self.kind is LineKind.RENEW else self.licenses

    @property
    def captured(self) -> int:
        declined = self.sale.failing and self.period == self.sale.period
        return 0 if declined else self.amount.amount


@dataclass(frozen=True)
class Shop:
    """Works out sales from the company's file, as of `now` in its time zone."""

    given: Given
    catalog: Catalog
    now: datetime
    zone: ZoneInfo
    currency: str

    @property
    def today(self) -> date:
        return local_day(self.now, self.zone)

    def sales(self) -> list[Sale]:
        """All subscriptions; in a currency that a product has no price in, it was free."""
        return [self._sale(number, given) for number, given in enumerate(self.given["subscription"], 1)]

    def entries(self, sale: Sale) -> Iterator[Entry]:
        """What was charged for a sale until now: the purchase, each renewal, added licenses."""
        total = sale.given["licenses"]
        for number in range(1, sale.period.number + 1):
            paid = period(sale.anchor, sale.term, number)
            yield self._whole_period(sale, total, paid)
            if added := self._added(sale, total, paid):
                total = added.total_after
                yield added

    def _sale(self, number: int, given: Given) -> Sale:
        product = self.catalog.by_name(given["product"])
        term = Term(given.get("term", Term.MONTH))
        anchor = self.today - timedelta(days=given["bought"])
        paid = given.get("paid_periods")
        free = Money(0, self.currency)
        return Sale(
            id=f"55555555-0000-4000-8000-{number:012d}",
            given=given,
            purchaser=person_id(self.given["cards"][given["card"]]["person"]),
            product_id=product.id,
            term=term,
            price=product.price(term, self.currency) if self.currency in product.prices else free,
            # a few minutes apart, so that invoices have an order
            purchased_at=local_midnight(anchor, self.zone) + SHOP_OPENS + timedelta(minutes=7 * number),
            anchor=anchor,
            period=period(anchor, term, paid) if paid else period_on(anchor, term, self.today),
        )

    def _whole_period(self, sale: Sale, licenses: int, paid: Period) -> Entry:
        first = paid.number == 1
        kind = LineKind.PURCHASE if first else LineKind.RENEW
        at = sale.purchased_at if first else local_midnight(paid.start, self.zone)
        return Entry(sale, kind, at, licenses, licenses, paid, paid.start, sale.price * licenses)

    def _added(self, sale: Sale, before: int, paid: Period) -> Entry | None:
        if (added := sale.given.get("added")) is None:
            return None
        day = self.today - timedelta(days=added["days_ago"])
        if not paid.start <= day < paid.end:
            return None
        more = added["licenses"]
        at = local_midnight(day, self.zone) + SHOP_OPENS
        amount = prorated(sale.price, more, paid.days_left(day), paid.days)
        return Entry(sale, LineKind.ADD_QUANTITY, at, more, before + more, paid, day, amount)
