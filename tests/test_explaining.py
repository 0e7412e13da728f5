"""Why an invoice or a month differs from the one before: causes that add up to the cent, each with its change."""

from __future__ import annotations

import os
import random
from contextlib import suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.upkeep import Upkeep
from storage.demo import TENANT, person_id
from storage.errors import Refused
from storage.invoice_views import CauseKind
from storage.models import LineKind
from storage.money import Money
from storage.terms import period
from storage.views import Actor, Term
from tests.bookkeeping import ANCHOR, Books, books_by_chance
from tests.small_company import ALICE, BOB, CARA, ELSEWHERE, EVAN, Company

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from storage.invoice_views import Cause, Explanation
    from storage.record import Record
    from storage.views import Quote

HANA = Actor(TENANT, person_id(21))
MONTHS = [(date(2026, month, 1), date(2026, month + 1, 1) - timedelta(days=1)) for month in range(1, 9)]


def usd(amount: int) -> Money:
    return Money(amount, "USD")


def kinds(why: Explanation) -> dict[CauseKind, int]:
    return {cause.kind: cause.amount.amount for cause in why.causes}


async def explained(record: Record, number: str, who: Actor = ALICE) -> Explanation:
    why = await record.explanations.of_invoice(who, number)
    assert why is not None
    return why


@pytest.fixture
async def books(record: Record) -> Books:
    await Company.in_(record)
    return Books(record.catalog)


async def test_licenses_added_since_are_the_cause_with_their_day_and_person(contoso: Record) -> None:
    why = await explained(contoso, "G000000023", HANA)
    assert (why.total, why.before, why.before_number) == (usd(16800), usd(11200), "G000000017")
    [cause] = why.causes
    assert (cause.kind, cause.amount, cause.licenses) == (CauseKind.LICENSES, usd(5600), 4)
    assert (cause.on, cause.by) == (date(2026, 8, 14), "Hana Suzuki")


async def test_what_was_charged_in_between_is_explained_by_itself(contoso: Record) -> None:
    why = await explained(contoso, "G000000019", HANA)
    assert (why.total, why.before, why.before_number) == (usd(2168), usd(0), "")
    [cause] = why.causes
    assert (cause.kind, cause.licenses, cause.days, cause.days_in_period) == (CauseKind.PRORATION, 4, 12, 31)


async def test_a_month_against_the_one_before(contoso: Record) -> None:
    [why] = await contoso.explanations.of_days(HANA, MONTHS[7], MONTHS[6])
    assert (why.total, why.before) == (usd(18968), usd(11200))
    assert kinds(why) == {CauseKind.LICENSES: 5600, CauseKind.PRORATION: 2168}
    [after] = await contoso.explanations.of_days(HANA, (date(2026, 9, 1), date(2026, 9, 30)), MONTHS[7])
    [once] = after.causes
    assert (once.kind, once.amount, once.earlier) == (CauseKind.PRORATION, usd(-2168), True)


async def test_a_price_a_credit_and_the_tax_are_told_apart(books: Books, record: Record) -> None:
    visio = books.subscription("Visio Plan 1", 8)
    first, second = period(ANCHOR, Term.MONTH, 1), period(ANCHOR, Term.MONTH, 2)
    bought = books.operation(visio, first.start, "subscriptions.buy")
    books.moves(visio, bought, 10, 10)
    books.invoice(first.start, first.end, books.charge(bought, LineKind.PURCHASE, 1, 10, 500, 5000), tax=950)
    given_back = books.operation(visio, date(2026, 2, 3), "licenses.change_total")
    books.moves(visio, given_back, -2, 8)
    credit = books.credit(given_back, 1, 2, 500, 893)
    renewed = books.operation(visio, second.start, "subscriptions.renew")
    charge = books.charge(renewed, LineKind.RENEW, 2, 8, 600, 4800)
    number = books.invoice(second.start, second.end, charge, credit, tax=742)
    await books.kept_in(record)
    why = await explained(record, number)
    assert why.difference == usd(4800 - 893 + 742 - 5950)
    assert kinds(why) == {
        CauseKind.LICENSES: -1000,
        CauseKind.PRICE: 800,
        CauseKind.CREDIT: -893,
        CauseKind.TAX: -208,
    }


async def test_one_that_has_ended_names_who_ended_it(books: Books, record: Record) -> None:
    visio = books.subscription("Visio Plan 1", 8)
    first = period(ANCHOR, Term.MONTH, 1)
    bought = books.operation(visio, first.start, "subscriptions.buy")
    books.moves(visio, bought, 8, 8)
    books.invoice(first.start, first.end, books.charge(bought, LineKind.PURCHASE, 1, 8, 500, 4000))
    books.operation(visio, date(2026, 2, 10), "subscriptions.cancel")
    visio.recurring = False
    await books.kept_in(record)
    [why] = await record.explanations.of_days(ALICE, MONTHS[1], MONTHS[0])
    [cause] = why.causes
    assert (cause.kind, cause.amount, cause.on, cause.by) == (CauseKind.ENDED, usd(-4000), date(2026, 2, 10), "Alice")


async def test_a_year_paid_at_once_is_no_end_a_month_later(books: Books, record: Record) -> None:
    visio = books.subscription("Visio Plan 2", 8, Term.YEAR)
    first = period(ANCHOR, Term.YEAR, 1)
    bought = books.operation(visio, first.start, "subscriptions.buy")
    books.moves(visio, bought, 8, 8)
    books.invoice(first.start, first.end, books.charge(bought, LineKind.PURCHASE, 1, 8, 5000, 40000))
    await books.kept_in(record)
    [bought_then] = await record.explanations.of_days(ALICE, MONTHS[0], (date(2025, 12, 1), date(2025, 12, 31)))
    assert kinds(bought_then) == {CauseKind.NEW: 40000}
    [not_again] = await record.explanations.of_days(ALICE, MONTHS[1], MONTHS[0])
    assert kinds(not_again) == {CauseKind.PERIOD: -40000}


