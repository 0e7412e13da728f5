"""The table of rights: every kind of change and every question, for everybody, on both databases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from storage.actions import ActionName
from storage.caps import CapWish
from storage.errors import Refused
from storage.models import Operation
from storage.policy_views import Per, Sale
from storage.quotes import Renewal
from storage.views import Actor, Status
from storage.wanted import Wanted
from tests.small_company import ALICE, BOB, CARA, ELSEWHERE, EVAN, Company

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage.record import Record

DORA = Actor("t1", "dora")  # Alice's deputy
TOM = Actor("t1", "tom")  # owns the team that Alice's subscription is shared with
TINA = Actor("t1", "tina")  # is in that team, and holds a license
WHO = (ALICE, DORA, TOM, TINA, CARA, BOB, EVAN, ELSEWHERE)

ok, not_yours, unknown, guest = "ok", "not_yours", "unknown_subscription", "not_a_member"
admins = "admins_decide"
own, no_request, nobody, nothing = "own_request", "unknown_request", "nobody_to_ask", "nothing_spare"


@dataclass(frozen=True)
class Office:
    """Alice's subscription, shared with a team and with a deputy, who has scheduled a reduction of it.

    Another of hers has ended, and one is unpaid.
    """

    record: Record
    bought: str
    ended: str
    owing: str
    team: str
    spare: str  # a card of hers that pays for nothing
    request: str  # of Cara, for Tina

    @classmethod
    async def of(cls, record: Record) -> Office:
        company = await Company.in_(record)
        for actor in (DORA, TOM, TINA):
            await record.people.seen("t1", actor.person, name=actor.person.title(), member=True)
        bought = await company.buys(total=5, ago=timedelta(days=40))
        await company.buys("Teams Premium", total=1)
        ended = await company.buys(total=5, status=Status.EXPIRED, recurring=False)
        team = await company.has_team("Sales", TOM)
        for actor in (DORA, CARA, BOB, ELSEWHERE):
            await company.has_card(actor)
        await company.does(ALICE, await record.sharing.quote(ALICE, bought, person_id="dora"))
        await company.does(ALICE, await record.sharing.quote(ALICE, bought, team_id=team))
        await company.does(ALICE, await record.assignments.quote(ALICE, bought, give=["tina", "bob"]))
        await company.does(DORA, await record.licenses.quote(DORA, bought, to=4))
        asked = await record.requests.quote(CARA, record.catalog.by_name("Visio Plan 2").id, 1, ["tina"])
        await company.does(CARA, asked)
        spare = await company.has_card(last_four="4444")
        return cls(record, bought, ended, await company.owes(), team, spare, asked.id)


# Everything that can be asked for, and what each of WHO is told.
CHANGES: dict[str, tuple[ActionName, Callable[[Office, Actor], Awaitable[object]], tuple[str, ...]]] = {
    "add licenses": (
        ActionName.CHANGE_TOTAL,
        lambda at, who: at.record.licenses.quote(who, at.bought, by=1),
        (ok, ok, not_yours, unknown, unknown, not_yours, guest, unknown),
    ),
    "give somebody a license": (
        ActionName.ASSIGN,
        lambda at, who: at.record.assignments.quote(who, at.bought, give=["cara"]),
        (ok, ok, ok, unknown, unknown, not_yours, guest, unknown),
    ),
    "take somebody's license": (
        ActionName.UNASSIGN,
        lambda at, who: at.record.assignments.quote(who, at.bought, take=["bob"]),
        (ok, ok, ok, unknown, unknown, ok, guest, unknown),  # Bob's own
    ),
    "move a license": (
        ActionName.MOVE,
        lambda at, who: at.record.assignments.quote(who, at.bought, give=["cara"], take=["bob"]),
        (ok, ok, ok, unknown, unknown, not_yours, guest, unknown),
    ),
    "buy": (
        ActionName.BUY,
        lambda at, who: at.record.purchases.quote(who, at.record.catalog.by_name("Clipchamp").id, 1, trial=True),
        (ok, ok, ok, ok, ok, ok, guest, ok),
    ),
    "cancel": (
        ActionName.CANCEL,
        lambda at, who: at.record.cancellations.quote(who, at.bought, "other"),
        (ok, not_yours, not_yours, unknown, unknown, not_yours, guest, unknown),
    ),
    "turn recurring billing off": (
        ActionName.RENEW,
        lambda at, who: at.record.renewals.quote(who, at.bought, Renewal.OFF),
        (ok, not_yours, not_yours, unknown, unknown, not_yours, guest, unknown),
    ),
    "drop a scheduled reduction": (
        ActionName.RENEW,
        lambda at, who: at.record.renewals.quote(who, at.bought, Renewal.KEEP_TOTAL),
        (ok, ok, not_yours, unknown, unknown, not_yours, guest, unknown),
    ),
    "reactivate what is shared with nobody": (
        ActionName.RENEW,
        lambda at, who: at.record.renewals.quote(who, at.ended, Renewal.REACTIVATE),
        (ok, unknown, unknown, unknown, unknown, not_yours, guest, unknown),
    ),
    "pay what is open": (
        ActionName.PAY,
        lambda at, who: at.record.paying.quote(who, at.owing),
        (ok, unknown, unknown, unknown, unknown, not_yours, guest, unknown),
    ),
    "pay with another card": (
        ActionName.SWITCH,
        lambda at, who: at.record.switching.quote(who, at.bought, at.spare),
        (ok, not_yours, not_yours, unknown, unknown, not_yours, guest, unknown),
    ),
    "ask for licenses": (
        ActionName.REQUEST,
        lambda at, who: at.record.requests.quote(who, at.record.catalog.by_name("Clipchamp").id, 1, [who.person]),
        (ok, ok, ok, ok, ok, nobody, guest, nobody),
    ),
    "ask for a license that others don't use": (
        ActionName.ASK_FOR_SPARE,
        lambda at, who: at.record.requests.quote_spare(who, at.record.catalog.by_name("Teams Premium").id),
        (nothing, ok, ok, ok, ok, ok, guest, nothing),
    ),
    "withdraw a request": (
        ActionName.WITHDRAW,
        lambda at, who: at.record.requests.quote_withdrawal(who, at.request),
        (no_request, no_request, no_request, no_request, ok, no_request, guest, no_request),
    ),
    "deny a request": (
        ActionName.DENY,
        lambda at, who: at.record.requests.quote_denial(who, at.request, "no budget"),
        (no_request, no_request, no_request, own, own, ok, guest, no_request),
    ),
    "approve a request": (
        ActionName.BUY,
        lambda at, who: at.record.purchases.quote(
            who, at.record.catalog.by_name("Visio Plan 2").id, 1, assign=["tina"], request=at.request
        ),
        (no_request, no_request, no_request, own, own, ok, guest, no_request),
    ),
    "share": (
        ActionName.SHARE,
        lambda at, who: at.record.sharing.quote(who, at.bought, person_id="cara"),
        (ok, not_yours, not_yours, unknown, unknown, not_yours, guest, unknown),
    ),
    "stop sharing": (
        ActionName.SHARE,
        lambda at, who: at.record.sharing.quote(who, at.bought, team_id=at.team, withdraw=True),
        (ok, not_yours, not_yours, unknown, unknown, not_yours, guest, unknown),
    ),
    "switch a product off": (
        ActionName.SELL,
        lambda at, who: at.record.policies.sell(who, at.record.catalog.by_name("Clipchamp").id, Sale.DISABLED),
        (admins, admins, admins, admins, admins, ok, guest, admins),
    ),
    "set a cap": (
        ActionName.CAP,
        lambda at, who: at.record.policies.cap(who, CapWish(Per.PERSON, amount="200")),
        (admins, admins, admins, admins, admins, ok, guest, admins),
    ),
    "name somebody who approves requests": (
        ActionName.APPROVERS,
        lambda at, who: at.record.policies.approver(who, "alice"),
        (admins, admins, admins, admins, admins, ok, guest, admins),
    ),
    "take no requests": (
        ActionName.REQUESTS,
        lambda at, who: at.record.policies.requests(who, opens=False),
        (admins, admins, admins, admins, admins, ok, guest, admins),
    ),
}


@pytest.fixture
async def office(record: Record) -> Office:
    return await Office.of(record)


async def answer(attempt: Awaitable[object]) -> str:
    try:
        await attempt
    except Refused as refused:
        return refused.code
    return ok


def test_every_kind_of_change_is_in_the_table() -> None:
    assert {action for action, _, _ in CHANGES.values()} == set(ActionName)


@pytest.mark.parametrize("change", CHANGES)
async def test_who_may_ask_for_it(office: Office, change: str) -> None:
    action, ask, expected = CHANGES[change]
    answers = tuple([await answer(ask(office, who)) for who in WHO])
    assert answers == expected
    drawn = [each for each in await Company(office.record).rows(Operation) if each.action == action]
    assert {each.person_id for each in drawn if each.status == "open"} == {
        who.person for who, told in zip(WHO, expected, strict=True) if told == ok
    }


async def test_who_pays_sees_the_invoice_and_nobody_else(office: Office) -> None:
    record = office.record
    added = await Company(record).does(DORA, await record.licenses.quote(DORA, office.bought, by=1))
    number = added.invoice_number or ""
    for who in WHO:
        mine = [each.number for each in await record.invoices.between(who)]
        one, why = await record.invoices.numbered(who, number), await record.explanations.of_invoice(who, number)
        seen = mine, one is not None, why is not None
        assert seen == (([number, "G000000001"], True, True) if who == ALICE else ([], False, False))


async def test_who_sees_what(office: Office) -> None:
    record = office.record
    [shared] = [view for view in await record.subscriptions.seen_by(ALICE) if view.id == office.bought]
    seen = {
        who: (
            len(await record.subscriptions.seen_by(who)),
            await answer(record.assignments.of(who, office.bought)),
            await answer(record.sharing.of(who, office.bought)),
        )
        for who in WHO
    }
    assert seen == {
        ALICE: (4, ok, ok),
        DORA: (1, ok, ok),
        TOM: (1, ok, ok),
        TINA: (0, unknown, unknown),
        CARA: (0, unknown, unknown),
        BOB: (4, ok, ok),
        EVAN: (0, unknown, unknown),
        ELSEWHERE: (0, unknown, unknown),
    }
    priced = {who.person for who in WHO[:6] if await record.subscriptions.priced_for(who, [shared])}
    assert priced == {"alice", "dora", "bob"}


async def test_whose_purchases_are_added_up_for_whom(office: Office) -> None:
    summaries = office.record.summaries
    asked = {who: answer(summaries.of(who, Wanted())) for who in WHO}
    assert {who for who, told in asked.items() if await told == guest} == {EVAN}
    added = {who: await summaries.of(who, Wanted(purchasers=("alice",))) for who in WHO if who != EVAN}
    assert {who: (each.totals.subscriptions, each.everything) for who, each in added.items()} == {
        ALICE: (4, False),
        BOB: (4, True),
        **dict.fromkeys((DORA, TOM, TINA, CARA, ELSEWHERE), (0, False)),
    }
