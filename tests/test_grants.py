"""Sharing with a team or a deputy: given, shown and taken back, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.models import AuditEntry, Grant, OutboxMessage, Subscription
from storage.verify import verify
from tests.small_company import ALICE, BOB, CARA, ELSEWHERE, EVAN, Company, refused

if TYPE_CHECKING:
    from storage.record import Record


@pytest.fixture
async def company(record: Record) -> Company:
    return await Company.in_(record)


async def bought(company: Company) -> str:
    """The id of a subscription that Alice bought as people buy, with everything in the books."""
    await company.has_card()
    product = company.record.catalog.by_name("Power BI Pro").id
    receipt = await company.does(ALICE, await company.record.purchases.quote(ALICE, product, 5))
    return receipt.quote.id


async def told(company: Company) -> list[tuple[str, str]]:
    """What people are told of, and who."""
    messages = await company.rows(OutboxMessage)
    return sorted((message.kind, message.recipient) for message in messages if message.recipient != "microsoft")


async def test_a_team_gets_and_loses_the_right_to_hand_licenses_out(company: Company, record: Record) -> None:
    subscription = await bought(company)
    team = await company.has_team("Sales", CARA, ALICE)
    quote = await record.sharing.quote(ALICE, subscription, team_id=team, said="share it with Sales")
    assert quote.team is not None and [owner.name for owner in quote.team.owners] == ["Alice", "Cara"]
    assert await record.subscriptions.assignable_by(CARA) == []
    await company.does(ALICE, quote)
    assert [view.id for view in await record.subscriptions.assignable_by(CARA)] == [subscription]
    [shared] = await record.sharing.of(ALICE, subscription)
    assert (shared.team, shared.deputy, shared.granted_at) == (quote.team, None, record.clock.now())
    assert await told(company) == [("shared_with_you", "cara")]
    await company.does(ALICE, await record.sharing.quote(ALICE, subscription, team_id=team, withdraw=True))
    assert sorted(await told(company)) == [("share_withdrawn", "cara"), ("shared_with_you", "cara")]
    assert await record.subscriptions.assignable_by(CARA) == []
    assert await record.sharing.of(ALICE, subscription) == ()
    entries = await company.rows(AuditEntry)
    noted = [(entry.before, entry.after) for entry in entries if entry.action == "subscriptions.share"]
    given, nobody = {"team": team, "deputy": None}, {"team": None, "deputy": None}
    assert sorted(noted, key=str) == sorted([(nobody, given), (given, nobody)], key=str)
    assert await verify(record) == []


async def test_a_deputy_changes_the_total_until_the_right_is_taken_back(company: Company, record: Record) -> None:
    subscription = await bought(company)
    await company.does(ALICE, await record.sharing.quote(ALICE, subscription, person_id="cara"))
    waiting = await record.licenses.quote(CARA, subscription, by=1)
    await company.does(ALICE, await record.sharing.quote(ALICE, subscription, person_id="cara", withdraw=True))
    outcome = await record.operations.commit(CARA, waiting.id)
    assert outcome.refusal is not None and outcome.refusal.code == "not_allowed"
    assert await told(company) == [("deputy_named", "cara"), ("deputy_withdrawn", "cara")]
    assert await verify(record) == []


async def test_a_shared_right_makes_no_other_offer_stale(company: Company, record: Record) -> None:
    subscription = await company.buys(total=5)
    share = await record.sharing.quote(ALICE, subscription, person_id="cara")
    more = await record.licenses.quote(ALICE, subscription, by=1)
    await company.does(ALICE, share)
    await company.does(ALICE, more)
    row = await company.row(Subscription, "t1", subscription)
    assert row.total == 6


async def test_two_offers_of_the_same_right_give_it_once(company: Company, record: Record) -> None:
    subscription = await company.buys(total=5)
    twice = [await record.sharing.quote(ALICE, subscription, person_id="cara") for _ in range(2)]
    await company.does(ALICE, twice[0])
    late = await record.operations.commit(ALICE, twice[1].id)
    assert late.refusal is not None
    assert (late.refusal.code, late.refusal.values) == ("already_shared", {"product": "Power BI Pro", "name": "Cara"})
    assert len(await company.rows(Grant)) == 1


async def test_what_makes_no_sense_is_refused_by_name(company: Company, record: Record) -> None:
    subscription = await company.buys()
    team = await company.has_team("Sales", CARA)
    theirs = await company.has_team("Sales", ELSEWHERE)
    cases = [
        ({"team_id": team, "withdraw": True}, "not_shared"),
        ({"person_id": "cara", "withdraw": True}, "not_shared"),
        ({"team_id": theirs}, "unknown_team"),
        ({"person_id": "nobody"}, "unknown_person"),
        ({"person_id": "evan"}, "deputy_is_no_member"),
        ({"person_id": "alice"}, "deputy_is_purchaser"),
    ]
    for wish, code in cases:
        assert (await refused(record.sharing.quote(ALICE, subscription, **wish))).code == code, wish  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="either"):
        await record.sharing.quote(ALICE, subscription)


async def test_who_may_see_a_subscription_sees_whom_it_is_shared_with(company: Company, record: Record) -> None:
    subscription = await company.buys()
    await company.does(ALICE, await record.sharing.quote(ALICE, subscription, person_id="cara"))
    for actor in (ALICE, BOB, CARA):
        [shared] = await record.sharing.of(actor, subscription)
        assert shared.deputy is not None and shared.deputy.name == "Cara"
    for stranger in (EVAN, ELSEWHERE):
        assert (await refused(record.sharing.of(stranger, subscription))).code == "unknown_subscription"
    assert (await refused(record.sharing.of(ALICE, "no\0such"))).code == "unknown_subscription"


async def test_teams_are_found_by_their_name_within_the_organisation(company: Company, record: Record) -> None:
    for name in ("Sales", "Sales Europe", "销售部"):
        await company.has_team(name, CARA)
    await company.has_team("Sales", ELSEWHERE)

    async def found(words: str) -> list[str]:
        return [team.name for team in await record.teams.named("t1", words)]

    assert await found(" sales ") == ["Sales"]
    assert await found("europe") == ["Sales Europe"]
    assert await found("sale") == ["Sales", "Sales Europe"]
    assert await found("销售") == ["销售部"]
    assert await found("marketing") == await found(" ") == []
    assert len(await record.teams.of(CARA)) == 3
    assert await record.teams.of(ALICE) == ()
