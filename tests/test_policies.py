"""What admins decide about buying: quoted, confirmed, kept in the trail, shown, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.caps import CapWish
from storage.models import Approver, AuditEntry, Cap, OutboxMessage, TeamMember
from storage.money import Money
from storage.policy_views import Per, Sale
from storage.views import Actor, OperationStatus
from tests.small_company import ALICE, BOB, CARA, ELSEWHERE, EVAN, Company, refused

if TYPE_CHECKING:
    from storage.record import Record

POWER_BI, VISIO = "Power BI Pro", "Visio Plan 2"  # $14 and $15 a month


@pytest.fixture
async def company(record: Record) -> Company:
    company = await Company.in_(record)
    for actor in (ALICE, CARA):
        await company.has_card(actor)
    return company


def product(company: Company, name: str) -> str:
    return company.record.catalog.by_name(name).id


async def test_a_rule_says_what_was_and_what_stays_and_holds_once_it_is_confirmed(
    company: Company, record: Record
) -> None:
    await company.buys(total=5)
    power_bi = product(company, POWER_BI)
    quote = await record.policies.sell(BOB, power_bi, Sale.TRIALS_ONLY, said="trials only")
    assert (quote.product_name, quote.before, quote.after) == (POWER_BI, Sale.ENABLED, Sale.TRIALS_ONLY)
    assert (quote.untouched, quote.own, quote.about) == (1, (), None)
    assert (await record.policies.of(ALICE)).products == ()

    receipt = await company.does(BOB, quote)

    assert receipt.done_by.name == "Bob"
    assert (await record.policies.of(ALICE)).products == ((POWER_BI, Sale.TRIALS_ONLY),)
    assert (await refused(record.purchases.quote(ALICE, power_bi, 1))).code == "only_trials"
    [entry] = await company.rows(AuditEntry)
    assert (entry.action, entry.person_id, entry.said, entry.subscription_id) == (
        "policy.sale",
        "bob",
        "trials only",
        None,
    )
    assert entry.before == {"product": power_bi, "sale": "enabled"}
    assert entry.after == {"product": power_bi, "sale": "trials_only"}


async def test_the_rule_for_all_leaves_alone_what_has_one_of_its_own(company: Company, record: Record) -> None:
    await company.does(BOB, await record.policies.sell(BOB, product(company, POWER_BI), Sale.DISABLED))
    await company.does(BOB, await record.policies.sell(BOB, product(company, POWER_BI), Sale.ENABLED))
    quote = await record.policies.sell(BOB, None, Sale.DISABLED)
    assert (quote.product, quote.own) == (None, (POWER_BI,))

    await company.does(BOB, quote)

    assert (await refused(record.purchases.quote(ALICE, product(company, VISIO), 1))).code == "product_disabled"
    await company.does(ALICE, await record.purchases.quote(ALICE, product(company, POWER_BI), 1))


async def test_what_holds_already_is_refused_also_when_another_admin_was_faster(
    company: Company, record: Record
) -> None:
    power_bi = product(company, POWER_BI)
    assert (await refused(record.policies.sell(BOB, power_bi, Sale.ENABLED))).code == "already_so"
    first, second = [await record.policies.sell(BOB, power_bi, Sale.DISABLED) for _ in range(2)]
    await company.does(BOB, first)

    outcome = await record.operations.commit(BOB, second.id)
    assert outcome.refusal and outcome.refusal.code == "already_so"


async def test_whoever_is_no_admin_any_more_decides_nothing(company: Company, record: Record) -> None:
    await record.people.appoint("t1", ["bob", "cara"])
    quote = await record.policies.sell(CARA, product(company, POWER_BI), Sale.DISABLED)
    await record.people.appoint("t1", ["bob"])

    outcome = await record.operations.commit(CARA, quote.id)

    assert outcome.status is OperationStatus.REFUSED and outcome.refusal
    assert (outcome.refusal.code, outcome.refusal.values) == ("admins_decide", {"names": "Bob"})
    assert (await record.policies.of(ALICE)).products == ()


async def test_a_cap_of_a_team_is_set_changed_and_lifted(company: Company, record: Record) -> None:
    team = await company.has_team("Sales", ALICE)
    await company.adds(TeamMember(tenant="t1", team_id=team, person_id="cara"))
    set_to = CapWish(Per.TEAM, team=team, amount="28", currencies=("USD",))
    quote = await record.policies.cap(BOB, set_to)
    assert (quote.cap.money, quote.before, quote.people) == (Money(2_800, "USD"), None, 2)
    await company.does(BOB, quote)
    buys = await record.purchases.quote(ALICE, product(company, POWER_BI), 2)
    await company.does(ALICE, buys)
    assert (await refused(record.purchases.quote(CARA, product(company, POWER_BI), 1))).code == "over_team_money"

    higher = await record.policies.cap(BOB, CapWish(Per.TEAM, team=team, amount="42.50"))
    assert (higher.before, higher.cap.money) == (2_800, Money(4_250, "USD"))
    await company.does(BOB, higher)
    await company.does(CARA, await record.purchases.quote(CARA, product(company, POWER_BI), 1))
    assert [cap.left for cap in (await record.policies.of(BOB)).caps] == [50]
    lifted = await company.does(BOB, await record.policies.cap(BOB, CapWish(Per.TEAM, team=team, lifts=True)))

    assert lifted.quote.about is None
    assert await company.rows(Cap) == []
    trail = sorted([entry for entry in await company.rows(AuditEntry) if entry.action == "policy.cap"], key=_at)
    assert [(entry.before["cap"], entry.after["cap"]) for entry in trail] == [(None, 2800), (2800, 4250), (4250, None)]


def _at(entry: AuditEntry) -> tuple[object, int]:
    return entry.at, entry.before["cap"] or 0


async def test_a_cap_that_has_changed_meanwhile_is_offered_anew(company: Company, record: Record) -> None:
    old = await record.policies.cap(BOB, CapWish(Per.PERSON, amount="100"))
    await company.does(BOB, await record.policies.cap(BOB, CapWish(Per.PERSON, amount="300")))

    outcome = await record.operations.commit(BOB, old.id)

    assert outcome.refusal and outcome.refusal.code == "quote_changed" and outcome.refusal.quote
    await company.does(BOB, outcome.refusal.quote)
    [cap] = await company.rows(Cap)
    assert cap.amount == 10_000


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (CapWish(Per.PERSON, amount="100", currencies=("CNY", "JPY")), "other_currency"),
        (CapWish(Per.PERSON, amount="10.005"), "no_such_amount"),
        (CapWish(Per.PERSON, lifts=True), "no_such_cap"),
        (CapWish(Per.TEAM, team="nobody's", amount="10"), "unknown_team"),
    ],
)
async def test_what_can_be_no_cap_is_refused(company: Company, record: Record, wish: CapWish, code: str) -> None:
    assert (await refused(record.policies.cap(BOB, wish))).code == code


async def test_approvers_are_members_and_are_told(company: Company, record: Record) -> None:
    assert (await refused(record.policies.approver(BOB, "evan"))).code == "approver_is_no_member"
    assert (await refused(record.policies.approver(BOB, "nobody"))).code == "unknown_person"
    assert (await refused(record.policies.approver(BOB, "cara", withdraw=True))).code == "no_approver"
    await company.does(BOB, await record.policies.approver(BOB, "cara"))
    assert [each.name for each in (await record.policies.of(ALICE)).approvers] == ["Cara"]

    await company.does(BOB, await record.policies.approver(BOB, "cara", withdraw=True))

    assert await company.rows(Approver) == []
    told = [(each.kind, each.recipient) for each in await company.rows(OutboxMessage)]
    assert sorted(told) == [("approver_named", "cara"), ("approver_withdrawn", "cara")]


async def test_whoever_is_forgotten_approves_nothing_any_more(company: Company, record: Record) -> None:
    await company.does(BOB, await record.policies.approver(BOB, "cara"))

    await record.privacy.erase("t1", "cara")

    assert await company.rows(Approver) == []


async def test_requests_are_closed_and_opened(company: Company, record: Record) -> None:
    assert (await refused(record.policies.requests(BOB, opens=True))).code == "already_so"
    await company.does(BOB, await record.policies.requests(BOB, opens=False))
    assert not (await record.policies.of(ALICE)).requests
    await company.does(BOB, await record.policies.requests(BOB, opens=True))
    assert (await record.policies.of(ALICE)).requests


async def test_people_see_the_caps_that_hold_for_them_and_what_is_left_of_their_own(
    company: Company, record: Record
) -> None:
    sales, other = await company.has_team("Sales", ALICE), await company.has_team("Design", CARA)
    for wish in (
        CapWish(Per.PERSON, amount="100"),
        CapWish(Per.TEAM, team=sales, amount="200"),
        CapWish(Per.TEAM, team=other, amount="300"),
        CapWish(Per.PERSON, product=product(company, POWER_BI), licenses=3),
    ):
        await company.does(BOB, await record.policies.cap(BOB, wish))
    await company.does(ALICE, await record.purchases.quote(ALICE, product(company, POWER_BI), 1))

    mine, everything = await record.policies.of(ALICE), await record.policies.of(BOB)

    assert [(cap.per, cap.left) for cap in mine.caps] == [(Per.PERSON, 8600), (Per.TEAM, 18600), (Per.PERSON, 2)]
    assert [(cap.per, cap.left) for cap in everything.caps] == [
        (Per.PERSON, None),
        (Per.TEAM, 30_000),
        (Per.TEAM, 18_600),
        (Per.PERSON, None),
    ]
    assert (mine.everything, everything.everything) == (False, True)
    assert [each.name for each in mine.admins] == ["Bob"]
    assert (await refused(record.policies.of(EVAN))).code == "not_a_member"


async def test_nothing_of_one_organisation_holds_in_another(company: Company, record: Record) -> None:
    elsewhere = Actor("t2", "bob")
    await record.people.appoint("t2", ["bob"])
    await company.has_card(ELSEWHERE)
    await company.does(BOB, await record.policies.sell(BOB, None, Sale.DISABLED))

    assert (await record.policies.of(elsewhere)).sale is Sale.ENABLED
    await company.does(ELSEWHERE, await record.purchases.quote(ELSEWHERE, product(company, POWER_BI), 1))
    team = await company.has_team("Sales", ALICE)
    no = await refused(record.policies.cap(elsewhere, CapWish(Per.TEAM, team=team, amount="1")))
    assert no.code == "unknown_team"
