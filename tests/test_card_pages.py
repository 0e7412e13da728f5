"""The pages about paying, from the link in the chat to the provider and back: over HTTP, with the whole product."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import pytest
from aiohttp import ClientSession, CookieJar

from bot.web.sheet import HERE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.people import Person

CARD = "4242 4242 4242 4242"


class Forms(HTMLParser):
    """Every form of a page: its hidden fields, and every other field."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.fields: list[tuple[str, dict[str, Any]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.forms.append({})
        elif given.get("type") == "hidden":
            self.forms[-1][str(given["name"])] = str(given["value"])
        elif tag in ("input", "textarea", "select"):
            self.fields.append((tag, given))


@dataclass
class Browser:
    """A browser at the product's pages; `page` is what it shows."""

    http: ClientSession
    status: int = 0
    address: str = ""
    page: str = ""

    async def opens(self, address: str) -> None:
        async with self.http.get(address) as response:
            await self._shows(response)

    async def sends(self, filled_in: dict[str, str], form: int = 0) -> None:
        """Fills a form of the page in, and sends it where it goes."""
        action = re.findall(r'<form method="post"(?: class="\w+")?(?: action="([^"]*)")?', self.page)[form]
        hidden = Forms(self.page).forms[form]
        address = urljoin(self.address, unescape(action) or urlsplit(self.address).path)
        async with self.http.post(address, data=hidden | filled_in) as response:
            await self._shows(response)

    async def signs_in(self, address: str, number: int) -> None:
        await self.opens(address)
        await self.sends({"person": str(number)})

    def sees(self, *phrases: str) -> None:
        shown = unescape(re.sub(r"<[^>]+>", " ", self.page))
        for phrase in phrases:
            assert phrase in shown, f"{phrase!r} is not in\n{shown}"

    async def _shows(self, response: Any) -> None:
        self.status, self.address, self.page = response.status, str(response.url), await response.text()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        yield Browser(http)


async def link_of(person: Person, words: str, *taps: str) -> str:
    """The address behind the link that these words, and taps, lead to."""
    await person.says(words)
    for title in taps:
        await person.taps(title)
    [address] = [each for seen in person.latest for each in seen.links.values()]
    return address


async def test_alice_adds_a_card_which_then_pays_for_nothing(alice: Person, browser: Browser) -> None:
    link = await link_of(alice, "add a payment method")
    await browser.signs_in(link, 1)
    browser.sees("Add a card", "never sees a card number")
    await browser.sends({})
    browser.sees("This is the sandbox of the demo", "Visa ···4242, works")
    await browser.sends({"card": "works"})
    browser.sees("Visa ···4242 is on file", "It pays for nothing yet")
    await alice.says("how am I paying")
    assert sum("Visa ···4242" in line for seen in alice.latest for line in seen.lines) == 2
    await browser.opens(link)
    assert browser.status == 410
    browser.sees("This link has been used")


async def test_lihua_replaces_a_card_whose_bank_asks_back(lihua: Person, browser: Browser) -> None:
    await browser.signs_in(await link_of(lihua, "把Visio换张卡付款", "一张新卡"), 3)
    browser.sees("改用新卡付款", "前往支付服务商")
    await browser.sends({})
    await browser.sends({"card": "confirm"})
    await browser.sends({"card": "confirmed"})
    browser.sees("今后由 Visa ···3220 付款", "Visio Plan 1")
    await lihua.says("我用什么付款")
    lihua.sees("Visa ···3220: 为 Visio Plan 1 付款")


async def test_an_expired_card_does_not_go_on_file(alice: Person, browser: Browser) -> None:
    await browser.signs_in(await link_of(alice, "add a payment method"), 1)
    await browser.sends({})
    await browser.sends({"card": "expired"})
    browser.sees("This card has expired")
    back = re.search(r'<a href="([^"]+/payment/back/[^"]+)"', browser.page)
    assert back
    await browser.opens(unescape(back[1]))
    browser.sees("No card was added")


