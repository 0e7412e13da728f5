"""Cards on file: put there by the provider's page only, switched, edited and removed by nobody but their owner."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from storage.demo import TENANT, person_id
from storage.links import Purpose
from storage.models import AuditEntry, OutboxMessage, PaymentMethod, PaymentSetup, Subscription
from storage.payments import SandboxCard, SandboxGateway
from storage.record import Record
from storage.verify import verify
from storage.views import Actor, PaymentMethodView
from tests.small_company import ALICE, BOB, CARA, ELSEWHERE, EVAN, Company, refused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.clock import FrozenClock

BACK = "https://desk.example/payment/back/{setup}"


@pytest.fixture
def sandbox() -> SandboxGateway:
    return SandboxGateway(takes_cards=True)


@pytest.fixture
async def company(database_url: str, clock: FrozenClock, sandbox: SandboxGateway) -> AsyncIterator[Company]:
    zone = ZoneInfo("UTC")
    record = await Record.open(database_url, clock, timezone=zone, currency="USD", gateway=sandbox)
    yield await Company.in_(record)
    await record.close()


async def begun(
    company: Company, who: Actor = ALICE, purpose: Purpose = Purpose.PAYMENT_ADD, subject: str = ""
) -> tuple[str, str]:
    """The ids of a setup and of the sandbox's page for it."""
    token = await company.record.links.issue(who, purpose, subject)
    address = await company.record.payments.begin(who, token, BACK)
    session = address.removeprefix("/sandbox/")
    [setup] = [row for row in await company.rows(PaymentSetup) if row.session == session]
    return setup.id, session


async def pays_for(company: Company, subscription: str) -> str | None:
    row: Subscription = await company.row(Subscription, "t1", subscription)
    return row.payment_method_id


async def told(company: Company) -> list[tuple[str, str]]:
    return [(row.kind, row.recipient) for row in await company.rows(OutboxMessage)]


async def test_a_card_that_is_added_is_on_file_and_attached_to_nothing(
    company: Company, sandbox: SandboxGateway, clock: FrozenClock
) -> None:
    subscription = await company.buys()
    former = await pays_for(company, subscription)
    setup, session = await begun(company)
    assert await company.record.payments.finish(ALICE, setup) is None, "nothing was picked yet"
    sandbox.pick(session, SandboxCard.CONFIRM, clock.now().date())
    card = await company.record.payments.finish(ALICE, setup)
    assert card is not None
    assert (card.method, card.pays) == (PaymentMethodView("Visa", "3220"), ())
    assert await pays_for(company, subscription) == former
    assert await company.record.payments.finish(ALICE, setup) == card
    assert len(await company.record.payments.of(ALICE)) == 2
    assert [(entry.action, entry.subscription_id) for entry in await company.rows(AuditEntry)] == [
        ("payment.added", None)
    ]
    assert await told(company) == [("payment.added", "alice")]


async def test_what_the_provider_does_not_confirm_is_no_card(
    company: Company, sandbox: SandboxGateway, clock: FrozenClock
) -> None:
    setup, session = await begun(company)
    sandbox.pick(session, SandboxCard.EXPIRED, clock.now().date())
    assert await company.record.payments.finish(ALICE, setup) is None
    assert await company.record.payments.of(ALICE) == ()


async def test_many_who_come_back_at_once_bring_one_card(
    company: Company, sandbox: SandboxGateway, clock: FrozenClock
) -> None:
    setup, session = await begun(company)
    sandbox.pick(session, SandboxCard.WORKS, clock.now().date())
    cards = await asyncio.gather(*(company.record.payments.finish(ALICE, setup) for _ in range(8)))
    assert len(set(cards)) == 1
    assert len(await company.rows(PaymentMethod)) == 1


