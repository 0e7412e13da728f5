"""Handing licenses out, taking them back and moving them: who can get one, and what is left, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from storage.demo import TENANT, person_id
from storage.models import AuditEntry, Invoice, OutboxMessage, Person, ScheduledTotal, Subscription
from storage.quotes import ChangeQuote, Seat
from storage.verify import verify
from storage.views import Actor, OperationStatus, Status
from tests.handing_out import holders, seats
from tests.small_company import ALICE, ELSEWHERE, Company, refused

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from storage.record import Record

VISIO = "Visio Plan 2"


@pytest.fixture
async def company(record: Record) -> Company:
    return await Company.in_(record)


async def told(company: Company) -> set[tuple[str, str]]:
    return {(message.kind, message.recipient) for message in await company.rows(OutboxMessage)}


async def disable(company: Company, person: str) -> None:
    row = await company.row(Person, "t1", person)
    row.enabled = False
    await company.adds(row)


async def test_two_people_get_a_license_and_are_told_and_nothing_is_charged(company: Company, record: Record) -> None:
    subscription = await company.buys(VISIO, total=5, holders=2)
    quote = await record.assignments.quote(ALICE, subscription, give=["bob", "cara"], said="give visio to bob and cara")
    assert [(each.person.name, each.seat) for each in quote.gives] == [("Bob", Seat.ASSIGNED), ("Cara", Seat.ASSIGNED)]
    assert (quote.takes, quote.free) == ((), 1)
    assert await holders(record, subscription) == {"person-0", "person-1"}
    outcome = await record.operations.commit(ALICE, quote.id)
    assert outcome.receipt is not None and outcome.receipt.invoice_number is None
    assert await holders(record, subscription) == {"person-0", "person-1", "bob", "cara"}
    row = await company.row(Subscription, "t1", subscription)
    assert (row.total, row.assigned, row.last_used_at) == (5, 4, record.clock.now())
    assert await told(company) == {("fulfil", "microsoft"), ("license_given", "bob"), ("license_given", "cara")}
    [entry] = await company.rows(AuditEntry)
    assert (entry.before, entry.said) == ({"assigned": 2}, "give visio to bob and cara")
    assert entry.after == {"assigned": 4, "given": ["bob", "cara"], "taken": []}
    assert await company.rows(Invoice) == []


async def test_each_person_has_a_result_of_their_own(company: Company, record: Record) -> None:
    subscription = await company.buys(VISIO, total=5, holders=1)
    await disable(company, "cara")
    quote = await record.assignments.quote(ALICE, subscription, give=["person-0", "bob", "evan", "cara", "bob"])
    results = {each.person.id: each.seat for each in quote.gives}
    assert results == {"person-0": Seat.ALREADY, "bob": Seat.ASSIGNED, "evan": Seat.GUEST, "cara": Seat.DISABLED}
    assert [person.id for person in quote.given] == ["bob"]
    assert quote.free == 3
    await record.operations.commit(ALICE, quote.id)
    assert await holders(record, subscription) == {"person-0", "bob"}


@pytest.mark.parametrize(
    ("people", "code", "names"),
    [
        (["person-0"], "already_holds", {"names": "Person 0"}),
        (["evan"], "only_members", {"names": "Evan"}),
        (["cara"], "account_disabled", {"names": "Cara"}),
        (["person-0", "evan", "cara"], "none_of_them", {"already": "Person 0", "guests": "Evan", "disabled": "Cara"}),
        (["person-0", "evan"], "none_of_them", {"already": "Person 0", "guests": "Evan", "disabled": ""}),
    ],
)
async def test_where_nobody_can_get_one_it_says_who_and_why(
    company: Company, record: Record, people: list[str], code: str, names: dict[str, str]
) -> None:
    subscription = await company.buys(VISIO, total=5, holders=1)
    await disable(company, "cara")
    no = await refused(record.assignments.quote(ALICE, subscription, give=people))
    assert (no.code, no.values) == (code, {**names, "product": VISIO})


async def test_who_is_not_of_the_organisation_gets_none(company: Company, record: Record) -> None:
    subscription = await company.buys(VISIO)
    assert (await refused(record.assignments.quote(ALICE, subscription, give=["nobody"]))).code == "unknown_person"
    theirs = await company.buys(VISIO, who=ELSEWHERE)
    no = await refused(record.assignments.quote(ELSEWHERE, theirs, give=["person-0"]))
    assert no.code == "unknown_person"


async def test_more_people_than_free_licenses_is_said_with_the_number_that_lacks(
    company: Company, record: Record
) -> None:
    subscription = await company.buys(VISIO, total=3, holders=2)
    no = await refused(record.assignments.quote(ALICE, subscription, give=["bob", "cara", "alice"]))
    assert (no.code, no.values) == ("not_enough", {"lacking": 2, "free": 1, "product": VISIO})


async def test_a_license_moves_although_none_is_free(company: Company, record: Record) -> None:
    subscription = await company.buys(VISIO, total=2, holders=2)
    quote = await record.assignments.quote(ALICE, subscription, give=["bob"], take=["person-1"])
    assert ([each.person.id for each in quote.takes], quote.free) == (["person-1"], 0)
    outcome = await record.operations.commit(ALICE, quote.id)
    assert (outcome.action, outcome.status) == ("licenses.move", OperationStatus.DONE)
    assert await holders(record, subscription) == {"person-0", "bob"}
    assert await told(company) == {("fulfil", "microsoft"), ("license_given", "bob"), ("license_taken", "person-1")}


async def test_who_is_to_give_and_to_get_keeps_the_license(company: Company, record: Record) -> None:
    subscription = await company.buys(VISIO, total=2, holders=2)
    await seats(record, ALICE, subscription, give=["person-1", "bob"], take=["person-0", "person-1"])
    assert await holders(record, subscription) == {"person-1", "bob"}


async def test_only_who_holds_a_license_can_lose_it(company: Company, record: Record) -> None:
    subscription = await company.buys(VISIO, total=3, holders=1)
    no = await refused(record.assignments.quote(ALICE, subscription, take=["person-0", "cara", "bob"]))
    assert (no.code, no.values) == ("holds_no_license", {"names": "Bob, Cara", "product": VISIO})


async def test_at_most_twenty_people_at_once(company: Company, record: Record) -> None:
    subscription = await company.buys(VISIO, total=40, holders=21)
    people = [f"person-{number}" for number in range(21)]
    assert len((await record.assignments.quote(ALICE, subscription, take=people[:20])).takes) == 20
    assert (await refused(record.assignments.quote(ALICE, subscription, take=people))).code == "too_many_people"
    no = await refused(record.assignments.quote(ALICE, subscription, take=people[:20], give=["bob"]))
    assert no.code == "too_many_people"


async def test_a_card_holds_although_the_total_changes_meanwhile(company: Company, record: Record) -> None:
    subscription = await company.buys(VISIO, total=3)
    quote = await record.assignments.quote(ALICE, subscription, give=["bob"])
    more = await record.licenses.quote(ALICE, subscription, by=1)
    await record.operations.commit(ALICE, more.id)
    assert (await record.operations.commit(ALICE, quote.id)).status is OperationStatus.DONE


async def test_the_price_of_a_change_holds_although_licenses_are_handed_out_meanwhile(
    company: Company, record: Record
) -> None:
    subscription = await company.buys(VISIO, total=3)
    more = await record.licenses.quote(ALICE, subscription, by=1)
    await seats(record, ALICE, subscription, give=["bob"])
    assert (await record.operations.commit(ALICE, more.id)).status is OperationStatus.DONE


async def test_an_increase_that_kept_the_scheduled_change_is_offered_anew_when_too_many_hold_one_by_then(
    company: Company, record: Record
) -> None:
    subscription = await company.buys(VISIO, total=10, holders=5)
    await company.does(ALICE, await record.licenses.quote(ALICE, subscription, to=6))
    quote = await record.licenses.quote(ALICE, subscription, by=1, assign=["cara"])
    assert quote.keeps is not None
    await seats(record, ALICE, subscription, give=["bob"])
    outcome = await record.operations.commit(ALICE, quote.id)
    assert outcome.refusal is not None and outcome.refusal.quote is not None
    fresh = outcome.refusal.quote
    assert isinstance(fresh, ChangeQuote)
    assert (outcome.refusal.code, fresh.keeps, fresh.replaces) == ("quote_changed", None, quote.keeps)
    await company.does(ALICE, fresh)
    assert await company.rows(ScheduledTotal) == []


async def test_an_increase_holds_while_everyone_still_has_a_license_after_the_scheduled_change(
    company: Company, record: Record
) -> None:
    subscription = await company.buys(VISIO, total=10, holders=5)
    await company.does(ALICE, await record.licenses.quote(ALICE, subscription, to=6))
    quote = await record.licenses.quote(ALICE, subscription, by=1)
    await seats(record, ALICE, subscription, give=["bob"])
    await company.does(ALICE, quote)
    assert [each.total for each in await company.rows(ScheduledTotal)] == [6]


async def test_when_somebody_stands_otherwise_by_now_a_fresh_card_says_so(company: Company, record: Record) -> None:
    subscription = await company.buys(VISIO, total=3)
    quote = await record.assignments.quote(ALICE, subscription, give=["bob", "cara"])
    await seats(record, ALICE, subscription, give=["bob"])
    outcome = await record.operations.commit(ALICE, quote.id)
    assert (outcome.status, outcome.refusal and outcome.refusal.code) == (OperationStatus.VOID, "quote_changed")
    assert outcome.refusal is not None and outcome.refusal.quote is not None
    fresh = await record.operations.commit(ALICE, outcome.refusal.quote.id)
    assert fresh.status is OperationStatus.DONE
    assert await holders(record, subscription) == {"bob", "cara"}


async def test_the_last_license_gone_meanwhile_is_refused_with_what_lacks(company: Company, record: Record) -> None:
    subscription = await company.buys(VISIO, total=1)
    quote = await record.assignments.quote(ALICE, subscription, give=["bob"])
    await seats(record, ALICE, subscription, give=["cara"])
    outcome = await record.operations.commit(ALICE, quote.id)
    assert outcome.refusal is not None
    assert (outcome.refusal.code, outcome.refusal.values) == (
        "not_enough",
        {"lacking": 1, "free": 0, "product": VISIO},
    )


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.DISABLED])
async def test_nobody_is_given_a_license_of_a_disabled_subscription_but_all_can_be_taken(
    company: Company, record: Record, status: Status
) -> None:
    subscription = await company.buys(VISIO, total=3, holders=1, status=status)
    giving = record.assignments.quote(ALICE, subscription, give=["bob"])
    if status is Status.DISABLED:
        no = await refused(giving)
        assert (no.code, no.values) == ("not_active", {"product": VISIO, "status": "disabled"})
    else:
        assert (await giving).free == 1
    assert (await seats(record, ALICE, subscription, take=["person-0"])).status is OperationStatus.DONE


async def test_a_trial_gives_licenses_until_the_day_it_ends(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    subscription = await company.buys(VISIO, total=3, holders=1, ago=timedelta(), trial=True, recurring=False)
    ends = (await company.row(Subscription, "t1", subscription)).period_end
    clock.advance(timedelta(days=(ends - clock.now().date()).days - 1))
    await seats(record, ALICE, subscription, give=["bob"])
    open_card = await record.assignments.quote(ALICE, subscription, give=["cara"])
    clock.advance(timedelta(days=1) - timedelta(minutes=clock.now().minute, hours=clock.now().hour))
    no = await refused(record.assignments.quote(ALICE, subscription, give=["cara"]))
    assert (no.code, no.values) == ("not_active", {"product": VISIO, "status": "disabled"})
    assert (await record.operations.commit(ALICE, open_card.id)).receipt is None
    assert await holders(record, subscription) == {"person-0", "bob"}
    assert (await seats(record, ALICE, subscription, take=["person-0"])).status is OperationStatus.DONE


async def test_what_has_ended_gives_licenses_for_thirty_days_more_whatever_is_stored(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    subscription = await company.buys(VISIO, total=3, recurring=False)
    ends = (await company.row(Subscription, "t1", subscription)).period_end
    clock.advance(timedelta(days=(ends - clock.now().date()).days + 29))
    await seats(record, ALICE, subscription, give=["bob"])
    clock.advance(timedelta(days=1))
    assert (await refused(record.assignments.quote(ALICE, subscription, give=["cara"]))).code == "not_active"


async def test_a_record_in_which_licenses_went_from_hand_to_hand_is_healthy(contoso: Record) -> None:
    alice = Actor(TENANT, person_id(1))
    visio = next(each for each in await contoso.subscriptions.owned_by(alice) if each.free and each.assigned)
    [first, *_] = await contoso.assignments.of(alice, visio.id)
    await seats(contoso, alice, visio.id, take=[first.person.id])
    await seats(contoso, alice, visio.id, give=[person_id(3)])
    await seats(contoso, alice, visio.id, give=[first.person.id], take=[person_id(3)])
    assert await verify(contoso) == []