async def test_what_came_of_a_page_is_shown_to_its_owner_alone(alice: Person, browser: Browser) -> None:
    await browser.signs_in(await link_of(alice, "add a payment method"), 1)
    await browser.sends({})
    await browser.sends({"card": "works"})
    back = browser.address
    assert "/payment/back/" in back
    browser.http.cookie_jar.clear()
    await browser.signs_in(back, 8)
    assert browser.status == 410
    assert "4242" not in browser.page


async def test_cards_are_edited_and_removed_and_invoices_name_somebody(alice: Person, browser: Browser) -> None:
    await browser.signs_in(await link_of(alice, "edit my card"), 1)
    browser.sees("Cards on file", "Pays for: Power BI Pro", "Pays for nothing", "Invoices are made out to")
    spare = next(n for n, form in enumerate(Forms(browser.page).forms) if form.get("card") == "alice-mastercard")
    paying = next(n for n, form in enumerate(Forms(browser.page).forms) if form.get("card") == "alice-visa")
    await browser.sends({"do": "remove"}, paying)
    assert browser.status == 422
    browser.sees("so it stays on file")
    await browser.sends({"do": "remove"}, spare)
    assert browser.status == 200
    assert "4444" not in browser.page
    await browser.sends({"do": "profile", "name": "Contoso GmbH", "address": "Hauptstr. 1\n10115 Berlin"}, -1)
    assert "Hauptstr. 1\n10115 Berlin" in browser.page.replace("\r\n", "\n")
    await browser.sends({"do": "edit"}, 0)
    browser.sees("Sandbox: change a card")
    await browser.sends({"card": "renew"})
    browser.sees("Visa ···4242 is up to date", "November 30, 2030")
    await alice.says("show my payment method")
    alice.sees("good until November 30, 2030", "Contoso GmbH")
    alice.sees_nothing_of("4444")


@pytest.mark.parametrize("where", ["name", "address"])
async def test_a_card_number_in_an_address_is_refused_and_not_shown_again(
    alice: Person, browser: Browser, where: str
) -> None:
    await browser.signs_in(await link_of(alice, "new billing address"), 1)
    await browser.sends({"do": "profile", "name": "Contoso", "address": "Hauptstr. 1", where: CARD}, -1)
    assert browser.status == 422
    browser.sees("That looks like a card number. It was not kept.")
    assert "4242 4242" not in browser.page


async def test_a_card_of_somebody_else_is_not_removed_by_a_forged_form(alice: Person, browser: Browser) -> None:
    await browser.signs_in(await link_of(alice, "edit my card"), 1)
    await browser.sends({"do": "remove", "card": "lihua-visa"}, 0)
    assert browser.status == 422
    browser.sees("That card is not on file")


async def test_the_try_it_page_says_who_one_is(alice: Person, browser: Browser) -> None:
    link = await link_of(alice, "add a payment method")
    await browser.opens(urljoin(link, "/?as=3"))
    await browser.opens(link)
    assert 'value="3" required checked' in browser.page


async def test_no_field_of_ours_takes_a_number(alice: Person, browser: Browser) -> None:
    """Nothing can be typed but the name and the address of the billing profile, on any page there is."""
    typed = {"input": {"text", "tel", "number", "password", "search", None}, "textarea": {None}, "select": {None}}
    free = {
        (template.name, given.get("name"))
        for template in HERE.glob("*.html")
        for tag, given in Forms(re.sub(r"{[{%].*?[%}]}", "", template.read_text(encoding="utf-8"))).fields
        if given.get("type") in typed[tag]
    }
    assert free == {("file.html", "name"), ("file.html", "address")}


async def test_pages_have_no_script_and_no_address_of_anybody_else(alice: Person, browser: Browser) -> None:
    for template in HERE.glob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"<script|\son\w+=|javascript:|style=|https?://", text), template.name
