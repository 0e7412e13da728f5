"""The table of rights where somebody is named to approve: requests, the policy, and what is asked about everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from storage.caps import CapWish
from storage.models import OutboxMessage
from storage.policy_views import Per
from storage.views import Actor
from storage.wanted import Wanted
from tests.small_company import ALICE, BOB, CARA, ELSEWHERE, EVAN, Company
from tests.test_who_may import answer, guest, ok

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage.clock import FrozenClock
    from storage.record import Record

DORA = Actor("t1", "dora")  # deputy of Alice, who asks for something herself
TOM = Actor("t1", "tom")  # approves requests
WHO = (ALICE, DORA, TOM, CARA, BOB, EVAN, ELSEWHERE)

admins, unknown, own = "admins_decide", "unknown_request", "own_request"


@pytest.fixture
async def request_id(record: Record) -> str:
    """Of Cara, for herself and Dora, two licenses; Alice buys, Bob is the admin, and there is a cap."""
    company = await Company.in_(record)
    for actor in (DORA, TOM):
        await record.people.seen("t1", actor.person, name=actor.person.title(), member=True)
    for actor in (BOB, TOM, CARA, DORA, ALICE, ELSEWHERE):
        await company.has_card(actor)
    bought = await company.buys(total=5, ago=timedelta(days=3))
    await company.names_deputy(bought, DORA)
    await company.does(ALICE, await record.cancellations.quote(ALICE, bought, "other", feedback="too dear"))
    await company.does(BOB, await record.policies.approver(BOB, "tom"))
    await company.does(BOB, await record.policies.cap(BOB, CapWish(Per.PERSON, amount="900")))
    asked = await record.requests.quote(CARA, record.catalog.by_name("Visio Plan 2").id, 2, ["cara", "dora"])
    await company.does(CARA, asked)
    return asked.id


def buys(licenses: int) -> Callable[[Record, Actor, str], Awaitable[object]]:
    """Approves so many of what was asked for."""

    def approves(record: Record, who: Actor, request: str) -> Awaitable[object]:
        product = record.catalog.by_name("Visio Plan 2").id
        return record.purchases.quote(who, product, licenses, assign=["cara"], request=request)

    return approves


# Who may, before anybody but the approver is asked: Alice, Dora, Tom, Cara, Bob, Evan, and Alice of another company.
MAY: dict[str, tuple[Callable[[Record, Actor, str], Awaitable[object]], tuple[str, ...]]] = {
    "approve all of it": (buys(2), (unknown, own, ok, own, unknown, guest, unknown)),
    "approve a part": (buys(1), (unknown, own, ok, own, unknown, guest, unknown)),
    "deny it": (
        lambda record, who, request: record.requests.quote_denial(who, request, "no budget"),
        (unknown, own, ok, own, unknown, guest, unknown),
    ),
    "withdraw it": (
        lambda record, who, request: record.requests.quote_withdrawal(who, request),
        (unknown, unknown, unknown, ok, unknown, guest, unknown),
    ),
    "see it": (
        lambda record, who, request: record.requests.find(who, request),
        (unknown, ok, ok, ok, unknown, unknown, unknown),
    ),
    "lift a cap": (
        lambda record, who, _: record.policies.cap(who, CapWish(Per.PERSON, lifts=True)),
        (admins, admins, admins, admins, ok, guest, admins),
    ),
    "end somebody's part in approving": (
        lambda record, who, _: record.policies.approver(who, "tom", withdraw=True),
        (admins, admins, admins, admins, ok, guest, admins),
    ),
    "see the policy": (
        lambda record, who, _: record.policies.of(who),
        (ok, ok, ok, ok, ok, guest, ok),
    ),
}


@pytest.mark.parametrize("deed", MAY)
async def test_who_may(record: Record, request_id: str, deed: str) -> None:
    does, expected = MAY[deed]
    assert tuple([await answer(does(record, who, request_id)) for who in WHO]) == expected


async def test_when_it_is_passed_on_the_admin_decides_too_and_nobody_about_their_own(
    record: Record, request_id: str, clock: FrozenClock
) -> None:
    clock.advance(timedelta(days=3))
    for key in await record.requests.due(10):
        await record.requests.advance(key)
    told = tuple([await answer(record.requests.quote_denial(who, request_id, "no")) for who in WHO])
    assert told == (unknown, own, ok, own, ok, guest, unknown)


@pytest.mark.parametrize(
    ("approves", "asked_first", "asked_later", "more"),
    [("tom", {"tom"}, {"tom", "bob"}, True), ("bob", {"bob"}, {"bob"}, False), ("", {"bob"}, {"bob"}, False)],
)
async def test_whether_others_are_asked_later_is_known_from_the_first(
    record: Record, clock: FrozenClock, approves: str, asked_first: set[str], asked_later: set[str], *, more: bool
) -> None:
    company = await Company.in_(record)
    await record.people.seen("t1", "tom", name="Tom", member=True)
    if approves:
        await company.does(BOB, await record.policies.approver(BOB, approves))
    quote = await record.requests.quote(CARA, record.catalog.by_name("Visio Plan 2").id, 1, ["cara"])
    await company.does(CARA, quote)
    assert ({each.id for each in quote.asks}, quote.asks_more) == (asked_first, more)
    clock.advance(timedelta(days=3))
    assert [await record.requests.advance(key) for key in await record.requests.due(10)] == [True]
    told = {each.recipient: each.payload for each in await company.rows(OutboxMessage) if each.kind == "request_waits"}
    assert (told.keys(), {each["more"] for each in told.values()}) == (asked_later, {more})


async def test_what_is_asked_about_requests_and_the_policy_is_answered_as_far_as_it_concerns_them(
    record: Record, request_id: str
) -> None:
    policies = {who: await record.policies.of(who) for who in WHO if who != EVAN}
    assert {who: (policy.everything, len(policy.caps)) for who, policy in policies.items()} == {
        **dict.fromkeys((ALICE, DORA, TOM, CARA), (False, 1)),
        BOB: (True, 1),
        ELSEWHERE: (False, 0),
    }
    seen = {who: (len(await record.requests.own(who)), len(await record.requests.waiting(who))) for who in WHO}
    assert seen == {**dict.fromkeys((ALICE, DORA, BOB, EVAN, ELSEWHERE), (0, 0)), TOM: (0, 1), CARA: (1, 0)}


async def lines(record: Record, who: Actor) -> int:
    """How many lines the file has that they get."""
    return sum([len(some) async for some in record.summaries.each(who, Wanted())])


async def test_what_is_asked_about_everybody_is_answered_to_admins_and_to_others_about_themselves(
    record: Record, request_id: str
) -> None:
    did = {ALICE: {"Alice"}, CARA: {"Cara"}}
    for who in WHO:
        if who == EVAN:
            for asks in (record.history.by(who, Wanted()), record.leaving.of(who, Wanted()), lines(record, who)):
                assert await answer(asks) == guest
            continue
        changes, reasons = await record.history.by(who, Wanted()), await record.leaving.of(who, Wanted())
        assert (changes.everything, reasons.everything) == ((True, True) if who == BOB else (False, False))
        assert {each.by for each in changes.page} == ({"Alice", "Bob", "Cara"} if who == BOB else did.get(who, set()))
        assert (reasons.count, await lines(record, who)) == ((1, 1) if who in (ALICE, BOB) else (0, 0))
