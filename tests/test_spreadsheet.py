"""A summary as a file: behind its link, for its requester alone, streamed, and harmless to open."""

from __future__ import annotations

import csv
import re
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession, CookieJar

from bot.web.spreadsheet import _harmless
from storage.models import Person as PersonRow
from storage.summaries import SOME
from storage.wanted import Only, Wanted
from tests.small_company import ALICE, BOB, CARA, Company

if TYPE_CHECKING:
    from storage.record import Record
    from tests.people import Person


async def file_of(who: Person, number: int) -> tuple[int, str, str]:
    """Opens the link on the newest card as person `number`: status, kind and text of what comes."""
    [link] = [action["url"] for action in who.cards[-1]["actions"]]
    back = f"{link.split('/link/')[0]}/sign-in/back"
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as browser:
        async with browser.get(link) as page:
            state = re.search('name="state" value="([^"]+)"', await page.text())
        assert state
        async with browser.post(back, data={"state": state[1], "person": str(number)}) as response:
            return response.status, response.headers["Content-Type"], (await response.read()).decode("utf-8")


async def test_an_admin_gets_every_line_that_was_shown_as_a_file(bob: Person) -> None:
    await bob.says("who bought Visio since July")
    await bob.taps("CSV file")
    bob.sees("3 subscriptions as a file for spreadsheets", "Limited to: Visio Plan 1 or Visio Plan 2", "ten minutes")
    status, kind, text = await file_of(bob, 2)
    assert (status, kind, text[0]) == (200, "text/csv; charset=utf-8", "\N{BYTE ORDER MARK}")
    head, *rows = csv.reader(StringIO(text[1:]))
    assert head[:4] == ["Product", "Purchaser", "Purchaser's mail", "Licenses bought"]
    assert sorted(row[:10] for row in rows) == [
        ["Visio Plan 1", "李华", "lihua@contoso.example", "5", "2026-12-14", "25.00", "USD", "month", "active", "2"],
        ["Visio Plan 1", "陈伟", "chenwei@contoso.example", "2", "2026-12-02", "10.00", "USD", "month", "active", "1"],
        ["Visio Plan 2", "陈伟", "chenwei@contoso.example", "2", "2026-12-02", "30.00", "USD", "month", "active", "1"],
    ]
    assert "李华; 韩梅梅" in {row[10] for row in rows}


async def test_the_file_speaks_its_readers_language(chenwei: Person) -> None:
    await chenwei.says("公司本季度买了什么")
    await chenwei.taps("CSV 文件")
    chenwei.sees("2 个订阅的电子表格文件", "十分钟内有效")
    _, _, text = await file_of(chenwei, 12)
    head, *rows = csv.reader(StringIO(text[1:]))
    assert head[:2] == ["产品", "购买人"]
    assert {row[1] for row in rows} == {"陈伟"}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "send me that as CSV",
            ("3 subscriptions as a file", "Limited to: Visio Plan 1 or Visio Plan 2, bought July 1"),
        ),
        ("导出成 Excel", ("3 个订阅的电子表格文件", "2026年7月1日至")),
        ("send me everything people bought as CSV", ("15 subscriptions as a file",)),
        ("把公司本季度的采购导出成CSV", ("5 个订阅的电子表格文件", "2026年10月1日至")),
    ],
)
async def test_words_ask_for_the_file_of_what_was_shown_or_of_what_they_say(
    bob: Person, said: str, told: tuple[str, ...]
) -> None:
    await bob.says("who bought Visio since July")
    await bob.says(said)
    bob.sees(*told)
    assert [action["type"] for action in bob.cards[-1]["actions"]] == ["Action.OpenUrl"]


async def test_nobody_else_opens_it(bob: Person) -> None:
    await bob.says("who bought Visio since July")
    await bob.taps("CSV file")
    status, _, text = await file_of(bob, 1)
    assert (status, "Visio" in text) == (403, False)


async def test_a_forged_file_holds_no_more_than_its_reader_may_see(alice: Person) -> None:
    await alice.sends_tap({"look": "purchase_summary", "asked": "", "file": "yes"})
    _, _, text = await file_of(alice, 1)
    assert {row[1] for row in csv.reader(StringIO(text[1:]))} == {"Purchaser", "Alice Chen"}


async def test_every_line_comes_once_however_many_there_are(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.summaries.SOME", 2)
    company = await Company.in_(record)
    bought = {await company.buys(total=1) for _ in range(5)} | {await company.buys(total=1, who=CARA)}
    parts = [part async for part in record.summaries.each(BOB, Wanted())]
    assert [len(part) for part in parts] == [2, 2, 2]
    assert {line.subscription.id for part in parts for line in part} == bought
    assert sum([len(part) async for part in record.summaries.each(ALICE, Wanted())]) == 5
    assert [part async for part in record.summaries.each(BOB, Wanted(only=Only.TRIAL))] == []
    assert SOME == 500


async def test_a_line_has_all_its_people(record: Record) -> None:
    company = await Company.in_(record)
    await company.buys(total=20, holders=12)
    [[line]] = [part async for part in record.summaries.each(BOB, Wanted())]
    assert len(line.holders) == 12
    assert len(await company.rows(PersonRow)) >= 12


@pytest.mark.parametrize("cell", ["=1+1", "+49 170", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"])
def test_what_a_spreadsheet_would_run_is_made_words(cell: str) -> None:
    assert _harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["Alice Chen", "王芳", "2026-12-14", "25.00", "a=b", ""])
def test_ordinary_cells_stay_as_they_are(cell: str) -> None:
    assert _harmless(cell) == cell
