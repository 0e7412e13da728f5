"""Plans: drawn by a rehearsal without a trace, carried out step by step by one yes, equal for whoever asks again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from storage.errors import Refused
from storage.models import AuditEntry, Grant, Invoice, PaymentMethod, Row, Subscription
from storage.payments import SandboxGateway
from storage.quotes import ChangeQuote, SeatsQuote
from storage.record import Record
from storage.verify import verify
from storage.views import OperationStatus
from tests.planned import adds, buys, found, gives, planned
from tests.small_company import ALICE, CARA, ELSEWHERE, Company, refused, total

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.clock import FrozenClock
    from storage.money import Money
    from storage.plans import Plan
    from storage.rehearsal import Rehearsal

DONE, REFUSED, VOID = OperationStatus.DONE, OperationStatus.REFUSED, OperationStatus.VOID


class Till(SandboxGateway):
    """Counts who is asked to pay."""

    asked = 0

    async def charge(self, token: str, amount: Money, key: str) -> None:
        Till.asked += 1
        await super().charge(token, amount, key)


@pytest.fixture
async def company(record: Record) -> Company:
    return await Company.in_(record)


def statuses(plan: Plan) -> list[OperationStatus]:
    return [step.status for step in plan.steps]


def codes(plan: Plan) -> list[str | None]:
    return [step.refusal.code if step.refusal else None for step in plan.steps]


async def everything(record: Record) -> dict[str, list[tuple[object, ...]]]:
    async def question(session: AsyncSession) -> dict[str, list[tuple[object, ...]]]:
        tables = Row.metadata.sorted_tables
        return {each.name: sorted(map(tuple, await session.execute(select(each))), key=repr) for each in tables}

    return await record.database.read(question)


async def test_a_rehearsal_sees_what_it_did_and_leaves_nothing(
    company: Company, database_url: str, clock: FrozenClock
) -> None:
    power_bi = await company.buys(total=20)
    before, bell = await everything(company.record), company.record.database.bell.next()

    async def scene(rehearsal: Rehearsal) -> tuple[int, int]:
        more = await rehearsal.record.licenses.quote(ALICE, power_bi, by=5)
        await rehearsal.carry_out(ALICE, more.id)
        again = await rehearsal.record.licenses.quote(ALICE, power_bi, by=2)
        return again.old_total, again.new_total

    assert await company.record.plans.rehearse(scene) == (25, 27)
    assert await everything(company.record) == before
    assert not bell.is_set()


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_no_bank_is_asked_before_it_counts(company: Company, database_url: str, clock: FrozenClock) -> None:
    power_bi = await company.buys(total=20)
    Till.asked = 0
    paying = await Record.open(database_url, clock, timezone=ZoneInfo("UTC"), currency="USD", gateway=Till())
    plan = await planned(paying, adds(power_bi, 5), adds(power_bi, 1))
    assert Till.asked == 0
    await paying.plans.commit(ALICE, plan.id)
    assert Till.asked == 2
    await paying.close()


async def test_each_step_is_offered_as_it_will_be_when_those_before_it_are_done(
    company: Company, record: Record
) -> None:
    await company.has_card()
    known = await verify(record)
    plan = await planned(record, buys("Teams Premium", 3), gives(None, "cara"))
    assert plan.open
    [_, seats] = [step.quote for step in plan.steps]
    assert isinstance(seats, SeatsQuote) and seats.free == 2
    assert await company.rows(Subscription) == []
    assert await found(record, known) == []


async def test_one_yes_carries_out_each_step_as_an_operation_of_its_own(company: Company, record: Record) -> None:
    await company.has_card()
    power_bi = await company.buys(total=20)
    known = await verify(record)
    plan = await planned(record, adds(power_bi, 5), buys("Teams Premium", 3), gives(None, "cara"), adds(power_bi, 2))
    done = await record.plans.commit(ALICE, plan.id)
    assert statuses(done) == [DONE] * 4
    assert [step.quote for step in done.steps] == [step.quote for step in plan.steps]
    assert await total(company, power_bi) == 27
    steps = [step.operation for step in done.steps]
    assert sorted(each.operation_id for each in await company.rows(AuditEntry)) == sorted(steps)
    assert [each.operation_id for each in await company.rows(Invoice)] != []
    assert await found(record, known) == []


async def test_every_call_gives_an_equal_answer_and_changes_nothing_more(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    power_bi = await company.buys(total=20)
    plan = await planned(record, adds(power_bi, 5), gives(power_bi, "cara"))
    done = await record.plans.commit(ALICE, plan.id)
    before = await everything(record)
    clock.advance(timedelta(days=1))
    assert await record.plans.commit(ALICE, plan.id) == done
    assert await record.plans.void(ALICE, plan.id) == done
    assert await record.plans.show(ALICE, plan.id) == done
    assert await everything(record) == before


async def test_after_a_crash_it_goes_on_after_the_last_step_that_has_ended(company: Company, record: Record) -> None:
    power_bi = await company.buys(total=20)
    plan = await planned(record, adds(power_bi, 5), adds(power_bi, 2), gives(power_bi, "cara"))
    first = await record.operations.commit_step(ALICE, plan.steps[0].operation, stopped=False)
    assert await total(company, power_bi) == 25
    done = await record.plans.commit(ALICE, plan.id)
    assert done.steps[0] == first
    assert statuses(done) == [DONE] * 3
    assert await total(company, power_bi) == 27
    assert len(await company.rows(Invoice)) == 2


async def test_a_step_that_fails_stops_what_needs_it_and_nothing_else(company: Company, record: Record) -> None:
    power_bi = await company.buys("Power BI Pro", total=20, holders=0)
    visio = await company.buys("Visio Plan 2", total=5, card=None)
    plan = await planned(record, adds(power_bi, 5), gives(power_bi, "cara"), gives(visio, "cara"))
    known = await verify(record)
    for method in await company.rows(PaymentMethod):
        method.gateway_token = "sandbox:declined"
        await company.adds(method)
    ended = await record.plans.commit(ALICE, plan.id)
    assert statuses(ended) == [REFUSED, REFUSED, DONE]
    assert codes(ended) == ["payment_declined", "step_stopped", None]
    assert await total(company, power_bi) == 20
    assert await record.plans.commit(ALICE, plan.id) == ended
    assert await found(record, known) == []


async def test_what_a_purchase_would_have_bought_is_not_handed_out_without_it(company: Company, record: Record) -> None:
    await company.has_card()
    plan = await planned(record, buys("Teams Premium", 3), gives(None, "cara"))
    [method] = await company.rows(PaymentMethod)
    method.gateway_token = "sandbox:declined"
    await company.adds(method)
    ended = await record.plans.commit(ALICE, plan.id)
    assert codes(ended) == ["payment_declined", "step_stopped"]
    assert await company.rows(Subscription) == []
    assert await verify(record) == []


async def test_what_has_changed_meanwhile_is_not_done_and_not_offered_anew(company: Company, record: Record) -> None:
    power_bi, visio = await company.buys("Power BI Pro", total=20), await company.buys("Visio Plan 2", total=5)
    plan = await planned(record, adds(power_bi, 5), gives(visio, "cara"), adds(power_bi, 1))
    await company.does(ALICE, await record.licenses.quote(ALICE, power_bi, by=1))
    ended = await record.plans.commit(ALICE, plan.id)
    assert codes(ended) == ["step_changed", None, "step_stopped"]
    assert ended.steps[0].refusal is not None and ended.steps[0].refusal.quote is None
    assert await total(company, power_bi) == 21


async def test_a_change_between_two_steps_stops_the_second(company: Company, record: Record) -> None:
    power_bi, visio = await company.buys("Power BI Pro", total=20), await company.buys("Visio Plan 2", total=5)
    plan = await planned(record, adds(power_bi, 5), adds(visio, 2))
    await record.operations.commit_step(ALICE, plan.steps[0].operation, stopped=False)
    await company.does(ALICE, await record.licenses.quote(ALICE, visio, by=1))
    ended = await record.plans.commit(ALICE, plan.id)
    assert codes(ended) == [None, "step_changed"]
    assert (await total(company, power_bi), await total(company, visio)) == (25, 6)


async def test_a_no_puts_all_of_it_aside_for_good(company: Company, record: Record) -> None:
    power_bi = await company.buys(total=20)
    plan = await planned(record, adds(power_bi, 5), gives(power_bi, "cara"))
    put_aside = await record.plans.void(ALICE, plan.id)
    assert statuses(put_aside) == [VOID, VOID]
    assert await record.plans.commit(ALICE, plan.id) == put_aside
    assert await total(company, power_bi) == 20


async def test_a_no_that_comes_while_a_yes_is_carried_out_leaves_no_step_open(company: Company, record: Record) -> None:
    power_bi = await company.buys(total=20)
    plan = await planned(record, adds(power_bi, 5), gives(power_bi, "cara"))
    await record.operations.commit_step(ALICE, plan.steps[0].operation, stopped=False)
    assert statuses(await record.plans.void(ALICE, plan.id)) == [DONE, VOID]
    assert statuses(await record.plans.commit(ALICE, plan.id)) == [DONE, VOID]


async def test_a_plan_is_as_good_as_any_offer_and_no_longer(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    power_bi = await company.buys(total=20)
    plan = await planned(record, adds(power_bi, 5), gives(power_bi, "cara"))
    clock.advance(timedelta(minutes=15, seconds=1))
    ended = await record.plans.commit(ALICE, plan.id)
    assert statuses(ended) == [OperationStatus.EXPIRED] * 2
    assert await total(company, power_bi) == 20


async def test_what_needs_a_step_that_has_expired_is_not_done_where_the_clock_is_behind(
    company: Company, record: Record, clock: FrozenClock
) -> None:
    power_bi = await company.buys(total=20)
    plan = await planned(record, adds(power_bi, 5), gives(power_bi, "cara"))
    clock.advance(timedelta(minutes=16))
    await record.operations.commit_step(ALICE, plan.steps[0].operation, stopped=False)
    clock.advance(timedelta(minutes=-2))
    assert codes(await record.plans.commit(ALICE, plan.id)) == ["quote_expired", "step_stopped"]


async def test_nobody_else_can_use_or_see_a_plan(company: Company, record: Record) -> None:
    power_bi = await company.buys(total=20)
    plan = await planned(record, adds(power_bi, 5), gives(power_bi, "cara"))
    for act in (record.plans.commit, record.plans.void):
        no = await refused(act(CARA, plan.id))
        assert (no.code, no.values) == ("not_your_card", {"owner": "Alice"})
        assert (await refused(act(ELSEWHERE, plan.id))).code == "unknown_card"
        for unknown in (plan.steps[0].operation, "nobody's", "\0", "\ud800"):
            assert (await refused(act(ALICE, unknown))).code == "unknown_card"
    assert await record.plans.show(CARA, plan.id) is None
    assert await record.plans.show(ELSEWHERE, plan.id) is None
    assert plan.open and statuses(await record.plans.commit(ALICE, plan.id)) == [DONE, DONE]


async def test_no_step_is_carried_out_or_put_aside_out_of_its_plan(company: Company, record: Record) -> None:
    await company.has_card()
    plan = await planned(record, buys("Teams Premium", 3), gives(None, "cara"))
    for act in (record.operations.commit, record.operations.void):
        for step in plan.steps:
            assert (await refused(act(ALICE, step.operation))).code == "unknown_card"
    assert await record.plans.show(ALICE, plan.id) == plan
    done = await record.plans.commit(ALICE, plan.id)
    assert [await record.operations.commit(ALICE, step.operation) for step in plan.steps] == list(done.steps)


async def test_an_offer_of_its_own_is_no_step(company: Company, record: Record) -> None:
    offer = await record.licenses.quote(ALICE, await company.buys(total=20), by=1)
    assert (await refused(record.operations.commit_step(ALICE, offer.id, stopped=False))).code == "unknown_card"


async def test_a_right_lost_since_it_was_shown_is_lost_for_every_step(company: Company, record: Record) -> None:
    power_bi = await company.buys(total=20)
    await company.names_deputy(power_bi)
    plan = await planned(record, adds(power_bi, 5, CARA), adds(power_bi, 1, CARA), who=CARA)
    [grant] = await company.rows(Grant)
    grant.withdrawn_at = record.clock.now()
    await company.adds(grant)
    assert codes(await record.plans.commit(CARA, plan.id)) == ["not_allowed", "step_stopped"]
    assert await total(company, power_bi) == 20


async def test_a_refusal_in_a_rehearsal_undoes_only_itself(company: Company, record: Record) -> None:
    power_bi = await company.buys(total=20)

    async def scene(rehearsal: Rehearsal) -> int:
        first = await rehearsal.record.licenses.quote(ALICE, power_bi, by=5)
        await rehearsal.carry_out(ALICE, first.id)
        with pytest.raises(Refused):
            await rehearsal.record.licenses.quote(ALICE, power_bi, by=1_000_000)
        again: ChangeQuote = await rehearsal.record.licenses.quote(ALICE, power_bi, by=1)
        return again.old_total

    assert await record.plans.rehearse(scene) == 25
