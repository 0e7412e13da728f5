"""Licenses that others don't use, in the record: counted for buyers, asked for, given away; nobody is named unasked."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from storage.errors import Refused
from storage.models import Assignment, LicenseRequest, OutboxMessage
from storage.request_views import RequestStatus
from storage.verify import verify
from storage.views import Actor, Status, When
from tests.small_company import ALICE, BOB, CARA, ELSEWHERE, Company, refused

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from storage.models.columns import Json
    from storage.quotes import PurchaseQuote
    from storage.record import Record

DORA = Actor("t1", "dora")
VISIO = "Visio Plan 2"


@pytest.fixture
async def company(record: Record) -> Company:
    company = await Company.in_(record)
    await record.people.seen("t1", "dora", name="Dora", member=True)
    for buyer in (ALICE, BOB, CARA, DORA, ELSEWHERE):
        await company.has_card(buyer)
    return company


async def has_spare(company: Company, who: Actor = ALICE, product: str = VISIO) -> str:
    """The id of a subscription of two licenses that somebody bought, and nobody uses."""
    quote = await company.record.purchases.quote(who, company.record.catalog.by_name(product).id, 2)
    await company.does(who, quote)
    return quote.id


async def buying(company: Company, who: Actor = CARA, *, trial: bool = False) -> PurchaseQuote:
    product = company.record.catalog.by_name(VISIO).id
    return await company.record.purchases.quote(who, product, 1, trial=trial)


async def asks(company: Company, who: Actor = CARA) -> str:
    """The id of a request that was sent."""
    quote = await company.record.requests.quote_spare(who, company.record.catalog.by_name(VISIO).id, said="ask them")
    await company.does(who, quote)
    return quote.id


async def declines(company: Company, who: Actor, request: str) -> None:
    await company.does(who, await company.record.requests.quote_denial(who, request, ""))


async def stands(company: Company, request: str) -> tuple[RequestStatus, str | None, list[str]]:
    row: LicenseRequest = await company.row(LicenseRequest, "t1", request)
    return row.status, row.decided_by, row.owners


def asked_and_said_no(exported: dict[str, list[Json]]) -> list[tuple[list[str], str | None]]:
    """Who was asked, and who said no, as somebody's export shows it."""
    return [(each["owners"], each["decided_by"]) for each in exported["license_requests"]]


async def told(company: Company, kind: str) -> set[str]:
    return {each.recipient for each in await company.rows(OutboxMessage) if each.kind == kind}


async def test_a_purchase_shows_how_many_of_others_nobody_uses(company: Company) -> None:
    await company.buys(VISIO, total=5, holders=3)
    await company.buys(VISIO, total=4, holders=3, who=DORA)
    await company.buys(VISIO, total=9, who=CARA)
    await company.buys("Visio Plan 1", total=9)
    assert (await buying(company)).spare == 3
    assert (await buying(company, ELSEWHERE)).spare == 0
    assert (await buying(company, trial=True)).spare == 0


async def test_more_licenses_show_it_too_and_fewer_do_not(company: Company) -> None:
    mine = await company.buys(VISIO, total=5, who=CARA)
    await company.buys(VISIO, total=5, holders=3)
    licenses = company.record.licenses
    assert (await licenses.quote(CARA, mine, by=1)).spare == 2
    assert (await licenses.quote(CARA, mine, by=-1)).spare == 0
    await company.does(CARA, await company.record.sharing.quote(CARA, mine, person_id="alice"))
    assert (await licenses.quote(ALICE, mine, by=1)).spare == 0


@pytest.mark.parametrize(
    "columns",
    [
        {"status": Status.EXPIRED, "recurring": False},
        {"status": Status.DISABLED, "recurring": False},
        {"recurring": False},
    ],
)
async def test_what_has_ended_or_will_end_counts_for_nothing(company: Company, columns: dict[str, object]) -> None:
    await company.buys(VISIO, total=5, **columns)
    assert (await buying(company)).spare == 0


async def test_what_a_scheduled_reduction_takes_does_not_count(company: Company) -> None:
    bought = await company.buys(VISIO, total=5, holders=2)
    fewer = await company.record.licenses.quote(ALICE, bought, to=3, when=When.RENEWAL)
    assert (await buying(company)).spare == 3
    await company.does(ALICE, fewer)
    assert (await buying(company)).spare == 1