@pytest.mark.parametrize(("which", "changed"), [("first", 1), ("", 2)])
async def test_a_new_card_replaces_the_former_for_one_subscription_or_for_all(
    company: Company, sandbox: SandboxGateway, clock: FrozenClock, which: str, changed: int
) -> None:
    ids = {"first": await company.buys(), "second": await company.buys("Teams Premium", total=5)}
    await company.buys("Visio Plan 2", total=3, who=CARA)
    setup, session = await begun(company, ALICE, Purpose.PAYMENT_REPLACE, ids.get(which, ""))
    sandbox.pick(session, SandboxCard.WORKS, clock.now().date())
    card = await company.record.payments.finish(ALICE, setup)
    assert card is not None
    assert sorted(view.id for view in card.pays) == sorted(list(ids.values())[:changed])
    assert len(await company.record.payments.of(ALICE)) == 3, "the former ones stay on file"


async def test_a_subscription_of_somebody_else_is_not_paid_with_the_new_card(
    company: Company, sandbox: SandboxGateway, clock: FrozenClock
) -> None:
    caras = await company.buys(who=CARA)
    former = await pays_for(company, caras)
    setup, session = await begun(company, ALICE, Purpose.PAYMENT_REPLACE, caras)
    sandbox.pick(session, SandboxCard.WORKS, clock.now().date())
    card = await company.record.payments.finish(ALICE, setup)
    assert card is not None
    assert card.pays == ()
    assert await pays_for(company, caras) == former


async def test_whoever_never_comes_back_has_the_card_all_the_same(
    company: Company, sandbox: SandboxGateway, clock: FrozenClock
) -> None:
    _, session = await begun(company)
    sandbox.pick(session, SandboxCard.WORKS, clock.now().date())
    await company.record.payments.catch_up(CARA)
    assert await company.record.payments.of(ALICE) == ()
    await company.record.payments.catch_up(ALICE)
    await company.record.payments.catch_up(ALICE)
    assert len(await company.record.payments.of(ALICE)) == 1


STRANGERS = [(CARA, "link_late"), (BOB, "link_late"), (EVAN, "not_a_member"), (ELSEWHERE, "link_late")]


@pytest.mark.parametrize(("who", "code"), STRANGERS)
async def test_nobody_finishes_what_somebody_else_began(
    company: Company, sandbox: SandboxGateway, clock: FrozenClock, who: Actor, code: str
) -> None:
    setup, session = await begun(company)
    sandbox.pick(session, SandboxCard.WORKS, clock.now().date())
    assert (await refused(company.record.payments.finish(who, setup))).code == code
    assert await company.rows(PaymentMethod) == []


@pytest.mark.parametrize("who", [CARA, BOB, ELSEWHERE])
async def test_nobody_sees_or_touches_a_card_of_somebody_else(company: Company, who: Actor) -> None:
    card = await company.has_card()
    assert await company.record.payments.of(who) == ()
    for attempt in (
        company.record.payments.remove(who, card),
        company.record.payments.edit(who, card, BACK),
        company.record.payments.edited(who, card),
    ):
        assert (await refused(attempt)).code == "unknown_method"
    assert len(await company.record.payments.of(ALICE)) == 1


async def test_a_card_is_removed_only_when_it_pays_for_nothing(company: Company) -> None:
    subscription = await company.buys()
    paying, spare = await pays_for(company, subscription), await company.has_card(last_four="4444")
    assert paying
    assert (await refused(company.record.payments.remove(ALICE, paying))).code == "method_in_use"
    await company.record.payments.remove(ALICE, spare)
    assert (await refused(company.record.payments.remove(ALICE, spare))).code == "unknown_method"
    row = await company.row(PaymentMethod, "t1", spare)
    assert (row.gateway_token, row.last_four) == ("", "4444"), "it explains what was paid, and pays no more"
    assert [card.id for card in await company.record.payments.of(ALICE)] == [paying]


async def test_the_only_card_stays_while_there_is_something_to_pay(company: Company) -> None:
    await company.buys(card=None)
    only = await company.has_card()
    assert (await refused(company.record.payments.remove(ALICE, only))).code == "last_method"
    assert await company.has_card(last_four="4444")
    await company.record.payments.remove(ALICE, only)


