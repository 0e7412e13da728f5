"""What happened to a subscription: words, how they were understood, quote and result, for those who decide about it."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from storage.actions import ActionName, Unasked
from storage.models import AuditEntry
from storage.wanted import Days, Wanted
from tests.small_company import ALICE, BOB, CARA, EVAN, Company, refused
from tests.test_spreadsheet import file_of

if TYPE_CHECKING:
    from storage.record import Record
    from tests.people import Person

ASKED = {"intent": "licenses.set", "product": "Power BI Pro", "quantity": 7}


async def changed(company: Company) -> str:
    """A subscription that Alice has set from 5 to 7."""
    subscription = await company.buys(total=5)
    quote = await company.record.licenses.quote(ALICE, subscription, to=7, said="make it 7", understood=ASKED)
    await company.does(ALICE, quote)
    return subscription


async def test_a_change_is_told_from_its_words_to_its_result(record: Record) -> None:
    company = await Company.in_(record)
    subscription = await changed(company)
    [change], count = await record.history.of(ALICE, subscription)
    assert (count, change.by, change.said, change.understood) == (1, "Alice", "make it 7", ASKED)
    assert (change.before["total"], change.after["total"]) == (5, 7)
    assert change.invoice_number == "G000000001"
    assert change.due_now is not None and change.due_now.amount > 0


async def test_who_decides_about_it_and_admins_read_it_and_nobody_else(record: Record) -> None:
    company = await Company.in_(record)
    subscription = await changed(company)
    assert (await record.history.of(BOB, subscription))[1] == 1
    assert (await refused(record.history.of(CARA, subscription))).code == "unknown_subscription"
    assert (await refused(record.history.of(EVAN, subscription))).code == "unknown_subscription"
    assert (await refused(record.history.of(ALICE, "\N{SNOWMAN}"))).code == "unknown_subscription"
    team = await company.has_team("Sales", CARA)
    await company.does(ALICE, await record.sharing.quote(ALICE, subscription, team_id=team))
    assert (await refused(record.history.of(CARA, subscription))).code == "not_yours"
    await company.names_deputy(subscription, CARA)
    assert (await record.history.of(CARA, subscription))[1] == 2


async def test_words_that_were_erased_are_told_from_words_that_never_were(record: Record) -> None:
    company = await Company.in_(record)
    subscription = await changed(company)
    await company.does(ALICE, await record.licenses.quote(ALICE, subscription, by=1))
    await record.trail.seal()
    assert [change.erased for change in (await record.history.of(ALICE, subscription))[0]] == [False, False]
    await record.privacy.forget_words(record.clock.now() + timedelta(days=1))
    told = {
        change.after["total"]: (change.said, change.erased)
        for change in (await record.history.of(BOB, subscription))[0]
    }
    assert told == {7: ("", True), 8: ("", False)}


@pytest.fixture
async def two(record: Record) -> Company:
    """What Alice and Cara have changed, each their own, today."""
    company = await Company.in_(record)
    await changed(company)
    theirs = await company.buys("Visio Plan 2", total=2, who=CARA)
    await company.does(CARA, await record.licenses.quote(CARA, theirs, by=1, said="one more"))
    return company


async def test_an_admin_reads_what_anybody_changed_and_by_whom(two: Company) -> None:
    changes = await two.record.history.by(BOB, Wanted())
    assert changes.everything
    assert {(each.by, each.product, each.said) for each in changes.page} == {
        ("Alice", "Power BI Pro", "make it 7"),
        ("Cara", "Visio Plan 2", "one more"),
    }
    assert changes.count == 2


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Wanted(purchasers=("cara",)), {"one more"}),
        (Wanted(products=("CFQ7TTC0H9MP",)), {"make it 7"}),
        (Wanted(bought=Days(date(2026, 11, 22), date(2026, 11, 22))), {"make it 7", "one more"}),
        (Wanted(bought=Days(date(2026, 11, 15), date(2026, 11, 21))), set()),
        (Wanted(purchasers=("nobody",)), set()),
    ],
)
async def test_people_products_and_days_limit_it(two: Company, wanted: Wanted, words: set[str]) -> None:
    changes = await two.record.history.by(BOB, wanted)
    assert ({each.said for each in changes.page}, changes.count) == (words, len(words))


async def test_who_is_no_admin_reads_their_own_changes_whoever_is_named(two: Company) -> None:
    for wanted in (Wanted(), Wanted(purchasers=("alice",))):
        changes = await two.record.history.by(CARA, wanted)
        assert (changes.everything, [each.said for each in changes.page]) == (False, ["one more"])
    assert (await refused(two.record.history.by(EVAN, Wanted()))).code == "not_a_member"


async def test_what_license_desk_did_by_itself_is_nobodys_change(two: Company) -> None:
    [entry] = [each for each in await two.rows(AuditEntry) if each.said == "one more"]
    assert entry.action == ActionName.CHANGE_TOTAL
    lone = await two.buys(who=CARA, recurring=False)
    two.record.clock.advance(timedelta(days=31))  # type: ignore[attr-defined]
    while await two.record.life_cycle.advance(("t1", lone)):
        pass
    assert [each.action for each in await two.rows(AuditEntry) if each.subscription_id == lone] == [Unasked.EXPIRED]
    assert (await two.record.history.by(BOB, Wanted())).count == 2


async def test_an_admin_asks_who_changed_what(bob: Person, alice: Person, lihua: Person) -> None:
    await alice.says("set Power BI Pro to 25")
    await alice.taps("Buy")
    await lihua.says("把Visio加1个许可证")
    await lihua.taps("购买")
    await bob.says("changes by Alice Chen this week")
    bob.sees("Everything people changed here, as of", "Limited to: changed by Alice Chen, changed November 16, 2026")
    bob.sees("Product: Power BI Pro", "Said: “set Power BI Pro to 25”", "Quote: $49.00 due now", "Licenses 20 → 25")
    bob.sees_nothing_of("李华")
    await bob.says("李华这周改了什么")
    bob.sees("1 次变更", "李华所做的", "原话: “把Visio加1个许可证”", "产品: Visio Plan 1")
    bob.sees_nothing_of("Power BI Pro")
    await bob.says("what changed this week")
    bob.sees("set Power BI Pro to 25", "把Visio加1个许可证")


@pytest.mark.parametrize(
    ("said", "told"),
    [("what did Alice Chen change this week", "Only what you changed"), ("上周谁改了什么", "只包括你自己的变更")],
)
async def test_who_is_no_admin_is_told_that_it_is_their_own(ann: Person, alice: Person, said: str, told: str) -> None:
    await alice.says("set Power BI Pro to 25")
    await alice.taps("Buy")
    await ann.says(said)
    ann.sees(told)
    ann.sees_nothing_of("Power BI Pro", "Limited to: changed by")


async def test_changes_come_as_a_file_too(bob: Person, alice: Person) -> None:
    await alice.says("set Power BI Pro to 25")
    await alice.taps("Buy")
    await bob.says("changes by Alice Chen today")
    await bob.says("send me that as CSV")
    bob.sees("One change as a file for spreadsheets")
    _, _, text = await file_of(bob, 2)
    head, row = csv.reader(StringIO(text[1:]))
    assert head == ["When", "Who", "Product", "What", "Said", "Understood as", "Quote", "Result"]
    assert row[1:5] == ["Alice Chen", "Power BI Pro", "Number of licenses changed", "“set Power BI Pro to 25”"]


async def test_the_owner_reads_what_was_said_understood_quoted_and_done(alice: Person) -> None:
    await alice.says("set Power BI Pro to 25")
    await alice.taps("Buy")
    await alice.says("show what happened to Power BI Pro")
    alice.sees("Power BI Pro: 3 changes, the latest first", "Said: “set Power BI Pro to 25”")
    alice.sees("Understood as: set the total number of licenses, Power BI Pro, 25")
    alice.sees("Quote: $49.00 due now", "Result: Licenses 20 → 25, Invoice G0000000")
    alice.sees("Who: License Desk", "What: Renewed", "Said: Nothing: a button, or License Desk by itself")


async def test_an_admin_reads_it_in_chinese_too_and_others_do_not(bob: Person, dana: Person) -> None:
    await bob.says("Teams Premium发生了什么")
    bob.sees("Teams Premium：", "谁: Alice Chen", "做了什么: 购买")
    await dana.says("show what happened to Visio Plan 2")
    dana.sees("Alice Chen")
    dana.sees_nothing_of("Result", "$")


@pytest.mark.parametrize("forged", [{"page": "99"}, {"past": "no"}, {"pick.subscription": "x"}])
async def test_a_forged_button_tells_nobody_elses_history(ann: Person, forged: dict[str, str]) -> None:
    theirs = {"look": "show_subscription", "pick.subscription": "55555555-0000-4000-8000-000000000001", "past": "yes"}
    await ann.sends_tap({**theirs, **forged})
    ann.sees_nothing_of("Result", "Bought", "Alice")


@pytest.mark.parametrize(
    ("said", "offered"),
    [
        ("show what happened to Power BI Pro", "[Power BI Pro (Alice Chen, 20 licenses)] [Power BI Pro (Hana Suzuki,"),
        (
            "Power BI Pro发生了什么",
            "[Power BI Pro（Alice Chen，20 个许可证）] [Power BI Pro（Hana Suzuki，12 个许可证）]",
        ),
    ],
)
async def test_subscriptions_of_one_product_are_told_apart_by_whose_they_are(
    bob: Person, said: str, offered: str
) -> None:
    await bob.says(said)
    bob.sees(offered)


@pytest.mark.parametrize(
    ("shows", "groups", "sees"),
    [
        ("show me all changes this month", "self-service purchases by month", "Price a month by month of purchase"),
        ("本月谁改了什么", "按月统计全公司的采购", "各购买月份"),
    ],
)
async def test_groups_asked_for_after_changes_are_of_what_was_bought(
    bob: Person, shows: str, groups: str, sees: str
) -> None:
    await bob.says(shows)
    bob.sees("Alice Chen")
    await bob.says(groups)
    bob.sees(sees)
