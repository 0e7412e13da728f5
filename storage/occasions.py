"""What people may want to hear of before it comes: a renewal, the end of a window, a card that runs out."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, or_, select

from storage import billing
from storage.errors import Refused
from storage.models import LedgerEntry, PaymentMethod, ScheduledTotal, Subscription
from storage.terms import local_midnight
from storage.views import Status, Term

if TYPE_CHECKING:
    from storage.catalog import Catalog
    from storage.models.columns import Json
    from storage.terms import Terms
    from storage.transaction import Transaction

ONCE, AGAIN = 1, 2


@dataclass(frozen=True)
class Occasion:
    """One thing to be told to one person, for the first or the second `time`; `about` tells it from all others."""

    tenant: str
    person: str
    kind: str
    about: str
    time: int
    subscription: Subscription | None
    payload: Json


# How long before it people hear of something, and how long before it once more: our own choice. A week's quiet after
# the first of a renewal still ends before it.
RENEWAL: Final = {Term.MONTH: timedelta(days=10), Term.YEAR: timedelta(days=30)}
RENEWAL_AGAIN: Final = timedelta(days=3)
WINDOW, WINDOW_AGAIN = timedelta(days=2), timedelta(days=1)
CARD, CARD_AGAIN = timedelta(days=30), timedelta(days=7)
GOING_ON: Final = and_(
    Subscription.status == Status.ACTIVE,
    Subscription.recurring,
    Subscription.unpaid.is_(False),
    Subscription.trial.is_(False),
)


async def renewals(tx: Transaction, catalog: Catalog) -> list[Occasion]:
    """Renewals that are near, with what they will cost."""
    latest = tx.today + max(RENEWAL.values())
    rows = await tx.session.scalars(
        select(Subscription).where(
            Subscription.tenant == tx.tenant,
            GOING_ON,
            Subscription.period_end > tx.today,
            Subscription.period_end <= latest,
        )
    )
    near = [row for row in rows if row.period_end - tx.today <= RENEWAL[row.term]]
    return [each for row in near if (each := await _renewal(tx, catalog, row))]


async def _renewal(tx: Transaction, catalog: Catalog, row: Subscription) -> Occasion | None:
    change = await tx.session.get(ScheduledTotal, (tx.tenant, row.id))
    total = change.total if change else row.total
    try:
        price = catalog.product(row.product_id).price(row.term, tx.currency)
    except Refused:
        return None
    amount = max((price * total - await billing.open_credits(tx, row)).amount, 0)
    what = {"total": total, "assigned": row.assigned, "on": row.period_end.isoformat()}
    method = await tx.session.get(PaymentMethod, (tx.tenant, row.payment_method_id or ""))
    if method:
        what |= {"brand": method.brand, "last_four": method.last_four}
    time = AGAIN if row.period_end - tx.today <= RENEWAL_AGAIN else ONCE
    payload = {"subscription": row.id, "amount": amount, "currency": tx.currency, "time": time, **what}
    return Occasion(tx.tenant, row.purchaser_id, "renewal_near", f"{row.id}/{row.period_number}", time, row, payload)


async def windows(tx: Transaction, terms: Terms) -> list[Occasion]:
    """Windows about to close in which licenses that nobody has can still be given back for a credit."""
    since = tx.now - terms.return_window
    closing = tx.now - (terms.return_window - WINDOW)
    same = and_(LedgerEntry.tenant == Subscription.tenant, LedgerEntry.subscription_id == Subscription.id)
    unused = and_(Subscription.tenant == tx.tenant, GOING_ON, Subscription.assigned < Subscription.total)
    bought = await tx.session.execute(
        select(Subscription, LedgerEntry.at, LedgerEntry.operation_id)
        .join(LedgerEntry, same)
        .where(unused, LedgerEntry.delta > 0, LedgerEntry.at > since, LedgerEntry.at <= closing)
    )
    renewed = await tx.session.scalars(
        select(Subscription).where(
            unused,
            Subscription.period_number > Subscription.anchor_period,
            Subscription.period_start >= tx.today - terms.return_window,
        )
    )
    began = [(row, local_midnight(row.period_start, tx.zone), f"{row.id}/{row.period_number}") for row in renewed]
    lots = [*((row, at, about) for row, at, about in bought), *(lot for lot in began if since < lot[1] <= closing)]
    return [_window(tx, row, at + terms.return_window, about) for row, at, about in lots]


def _window(tx: Transaction, row: Subscription, closes: datetime, about: str) -> Occasion:
    time = AGAIN if closes - tx.now <= WINDOW_AGAIN else ONCE
    what = {"total": row.total, "assigned": row.assigned, "closes_at": closes.isoformat(), "time": time}
    payload = {"subscription": row.id, **what}
    return Occasion(tx.tenant, row.purchaser_id, "window_closes", about, time, row, payload)


async def running_out(tx: Transaction, catalog: Catalog) -> list[Occasion]:
    """Cards that run out and still pay for something, with what that is."""
    pays = and_(Subscription.tenant == PaymentMethod.tenant, Subscription.payment_method_id == PaymentMethod.id)
    latest = tx.today + CARD
    in_year = or_(PaymentMethod.expiry_year == tx.today.year, PaymentMethod.expiry_year == latest.year)
    rows = await tx.session.execute(
        select(PaymentMethod, Subscription)
        .join(Subscription, pays)
        .where(PaymentMethod.tenant == tx.tenant, GOING_ON, in_year)
        .order_by(PaymentMethod.id, Subscription.id)
    )
    paid: dict[str, tuple[PaymentMethod, list[Subscription]]] = {}
    for method, subscription in rows:
        paid.setdefault(method.id, (method, []))[1].append(subscription)
    ending = [(method, bought) for method, bought in paid.values() if tx.today <= _last_day(method) <= latest]
    return [_card(tx, catalog, method, bought) for method, bought in ending]


def _last_day(method: PaymentMethod) -> date:
    year, month = method.expiry_year, method.expiry_month
    return date(year, month, monthrange(year, month)[1])


def _card(tx: Transaction, catalog: Catalog, method: PaymentMethod, bought: list[Subscription]) -> Occasion:
    last = _last_day(method)
    time = AGAIN if last - tx.today <= CARD_AGAIN else ONCE
    names = sorted({catalog.product(each.product_id).name for each in bought})
    card = {"brand": method.brand, "last_four": method.last_four, "on": last.isoformat(), "products": names}
    about = f"{method.id}/{last.isoformat()}"
    return Occasion(tx.tenant, method.person_id, "card_expires", about, time, bought[0], {**card, "time": time})
