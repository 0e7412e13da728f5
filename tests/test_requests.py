"""Requests in the record: asked for once, decided once, by somebody else, and never forgotten about."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import true

from storage import deciding
from storage.errors import Refused
from storage.models import (
    Approver,
    Assignment,
    AuditEntry,
    Charge,
    LicenseRequest,
    OutboxMessage,
    Policy,
    Subscription,
)
from storage.policy_views import Sale
from storage.request_views import RequestStatus
from storage.verify import verify
from storage.views import Actor, OperationStatus
from tests.small_company import ALICE, BOB, CARA, ELSEWHERE, EVAN, Company, refused

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from storage.quotes import RequestQuote
    from storage.record import Record

DORA = Actor("t1", "dora")  # an admin, too


@pytest.fixture
async def company(record: Record) -> Company:
    company = await Company.in_(record)
    await record.people.seen("t1", "dora", name="Dora", member=True)
    await record.people.appoint("t1", ["bob", "dora"])
    for admin in (BOB, DORA):
        await company.has_card(admin)
    return company


async def quoted(company: Company, who: Actor = ALICE, *people: str, licenses: int | None = None) -> RequestQuote:
    product = company.record.catalog.by_name("Visio Plan 2").id
    named = people or (who.person,)
    return await company.record.requests.quote(who, product, licenses, named, note="for the audit", said="request it")


async def asks(company: Company, who: Actor = ALICE, *people: str, licenses: int | None = None) -> str:
    """The id of a request that was sent."""
    quote = await quoted(company, who, *people, licenses=licenses)
    await company.does(who, quote)
    return quote.id


async def approves(company: Company, who: Actor, request: str, licenses: int | None = None) -> Any:
    view = await company.record.requests.find(who, request)
    people = [person.id for person in view.people][:licenses]
    many = view.licenses if licenses is None else licenses
    quote = await company.record.purchases.quote(who, view.product, many, assign=people, request=request)
    return await company.record.operations.commit(who, quote.id)


async def stands(company: Company, request: str) -> tuple[RequestStatus, str | None, int]:
    row: LicenseRequest = await company.row(LicenseRequest, "t1", request)
    return row.status, row.decided_by, row.granted


async def told(company: Company, kind: str) -> set[str]:
    return {each.recipient for each in await company.rows(OutboxMessage) if each.kind == kind}


async def test_a_request_costs_nothing_and_tells_those_who_decide(company: Company) -> None:
    quote = await quoted(company, ALICE, "alice", "cara")
    assert (quote.each_month.amount, [each.id for each in quote.asks]) == (3000, ["bob", "dora"])
    await company.does(ALICE, quote)
    assert await stands(company, quote.id) == (RequestStatus.PENDING, None, 0)
    assert await told(company, "request_made") == {"bob", "dora"}
    assert await company.rows(Charge) == []
    [entry] = [each for each in await company.rows(AuditEntry) if each.action == "requests.make"]
    assert (entry.person_id, entry.said, entry.after["people"]) == ("alice", "request it", ["alice", "cara"])
    assert await verify(company.record) == []


async def test_what_is_approved_is_bought_by_who_approves_and_handed_to_those_named(company: Company) -> None:
    request = await asks(company, ALICE, "alice", "cara")
    outcome = await approves(company, BOB, request)
    assert outcome.receipt is not None
    row: Subscription = await company.row(Subscription, "t1", outcome.operation)
    assert (row.purchaser_id, row.total) == ("bob", 2)
    assert {each.person_id for each in await company.rows(Assignment)} == {"alice", "cara"}
    assert await stands(company, request) == (RequestStatus.APPROVED, "bob", 2)
    assert await told(company, "request_approved") == {"alice"}
    assert await told(company, "license_given") == {"cara"}
    assert await verify(company.record) == []


async def test_fewer_than_were_asked_for_is_partly(company: Company) -> None:
    request = await asks(company, ALICE, "alice", "cara")
    assert (await approves(company, BOB, request, 1)).receipt is not None
    assert await stands(company, request) == (RequestStatus.PARTLY, "bob", 1)
    assert await verify(company.record) == []


async def test_an_approval_buys_nothing_that_was_not_asked_for(company: Company, record: Record) -> None:
    """What the policy blocks cannot be had under somebody else's name: not more of it, not for who approves."""
    request = await asks(company)
    product = (await record.requests.find(BOB, request)).product
    more = record.purchases.quote(BOB, product, 2, request=request)
    assert (await refused(more)).code == "more_than_requested"
    own = record.purchases.quote(BOB, product, 1, assign=["bob"], request=request)
    assert (await refused(own)).code == "own_request"
    other = record.purchases.quote(BOB, record.catalog.by_name("Clipchamp").id, 1, request=request)
    assert (await refused(other)).code == "unknown_request"


