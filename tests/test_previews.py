"""What a card says the next invoice will be is what it is, to the cent, after whatever was done; on both databases."""

from __future__ import annotations

import os
import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.upkeep import Upkeep
from storage.errors import Refused
from storage.models import Charge, Invoice, InvoiceLine, Subscription
from storage.terms import local_midnight
from storage.verify import verify
from storage.views import When
from tests.small_company import ALICE, Company

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from storage.money import Money
    from storage.record import Record

HISTORIES = 40 if os.environ.get("SOAK") else 3
PERIODS, CHANGES = 4, 5


async def changed(company: Company, subscription: str, chance: random.Random) -> Money | None:
    """What the card of a change that somebody thinks of says of the next invoice; None for what is refused."""
    when = chance.choice([None, None, None, When.RENEWAL])
    by = chance.choice([-4, -3, -2, -1, 1, 2, 3, 7])
    try:
        quote = await company.record.licenses.quote(ALICE, subscription, by=by, when=when)
    except Refused:
        return None
    receipt = await company.does(ALICE, quote)
    charged = [each for each in await company.rows(Charge) if each.operation_id == quote.id]
    assert sum(each.amount for each in charged) == quote.amounts.due_now.amount
    assert (receipt.invoice_number is None) == (not charged)
    return quote.amounts.next_invoice


@pytest.mark.parametrize("number", range(HISTORIES))
async def test_the_next_invoice_is_what_the_last_card_said(record: Record, clock: FrozenClock, number: int) -> None:
    company, chance = await Company.in_(record), random.Random(number)
    await company.has_card()
    product = record.catalog.by_name(chance.choice(["Power BI Pro", "Visio Plan 2", "Clipchamp"])).id
    bought = await record.purchases.quote(ALICE, product, chance.randint(3, 20))
    await company.does(ALICE, bought)
    said = bought.amounts.next_invoice
    for _ in range(PERIODS):
        row: Subscription = await company.row(Subscription, "t1", bought.id)
        ends = local_midnight(row.period_end, record.timezone)
        for moment in moments(clock.now(), ends, chance):
            clock.advance(moment - clock.now())
            fresh = await changed(company, bought.id, chance)
            said = said if fresh is None else fresh
        clock.advance(ends - clock.now())
        assert await Upkeep(record.life_cycle).run() == 1
        invoices: list[Invoice] = sorted(await company.rows(Invoice), key=lambda each: each.sequence)
        assert invoices[-1].total == said.amount
        said = await as_it_goes_on(company, bought.id)
    assert sum(each.amount for each in await company.rows(InvoiceLine)) == sum(each.total for each in invoices)
    assert await verify(record) == []


def moments(begin: datetime, end: datetime, chance: random.Random) -> list[datetime]:
    """When somebody thinks of something: often in the first days, where more is possible."""
    days = [chance.choice([chance.uniform(0, 7), chance.uniform(0, (end - begin).days)]) for _ in range(CHANGES)]
    return sorted(begin + timedelta(days=each) for each in days if begin + timedelta(days=each) < end)


async def as_it_goes_on(company: Company, subscription: str) -> Money:
    """The next invoice where nobody does anything, as the reminder of it says."""
    quote = await company.record.licenses.quote(ALICE, subscription, by=1, when=When.RENEWAL)
    one_more = quote.amounts.next_invoice
    price, owed = quote.subscription.price, quote.amounts.each_period - one_more
    each_period = price * quote.subscription.total
    return each_period - owed if each_period.amount > owed.amount else each_period * 0
