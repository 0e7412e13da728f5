"""What opens a page, or charges a card, is where it has to be and nowhere else: table, key, line, page or message."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import orjson
import pytest

from storage.models import PaymentMethod, PaymentSetup
from tests.security.dumps import everything, memory, tables
from tests.security.test_card_numbers_go_nowhere import CARD, found
from tests.small_company import Company
from tests.test_card_pages import Browser, browser, link_of

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from storage.record import Record
    from tests.people import Person

__all__ = ["browser"]  # a fixture


async def put_a_card_on_file(person: Person, number: int, browser: Browser, words: str, *taps: str) -> str:
    """Goes the whole way from the chat to the provider and back; the secret of the link."""
    link = await link_of(person, words, *taps)
    await browser.signs_in(link, number)
    await browser.sends({})
    await browser.sends({"card": "works"})
    return urlsplit(link).path.removeprefix("/link/")


async def test_what_opens_a_link_is_kept_nowhere(
    alice: Person, browser: Browser, looking: Record, redis: Redis, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = await put_a_card_on_file(alice, 1, browser, "add a payment method")
    signed = {cookie.value for cookie in browser.http.cookie_jar}
    printed = capfd.readouterr()
    kept = "\n".join([await everything(looking), await memory(redis), printed.out, printed.err])
    assert len(secret) == 43 and signed
    assert [each for each in (secret, *signed) if each in kept] == []


async def test_what_charges_a_card_is_in_its_one_column(
    lihua: Person, browser: Browser, looking: Record, redis: Redis, capfd: pytest.CaptureFixture[str]
) -> None:
    await put_a_card_on_file(lihua, 3, browser, "把Visio换张卡付款", "一张新卡")
    await lihua.says("我用什么付款")
    await lihua.says("最近一张发票")
    company, printed = Company(looking), capfd.readouterr()
    tokens = {row.gateway_token for row in await company.rows(PaymentMethod)}
    sessions = {row.session for row in await company.rows(PaymentSetup) if row.session}
    said = orjson.dumps(lihua.cards).decode()
    assert tokens and sessions
    for secret in tokens:
        assert [name for name, rows in (await tables(looking)).items() if secret in rows] == ["payment_methods"]
        assert secret not in "\n".join([await memory(redis), said, browser.page, printed.out, printed.err])
    for secret in sessions:
        holding = {name for name, rows in (await tables(looking)).items() if secret in rows}
        assert holding <= {"payment_setups", "payment_methods"}  # the sandbox's tokens are made of it
        assert secret not in "\n".join([await memory(redis), said, printed.out, printed.err])


async def test_a_card_number_in_a_form_is_kept_nowhere(
    alice: Person, browser: Browser, looking: Record, redis: Redis, capfd: pytest.CaptureFixture[str]
) -> None:
    await browser.signs_in(await link_of(alice, "new billing address"), 1)
    for where in ("name", "address"):
        await browser.sends({"do": "profile", "name": "Contoso", "address": "1 Quay", where: f"{CARD} 12/29"}, -1)
        assert browser.status == 422
    printed = capfd.readouterr()
    assert found(await everything(looking), await memory(redis), browser.page, printed.out, printed.err) == []


async def test_what_is_kept_would_be_found(alice: Person, looking: Record, redis: Redis) -> None:
    """The control: words that wait for an answer are in Redis, and those of an offer in a table."""
    await alice.says("add licenses QmVhcmVyIHRva2Vu")
    assert "QmVhcmVyIHRva2Vu" in await memory(redis)
    await alice.says("add 5 licenses to Power BI Pro QmVhcmVyIHRva2Vu")
    assert "QmVhcmVyIHRva2Vu" in await everything(looking)


@pytest.mark.parametrize(
    ("language", "used"), [("English please", "This link has been used"), ("用中文", "这个链接已经用过了")]
)
async def test_a_link_opened_twice_is_refused_politely(
    alice: Person, browser: Browser, language: str, used: str
) -> None:
    await alice.says(language)
    link = await link_of(alice, "add a payment method" if language.isascii() else "添加付款方式")
    await browser.signs_in(link, 1)
    await browser.sends({})
    await browser.opens(link)
    assert browser.status == 410
    browser.sees(used)


async def test_a_link_changed_in_any_place_opens_nothing(alice: Person, browser: Browser, looking: Record) -> None:
    await alice.says("show G000000048")
    link, before = alice.link("PDF"), (await tables(looking))["links"]
    base, _, secret = link.rpartition("/")
    answered = set()
    for place in range(0, len(secret), 6):
        changed = secret[:place] + ("A" if secret[place] != "A" else "B") + secret[place + 1 :]
        browser.http.cookie_jar.clear()
        await browser.signs_in(f"{base}/{changed}", 1)
        answered.add(browser.status)
        assert not re.search("280|Contoso", browser.page)
    assert answered == {410}
    assert (await tables(looking))["links"] == before