async def test_a_denial_says_why_and_whoever_asked_is_told(company: Company) -> None:
    request = await asks(company)
    await company.does(BOB, await company.record.requests.quote_denial(BOB, request, "no budget"))
    assert await stands(company, request) == (RequestStatus.DENIED, "bob", 0)
    assert (await company.record.requests.find(ALICE, request)).reason == "no budget"
    assert await told(company, "request_denied") == {"alice"}
    assert await verify(company.record) == []


async def test_whoever_asked_withdraws_and_nobody_else(company: Company) -> None:
    request = await asks(company, ALICE, "alice", "cara")
    for other in (BOB, CARA, EVAN, ELSEWHERE):
        attempt = company.record.requests.quote_withdrawal(other, request)
        assert (await refused(attempt)).code in ("unknown_request", "not_a_member")
    await company.does(ALICE, await company.record.requests.quote_withdrawal(ALICE, request))
    assert await stands(company, request) == (RequestStatus.WITHDRAWN, "alice", 0)
    for late in (approves(company, BOB, request), company.record.requests.quote_denial(BOB, request, "no")):
        assert (await refused(late)).code == "request_ended"
    assert await verify(company.record) == []


@pytest.mark.parametrize("people", [("bob",), ("alice", "bob")])
async def test_nobody_decides_about_what_would_be_their_own(company: Company, people: tuple[str, ...]) -> None:
    """Neither who asks, nor who would get one of the licenses; the other admin may."""
    request = await asks(company, BOB if people == ("bob",) else ALICE, *people)
    assert await told(company, "request_made") == {"dora"}
    assert await company.record.requests.waiting(BOB) == ()
    assert (await refused(approves(company, BOB, request))).code == "own_request"
    assert (await refused(company.record.requests.quote_denial(BOB, request, "no"))).code == "own_request"
    assert (await approves(company, DORA, request)).receipt is not None
    assert await verify(company.record) == []


