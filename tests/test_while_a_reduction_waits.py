"""While a reduction waits for the renewal: who can still be given a license, and who is told what becomes of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dialogs.texts import LANGUAGES, Reader
from storage.models import OutboxMessage
from storage.quotes import ChangeQuote, Renewal
from storage.verify import Finding, verify
from storage.views import OperationStatus, ScheduledChange
from tests.handing_out import seats
from tests.small_company import ALICE, CARA, Company, refused

if TYPE_CHECKING:
    from storage.record import Record
    from storage.views import Quote


@pytest.fixture
async def company(record: Record) -> Company:
    return await Company.in_(record)


async def reduced(company: Company, *, total: int, to: int, holders: int, release: tuple[str, ...] = ()) -> str:
    """The id of a subscription that goes down to `to` licenses at its renewal."""
    subscription = await company.buys(total=total, holders=holders)
    await company.does(ALICE, await company.record.licenses.quote(ALICE, subscription, to=to, release=release))
    return subscription


async def told(company: Company, quote: Quote) -> set[tuple[str, str]]:
    """What the operation promises to people."""
    return {
        (row.kind, row.recipient)
        for row in await company.rows(OutboxMessage)
        if row.operation_id == quote.id and row.kind != "fulfil"
    }


async def unkept(record: Record) -> list[Finding]:
    """Promises that were not kept; these subscriptions were bought without the papers that `verify` misses, too."""
    return [each for each in await verify(record) if each.invariant == "I13"]


async def test_nobody_is_given_a_license_that_the_reduction_takes_from_somebody(
    company: Company, record: Record
) -> None:
    subscription = await reduced(company, total=20, to=15, holders=14)
    assert (await seats(record, ALICE, subscription, give=["cara"])).status is OperationStatus.DONE  # the fifteenth
    no = await refused(record.assignments.quote(ALICE, subscription, give=["bob"]))
    assert no.code == "reduction_waits"
    for language in LANGUAGES:
        said = Reader(language).refused(no.code, no.values)
        assert "Power BI Pro" in said and "15" in said and "2026" in said
    await seats(record, ALICE, subscription, give=["bob"], take=["cara"])  # as many keep one as before
    await company.does(ALICE, await record.renewals.quote(ALICE, subscription, Renewal.KEEP_TOTAL))
    assert (await seats(record, ALICE, subscription, give=["cara"])).status is OperationStatus.DONE
    assert await unkept(record) == []


async def test_whoever_loses_a_license_with_the_reduction_takes_no_place_of_those_who_stay(
    company: Company, record: Record
) -> None:
    subscription = await reduced(company, total=20, to=3, holders=4, release=("person-0",))
    no = await refused(record.assignments.quote(ALICE, subscription, give=["bob"], take=["person-0"]))
    assert no.code == "reduction_waits"  # who had a license until then only cannot pass on one for longer
    await seats(record, ALICE, subscription, give=["bob"], take=["person-1"])
    assert await unkept(record) == []


async def test_a_reduction_scheduled_after_the_card_was_drawn_is_seen_at_the_tap(
    company: Company, record: Record
) -> None:
    subscription = await company.buys(total=20, holders=15)
    quote = await record.assignments.quote(ALICE, subscription, give=["bob"])
    await company.does(ALICE, await record.licenses.quote(ALICE, subscription, to=15))
    outcome = await record.operations.commit(ALICE, quote.id)
    assert (outcome.status, outcome.refusal and outcome.refusal.code) == (OperationStatus.REFUSED, "reduction_waits")


async def test_whoever_is_given_a_license_anew_keeps_it(company: Company, record: Record) -> None:
    subscription = await reduced(company, total=5, to=3, holders=5, release=("person-0", "person-1"))
    await seats(record, ALICE, subscription, take=["person-0", "person-2"])
    assert (await seats(record, ALICE, subscription, give=["person-0"])).status is OperationStatus.DONE
    no = await refused(record.assignments.quote(ALICE, subscription, give=["cara"]))
    assert no.code == "reduction_waits"  # persons 0, 3 and 4 keep theirs


async def test_whoever_buys_for_somebody_who_had_to_give_theirs_up_buys_it_for_good(
    company: Company, record: Record
) -> None:
    subscription = await reduced(company, total=4, to=3, holders=4, release=("person-0",))
    await seats(record, ALICE, subscription, take=["person-0", "person-1"])
    anew = await record.licenses.quote(ALICE, subscription, by=1, assign=["person-0"])
    assert anew.keeps is not None
    await company.does(ALICE, anew)
    assert (await refused(record.assignments.quote(ALICE, subscription, give=["cara"]))).code == "reduction_waits"


async def test_a_reduction_is_offered_anew_where_somebody_gave_theirs_up_already(
    company: Company, record: Record
) -> None:
    subscription = await company.buys(total=5, holders=4)
    quote = await record.licenses.quote(ALICE, subscription, to=3, release=["person-0"])
    await seats(record, ALICE, subscription, take=["person-0"])
    outcome = await record.operations.commit(ALICE, quote.id)
    assert outcome.refusal is not None and isinstance(outcome.refusal.quote, ChangeQuote)
    assert outcome.refusal.quote.releases == ()  # and nobody is told to give up what they have not


async def test_a_reduction_has_room_for_whoever_got_the_license_that_was_to_go(
    company: Company, record: Record
) -> None:
    subscription = await company.buys(total=5, holders=4)
    quote = await record.licenses.quote(ALICE, subscription, to=3, release=["person-0"])
    await seats(record, ALICE, subscription, give=["cara"], take=["person-0"])
    outcome = await record.operations.commit(ALICE, quote.id)
    assert (outcome.status, outcome.refusal and outcome.refusal.code) == (OperationStatus.REFUSED, "holds_no_license")


async def test_a_scheduled_increase_refuses_nobody(company: Company, record: Record) -> None:
    subscription = await company.buys(total=3, holders=2)
    later = await record.licenses.quote(ALICE, subscription, to=5, when="renewal")  # type: ignore[arg-type]
    await company.does(ALICE, later)
    assert (await seats(record, ALICE, subscription, give=["bob"])).status is OperationStatus.DONE


async def test_buying_more_keeps_the_reduction_and_buying_for_somebody_it_has_no_room_for_drops_it(
    company: Company, record: Record
) -> None:
    subscription = await reduced(company, total=3, to=2, holders=3, release=("person-0",))
    more = await record.licenses.quote(ALICE, subscription, by=1)
    assert (more.keeps and more.keeps.total, more.replaces) == (2, None)
    for_bob = await record.licenses.quote(ALICE, subscription, by=1, assign=["bob"])
    assert (for_bob.keeps, for_bob.replaces and for_bob.replaces.total) == (None, 2)
    await company.does(ALICE, for_bob)
    assert await told(company, for_bob) == {("license_given", "bob"), ("license_stays", "person-0")}
    assert await unkept(record) == []


async def test_whoever_was_told_of_an_end_is_told_that_there_is_none(company: Company, record: Record) -> None:
    subscription = await reduced(company, total=3, to=1, holders=3, release=("person-0", "person-1"))
    await seats(record, ALICE, subscription, take=["person-1"])  # holds none any more, and has nothing to keep
    dropped = await record.renewals.quote(ALICE, subscription, Renewal.KEEP_TOTAL)
    assert dropped.drops is not None and dropped.drops.total == 1
    await company.does(ALICE, dropped)
    assert await told(company, dropped) == {("license_stays", "person-0")}
    assert await unkept(record) == []


async def test_whoever_pays_is_told_when_a_deputy_drops_a_reduction(company: Company, record: Record) -> None:
    subscription = await company.buys(total=3)
    await company.names_deputy(subscription, CARA)
    await company.does(CARA, await record.licenses.quote(CARA, subscription, to=2))
    dropped = await record.renewals.quote(CARA, subscription, Renewal.KEEP_TOTAL)
    await company.does(CARA, dropped)
    rows = await company.rows(OutboxMessage)
    [news] = [each for each in rows if (each.operation_id, each.recipient) == (dropped.id, ALICE.person)]
    assert (news.kind, news.payload["total"], news.payload["each_period"]) == ("changed_by_deputy", 3, 4200)


async def test_whoever_reduces_is_not_told_of_a_license_given_up_by_that(company: Company, record: Record) -> None:
    subscription = await company.buys(total=3, holders=2)
    await seats(record, ALICE, subscription, give=[ALICE.person])
    lower = await record.licenses.quote(ALICE, subscription, to=1, release=[ALICE.person, "person-0"])
    await company.does(ALICE, lower)
    assert await told(company, lower) == {("license_given_up", "person-0")}
    assert await unkept(record) == []


async def test_with_another_reduction_only_those_are_told_for_whom_it_is_another(
    company: Company, record: Record
) -> None:
    subscription = await reduced(company, total=4, to=2, holders=4, release=("person-0", "person-1"))
    other = await record.licenses.quote(ALICE, subscription, to=3, release=["person-1"])
    assert other.replaces == ScheduledChange(2, other.effective_on)
    await company.does(ALICE, other)
    assert await told(company, other) == {("license_stays", "person-0"), ("license_given_up", "person-1")}
    assert await unkept(record) == []


async def test_recurring_billing_off_ends_everybodys_license_and_on_again_nobodys(
    company: Company, record: Record
) -> None:
    subscription = await reduced(company, total=2, to=1, holders=2, release=("person-0",))
    off = await record.renewals.quote(ALICE, subscription, Renewal.OFF)
    await company.does(ALICE, off)
    everybody = ("person-0", "person-1")
    assert await told(company, off) == {("subscription_ends", person) for person in everybody}
    on = await record.renewals.quote(ALICE, subscription, Renewal.ON)
    await company.does(ALICE, on)
    assert await told(company, on) == {("subscription_goes_on", person) for person in everybody}
    assert await unkept(record) == []