async def test_what_no_change_explains_is_said_to_be_so(books: Books, record: Record) -> None:
    visio = books.subscription("Visio Plan 1", 12)
    for number, kind, licenses in ((1, LineKind.PURCHASE, 8), (2, LineKind.RENEW, 12)):
        paid = period(ANCHOR, Term.MONTH, number)
        operation = books.operation(visio, paid.start, "subscriptions.renew")
        last = books.invoice(paid.start, paid.end, books.charge(operation, kind, number, licenses, 500, 500 * licenses))
    await books.kept_in(record)
    assert kinds(await explained(record, last)) == {CauseKind.UNTRACED: 2000}


@pytest.mark.parametrize("seed", range(12))
async def test_the_causes_add_up_whatever_has_happened(record: Record, seed: int) -> None:
    await Company.in_(record)
    books = books_by_chance(record.catalog, random.Random(seed))
    await books.kept_in(record)
    why = [await explained(record, f"G{number:09d}") for number in range(1, books.issued + 1)]
    for these, before in zip(MONTHS[1:], MONTHS, strict=False):
        why += await record.explanations.of_days(ALICE, these, before)
    assert why
    for each in why:
        assert sum(cause.amount.amount for cause in each.causes) == each.difference.amount, each
        assert [cause for cause in each.causes if not traced(cause)] == [], each


def traced(cause: Cause) -> bool:
    """Whether it is tied to what it must be: a day, for everything but tax, and a person for what people do."""
    match cause.kind:
        case CauseKind.TAX:
            return True
        case CauseKind.PRICE | CauseKind.PERIOD:
            return cause.on is not None
        case CauseKind.UNTRACED:
            return False
    return cause.on is not None and cause.by == "Alice"


async def test_nobody_learns_why_somebody_else_pays(books: Books, record: Record) -> None:
    visio = books.subscription("Visio Plan 1", 8)
    first = period(ANCHOR, Term.MONTH, 1)
    bought = books.operation(visio, first.start, "subscriptions.buy")
    number = books.invoice(first.start, first.end, books.charge(bought, LineKind.PURCHASE, 1, 8, 500, 4000))
    await books.kept_in(record)
    assert await record.explanations.of_invoice(ALICE, number) is not None
    for who in (BOB, CARA, EVAN, ELSEWHERE, Actor("t3", "alice")):
        assert await record.explanations.of_invoice(who, number) is None
        assert await record.explanations.of_days(who, MONTHS[0], MONTHS[1]) == []
        assert await record.invoices.numbered(who, number) is None
        assert await record.invoices.between(who) == []


async def test_a_reduction_that_waited_for_the_renewal_is_whose_it_was(record: Record, clock: FrozenClock) -> None:
    company = await Company.in_(record)
    await company.has_card()
    power_bi = record.catalog.by_name("Power BI Pro").id
    bought = await company.does(ALICE, await record.purchases.quote(ALICE, power_bi, 20))
    subscription = bought.quote.subscription.id
    clock.advance(timedelta(days=10))
    await company.does(ALICE, await record.licenses.quote(ALICE, subscription, by=-5))
    clock.advance(timedelta(days=25))
    assert await Upkeep(record.life_cycle).run()
    [newest, *_] = await record.invoices.between(ALICE)
    why = await explained(record, newest.number)
    [cause] = why.causes
    assert (cause.kind, cause.licenses, cause.amount, cause.by) == (CauseKind.LICENSES, -5, usd(-7000), "Alice")


@pytest.mark.parametrize("seed", range(40 if os.environ.get("SOAK") else 1))
async def test_the_causes_add_up_over_what_people_and_the_clock_do(
    record: Record, clock: FrozenClock, seed: int
) -> None:
    chance, company = random.Random(seed), await Company.in_(record)
    await company.has_card()
    upkeep = Upkeep(record.life_cycle)
    for name in ("Power BI Pro", "Visio Plan 1"):
        product = record.catalog.by_name(name).id
        await company.does(ALICE, await record.purchases.quote(ALICE, product, chance.randint(2, 20)))
    for _ in range(40):
        clock.advance(timedelta(days=chance.randint(0, 6), hours=chance.randint(1, 20)))
        while await upkeep.run():
            pass
        await something_is_done(record, chance)
    invoices = await record.invoices.between(ALICE)
    why = [await explained(record, each.number) for each in invoices]
    month = date(2026, 11, 1)
    while month < clock.now().date():
        before = month - timedelta(days=31), month - timedelta(days=1)
        why += await record.explanations.of_days(ALICE, (month, month + timedelta(days=30)), before)
        month += timedelta(days=31)
    assert len(why) > len(invoices) > 5
    for each in why:
        assert sum(cause.amount.amount for cause in each.causes) == each.difference.amount, each
        assert [cause for cause in each.causes if not traced(cause)] == [], each


async def something_is_done(record: Record, chance: random.Random) -> None:
    """More or fewer licenses, now or at the renewal, or once in a while the end; what is refused is not done."""
    with suppress(Refused):
        mine = await record.subscriptions.owned_by(ALICE)
        one = chance.choice(mine)
        if len(mine) > 1 and chance.random() < 0.03:
            quote: Quote = await record.cancellations.quote(ALICE, one.id, "unused")
        else:
            quote = await record.licenses.quote(ALICE, one.id, by=chance.choice((1, 2, 5, -1, -3)))
        await record.operations.commit(ALICE, quote.id)