async def test_owners_are_asked_and_no_name_of_theirs_is_kept_for_the_asker(company: Company) -> None:
    for owner in (ALICE, DORA):
        await has_spare(company, owner)
    request = await asks(company)
    assert await stands(company, request) == (RequestStatus.PENDING, None, ["alice", "dora"])
    assert await told(company, "request_made") == {"alice", "dora"}
    [shown] = await company.record.requests.own(CARA)
    assert not {"alice", "dora", "Alice", "Dora"} & set(str(shown).replace("'", " ").split())
    assert [each.id for each in await company.record.requests.waiting(ALICE)] == [request]
    assert await company.record.requests.waiting(BOB) == ()
    assert await verify(company.record) == []


async def test_a_license_that_is_handed_to_the_asker_ends_it(company: Company) -> None:
    bought = await has_spare(company)
    other = await has_spare(company, ALICE, "Visio Plan 1")
    request = await asks(company)
    await company.does(ALICE, await company.record.assignments.quote(ALICE, other, give=["cara"]))
    assert (await stands(company, request))[0] is RequestStatus.PENDING
    await company.does(ALICE, await company.record.assignments.quote(ALICE, bought, give=["cara"]))
    assert (await stands(company, request))[:2] == (RequestStatus.APPROVED, "alice")
    assert await told(company, "license_given") == {"cara"}
    assert {each.person_id for each in await company.rows(Assignment)} == {"cara"}
    assert await verify(company.record) == []
    assert (await refused(company.record.requests.quote_denial(ALICE, request, ""))).code == "request_ended"


async def test_whoever_buys_a_license_for_the_asker_ends_it_and_owners_are_told_once(company: Company) -> None:
    for owner in (ALICE, DORA):
        await has_spare(company, owner)
    requests = [await asks(company), await asks(company, BOB)]
    product = company.record.catalog.by_name(VISIO).id
    await company.does(ALICE, await company.record.purchases.quote(ALICE, product, 2, assign=["bob", "cara"]))
    for request in requests:
        assert (await stands(company, request))[:2] == (RequestStatus.APPROVED, "alice")
    [over] = [each for each in await company.rows(OutboxMessage) if each.kind == "request_over"]
    assert (over.recipient, over.payload["count"]) == ("dora", 2)
    assert await verify(company.record) == []


async def test_an_approved_purchase_ends_it_too_and_the_asker_hears_of_both_once(company: Company) -> None:
    await has_spare(company)
    request = await asks(company)
    product = company.record.catalog.by_name(VISIO).id
    wanted = await company.record.requests.quote(CARA, product, 1, ["cara"])
    await company.does(CARA, wanted)
    await company.does(BOB, await company.record.purchases.quote(BOB, product, 1, assign=["cara"], request=wanted.id))
    assert (await stands(company, request))[:2] == (RequestStatus.APPROVED, "bob")
    heard = [each.kind for each in await company.rows(OutboxMessage) if each.recipient == "cara"]
    assert (heard, await told(company, "request_over")) == (["request_approved"], {"alice"})
    assert await verify(company.record) == []


async def test_who_takes_a_license_of_their_own_asks_no_longer(company: Company) -> None:
    await has_spare(company)
    request = await asks(company)
    product = company.record.catalog.by_name(VISIO).id
    await company.does(CARA, await company.record.purchases.quote(CARA, product, 1))
    assert (await stands(company, request))[0] is RequestStatus.PENDING
    await company.does(CARA, await company.record.purchases.quote(CARA, product, 1, assign=["cara"]))
    assert (await stands(company, request))[:2] == (RequestStatus.WITHDRAWN, "cara")
    assert await told(company, "request_over") == {"alice"}
    assert await verify(company.record) == []


async def test_it_is_denied_when_the_last_owner_says_no(company: Company) -> None:
    for owner in (ALICE, DORA):
        await has_spare(company, owner)
    request = await asks(company)
    await declines(company, ALICE, request)
    assert await stands(company, request) == (RequestStatus.PENDING, None, ["dora"])
    assert await told(company, "request_denied") == set()
    assert (await refused(company.record.requests.quote_denial(ALICE, request, ""))).code == "unknown_request"
    await declines(company, DORA, request)
    assert (await stands(company, request))[0] is RequestStatus.DENIED
    assert [each.decided_by for each in await company.record.requests.own(CARA)] == [None]
    assert await told(company, "request_denied") == {"cara"}
    assert await verify(company.record) == []


async def test_two_owners_who_say_no_at_once_end_nothing_that_was_shown_to_go_on(company: Company) -> None:
    for owner in (ALICE, DORA):
        await has_spare(company, owner)
    request = await asks(company)
    noes = [(owner, await company.record.requests.quote_denial(owner, request, "")) for owner in (ALICE, DORA)]
    assert [quote.ends_it for _, quote in noes] == [False, False]
    ended = await asyncio.gather(*(company.record.operations.commit(owner, quote.id) for owner, quote in noes))
    assert sorted(each.receipt is not None for each in ended) == [False, True]
    status, _, left = await stands(company, request)
    assert (status, len(left)) == (RequestStatus.PENDING, 1)
    assert await verify(company.record) == []


