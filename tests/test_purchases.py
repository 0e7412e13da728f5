"""Buying and trying: what is on offer, what it costs, and what begins with it, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from storage.models import (
    Assignment,
    AuditEntry,
    Charge,
    Invoice,
    InvoiceLine,
    LedgerEntry,
    OutboxMessage,
    Person,
    Subscription,
)
from storage.money import Money
from storage.quotes import PurchaseQuote, Seat
from storage.verify import verify
from storage.views import OperationStatus, PaymentMethodView, Status, Term
from tests.small_company import ALICE, BOB, CARA, ELSEWHERE, EVAN, Company, refused

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from storage.record import Record

ZERO = Money(0, "USD")


@pytest.fixture
async def company(record: Record) -> Company:
    return await Company.in_(record)


@pytest.fixture
def teams(record: Record) -> str:
    """The id of Teams Premium: $10 a month."""
    return record.catalog.by_name("Teams Premium").id


async def test_a_purchase_costs_its_whole_first_period(company: Company, record: Record, teams: str) -> None:
    await company.has_card()
    quote = await record.purchases.quote(ALICE, teams, 3)
    price = record.catalog.product(teams).price(Term.MONTH, "USD")
    four, view = quote.amounts, quote.subscription
    assert four.due_now == four.next_invoice == four.each_period == four.net == price * 3
    assert (view.total, view.assigned, view.term, view.recurring) == (3, 0, Term.MONTH, True)
    assert (view.period_start, view.period_end) == (date(2026, 11, 22), date(2026, 12, 22))
    assert (quote.payment_method, quote.other_methods) == (PaymentMethodView("Visa", "4242"), 0)
    assert (quote.trial_ends, quote.owned) == (None, 0)
    assert await record.subscriptions.owned_by(ALICE) == []  # a quote changes nothing


async def test_a_confirmed_purchase_is_in_the_books_to_the_cent(company: Company, record: Record, teams: str) -> None:
    card = await company.has_card()
    quote = await record.purchases.quote(ALICE, teams, 3, assign=["cara", "alice"], said="buy 3")
    receipt = await company.does(ALICE, quote)
    assert receipt.invoice_number == "G000000001"
    [owned] = await record.subscriptions.owned_by(ALICE)
    assert owned == quote.subscription
    assert owned.id == quote.id
    [charge], [invoice], [line] = [await company.rows(kind) for kind in (Charge, Invoice, InvoiceLine)]
    due = quote.amounts.due_now.amount
    assert (charge.kind, charge.captured, charge.payment_method_id, charge.period_number) == ("purchase", due, card, 1)
    assert (invoice.total, line.amount, line.quantity, line.unit_price * 3) == (due, due, 3, due)
    assert (line.period_start, line.period_end) == (date(2026, 11, 22), date(2026, 12, 22))
    [entry] = await company.rows(LedgerEntry)
    assert (entry.delta, entry.total_after) == (3, 3)
    assert {each.person_id for each in await company.rows(Assignment)} == {"alice", "cara"}
    [noted] = await company.rows(AuditEntry)
    assert (noted.action, noted.subscription_id, noted.said) == ("subscriptions.buy", owned.id, "buy 3")
    told = {(message.kind, message.recipient) for message in await company.rows(OutboxMessage)}
    assert told == {("fulfil", "microsoft"), ("license_given", "cara")}
    assert await verify(record) == []


async def test_what_was_bought_is_changed_like_everything_else(company: Company, record: Record, teams: str) -> None:
    await company.has_card()
    bought = await company.does(ALICE, await record.purchases.quote(ALICE, teams, 3))
    more = await record.licenses.quote(ALICE, bought.quote.id, by=2)
    await company.does(ALICE, more)
    fewer = await record.licenses.quote(ALICE, bought.quote.id, by=-4)
    await company.does(ALICE, fewer)
    assert (more.amounts.due_now, fewer.amounts.net) == (
        bought.quote.subscription.price * 2,
        -fewer.subscription.price * 4,
    )
    assert await verify(record) == []


async def test_a_second_tap_buys_nothing_more(company: Company, record: Record, teams: str) -> None:
    await company.has_card()
    quote = await record.purchases.quote(ALICE, teams, 3)
    first, second = [await record.operations.commit(ALICE, quote.id) for _ in range(2)]
    assert first == second
    assert len(await company.rows(Subscription)) == len(await company.rows(Charge)) == 1


async def test_a_year_is_twelve_months_paid_at_once(company: Company, record: Record, teams: str) -> None:
    await company.has_card()
    quote = await record.purchases.quote(ALICE, teams, 1, term=Term.YEAR)
    assert quote.amounts.due_now == record.catalog.product(teams).price(Term.MONTH, "USD") * 12
    assert quote.subscription.period_end == date(2027, 11, 22)
    await company.does(ALICE, quote)
    assert await verify(record) == []


async def test_the_card_used_last_pays_unless_another_is_chosen(company: Company, record: Record, teams: str) -> None:
    first = await company.has_card(last_four="1111")
    second = await company.has_card(last_four="2222")
    await company.has_card(CARA, last_four="3333")
    await company.does(ALICE, await record.purchases.quote(ALICE, teams, 1, method=second))
    again = await record.purchases.quote(ALICE, teams, 1)
    assert (again.payment_method, again.other_methods) == (PaymentMethodView("Visa", "2222"), 1)
    assert [method for method, _ in await record.purchases.methods(ALICE)] == [second, first]
    other = await record.purchases.quote(ALICE, teams, 1, method=first)
    await company.does(ALICE, other)
    assert {row.payment_method_id for row in await company.rows(Subscription)} == {first, second}


async def test_of_two_cards_that_look_alike_the_chosen_one_pays(company: Company, record: Record, teams: str) -> None:
    cards = {await company.has_card(), await company.has_card()}
    for chosen in cards:
        await company.does(ALICE, await record.purchases.quote(ALICE, teams, 1, method=chosen))
    assert {charge.payment_method_id for charge in await company.rows(Charge)} == cards
    assert {row.payment_method_id for row in await company.rows(Subscription)} == cards


async def test_nobody_pays_with_somebody_elses_card(company: Company, record: Record, teams: str) -> None:
    hers = await company.has_card(CARA)
    no = await refused(record.purchases.quote(ALICE, teams, 1, method=hers))
    assert (no.code, no.values) == ("no_card_to_buy_with", {"product": "Teams Premium"})


async def test_a_card_that_is_declined_buys_nothing(company: Company, record: Record, teams: str) -> None:
    await company.has_card(token="sandbox:declined", last_four="0002")
    outcome = await record.operations.commit(ALICE, (await record.purchases.quote(ALICE, teams, 1, assign=["cara"])).id)
    assert outcome.refusal is not None
    assert (outcome.refusal.code, outcome.refusal.values["last_four"]) == ("payment_declined", "0002")
    for kind in (Subscription, Charge, Invoice, LedgerEntry, Assignment, OutboxMessage):
        assert await company.rows(kind) == []
    assert await verify(record) == []


async def test_a_trial_costs_nothing_and_ends_by_itself(company: Company, record: Record, teams: str) -> None:
    quote = await record.purchases.quote(ALICE, teams, 25, trial=True, assign=["alice"])
    assert (quote.trial_ends, quote.payment_method, quote.amounts.due_now) == (date(2026, 12, 22), None, ZERO)
    assert quote.amounts.each_period == ZERO
    receipt = await company.does(ALICE, quote)
    assert receipt.invoice_number is None
    [view] = await record.subscriptions.owned_by(ALICE)
    assert (view.trial, view.recurring, view.cancelled, view.price) == (True, False, True, ZERO)
    assert view.period_end == date(2026, 12, 22)
    assert await company.rows(Charge) == []
    assert await verify(record) == []


async def test_there_is_one_trial_for_a_product_and_a_person(company: Company, record: Record, teams: str) -> None:
    twice = [await record.purchases.quote(ALICE, teams, 1, trial=True) for _ in range(2)]
    await company.does(ALICE, twice[0])
    late = await record.operations.commit(ALICE, twice[1].id)
    assert late.refusal is not None and late.refusal.code == "trial_used"
    assert (await refused(record.purchases.quote(ALICE, teams, 1, trial=True))).code == "trial_used"
    assert (await record.purchases.quote(CARA, teams, 1, trial=True)).trial_ends is not None
    assert {offer.name for offer in await record.purchases.offers(ALICE) if not offer.trial} == {"Teams Premium"}


async def test_the_licenses_of_a_trial_are_handed_out(company: Company, record: Record, teams: str) -> None:
    trial = await record.purchases.quote(ALICE, teams, 5, trial=True)
    await company.does(ALICE, trial)
    await company.does(ALICE, await record.assignments.quote(ALICE, trial.id, give=["cara"]))
    assert await verify(record) == []


async def test_the_price_list_says_what_can_be_bought_and_tried(company: Company, record: Record) -> None:
    await company.buys("Visio Plan 1", total=4)
    await company.buys("Visio Plan 1", total=2, status=Status.EXPIRED)
    offers = {offer.name: offer for offer in await record.purchases.offers(ALICE)}
    assert list(offers) == [product.name for product in record.catalog.products]
    visio, exploratory = offers["Visio Plan 1"], offers["Teams Exploratory"]
    assert visio.month is not None and visio.year == visio.month * 12
    assert (visio.owned, visio.trial, visio.why_not) == (4, True, None)
    assert (exploratory.month, exploratory.year, exploratory.trial, exploratory.why_not) == (
        None,
        None,
        True,
        "trial_only",
    )
    assert (await refused(record.purchases.offers(EVAN))).code == "not_a_member"


@pytest.mark.parametrize(
    ("product", "licenses", "wish", "code", "values"),
    [
        ("Teams Premium", 0, {}, "buy_at_least_one", {}),
        ("Teams Premium", -2, {}, "buy_at_least_one", {}),
        ("Teams Premium", 10_001, {}, "above_maximum", {"maximum": 10_000}),
        ("Teams Premium", 26, {"trial": True}, "trial_maximum", {"maximum": 25}),
        ("Teams Exploratory", 1, {}, "trial_only", {}),
        ("Teams Premium", 1, {"assign": ["alice", "cara", "bob"]}, "not_enough", {"lacking": 2, "free": 1}),
        ("Teams Premium", 30, {"assign": [f"p{n}" for n in range(21)]}, "too_many_people", {}),
    ],
)
async def test_a_purchase_that_makes_no_sense_is_refused_by_name(
    company: Company,
    record: Record,
    product: str,
    licenses: int,
    wish: dict[str, Any],
    code: str,
    values: dict[str, int],
) -> None:
    await company.has_card()
    no = await refused(record.purchases.quote(ALICE, record.catalog.by_name(product).id, licenses, **wish))
    assert (no.code, no.values) == (code, {"product": product, **values})


async def test_a_guest_gets_no_license_with_a_purchase(company: Company, record: Record, teams: str) -> None:
    await company.has_card()
    no = await refused(record.purchases.quote(ALICE, teams, 2, assign=["evan"]))
    assert (no.values["product"], no.values["names"]) == ("Teams Premium", "Evan")
    quote = await record.purchases.quote(ALICE, teams, None, assign=["cara", "evan"])
    assert (quote.subscription.total, [each.id for each in quote.assigns]) == (1, ["cara"])
    assert [(each.person.id, each.seat) for each in quote.left_out] == [("evan", Seat.GUEST)]
    both = await record.purchases.quote(ALICE, teams, None, assign=["cara", "bob"])
    cara = await company.row(Person, "t1", "cara")
    cara.enabled = False  # since the card was drawn
    await company.adds(cara)
    outcome = await record.operations.commit(ALICE, quote.id)
    assert outcome.refusal is not None and outcome.refusal.values["names"] == "Cara"
    outcome = await record.operations.commit(ALICE, both.id)
    assert outcome.refusal is not None and isinstance(fresh := outcome.refusal.quote, PurchaseQuote)
    assert (fresh.subscription.total, [each.id for each in fresh.assigns]) == (1, ["bob"])
    assert await company.rows(Subscription) == []


async def test_guests_and_strangers_buy_nothing(company: Company, record: Record, teams: str) -> None:
    assert (await refused(record.purchases.quote(EVAN, teams, 1, trial=True))).code == "not_a_member"
    assert (await refused(record.purchases.quote(ALICE, "no-such-product", 1))).code == "unknown_product"
    assert (await refused(record.purchases.quote(BOB, teams, 1))).code == "no_card_to_buy_with"


async def test_after_midnight_the_purchase_is_offered_anew(
    company: Company, record: Record, teams: str, clock: FrozenClock
) -> None:
    await company.has_card()
    clock.advance(datetime(2026, 11, 22, 23, 55, tzinfo=UTC) - clock.now())
    quote = await record.purchases.quote(ALICE, teams, 1)
    clock.advance(timedelta(minutes=10))
    outcome = await record.operations.commit(ALICE, quote.id)
    assert (outcome.status, outcome.refusal and outcome.refusal.code) == (OperationStatus.VOID, "quote_changed")
    assert outcome.refusal is not None and outcome.refusal.quote is not None
    assert outcome.refusal.quote.subscription.period_start == date(2026, 11, 23)
    await company.does(ALICE, outcome.refusal.quote)
    assert await verify(record) == []


async def test_what_one_organisation_buys_is_none_of_anothers_business(
    company: Company, record: Record, teams: str
) -> None:
    await company.has_card()
    await company.has_card(ELSEWHERE)
    await company.does(ALICE, await record.purchases.quote(ALICE, teams, 1))
    theirs = await company.does(ELSEWHERE, await record.purchases.quote(ELSEWHERE, teams, 1))
    assert theirs.invoice_number == "G000000001"
    assert (
        await refused(record.purchases.quote(ALICE, teams, 1, assign=["person-of-theirs"]))
    ).code == "unknown_person"
