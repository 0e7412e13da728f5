"""An invoice on paper: what the PDF says in both languages, what it can't print, and who gets it."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession, CookieJar
from pypdf import PdfReader

from bot.paper.invoice import invoice_pdf
from bot.paper.typesetting import BOLD, FONTS, HAN, REGULAR, broken, is_printable, width
from dialogs.texts import LANGUAGES, Reader, catalogue
from storage.demo import TENANT, person_id
from storage.views import Actor, BillingView

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.invoice_views import InvoiceView
    from storage.record import Record
    from tests.people import Person

ENGLISH, CHINESE = map(Reader, LANGUAGES)
UNPRINTABLE = ["สมชาย", "محمد", "אבי", "अमित", "A😀"]
PRINTABLE = ["Zoë Martin", "Łukasz Żółć", "Nguyễn Hạnh", "Ελένη", "Ольга", "喆堃", "さくら", "김민수"]


def words(document: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)


async def invoice(record: Record, person: int, number: str) -> InvoiceView:
    found = await record.invoices.numbered(Actor(TENANT, person_id(person)), number)
    assert found is not None
    return found


async def test_it_says_what_the_card_says(contoso: Record) -> None:
    said = words(invoice_pdf(ENGLISH, await invoice(contoso, 1, "G000000048")))
    for phrase in ("Invoice", "G000000048", "November 13, 2026", "Alice Chen", "alice@contoso.example", "Visa ···4242"):
        assert phrase in said
    for phrase in (
        "Renew: Power BI Pro",
        "(30 days)",
        "$14.00",
        "$280.00",
        "Tax",
        "$0.00",
        "no invoice of Microsoft's",
    ):
        assert phrase in said


async def test_it_says_so_in_chinese(contoso: Record) -> None:
    said = words(invoice_pdf(CHINESE, await invoice(contoso, 3, "G000000046")))
    for phrase in ("发票", "李华", "尚未付款", "续订：Power Automate Premium", "2026年11月3日", "US$120.00", "第 1 页"):
        assert phrase in said


async def test_equal_invoices_are_equal_bytes_and_others_are_not(contoso: Record) -> None:
    one, other = await invoice(contoso, 1, "G000000048"), await invoice(contoso, 1, "G000000036")
    assert invoice_pdf(CHINESE, one) == invoice_pdf(CHINESE, one) != invoice_pdf(CHINESE, other)


async def test_a_long_one_has_every_line_and_its_total_on_the_last_page(contoso: Record) -> None:
    one = await invoice(contoso, 1, "G000000048")
    document = PdfReader(io.BytesIO(invoice_pdf(ENGLISH, replace(one, lines=one.lines * 60))))
    pages = [page.extract_text() for page in document.pages]
    assert sum(page.count("Renew: Power BI Pro") for page in pages) == 60
    assert [("Total" in page, f"Page {number} of {len(pages)}" in page) for number, page in enumerate(pages, 1)] == [
        (number == len(pages), True) for number in range(1, len(pages) + 1)
    ]


@pytest.mark.parametrize("name", UNPRINTABLE)
async def test_a_name_without_letters_here_is_said_to_have_none(contoso: Record, name: str) -> None:
    one = await invoice(contoso, 1, "G000000048")
    said = words(invoice_pdf(ENGLISH, replace(one, payer=replace(one.payer, name=name))))
    assert "alice@contoso.example" in said and "letters that this document can't show" in said
    assert name not in said


@pytest.mark.parametrize("name", PRINTABLE)
async def test_a_name_with_letters_here_is_printed(contoso: Record, name: str) -> None:
    one = await invoice(contoso, 1, "G000000048")
    assert name in words(invoice_pdf(ENGLISH, replace(one, payer=replace(one.payer, name=name))))


@pytest.mark.parametrize("address", ["12 Harbour Street\nLeeds LS1 4AP", "x\n" * 200])
async def test_whom_it_is_made_out_to_stands_in_the_head(contoso: Record, address: str) -> None:
    named = replace(await invoice(contoso, 1, "G000000048"), made_out_to=BillingView("Contoso 销售部", address))
    document = PdfReader(io.BytesIO(invoice_pdf(ENGLISH, named)))
    said = document.pages[0].extract_text()
    assert len(document.pages) == 1
    assert "Contoso 销售部" in said and address.splitlines()[0] in said and "Total" in said and "Alice" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_ours_can_be_printed(language: str) -> None:
    printed = {key: text for key, text in catalogue(language).items() if key.startswith(("paper.", "invoices."))}
    said = [each for text in printed.values() for each in (text.values() if isinstance(text, dict) else [text])]

    assert [text for text in said if not is_printable(text)] == []


def test_lines_are_no_wider_than_their_room_in_either_script() -> None:
    for text in ("Microsoft Planner and Project Plan 3 " * 3, "出自自己的账本，尚未与任何人连接。" * 5):
        lines = broken(text, 10, 200)
        assert len(lines) > 1 and max(width(line, 10) for line in lines) <= 200
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_each_font_stands_beside_its_license() -> None:
    licenses = " ".join(path.read_text("utf-8") for path in FONTS.glob("LICENSE-*.txt"))

    assert {path.stem for path in FONTS.glob("*.ttf")} == {REGULAR, BOLD, HAN}
    assert [name for name in (REGULAR, BOLD, HAN) if f"{name}.ttf" not in licenses] == []


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        yield session


async def opened(http: ClientSession, url: str, number: int) -> tuple[int, str, bytes]:
    """The status, type and content of what somebody gets who opens the link and says who they are."""
    async with http.get(url) as asks:
        state = re.search('name="state" value="([^"]+)"', await asks.text())
    assert state
    address = url.partition("/link/")[0]
    async with http.post(f"{address}/sign-in/back", data={"state": state[1], "person": str(number)}) as answer:
        return answer.status, answer.content_type, await answer.read()


async def test_the_link_on_the_card_gives_its_owner_the_pdf_in_their_language(
    alice: Person, lihua: Person, http: ClientSession
) -> None:
    await alice.says("show G000000048")
    status, kind, document = await opened(http, alice.link("PDF"), 1)
    assert (status, kind) == (200, "application/pdf")
    assert "Renew: Power BI Pro" in words(document)
    http.cookie_jar.clear()
    await lihua.says("查看发票G000000046")
    assert "续订：Power Automate Premium" in words((await opened(http, lihua.link("PDF"), 3))[2])


async def test_nobody_else_gets_the_pdf(alice: Person, http: ClientSession) -> None:
    await alice.says("show G000000048")
    status, kind, page = await opened(http, alice.link("PDF"), 2)
    assert (status, kind) == (403, "text/html")
    assert b"280" not in page and b"Alice" not in page