async def test_a_yes_and_a_no_at_once_are_a_yes(company: Company) -> None:
    bought = await has_spare(company)
    await has_spare(company, DORA)
    request = await asks(company)
    gives = await company.record.assignments.quote(ALICE, bought, give=["cara"])
    denial = await company.record.requests.quote_denial(DORA, request, "")
    yes_and_no = ((ALICE, gives.id), (DORA, denial.id))
    given, _ = await asyncio.gather(*(company.record.operations.commit(*each) for each in yes_and_no))
    assert given.receipt is not None
    assert (await stands(company, request))[:2] == (RequestStatus.APPROVED, "alice")
    assert await told(company, "request_denied") == set()
    assert await verify(company.record) == []


async def test_who_has_left_is_not_waited_for(company: Company) -> None:
    for owner in (ALICE, DORA):
        await has_spare(company, owner)
    request = await asks(company)
    await company.record.people.seen("t1", "alice", name="Alice", member=False)
    await declines(company, DORA, request)
    assert (await stands(company, request))[0] is RequestStatus.DENIED
    assert await verify(company.record) == []


async def test_whose_no_it_was_no_export_shows(company: Company) -> None:
    for owner in (ALICE, DORA):
        await has_spare(company, owner)
    request = await asks(company)
    assert asked_and_said_no(await company.record.privacy.export("t1", "alice")) == [(["alice"], None)]
    for owner in (ALICE, DORA):
        denial = await company.record.requests.quote_denial(owner, request, "", understood={"people": ["cara"]})
        await company.does(owner, denial)
    mine = await company.record.privacy.export("t1", "cara")
    assert asked_and_said_no(mine) == [([], None)]
    shown = {name for name, rows in mine.items() if {"alice", "dora"} & set(re.findall(r"\w+", str(rows)))}
    assert shown == set()
    assert [each["kind"] for each in mine["outbox_messages"]] == ["request_denied"]
    hers = await company.record.privacy.export("t1", "dora")
    assert sorted(each["kind"] for each in hers["outbox_messages"]) == ["fulfil", "request_made"]
    assert asked_and_said_no(hers) == [([], "dora")]


async def test_it_ends_by_itself_and_is_passed_on_to_nobody(company: Company, clock: FrozenClock) -> None:
    await has_spare(company)
    request = await asks(company)
    clock.advance(timedelta(days=13))
    assert await company.record.requests.due(9) == []
    clock.advance(timedelta(days=1))
    assert [await company.record.requests.advance(each) for each in await company.record.requests.due(9)] == [True]
    assert (await stands(company, request))[0] is RequestStatus.EXPIRED
    assert await told(company, "request_expired") == {"alice", "cara"}
    assert await verify(company.record) == []


async def test_nobody_buys_for_it_and_who_is_not_asked_knows_nothing_of_it(company: Company) -> None:
    await has_spare(company)
    request = await asks(company)
    product = company.record.catalog.by_name(VISIO).id
    for who in (ALICE, BOB):
        with pytest.raises(Refused, match="unknown_request"):
            await company.record.purchases.quote(who, product, 1, request=request)
    for who in (BOB, DORA, ELSEWHERE):
        assert (await refused(company.record.requests.quote_denial(who, request, ""))).code == "unknown_request"
    assert (await refused(company.record.requests.quote_denial(CARA, request, ""))).code == "own_request"


async def test_it_is_asked_once_and_only_where_there_is_one(company: Company) -> None:
    product = company.record.catalog.by_name(VISIO).id
    assert (await refused(company.record.requests.quote_spare(CARA, product))).code == "nothing_spare"
    bought = await company.buys(VISIO, total=1)
    late = await company.record.requests.quote_spare(CARA, product)
    await asks(company)
    assert (await refused(company.record.requests.quote_spare(CARA, product))).code == "already_requested"
    assert (await refused(company.record.requests.quote_spare(ALICE, product))).code == "nothing_spare"
    early = await company.record.requests.quote_spare(DORA, product)
    await company.does(ALICE, await company.record.assignments.quote(ALICE, bought, give=["bob"]))
    for who, quote in ((CARA, late), (DORA, early)):
        assert (await company.record.operations.commit(who, quote.id)).receipt is None
