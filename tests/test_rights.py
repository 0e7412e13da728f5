"""Who may see and change what, when a card is drawn and when it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.errors import Refused
from storage.models import Grant, OutboxMessage, Person, Subscription
from storage.views import OperationStatus, Status
from tests.small_company import ALICE, BOB, CARA, ELSEWHERE, EVAN, Company, refused, total, values_of

if TYPE_CHECKING:
    from storage.record import Record


@pytest.fixture
async def company(record: Record) -> Company:
    return await Company.in_(record)


async def test_others_do_not_learn_that_a_subscription_exists_except_an_admin(company: Company, record: Record) -> None:
    subscription = await company.buys()
    power_bi = record.catalog.by_name("Power BI Pro").id
    no = await refused(record.licenses.quote(CARA, subscription, by=1))
    assert (no.code, no.values) == ("unknown_subscription", {})
    no = await refused(record.licenses.quote(BOB, subscription, by=1))
    assert (no.code, no.values) == ("not_yours", {"owner": "Alice", "product": "Power BI Pro"})
    assert (await refused(record.licenses.quote(EVAN, subscription, by=1))).code == "not_a_member"
    assert (await refused(record.licenses.quote(ELSEWHERE, subscription, by=1))).code == "unknown_subscription"
    assert (await refused(record.licenses.idle(CARA, subscription, 1))).code == "unknown_subscription"
    assert [each.id for each in await record.subscriptions.of_product(BOB, [power_bi])] == [subscription]
    assert await record.subscriptions.of_product(CARA, [power_bi]) == []
    assert await record.subscriptions.owned_by(CARA) == []


async def test_a_deputy_changes_the_total_and_the_purchaser_is_told(company: Company, record: Record) -> None:
    subscription = await company.buys()
    await company.names_deputy(subscription, CARA)
    assert [each.id for each in await record.subscriptions.owned_by(CARA)] == [subscription]
    quote = await record.licenses.quote(CARA, subscription, by=1)
    outcome = await record.operations.commit(CARA, quote.id)
    assert outcome.receipt is not None and outcome.receipt.done_by.name == "Cara"
    told = {message.recipient: message for message in await company.rows(OutboxMessage)}
    assert {(each.kind, each.recipient) for each in told.values()} == {
        ("fulfil", "microsoft"),
        ("changed_by_deputy", "alice"),
    }
    cost = {"net": quote.amounts.net.amount, "each_period": 21 * 1400, "currency": "USD", "term": "month"}
    assert cost["net"] == 980  # 21 of 30 days of $14
    assert cost.items() <= told["alice"].payload.items()
    assert not cost.keys() & told["microsoft"].payload.keys()


async def test_mine_are_listed_by_latest_use_then_by_size(company: Company, record: Record) -> None:
    small = await company.buys("Visio Plan 1", total=2)
    large = await company.buys("Visio Plan 2", total=9)
    used = await company.buys("Power BI Pro", total=1)
    await record.operations.commit(ALICE, (await record.licenses.quote(ALICE, used, by=1)).id)
    await company.buys("Teams Premium", status=Status.DELETED)
    await company.buys("Teams Premium", who=CARA)
    assert [each.id for each in await record.subscriptions.owned_by(ALICE)] == [used, large, small]


async def test_nobody_else_can_use_my_card(company: Company, record: Record) -> None:
    subscription = await company.buys(total=20)
    quote = await record.licenses.quote(ALICE, subscription, by=5)
    for stranger in (CARA, BOB):
        with pytest.raises(Refused) as no:
            await record.operations.commit(stranger, quote.id)
        assert (no.value.code, no.value.values) == ("not_your_card", {"owner": "Alice"})
        with pytest.raises(Refused, match="not_your_card"):
            await record.operations.void(stranger, quote.id)
        assert await record.operations.show(stranger, quote.id) is None
    with pytest.raises(Refused, match="unknown_card"):
        await record.operations.commit(ELSEWHERE, quote.id)
    with pytest.raises(Refused, match="unknown_card"):
        await record.operations.void(ALICE, quote.id[:-1] + "!")
    assert (await record.operations.commit(ALICE, quote.id)).status is OperationStatus.DONE


async def test_a_right_lost_since_the_card_was_drawn_is_lost(company: Company, record: Record) -> None:
    subscription = await company.buys(total=20)
    await company.names_deputy(subscription, CARA)
    quote = await record.licenses.quote(CARA, subscription, by=5)
    [grant] = await company.rows(Grant)
    grant.withdrawn_at = record.clock.now()
    await company.adds(grant)
    outcome = await record.operations.commit(CARA, quote.id)
    assert outcome.refusal is not None
    assert (outcome.refusal.code, outcome.refusal.values) == ("not_allowed", {"product": "Power BI Pro"})
    assert await total(company, subscription) == 20


async def test_an_account_disabled_since_can_do_nothing(company: Company, record: Record) -> None:
    subscription = await company.buys(total=20)
    quote = await record.licenses.quote(ALICE, subscription, by=5)
    alice = await company.row(Person, "t1", "alice")
    alice.enabled = False
    await company.adds(alice)
    outcome = await record.operations.commit(ALICE, quote.id)
    assert outcome.refusal is not None and outcome.refusal.code == "not_a_member"
    assert await record.subscriptions.owned_by(ALICE) == []


async def test_what_one_tenant_does_moves_nothing_of_another(company: Company, record: Record) -> None:
    mine = await company.buys(total=20)
    theirs = await company.buys(total=20, who=ELSEWHERE)
    before = values_of(await company.row(Subscription, "t2", theirs))
    await record.operations.commit(ALICE, (await record.licenses.quote(ALICE, mine, by=5)).id)
    with pytest.raises(Refused, match="unknown_subscription"):
        await record.licenses.quote(ALICE, theirs, by=5)
    assert values_of(await company.row(Subscription, "t2", theirs)) == before
    quote = await record.licenses.quote(ELSEWHERE, theirs, by=1)
    done = await record.operations.commit(ELSEWHERE, quote.id)
    assert done.receipt is not None and done.receipt.invoice_number == "G000000001"  # each counts its own
