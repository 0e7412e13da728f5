"""The page of a file that takes a while: what it says before and meanwhile, and to whom; where its progress is kept."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from storage.demo import TENANT
from storage.progress import Files, Progress, Stage
from tests.downloading import browser, link_of, opened, page_of

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from storage.clock import FrozenClock
    from tests.people import Person

__all__ = ["browser"]  # a fixture


async def test_before_the_first_line_the_page_waits(bob: Person, browser: ClientSession) -> None:
    link = await link_of(bob, "export everything people bought")
    await opened(browser, link, 2)
    page = await page_of(browser, link)
    assert "The file is on its way" in page and 'http-equiv="refresh"' in page


async def wrote_half(valkey_url: str, link: str, stage: Stage) -> None:
    """The file behind the link has come to this stage, at 500 of 1,000 lines."""
    files = Files(valkey_url)
    await files.wrote(TENANT, link.rpartition("/")[2], Progress(stage, 500, 1_000))
    await files.close()


@pytest.mark.parametrize(
    ("speaks", "stage", "says", "goes_on"),
    [
        ("English please", Stage.GOING, ("500 of 1,000 lines written", "You can close this page"), True),
        ("English please", Stage.WHOLE, ("complete: 1,000 lines", "purchases.csv", "Download again"), False),
        ("English please", Stage.BROKEN, ("broke off after 500 of 1,000 lines", "not complete"), False),
        ("请用中文", Stage.GOING, ("已写入 500 行，共 1,000 行", "关闭此页面不影响下载"), True),
        ("请用中文", Stage.WHOLE, ("文件已完成，共 1,000 行", "purchases.csv", "重新下载"), False),
        ("请用中文", Stage.BROKEN, ("文件写到第 500 行时中断，共 1,000 行", "请重新下载"), False),
    ],
)
async def test_the_page_says_how_far_it_is_in_its_readers_language(
    bob: Person,
    browser: ClientSession,
    valkey_url: str,
    speaks: str,
    stage: Stage,
    says: tuple[str, ...],
    goes_on: bool,
) -> None:
    await bob.says(speaks)
    link = await link_of(bob, "export everything people bought")
    await opened(browser, link, 2)
    await wrote_half(valkey_url, link, stage)
    page = await page_of(browser, link)
    assert [each for each in says if each not in page] == []
    assert ('http-equiv="refresh"' in page) == goes_on


@pytest.mark.parametrize(
    ("speaks", "stage", "says", "goes_on"),
    [
        ("English please", Stage.GOING, ("500 of 1,000 lines written",), True),
        ("English please", Stage.WHOLE, ("complete: 1,000 lines", "ask License Desk in the chat for a new one"), False),
        ("English please", Stage.BROKEN, ("broke off after 500", "ask License Desk in the chat for a new one"), False),
        ("English please", None, ("This link is no longer good", "Ask License Desk in the chat for a new one"), False),
        ("请用中文", Stage.GOING, ("已写入 500 行，共 1,000 行",), True),
        ("请用中文", Stage.WHOLE, ("文件已完成，共 1,000 行", "请在聊天中向 License Desk 要一个新链接"), False),
        ("请用中文", Stage.BROKEN, ("文件写到第 500 行时中断", "请在聊天中向 License Desk 要一个新链接"), False),
        ("请用中文", None, ("链接已失效",), False),
    ],
)
async def test_whoever_is_on_the_page_when_the_links_time_is_over_learns_how_it_ends(
    bob: Person,
    browser: ClientSession,
    valkey_url: str,
    clock: FrozenClock,
    speaks: str,
    stage: Stage | None,
    says: tuple[str, ...],
    goes_on: bool,
) -> None:
    await bob.says(speaks)
    link = await link_of(bob, "export everything people bought")
    await opened(browser, link, 2)
    clock.advance(timedelta(minutes=11))
    if stage:
        await wrote_half(valkey_url, link, stage)
    page = await page_of(browser, link)
    assert [each for each in says if each not in page] == []
    assert ('http-equiv="refresh"' in page, f'href="{link}"' in page) == (goes_on, False)
    for part in ("", "/file"):
        async with browser.get(f"{link}{part}") as response:
            assert response.status == HTTPStatus.GONE


async def test_a_late_link_tells_nobody_else_how_a_file_stands(
    bob: Person, browser: ClientSession, clock: FrozenClock
) -> None:
    link = await link_of(bob, "export everything people bought")
    clock.advance(timedelta(minutes=11))
    assert "made for somebody else" in await opened(browser, f"{link}/progress", 1)


async def test_file_and_progress_open_for_nobody_else(bob: Person, browser: ClientSession) -> None:
    link = await link_of(bob, "export everything people bought")
    for part in ("file", "progress"):
        page = await opened(browser, f"{link}/{part}", 1)
        assert "made for somebody else" in page and "Power BI" not in page
    async with browser.get(f"{link}/file") as response:
        assert "Power BI" not in await response.text()


async def test_a_page_of_another_kind_has_no_such_parts(alice: Person, browser: ClientSession) -> None:
    await alice.says("my invoices")
    await alice.says("the last invoice")
    [link] = [action["url"] for action in alice.cards[-1]["actions"] if action["type"] == "Action.OpenUrl"]
    assert await opened(browser, f"{link}/progress", 1) == "404: Not Found"


async def test_what_is_read_in_one_go_needs_no_page(
    bob: Person, browser: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.download.SOME", 15)
    link = await link_of(bob, "export everything people bought")
    assert (await opened(browser, link, 2)).startswith("\N{BYTE ORDER MARK}Product")
    monkeypatch.setattr("bot.web.download.SOME", 14)
    async with browser.get(link) as response:
        assert (response.content_type, "being written: 15 lines" in await response.text()) == ("text/html", True)


async def test_progress_is_kept_apart_by_organisation_and_link_and_a_redis_that_is_away_stops_nothing(
    valkey_url: str,
) -> None:
    files, away = Files(valkey_url), Files("redis://127.0.0.1:9/0")
    half = Progress(Stage.GOING, 500, 1_000)
    try:
        assert await files.wrote("t1", "secret", half)
        assert await files.of("t1", "secret") == half
        assert (await files.of("t2", "secret"), await files.of("t1", "another")) == (None, None)
        assert not await away.wrote("t1", "secret", half)
        assert await away.of("t1", "secret") is None
    finally:
        await files.close()
        await away.close()
