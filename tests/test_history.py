"""What happened to a subscription: words, how they were understood, quote and result, for those who decide about it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.small_company import ALICE, BOB, CARA, EVAN, Company, refused

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
