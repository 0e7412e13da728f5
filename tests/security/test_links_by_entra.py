"""The way of a link through the whole service: from Teams to Entra and back, to the page, and for nobody else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from storage.clock import FrozenClock, SystemClock
from storage.record import Record
from storage.views import Actor
from tests.security.issuer import TENANT
from tests.security.test_members import ACCOUNT, ADA, MEMBER, Tenant, serving
from tests.small_company import Company

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.clients.teams import FakeConnector
    from tests.security.issuer import Issuer

DESK = "https://desk.contoso.example"
COLLEAGUE = "11111110-0000-4000-8000-000000000009"
NOT_YOURS = {"en": "This link was made for somebody else", "zh-CN": "这个链接是给别人的"}
LATE = {"en": "This link is no longer good", "zh-CN": "这个链接已失效"}


@dataclass
class Browser:
    """A browser that reaches us through what ends HTTPS before us, which is why it sends cookies that want HTTPS."""

    tenant: Tenant
    language: str = "en"
    cookies: dict[str, str] = field(default_factory=dict)
    status: int = 0
    kind: str = ""
    body: bytes = b""
    sent_to: str = ""

    async def opens(self, address: str, form: dict[str, str] | None = None) -> None:
        """One request, with no redirect followed."""
        assert address.startswith(DESK)
        method, path = ("GET" if form is None else "POST"), address.removeprefix(DESK)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, "Accept-Language": self.language}
        async with self.tenant.http.request(
            method, self.tenant.url + path, data=form, headers=headers, allow_redirects=False
        ) as response:
            for morsel in response.cookies.values():
                assert not morsel.value or (morsel["secure"] and morsel["httponly"])
                self.cookies[morsel.key] = morsel.value
            self.status, self.kind, self.body = response.status, response.content_type, await response.read()
            self.sent_to = response.headers.get("Location", "")

    async def signs_in(self, address: str) -> None:
        """Opens the link, signs in where it is sent, and comes back to it."""
        await self.opens(address)
        assert (self.status, urlsplit(self.sent_to).netloc) == (303, urlsplit(self.tenant.issuer.login).netloc)
        back, brought = self.tenant.issuer.signs_in(self.sent_to)
        await self.opens(back, brought)
        assert self.status == 303
        await self.opens(DESK + self.sent_to)

    def sees(self, words: str) -> bool:
        return words in self.body.decode()


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(SystemClock().now())


@pytest.fixture
async def tenant(
    issuer: Issuer,
    fake: FakeConnector,
    certificate: Path,
    database_url: str,
    valkey_url: str,
    clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Tenant]:
    """A service in which Ada has paid for something, and a colleague is known."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    record = await Record.open(database_url, clock, timezone=ZoneInfo("UTC"), currency="USD")
    for person, name in ((ADA, "Ada Admin"), (COLLEAGUE, "Cleo Clark")):
        await record.people.seen(TENANT, person, name=name, member=True)
    company, ada = Company(record), Actor(TENANT, ADA)
    await company.has_card(ada)
    product = record.catalog.by_name("Power BI Pro").id
    await company.does(ada, await record.purchases.quote(ada, product, 2))
    await record.close()
    fake.members[ACCOUNT] = MEMBER
    async with serving(issuer, fake, database_url, valkey_url, clock, PUBLIC_URL=DESK) as running:
        yield running


async def link(tenant: Tenant) -> str:
    """The address of Ada's invoice, from the chat."""
    return (await tenant.says("show the last invoice")).links["PDF"]


async def test_ada_signs_in_at_entra_and_gets_her_invoice(tenant: Tenant) -> None:
    browser = Browser(tenant)
    await browser.signs_in(await link(tenant))
    assert (browser.status, browser.kind, browser.body[:5]) == (200, "application/pdf", b"%PDF-")
    await browser.opens(await link(tenant))
    assert browser.status == 200, "she stays signed in for a while"


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_a_colleague_who_signs_in_is_told_that_it_is_not_theirs(tenant: Tenant, language: str) -> None:
    tenant.issuer.id_claims = {"oid": COLLEAGUE}
    browser = Browser(tenant, language)
    await browser.signs_in(await link(tenant))
    assert (browser.status, browser.kind, b"Ada" in browser.body) == (403, "text/html", False)
    assert browser.sees(NOT_YOURS[language])


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_a_link_that_is_late_is_refused_politely(tenant: Tenant, language: str) -> None:
    address = await link(tenant)
    await tenant.says({"en": "English please", "zh-CN": "用中文"}[language])
    tenant.clock.advance(timedelta(minutes=11))
    browser = Browser(tenant)
    await browser.signs_in(address)
    assert (browser.status, browser.kind) == (410, "text/html")
    assert browser.sees(LATE[language])


async def test_whoever_is_nobody_at_entra_sees_nothing(tenant: Tenant) -> None:
    tenant.issuer.id_signer = "stranger"
    browser, address = Browser(tenant, "zh-CN"), await link(tenant)
    await browser.opens(address)
    back, brought = tenant.issuer.signs_in(browser.sent_to)
    await browser.opens(back, brought)
    assert (browser.status, browser.sees("尚未登录")) == (403, True)
    await browser.opens(address)
    assert browser.status == 303, "still to sign in"
