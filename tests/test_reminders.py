"""Reminded once, once more, and then no more; and whoever wants to be left in peace is, on both databases."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from bot.upkeep import Reminding, Upkeep
from storage.clock import FrozenClock
from storage.demo import person_id, seed
from storage.models import OutboxMessage, PaymentMethod, Quiet
from storage.record import Record
from storage.verify import verify
from tests.databases import NOW
from tests.office import open_office
from tests.small_company import ALICE, CARA, Company
from tests.test_outbox import promise

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Person

DAY = timedelta(days=1)


@pytest.fixture
async def company(record: Record) -> Company:
    return await Company.in_(record)


async def bought(company: Company, licenses: int = 5) -> str:
    """The id of a subscription of Power BI Pro, bought on 22 November; nobody has a license of it."""
    await company.has_card()
    product = company.record.catalog.by_name("Power BI Pro").id
    quote = await company.record.purchases.quote(ALICE, product, licenses)
    await company.does(ALICE, quote)
    return quote.id


async def days_pass(company: Company, clock: FrozenClock, days: int) -> list[tuple[str, date]]:
    """What is promised to people on which day, while a worker comes by once a day."""
    reminding, upkeep = Reminding(company.record.reminders, clock), Upkeep(company.record.life_cycle)
    before = {each.id for each in await company.rows(OutboxMessage)}
    for _ in range(days):
        clock.advance(DAY)
        await upkeep.run()
        await reminding.run()
    rows: list[Any] = sorted(await company.rows(OutboxMessage), key=lambda each: each.created_at)
    fresh = [each for each in rows if each.id not in before and each.recipient == "alice"]
    return [(each.kind, each.created_at.date()) for each in fresh]


async def test_before_the_window_closes_and_before_the_renewal_each_twice(company: Company, clock: FrozenClock) -> None:
    await bought(company)
    assert await days_pass(company, clock, 35) == [
        ("window_closes", date(2026, 11, 27)),
        ("window_closes", date(2026, 11, 28)),
        ("renewal_near", date(2026, 12, 12)),
        ("renewal_near", date(2026, 12, 19)),
        ("renewed", date(2026, 12, 22)),
        ("window_closes", date(2026, 12, 27)),
    ]
    assert await verify(company.record) == []


async def test_the_numbers_are_those_of_the_invoice_that_comes(company: Company, clock: FrozenClock) -> None:
    subscription = await bought(company)
    await company.does(ALICE, await company.record.licenses.quote(ALICE, subscription, by=-2))
    reminding = Reminding(company.record.reminders, clock)
    clock.advance(21 * DAY)
    await company.does(ALICE, await company.record.licenses.quote(ALICE, subscription, to=2))
    await reminding.run()
    [near] = [each.payload for each in await company.rows(OutboxMessage) if each.kind == "renewal_near"]
    assert (near["total"], near["assigned"], near["amount"], near["on"]) == (2, 0, 0, "2026-12-22")


async def test_nothing_is_said_of_what_ends_or_is_all_in_use(company: Company, clock: FrozenClock) -> None:
    await company.buys(total=2, holders=2, ago=timedelta(days=3), card=None, recurring=False)
    assert {kind for kind, _ in await days_pass(company, clock, 25)} == set()


async def test_put_off_for_a_week_only_the_last_one_comes_and_stopped_none(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    await bought(company)
    await record.reminders.quiet(ALICE, "window_closes", None)
    assert await days_pass(company, clock, 20) == [("renewal_near", date(2026, 12, 12))]
    await record.reminders.quiet(ALICE, "renewal_near", date(2026, 12, 19))
    assert await days_pass(company, clock, 9) == [("renewal_near", date(2026, 12, 19))]
    await record.reminders.quiet(ALICE, "renewal_near", None)
    assert [kind for kind, _ in await days_pass(company, clock, 32)] == ["renewed", "renewed"]
    await record.reminders.wake(ALICE, "renewal_near")
    assert ("renewal_near", date(2027, 2, 12)) in await days_pass(company, clock, 25)


async def test_a_card_that_runs_out_and_pays_for_something_is_told_twice(company: Company, clock: FrozenClock) -> None:
    await bought(company)
    [card] = await company.rows(PaymentMethod)
    card.expiry_year, card.expiry_month = 2026, 12
    await company.adds(card)
    told = [each for each in await days_pass(company, clock, 45) if each[0] == "card_expires"]
    assert told == [("card_expires", date(2026, 12, 1)), ("card_expires", date(2026, 12, 24))]


async def test_a_failed_charge_is_not_told_to_whoever_stopped_that(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    await company.owes(token="sandbox:declined")
    await record.reminders.quiet(ALICE, "charge_failed", None)
    assert "charge_failed" not in {kind for kind, _ in await days_pass(company, clock, 20)}


async def test_two_workers_at_once_remind_once(company: Company, record: Record, clock: FrozenClock) -> None:
    await bought(company)
    two = [Reminding(record.reminders, clock) for _ in range(2)]
    clock.advance(21 * DAY)
    assert sorted(await asyncio.gather(*(each.run() for each in two))) == [0, 1]
    assert len([each for each in await company.rows(OutboxMessage) if each.kind == "renewal_near"]) == 1


async def test_who_looks_is_the_worker_of_each_hour(company: Company, record: Record, clock: FrozenClock) -> None:
    await bought(company)
    clock.advance(21 * DAY)
    reminding = Reminding(record.reminders, clock)
    assert [await reminding.run(), await reminding.run()] == [0, 0]
    clock.advance(timedelta(hours=1))
    assert [await reminding.run(), await reminding.run()] == [1, 0]


async def test_who_is_forgotten_leaves_no_wish_behind(company: Company, record: Record) -> None:
    await record.reminders.quiet(CARA, "renewal_near", None)
    assert "quiet" in await record.privacy.export("t1", "cara")
    await record.privacy.erase("t1", "cara")
    assert await company.rows(Quiet) == []


async def test_a_tap_stops_it_and_another_brings_it_back(person: Callable[[int], Person]) -> None:
    alice, li_hua = person(1), person(3)
    await alice.sends_tap({"quiet": "renewal_near", "do": "stop"})
    alice.sees("won't tell you before renewals any more", "[Remind me again]")
    await alice.taps("Remind me again")
    alice.sees("I'll tell you again.")
    await li_hua.sends_tap({"quiet": "card_expires", "do": "later"})
    li_hua.sees("2026年11月29日之前我不会再提这件事。", "[恢复提醒]")


@pytest.mark.parametrize("forged", [{"quiet": "license_given", "do": "stop"}, {"quiet": "renewal_near", "do": "all"}])
async def test_what_no_button_says_stops_nothing(person: Callable[[int], Person], forged: dict[str, str]) -> None:
    alice = person(1)
    await alice.sends_tap(forged)
    alice.sees("I don't know that card")


@pytest.mark.parametrize(
    ("number", "words", "answer"),
    [
        (1, "stop these reminders", "won't tell you before renewals any more"),
        (1, "remind me later", "I'll say nothing more about it before November 29, 2026."),
        (3, "别再提醒我", "续订前我不会再提醒你。"),
    ],
)
async def test_in_words_it_is_about_what_came_last(
    database_url: str, valkey_url: str, number: int, words: str, answer: str
) -> None:
    clock = FrozenClock(NOW)
    record = await Record.open(database_url, clock, timezone=ZoneInfo("UTC"), currency="USD")
    await seed(record)
    await promise(record, person_id(number), kind="renewal_near")
    await record.close()
    async with open_office(database_url, valkey_url, clock) as anybody:
        somebody = anybody(number)
        await somebody.says(words)
        somebody.sees(answer)


async def test_in_words_there_may_be_nothing_to_stop(person: Callable[[int], Person]) -> None:
    alice = person(1)
    await alice.says("stop these reminders")
    alice.sees("I have sent you none")
