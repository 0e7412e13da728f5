"""Who may hand licenses out, who sees who holds them, and what everyone may do with their own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from storage.models import Grant, OutboxMessage
from storage.views import Actor, OperationStatus
from tests.handing_out import holders, seats, shared_with_sales
from tests.small_company import ALICE, BOB, CARA, ELSEWHERE, EVAN, Company, refused
from tests.statements import counted

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from storage.record import Record

VISIO = "Visio Plan 2"


@pytest.fixture
async def company(record: Record) -> Company:
    return await Company.in_(record)


async def told(company: Company) -> set[tuple[str, str]]:
    return {(message.kind, message.recipient) for message in await company.rows(OutboxMessage)}


async def test_everyone_gives_back_their_own_and_nobody_elses(company: Company, record: Record) -> None:
    subscription = await company.buys(VISIO, total=3, holders=1)
    await seats(record, ALICE, subscription, give=["cara"])
    no = await refused(record.assignments.quote(CARA, subscription, take=["person-0"]))
    assert no.code == "unknown_subscription"
    no = await refused(record.assignments.quote(CARA, subscription, take=["cara"], give=["bob"]))
    assert no.code == "unknown_subscription"
    outcome = await seats(record, CARA, subscription, take=["cara"])
    assert outcome.status is OperationStatus.DONE
    assert await holders(record, subscription) == {"person-0"}
    assert ("license_taken", "cara") not in await told(company)  # who knows it already
    assert (await refused(record.assignments.quote(CARA, subscription, take=["cara"]))).code == "holds_no_license"


async def test_who_may_hand_out(company: Company, record: Record) -> None:
    subscription = await company.buys(VISIO, total=9)
    assert (await refused(record.assignments.quote(CARA, subscription, give=["bob"]))).code == "unknown_subscription"
    no = await refused(record.assignments.quote(BOB, subscription, give=["cara"]))
    assert (no.code, no.values) == ("not_yours", {"owner": "Alice", "product": VISIO})
    assert (await refused(record.assignments.quote(EVAN, subscription, give=["bob"]))).code == "not_a_member"
    no = await refused(record.assignments.quote(ELSEWHERE, subscription, give=["bob"]))
    assert no.code == "unknown_subscription"
    await company.names_deputy(subscription, CARA)
    assert (await seats(record, CARA, subscription, give=["bob"])).status is OperationStatus.DONE


async def test_the_owner_of_a_team_hands_out_what_is_shared_with_it_and_sees_no_price(
    company: Company, record: Record
) -> None:
    subscription = await company.buys(VISIO, total=9)
    await shared_with_sales(company, subscription)
    [view] = await record.subscriptions.assignable_by(CARA)
    assert view.id == subscription
    assert await record.subscriptions.priced_for(CARA, [view]) == set()
    assert await record.subscriptions.owned_by(CARA) == []
    assert (await seats(record, CARA, subscription, give=["bob"])).status is OperationStatus.DONE
    assert [each.person.id for each in await record.assignments.of(CARA, subscription)] == ["bob"]
    assert (await refused(record.licenses.quote(CARA, subscription, by=1))).code == "not_yours"


async def test_a_right_lost_since_the_card_was_drawn_hands_nothing_out(company: Company, record: Record) -> None:
    subscription = await company.buys(VISIO, total=9, holders=1)
    await shared_with_sales(company, subscription)
    await seats(record, ALICE, subscription, give=["cara"])  # who holds one, too, and may only give that back
    quotes = [
        await record.assignments.quote(CARA, subscription, give=["bob"]),
        await record.assignments.quote(CARA, subscription, take=["person-0"]),
    ]
    [grant] = await company.rows(Grant)
    grant.withdrawn_at = record.clock.now()
    await company.adds(grant)
    for quote in quotes:
        outcome = await record.operations.commit(CARA, quote.id)
        assert outcome.refusal is not None
        assert (outcome.refusal.code, outcome.refusal.values) == ("not_allowed", {"product": VISIO})
    assert await holders(record, subscription) == {"person-0", "cara"}


async def test_what_somebody_holds_is_seen_by_themselves_by_who_hands_out_and_by_admins(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    visio = await company.buys(VISIO, total=3)
    other = await company.buys("Teams Premium", total=3, who=CARA)
    await seats(record, ALICE, visio, give=["cara"])
    clock.advance(timedelta(minutes=1))
    await seats(record, CARA, other, give=["cara"])

    async def seen(actor: Actor) -> list[str]:
        return [held.product_name for held in await record.assignments.held_by(actor, "cara")]

    assert await seen(CARA) == await seen(BOB) == ["Teams Premium", VISIO]
    assert await seen(ALICE) == [VISIO]
    assert await seen(EVAN) == await seen(ELSEWHERE) == []
    [held] = await record.assignments.held_by(ALICE, "cara")
    assert (held.subscription, held.purchaser.name, held.last_used_at) == (visio, "Alice", None)


async def test_an_admin_sees_all_own_first_and_others_what_is_theirs(company: Company, record: Record) -> None:
    mine = await company.buys(VISIO, total=30)
    hers = await company.buys("Teams Premium", total=2, who=CARA)
    bobs = await company.buys("Power BI Pro", total=1, who=BOB)
    assert [view.id for view in await record.subscriptions.seen_by(BOB)] == [bobs, mine, hers]
    assert [view.id for view in await record.subscriptions.assignable_by(BOB)] == [bobs]
    await company.names_deputy(mine, CARA)
    for listed in (record.subscriptions.seen_by, record.subscriptions.assignable_by):
        assert [view.id for view in await listed(CARA)] == [hers, mine]
        assert await listed(EVAN) == []
    everything = await record.subscriptions.seen_by(BOB)
    assert await record.subscriptions.priced_for(BOB, everything) == {bobs, mine, hers}
    assert await record.subscriptions.priced_for(BOB, everything[:1]) == {bobs}
    assert await record.subscriptions.priced_for(CARA, everything) == {hers, mine}
    assert await record.subscriptions.priced_for(EVAN, everything) == set()
    assert (await refused(record.assignments.of(CARA, bobs))).code == "unknown_subscription"
    assert await record.assignments.of(BOB, hers) == ()


async def test_a_longer_list_takes_no_more_statements(company: Company, record: Record) -> None:
    async def looks(actor: Actor) -> int:
        with counted(record.database) as sent:
            shown = await record.subscriptions.seen_by(actor)
            assert await record.subscriptions.priced_for(actor, shown) == {view.id for view in shown}
        return len(sent)

    mine = await company.buys(VISIO, total=9)
    few = [await looks(ALICE), await looks(BOB)]
    for _ in range(7):
        await company.buys(VISIO, total=9)
    assert [await looks(ALICE), await looks(BOB)] == few
    await company.names_deputy(mine, CARA)
    with counted(record.database) as with_one:
        await record.sharing.of(ALICE, mine)
    await shared_with_sales(company, mine)
    await company.names_deputy(mine, BOB)
    with counted(record.database) as with_three:
        assert len(await record.sharing.of(ALICE, mine)) == 3
    assert len(with_three) == len(with_one)
