"""Why people cancel: counted and word for word for admins, in both languages; others read their own."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from storage.quotes import Renewal
from storage.wanted import Days, Wanted
from tests.small_company import ALICE, BOB, CARA, EVAN, Company, refused
from tests.test_spreadsheet import file_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.record import Record
    from tests.people import Person

THIS_MONTH = Days(date(2026, 11, 1), date(2026, 11, 30))
WORDS = "our finance team says no"


@pytest.fixture
async def company(record: Record) -> Company:
    """Alice cancels Power BI Pro and Visio for their price, Cara hers because nobody uses it, without a word."""
    company = await Company.in_(record)
    quote = record.cancellations.quote
    for product, words in (("Power BI Pro", WORDS), ("Visio Plan 2", "too much money")):
        await company.does(ALICE, await quote(ALICE, await company.buys(product), "too_expensive", feedback=words))
        record.clock.advance(timedelta(minutes=1))  # type: ignore[attr-defined]
    await company.does(CARA, await quote(CARA, await company.buys(who=CARA), "unused"))
    return company


async def test_an_admin_reads_every_reason_counted_and_what_was_said_the_latest_first(company: Company) -> None:
    reasons = await company.record.leaving.of(BOB, Wanted())
    assert reasons.everything
    assert (reasons.counts, reasons.count, reasons.said) == ((("too_expensive", 2), ("unused", 1)), 3, 2)
    assert [(each.product, each.purchaser, each.feedback) for each in reasons.page] == [
        ("Visio Plan 2", "Alice", "too much money"),
        ("Power BI Pro", "Alice", WORDS),
    ]


async def test_who_is_no_admin_reads_their_own_whoever_is_named(company: Company) -> None:
    for wanted in (Wanted(), Wanted(purchasers=("alice",))):
        reasons = await company.record.leaving.of(CARA, wanted)
        assert (reasons.everything, reasons.counts, reasons.page) == (False, (("unused", 1),), ())
    assert (await refused(company.record.leaving.of(EVAN, Wanted()))).code == "not_a_member"
    assert (await refused(company.record.leaving.each(EVAN, Wanted()))).code == "not_a_member"


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Wanted(products=("CFQ7TTC0H9MP",)), 2),
        (Wanted(purchasers=("cara",)), 1),
        (Wanted(bought=THIS_MONTH), 3),
        (Wanted(bought=Days(date(2026, 10, 1), date(2026, 10, 31))), 0),
    ],
)
async def test_product_person_and_day_of_the_cancellation_limit_it(
    company: Company, wanted: Wanted, count: int
) -> None:
    reasons = await company.record.leaving.of(BOB, wanted)
    assert reasons.count == count
    assert len(await company.record.leaving.each(BOB, wanted)) == count


async def test_what_was_taken_back_is_no_cancellation(company: Company) -> None:
    record = company.record
    [visio] = [each.id for each in await record.subscriptions.owned_by(ALICE) if each.product_name == "Visio Plan 2"]
    await company.does(ALICE, await record.renewals.quote(ALICE, visio, Renewal.ON))
    reasons = await record.leaving.of(BOB, Wanted())
    assert (reasons.count, [each.feedback for each in reasons.page]) == (2, [WORDS])


async def test_forgotten_words_are_gone_and_the_reason_stays(company: Company) -> None:
    await company.record.privacy.forget_words(company.record.clock.now() + timedelta(days=1))
    reasons = await company.record.leaving.of(BOB, Wanted())
    assert (reasons.count, reasons.said, reasons.page) == (3, 0, ())


async def cancels(who: Person, words: str, yes: str) -> None:
    await who.says(words)
    await who.taps(yes)


async def test_an_admin_asks_in_english(bob: Person, alice: Person, lihua: Person) -> None:
    await bob.says("why do people cancel")
    bob.sees("Nobody has canceled anything")
    await cancels(alice, f"cancel Visio, too expensive, feedback: {WORDS}", "Cancel it")
    await cancels(lihua, "取消Power Automate Premium，太贵了", "取消订阅")
    await bob.says("why do people cancel")
    bob.sees("2 cancellations", "did not take back, as of November 22, 2026", "Too expensive: 2 times")
    bob.sees(f"“{WORDS}”", "Product: Visio Plan 2", "Purchaser: Alice Chen", "Canceled on: November 22, 2026")
    await bob.says("only Power Automate Premium")
    bob.sees("One cancellation", "Limited to: Power Automate Premium.", "Nobody said more about it.")


async def test_an_admin_asks_in_chinese_and_others_are_told_that_it_is_their_own(
    bob: Person, alice: Person, ann: Person
) -> None:
    await cancels(alice, f"cancel Visio, too expensive, feedback: {WORDS}", "Cancel it")
    await bob.says("大家为什么取消")
    bob.sees("1 次取消", "组织里所有未撤回的取消", "太贵: 1 次", f"“{WORDS}”", "购买人: Alice Chen")
    await ann.says("why do people cancel")
    ann.sees("You haven't canceled anything", "Only what you canceled", "for admins to see")
    ann.sees_nothing_of(WORDS, "Alice")


async def test_the_file_holds_every_cancellation_and_opens_for_the_admin(bob: Person, alice: Person) -> None:
    await cancels(alice, "cancel Visio, too expensive, feedback: =1+1", "Cancel it")
    await bob.says("cancellation reasons")
    await bob.says("send me that as CSV")
    bob.sees("One cancellation as a file for spreadsheets")
    _, _, text = await file_of(bob, 2)
    head, row = csv.reader(StringIO(text[1:]))
    assert head == ["Canceled on", "Product", "Purchaser", "Reason", "In their words"]
    assert row == ["2026-11-22", "Visio Plan 2", "Alice Chen", "Too expensive", "'=1+1"]


async def test_a_forged_button_reads_nobody_elses_words(alice: Person, person: Callable[[int], Person]) -> None:
    await cancels(alice, f"cancel Visio, too expensive, feedback: {WORDS}", "Cancel it")
    bo = person(8)
    await bo.sends_tap({"look": "purchase_summary", "asked": "about=reasons&purchaser=" + "1" * 8})
    bo.sees("Only what you canceled")
    bo.sees_nothing_of(WORDS)
