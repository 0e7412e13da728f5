"""One operation, one transaction: done once, whoever asks how often; and what a card can not be made to do."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from storage.answers import pack, unpack
from storage.catalog import Catalog
from storage.demo import TENANT, person_id, seed
from storage.errors import Refused
from storage.models import AuditEntry, Invoice, LedgerEntry, Operation, PaymentMethod, Subscription
from storage.quotes import ChangeQuote
from storage.record import Record
from storage.verify import verify
from storage.views import Actor, OperationStatus, Outcome, Quote
from tests.small_company import ALICE, Company, total, values_of

if TYPE_CHECKING:
    from storage.clock import FrozenClock


@pytest.fixture
async def company(record: Record) -> Company:
    return await Company.in_(record)


async def test_the_same_tap_again_gives_the_same_answer_and_changes_nothing(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    subscription = await company.buys(total=20)
    quote = await record.licenses.quote(ALICE, subscription, by=5)
    first = await record.operations.commit(ALICE, quote.id)
    clock.advance(timedelta(days=3))
    assert await record.operations.commit(ALICE, quote.id) == first
    assert await record.operations.void(ALICE, quote.id) == first
    assert await record.operations.show(ALICE, quote.id) == first
    assert first.status is OperationStatus.DONE
    assert first.receipt is not None and first.receipt.quote == first.quote == quote
    assert await total(company, subscription) == 25


async def test_a_refusal_is_kept_too_and_stays_one_when_the_card_would_work_later(
    company: Company, record: Record
) -> None:
    subscription = await company.buys(total=20, card="sandbox:declined")
    quote = await record.licenses.quote(ALICE, subscription, by=5)
    first = await record.operations.commit(ALICE, quote.id)
    assert first.status is OperationStatus.REFUSED and first.refusal is not None
    assert first.refusal.code == "payment_declined"
    assert first.refusal.values == {"product": "Power BI Pro", "brand": "Visa", "last_four": "4242"}
    [method] = await company.rows(PaymentMethod)
    method.gateway_token = "sandbox:works"
    await company.adds(method)
    assert await record.operations.commit(ALICE, quote.id) == first


async def test_a_declined_card_leaves_nothing_behind(company: Company, record: Record) -> None:
    subscription = await company.buys(total=20, card="sandbox:declined")
    before = values_of(await company.row(Subscription, "t1", subscription))
    quote = await record.licenses.quote(ALICE, subscription, by=5)
    await record.operations.commit(ALICE, quote.id)
    assert values_of(await company.row(Subscription, "t1", subscription)) == before
    assert await company.rows(Invoice) == []
    assert await company.rows(AuditEntry) == []
    assert len(await company.rows(LedgerEntry)) == 1  # the purchase


async def test_not_now_puts_the_offer_aside_for_good(company: Company, record: Record) -> None:
    subscription = await company.buys(total=20)
    quote = await record.licenses.quote(ALICE, subscription, by=5)
    aside = await record.operations.void(ALICE, quote.id)
    assert (aside.status, aside.receipt, aside.refusal) == (OperationStatus.VOID, None, None)
    assert await record.operations.commit(ALICE, quote.id) == aside
    assert await total(company, subscription) == 20


async def test_an_offer_is_kept_to_for_fifteen_minutes_even_past_midnight(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    subscription = await company.buys(total=20)
    clock.advance(timedelta(hours=14, minutes=50))
    quote = await record.licenses.quote(ALICE, subscription, by=5)
    clock.advance(timedelta(minutes=15))
    outcome = await record.operations.commit(ALICE, quote.id)
    assert outcome.status is OperationStatus.DONE
    [invoice] = await company.rows(Invoice)
    assert invoice.total == quote.amounts.due_now.amount


async def test_an_older_offer_has_expired(company: Company, record: Record, clock: FrozenClock) -> None:
    subscription = await company.buys(total=20)
    quote = await record.licenses.quote(ALICE, subscription, by=5)
    clock.advance(timedelta(minutes=15, microseconds=1))
    outcome = await record.operations.commit(ALICE, quote.id)
    assert outcome.status is OperationStatus.EXPIRED and outcome.refusal is not None
    assert outcome.refusal.code == "quote_expired"
    assert await total(company, subscription) == 20


async def test_when_the_subscription_has_changed_the_new_price_is_shown_first(company: Company, record: Record) -> None:
    subscription = await company.buys(total=20)
    old = await record.licenses.quote(ALICE, subscription, by=5)
    other = await record.licenses.quote(ALICE, subscription, by=1)
    await record.operations.commit(ALICE, other.id)
    outcome = await record.operations.commit(ALICE, old.id)
    assert outcome.status is OperationStatus.VOID and outcome.refusal is not None
    assert (outcome.refusal.code, outcome.refusal.values) == ("quote_changed", {"product": "Power BI Pro"})
    fresh = outcome.refusal.quote
    assert fresh is not None and (fresh.old_total, fresh.new_total) == (21, 26)
    assert await total(company, subscription) == 21
    assert await record.operations.commit(ALICE, old.id) == outcome
    assert (await record.operations.commit(ALICE, fresh.id)).status is OperationStatus.DONE
    assert await total(company, subscription) == 26


async def test_a_new_price_is_never_charged_on_an_old_card(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    subscription = await company.buys(total=20)
    quote = await record.licenses.quote(ALICE, subscription, by=5)
    dearer = Catalog(tuple(replace(p, prices=MappingProxyType({"USD": 2000})) for p in record.catalog.products))
    url = record.database.writer.url.render_as_string(hide_password=False)
    await record.close()
    tomorrow = await Record.open(url, clock, timezone=record.timezone, currency="USD", catalog=dearer)
    try:
        outcome = await tomorrow.operations.commit(ALICE, quote.id)
    finally:
        await tomorrow.close()
    assert outcome.refusal is not None and outcome.refusal.quote is not None
    assert outcome.refusal.code == "quote_changed"
    assert outcome.refusal.quote.amounts.due_now.amount == 2000 * 5 * 21 // 30


async def test_restarting_changes_no_answer(company: Company, record: Record, clock: FrozenClock) -> None:
    subscription = await company.buys(total=20)
    quote = await record.licenses.quote(ALICE, subscription, by=5)
    before = await record.operations.commit(ALICE, quote.id)
    url = record.database.writer.url.render_as_string(hide_password=False)
    await record.close()
    again = await Record.open(url, clock, timezone=record.timezone, currency="USD")
    try:
        assert await again.operations.commit(ALICE, quote.id) == before
    finally:
        await again.close()


@pytest.mark.parametrize("nonsense", ["", "\0", "\ud800", "'; DROP TABLE operations", "卡", "x" * 100_000])
async def test_a_card_with_an_id_of_no_kind_is_simply_unknown(company: Company, record: Record, nonsense: str) -> None:
    for tap in (record.operations.commit, record.operations.void):
        with pytest.raises(Refused, match="unknown_card"):
            await tap(ALICE, nonsense)
    assert await record.operations.show(ALICE, nonsense) is None
    with pytest.raises(Refused, match="unknown_subscription"):
        await record.licenses.quote(ALICE, nonsense, by=1)
    with pytest.raises(Refused, match="unknown_subscription"):
        await record.licenses.idle(ALICE, nonsense, 1)


async def test_words_that_no_database_can_hold_do_not_stop_a_change(company: Company, record: Record) -> None:
    subscription = await company.buys(total=20)
    quote = await record.licenses.quote(ALICE, subscription, by=5, said="5\0 more \ud83d")
    await record.operations.commit(ALICE, quote.id)
    [entry] = await company.rows(AuditEntry)
    assert entry.said == "5 more ?"


async def test_a_license_assigned_since_stops_the_reduction(company: Company, record: Record) -> None:
    subscription = await company.buys(total=5, holders=3, ago=timedelta(days=3))
    quote = await record.licenses.quote(ALICE, subscription, to=3)
    await company.assigns_more(subscription, 1)
    outcome = await record.operations.commit(ALICE, quote.id)
    assert outcome.refusal is not None
    assert (outcome.refusal.code, outcome.refusal.values["to_free"]) == ("below_assigned", 1)
    assert await total(company, subscription) == 5


async def test_the_words_are_kept_from_the_message_to_the_result(company: Company, record: Record) -> None:
    subscription = await company.buys(total=20)
    quote = await record.licenses.quote(ALICE, subscription, by=5, said="加5个", understood={"intent": "licenses.add"})
    await record.operations.commit(ALICE, quote.id)
    [entry] = await company.rows(AuditEntry)
    assert (entry.person_id, entry.said, entry.understood) == ("alice", "加5个", {"intent": "licenses.add"})
    assert (entry.before["total"], entry.after["total"]) == (20, 25)


async def test_stored_answers_come_back_equal(company: Company, record: Record) -> None:
    subscription = await company.buys(total=5, holders=5, ago=timedelta(days=3))
    quote = await record.licenses.quote(ALICE, subscription, to=3, release=["person-0", "person-1"])
    outcome = await record.operations.commit(ALICE, quote.id)
    assert unpack(Outcome, pack(outcome), {Quote: ChangeQuote}) == outcome


@pytest.mark.parametrize("number", [1, 2, 3])
async def test_after_any_history_the_books_are_right(record: Record, clock: FrozenClock, number: int) -> None:
    chance = random.Random(number)
    await seed(record)
    people = [Actor(TENANT, person_id(each)) for each in (1, 3, 12)]
    drawn: list[tuple[Actor, ChangeQuote]] = []
    for _ in range(40):
        actor = chance.choice(people)
        subscription = chance.choice(await record.subscriptions.owned_by(actor))
        idle = await record.licenses.idle(actor, subscription.id, chance.randrange(4))
        try:
            quote = await record.licenses.quote(
                actor,
                subscription.id,
                by=chance.choice([-7, -3, -1, 1, 4]),
                release=[each.person.id for each in idle],
            )
        except Refused:
            continue
        drawn.append((actor, quote))
        for whose, old in chance.sample(drawn, min(2, len(drawn))):  # some for the first time, some again
            end = record.operations.commit if chance.random() < 0.9 else record.operations.void
            await end(whose, old.id)
        clock.advance(timedelta(minutes=chance.choice([1, 20, 60 * 30])))
    assert await verify(record) == []
    done = [each for each in await Company(record).rows(Operation) if each.status is OperationStatus.DONE]
    assert len(done) > 5
