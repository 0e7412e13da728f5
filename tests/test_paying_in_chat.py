"""How somebody pays, in the chat: what is on file, another card with a yes, and links for what is done on a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from storage.links import Purpose
from storage.models import Link, Subscription
from storage.record import Record
from tests.small_company import Company

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.clock import FrozenClock
    from tests.people import Person


@pytest.fixture
async def looking(database_url: str, person: object, clock: FrozenClock) -> AsyncIterator[Record]:
    """The record beside the desk; `person` comes first, for it starts that desk."""
    record = await Record.open(database_url, clock, timezone=ZoneInfo("UTC"), currency="USD", looking=True)
    yield record
    await record.close()


def link_in(person: Person) -> str:
    """The address behind the one link of the latest answers."""
    [address] = [each for seen in person.latest for each in seen.links.values()]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/link/[A-Za-z0-9_-]{43}", address)
    return str(address)


async def test_alice_sees_how_she_pays(alice: Person) -> None:
    await alice.says("which card is used?")
    alice.sees("How you pay", "Visa ···4242", "Power BI Pro", "Mastercard ···4444", "good until August 31, 2029")


async def test_lihua_sees_how_he_pays(lihua: Person) -> None:
    await lihua.says("我用什么付款")
    lihua.sees("你的付款方式", "Mastercard ···5100", "有效期到2029年8月31日")


async def test_whoever_has_no_card_is_told_how_to_add_one(ann: Person) -> None:
    await ann.says("show my payment method")
    ann.sees("No card is on file", "add a payment method")


async def test_another_card_pays_after_a_yes_and_an_undo_takes_it_back(alice: Person) -> None:
    await alice.says("pay Power BI Pro with the Mastercard")
    alice.sees("Pay for Power BI Pro with Mastercard ···4444", "Until now: Visa ···4242", "Nothing is charged by this")
    await alice.says("yes")
    alice.sees("Power BI Pro is paid with Mastercard ···4444 from now on")
    await alice.says("undo that")
    alice.sees("Pay for Power BI Pro with Visa ···4242")


async def test_another_card_pays_in_chinese(chenwei: Person) -> None:
    await chenwei.says("添加付款方式")
    chenwei.sees("只有你能打开的页面")
    assert link_in(chenwei)


async def test_change_my_card_asks_for_what_and_with_which(alice: Person) -> None:
    await alice.says("change my card")
    alice.sees("All of them", "Power BI Pro", "Teams Premium")
    await alice.taps("All of them")
    alice.sees("Which card should pay for all your subscriptions?", "Visa ···4242", "Mastercard ···4444", "A new card")
    await alice.taps("Mastercard ···4444")
    alice.sees("Pay for everything with Mastercard ···4444")
    await alice.taps("Confirm")
    alice.sees("Everything is paid with Mastercard ···4444 from now on")


async def test_a_new_card_is_a_page(lihua: Person) -> None:
    await lihua.says("把Visio换张卡付款")
    lihua.sees("Visio Plan 1 改用哪张卡付款？", "一张新卡")
    await lihua.taps("一张新卡")
    lihua.sees("请在只有你能打开的页面上保存新卡，之后由它为 Visio Plan 1 付款", "10 分钟")
    assert link_in(lihua)


async def test_in_a_channel_the_link_goes_to_the_private_chat(alice: Person) -> None:
    alice.scope = "channel"
    await alice.says("add a payment method")
    assert [seen.private for seen in alice.latest if seen.links] == [True]
    assert not any("/link/" in str(seen) for seen in alice.latest if not seen.private)


async def test_a_second_request_makes_the_former_link_void(alice: Person, looking: Record) -> None:
    for _ in range(2):
        await alice.says("new billing address")
        alice.sees("Change your cards, or the name and address on your invoices")
    first, second = sorted(await Company(looking).rows(Link), key=lambda row: row.expires_at)
    assert (first.purpose, first.expires_at <= second.issued_at) == (Purpose.PAYMENT_EDIT, True)


async def test_a_deputy_is_told_who_pays(dana: Person, alice: Person) -> None:
    await alice.says("make Dana deputy for Visio Plan 2")
    await alice.says("yes")
    await dana.says("pay Visio Plan 2 with another card")
    dana.sees("Alice Chen")
    dana.sees_nothing_of("···4242")


async def test_nobody_pays_with_somebody_elses_card_by_a_forged_tap(
    lihua: Person, alice: Person, looking: Record
) -> None:
    await alice.says("pay Power BI Pro with another card")
    before = {row.id: row.payment_method_id for row in await Company(looking).rows(Subscription)}
    await alice.taps("Mastercard ···4444", more={"pick": "lihua-visa"})
    alice.sees("Which card should pay for Power BI Pro?")
    alice.sees_nothing_of("0002")
    await alice.taps("Mastercard ···4444")
    await lihua.sends_tap(alice.button("Confirm"))
    lihua.sees("Alice Chen")
    assert {row.id: row.payment_method_id for row in await Company(looking).rows(Subscription)} == before
