"""Links as the record knows them: whose they are, how long they are good, and that none is opened twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from storage import links
from storage.errors import Refused
from storage.links import Opened, Purpose
from storage.models import Link
from storage.record import Record
from storage.transaction import Transaction
from tests.mutants import Mutant
from tests.small_company import ALICE, BOB, CARA, ELSEWHERE, EVAN, Company, refused

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.clock import FrozenClock
    from storage.views import Actor

ADD, INVOICE = Purpose.PAYMENT_ADD, Purpose.INVOICE
NO_OWNER = Mutant(links, "good", "link.person_id != tx.actor.person", "False")
NO_ONCE = Mutant(links, "use_up", ", Link.used_at.is_(None)", "")


@pytest.fixture
async def company(record: Record) -> Company:
    return await Company.in_(record)


async def use(company: Company, token: str, who: Actor = ALICE) -> Opened:
    async def change(session: AsyncSession) -> Opened:
        tx = await Transaction.of(session, who, company.record.clock.now())
        return await links.use_up(tx, token)

    return await company.record.database.write(change)


async def test_a_link_says_what_it_is_for_to_the_one_it_was_made_for(company: Company) -> None:
    token = await company.record.links.issue(ALICE, INVOICE, "G000000001")
    assert await company.record.links.open(token, ALICE) == Opened(INVOICE, "G000000001")
    assert await company.record.links.open(token, ALICE) == Opened(INVOICE, "G000000001")


async def test_for_a_day_after_its_time_its_owner_alone_may_still_learn_what_it_was_for(
    company: Company, clock: FrozenClock
) -> None:
    links_, minute = company.record.links, timedelta(minutes=1)
    token = await links_.issue(ALICE, INVOICE, "G000000001")
    clock.advance(links.GOOD_FOR - minute)
    assert not (await links_.open(token, ALICE, late=True)).late
    clock.advance(minute)
    assert await links_.open(token, ALICE, late=True) == Opened(INVOICE, "G000000001", late=True)
    assert (await refused(links_.open(token, ALICE))).code == "link_late"
    assert (await refused(links_.open(token, CARA, late=True))).code == "link_not_yours"
    clock.advance(links.REMEMBERED)
    assert (await refused(links_.open(token, ALICE, late=True))).code == "link_late"


@pytest.mark.parametrize(
    ("who", "code"),
    [(CARA, "link_not_yours"), (BOB, "link_not_yours"), (ELSEWHERE, "link_late"), (EVAN, "not_a_member")],
)
async def test_nobody_else_opens_it_and_nobody_learns_whose_it_is(company: Company, who: Actor, code: str) -> None:
    token = await company.record.links.issue(ALICE, ADD)
    why = await refused(company.record.links.open(token, who))
    assert (why.code, why.values) == (code, {})
    assert (await refused(use(company, token, who))).code in (code, "link_not_yours")
    assert await use(company, token) == Opened(ADD, "")


async def test_without_its_owner_a_link_would_open_for_anybody(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await company.record.links.issue(ALICE, ADD)
    NO_OWNER.plant(monkeypatch)
    assert await company.record.links.open(token, CARA) == Opened(ADD, "")


async def test_a_link_is_good_for_ten_minutes_and_not_a_moment_longer(company: Company, clock: FrozenClock) -> None:
    token = await company.record.links.issue(ALICE, ADD)
    clock.advance(timedelta(minutes=10) - timedelta(microseconds=1))
    assert await company.record.links.open(token, ALICE)
    clock.advance(timedelta(microseconds=1))
    assert (await refused(company.record.links.open(token, ALICE))).code == "link_late"
    assert (await refused(use(company, token))).code == "link_late"


async def test_a_used_link_is_used_up(company: Company) -> None:
    token = await company.record.links.issue(ALICE, ADD)
    await use(company, token)
    assert (await refused(company.record.links.open(token, ALICE))).code == "link_used"
    assert (await refused(use(company, token))).code == "link_used"


async def many_use_at_once(company: Company, many: int) -> list[str]:
    """How it ends for so many who use one link at the same time."""
    token = await company.record.links.issue(ALICE, ADD)
    ends = await asyncio.gather(*(use(company, token) for _ in range(many)), return_exceptions=True)
    return [end.code if isinstance(end, Refused) else type(end).__name__ for end in ends]


async def test_of_many_who_use_a_link_at_once_one_does(company: Company) -> None:
    assert sorted(await many_use_at_once(company, 8)) == ["Opened", *["link_used"] * 7]


async def test_without_a_look_at_what_has_become_of_it_a_link_would_be_used_twice(
    postgres_url: str, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = await Record.open(postgres_url, clock, timezone=ZoneInfo("UTC"), currency="USD")
    both_have_read, good = asyncio.Barrier(2), links.good

    async def read_by_both(tx: Transaction, token: str) -> Link:
        link = await good(tx, token)
        await both_have_read.wait()
        return link

    NO_ONCE.plant(monkeypatch)
    monkeypatch.setattr(links, "good", read_by_both)
    ends = await many_use_at_once(await Company.in_(record), 2)
    await record.close()
    assert ends == ["Opened"] * 2


async def test_a_newer_link_ends_the_former_one_for_the_same_purpose_and_no_other(company: Company) -> None:
    former, edit, cara = [
        await company.record.links.issue(who, purpose)
        for who, purpose in ((ALICE, ADD), (ALICE, Purpose.PAYMENT_EDIT), (CARA, ADD))
    ]
    latter = await company.record.links.issue(ALICE, ADD)
    assert (await refused(company.record.links.open(former, ALICE))).code == "link_late"
    assert await company.record.links.open(latter, ALICE)
    assert await company.record.links.open(edit, ALICE)
    assert await company.record.links.open(cara, CARA)


async def test_links_to_two_invoices_are_good_beside_each_other(company: Company) -> None:
    first, second = [await company.record.links.issue(ALICE, INVOICE, number) for number in ("G1", "G2")]
    assert (await company.record.links.open(first, ALICE)).subject == "G1"
    assert (await company.record.links.open(second, ALICE)).subject == "G2"


async def test_what_is_stored_opens_nothing(company: Company) -> None:
    token = await company.record.links.issue(ALICE, ADD)
    [row] = await company.rows(Link)
    assert token not in str(vars(row))
    assert (await refused(company.record.links.open(row.digest, ALICE))).code == "link_late"


async def test_what_ended_long_ago_is_forgotten(company: Company, clock: FrozenClock) -> None:
    await company.record.links.issue(ALICE, ADD)
    clock.advance(timedelta(days=1, minutes=10, seconds=1))
    await company.record.links.issue(CARA, ADD)
    assert [row.person_id for row in await company.rows(Link)] == ["cara"]


async def test_an_erased_person_leaves_no_link(company: Company) -> None:
    await company.record.links.issue(CARA, ADD)
    await company.record.privacy.erase("t1", "cara")
    assert await company.rows(Link) == []


async def test_a_guest_is_given_no_link(company: Company) -> None:
    assert (await refused(company.record.links.issue(EVAN, ADD))).code == "not_a_member"