async def test_what_was_changed_at_the_provider_is_known_here_afterwards(
    company: Company, sandbox: SandboxGateway, clock: FrozenClock
) -> None:
    card = await company.has_card()
    before = (await company.record.payments.of(ALICE))[0].good_until
    session = (await company.record.payments.edit(ALICE, card, BACK)).removeprefix("/sandbox/")
    assert (await company.record.payments.edited(ALICE, card)).good_until == before
    sandbox.renew(session, clock.now().date())
    assert str((await company.record.payments.edited(ALICE, card)).good_until) == "2030-11-30"
    assert str((await company.record.payments.edited(ALICE, card)).good_until) == "2030-11-30"
    assert [entry.action for entry in await company.rows(AuditEntry)] == ["payment.edited"]


async def test_invoices_name_whom_somebody_says(company: Company) -> None:
    payments = company.record.payments
    assert await payments.profile(ALICE) is None
    await payments.keep_profile(ALICE, " Contoso GmbH ", "Hauptstr. 1\r\n10115 Berlin")
    profile = await payments.profile(ALICE)
    assert profile is not None
    assert (profile.name, profile.address) == ("Contoso GmbH", "Hauptstr. 1\n10115 Berlin")
    await payments.keep_profile(ALICE, "Contoso GmbH", "Hauptstr. 1\n10115 Berlin")
    entries = await company.rows(AuditEntry)
    assert [entry.action for entry in entries] == ["billing.profile"]
    assert "Hauptstr" not in str([vars(entry) for entry in entries]), "the trail could not forget it"
    assert await payments.profile(CARA) is None


@pytest.mark.parametrize(
    ("name", "address", "code"),
    [
        ("", "Hauptstr. 1", "profile_incomplete"),
        ("Contoso", " \n ", "profile_incomplete"),
        ("C" * 101, "Hauptstr. 1", "profile_too_long"),
        ("Contoso", "x" * 401, "profile_too_long"),
        ("4242 4242 4242 4242", "Hauptstr. 1", "profile_number"),
        ("Contoso", "卡号：４２４２ ４２４２ ４２４２ ４２４２", "profile_number"),
    ],
)
async def test_no_number_and_nothing_empty_or_endless_is_an_address(
    company: Company, name: str, address: str, code: str
) -> None:
    assert (await refused(company.record.payments.keep_profile(ALICE, name, address))).code == code
    assert await company.record.payments.profile(ALICE) is None


async def test_what_was_done_on_a_page_is_no_card_in_the_chat(
    company: Company, sandbox: SandboxGateway, clock: FrozenClock
) -> None:
    setup, session = await begun(company)
    sandbox.pick(session, SandboxCard.WORKS, clock.now().date())
    await company.record.payments.finish(ALICE, setup)
    assert await company.record.operations.show(ALICE, setup) is None
    assert (await refused(company.record.operations.commit(ALICE, setup))).code == "unknown_card"


async def test_the_record_and_its_trail_are_in_order_afterwards(contoso: Record, clock: FrozenClock) -> None:
    payments, alice = contoso.payments, Actor(TENANT, person_id(1))
    address = await payments.begin(alice, await contoso.links.issue(alice, Purpose.PAYMENT_ADD), BACK)
    contoso.payments._gateway.pick(address.removeprefix("/sandbox/"), SandboxCard.WORKS, clock.now().date())
    await payments.catch_up(alice)
    card = next(each.id for each in await payments.of(alice) if not each.pays and each.id != "alice-mastercard")
    power_bi = next(each.id for each in await contoso.subscriptions.owned_by(alice) if each.total == 20)
    quote = await contoso.switching.quote(alice, power_bi, card, all_of_them=True)
    assert (await contoso.operations.commit(alice, quote.id)).receipt
    await payments.remove(alice, "alice-mastercard")
    await payments.keep_profile(alice, "Contoso GmbH", "Hauptstr. 1")
    while await contoso.trail.seal():
        continue
    assert await verify(contoso) == []