async def test_without_the_rule_somebody_would_approve_their_own(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control: what `deciders` leaves out is what holds, and `verify` sees it where it was left open."""

    async def everybody(tx: Any, *_: Any, **__: Any) -> Any:
        return await deciding._acting(tx, true())

    request = await asks(company, ALICE, "alice", "bob")
    monkeypatch.setattr(deciding, "deciders", everybody)
    assert (await approves(company, BOB, request, 1)).receipt is not None
    monkeypatch.undo()
    assert [each.invariant for each in await verify(company.record)] == ["I11"]


async def test_the_right_is_asked_when_it_is_carried_out(company: Company, record: Record) -> None:
    request = await asks(company)
    view = await record.requests.find(BOB, request)
    bought = await record.purchases.quote(BOB, view.product, 1, assign=["alice"], request=request)
    denied = await record.requests.quote_denial(BOB, request, "no")
    await record.people.appoint("t1", ["dora"])  # Bob is no admin any more
    for quote in (bought, denied):
        outcome = await record.operations.commit(BOB, quote.id)
        assert outcome.refusal is not None
        assert outcome.refusal.code == "unknown_request"
    assert await company.rows(Charge) == []
    assert await stands(company, request) == (RequestStatus.PENDING, None, 0)


async def test_who_sees_a_request(company: Company, record: Record) -> None:
    request = await asks(company, ALICE, "alice", "cara")
    seen = set()
    for who in (ALICE, BOB, CARA, DORA, EVAN, ELSEWHERE):
        try:
            seen.add((await record.requests.find(who, request)) and who.person)
        except Refused as unknown:
            assert unknown.code == "unknown_request"
    assert seen == {"alice", "bob", "cara", "dora"}
    assert [each.id for each in await record.requests.own(ALICE)] == [request]
    assert [len(await record.requests.waiting(who)) for who in (ALICE, BOB, CARA, DORA, EVAN)] == [0, 1, 0, 1, 0]


async def test_one_product_is_asked_for_once_at_a_time(company: Company) -> None:
    twice = await quoted(company), await quoted(company)
    await company.does(ALICE, twice[0])
    outcome = await company.record.operations.commit(ALICE, twice[1].id)
    assert outcome.refusal is not None
    assert outcome.refusal.code == "already_requested"
    assert (await refused(quoted(company))).code == "already_requested"


async def test_approvers_go_before_admins_until_it_is_passed_on(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    await company.adds(Policy(tenant="t1"))
    await company.adds(Approver(tenant="t1", person_id="cara"))
    request = await asks(company)
    assert await told(company, "request_made") == {"cara"}
    assert (await refused(record.requests.quote_denial(BOB, request, "no"))).code == "unknown_request"
    clock.advance(timedelta(days=3))
    [key] = await record.requests.due(10)
    await record.requests.advance(key)
    assert await told(company, "request_waits") == {"bob", "cara", "dora"}
    await company.does(BOB, await record.requests.quote_denial(BOB, request, "no"))
    own = await asks(company, CARA)
    assert (await record.requests.find(DORA, own)).status is RequestStatus.PENDING  # the only approver asks herself
    assert await verify(record) == []


async def test_what_is_blocked_may_be_asked_for_and_bought_by_an_approval(company: Company, record: Record) -> None:
    await company.adds(Policy(tenant="t1", sale=Sale.DISABLED))
    product = record.catalog.by_name("Visio Plan 2").id
    assert (await refused(record.purchases.quote(BOB, product, 1))).code == "product_disabled"
    request = await asks(company)
    assert (await approves(company, BOB, request)).receipt is not None
    assert (await refused(record.purchases.quote(BOB, product, 1))).code == "product_disabled"


async def test_where_requests_are_closed_nothing_is_asked_for(company: Company) -> None:
    await company.adds(Policy(tenant="t1", requests=False))
    assert (await refused(quoted(company))).code == "requests_closed"


async def test_where_nobody_else_could_decide_nothing_is_sent(company: Company, record: Record) -> None:
    await record.people.appoint("t1", ["bob"])
    assert (await refused(quoted(company, BOB))).code == "nobody_to_ask"


async def test_two_who_decide_at_the_same_time_decide_once(company: Company, record: Record) -> None:
    request = await asks(company)
    view = await record.requests.find(BOB, request)
    quotes = [
        await record.purchases.quote(who, view.product, 1, assign=["alice"], request=request) for who in (BOB, DORA)
    ]
    denial = await record.requests.quote_denial(DORA, request, "no budget")
    each = [(BOB, quotes[0].id), (DORA, quotes[1].id), (DORA, denial.id)]
    outcomes = await asyncio.gather(*(record.operations.commit(who, quote) for who, quote in each))
    assert sorted(outcome.status for outcome in outcomes) == [OperationStatus.DONE, *[OperationStatus.REFUSED] * 2]
    assert len(await company.rows(Charge)) == (outcomes[2].receipt is None)
    assert await verify(record) == []


async def test_what_nobody_decides_about_is_passed_on_once_and_then_expires(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    request = await asks(company)
    assert await record.requests.due(10) == []
    clock.advance(timedelta(days=3))
    assert [await record.requests.advance(key) for key in await record.requests.due(10)] == [True]
    assert await told(company, "request_waits") == {"bob", "dora"}
    assert await record.requests.due(10) == []
    clock.advance(timedelta(days=362))
    assert (await refused(approves(company, BOB, request))).code == "request_ended"
    [key] = await record.requests.due(10)
    workers = await asyncio.gather(*(record.requests.advance(key) for _ in range(3)))
    assert sum(workers) == 1
    assert await stands(company, request) == (RequestStatus.EXPIRED, None, 0)
    assert await told(company, "request_expired") == {"alice", "bob", "dora"}
    assert await verify(record) == []


async def test_whoever_is_forgotten_asks_for_nothing_and_their_words_are_gone(company: Company, record: Record) -> None:
    pending = await asks(company)
    denied = await asks(company, CARA, "cara", "alice")
    await company.does(BOB, await record.requests.quote_denial(BOB, denied, "Alice has left"))
    await record.purchases.quote(DORA, (await record.requests.find(DORA, pending)).product, 1, request=pending)
    assert "license_requests" in await record.privacy.export("t1", "alice")
    await record.privacy.erase("t1", "alice")
    assert await stands(company, pending) == (RequestStatus.WITHDRAWN, "alice", 0)
    left = str([vars(each) for kind in (LicenseRequest, AuditEntry) for each in await company.rows(kind)])
    assert "audit" not in left
    assert "has left" not in left
    everything = str(await record.privacy.export("t1", "bob")) + str(await record.privacy.export("t1", "dora"))
    assert "for the audit" not in everything
    assert await verify(record) == []


async def test_notes_are_forgotten_with_time(company: Company, record: Record, clock: FrozenClock) -> None:
    request = await asks(company)
    await company.does(BOB, await record.requests.quote_denial(BOB, request, "no budget"))
    clock.advance(timedelta(days=400))
    await record.privacy.forget_words(clock.now())
    view = await record.requests.find(ALICE, request)
    assert (view.note, view.reason, view.status) == ("", "", RequestStatus.DENIED)
