"""A file of 50,000 lines: it comes while its page counts them, nobody waits for it, and what broke off is said."""

from __future__ import annotations

import asyncio
import csv
import re
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from tests.downloading import browser, link_of, opened, page_of
from tests.grown import grow
from tests.office import open_office

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from aiohttp import ClientSession

    from storage.clock import FrozenClock
    from tests.people import Person

__all__ = ["browser"]  # a fixture
MANY = 50_000


@pytest.fixture
async def person(database_url: str, valkey_url: str, clock: FrozenClock) -> AsyncIterator[Callable[[int], Person]]:
    """Anybody of a company that has bought a lot."""
    await grow(database_url, clock, MANY)
    async with open_office(database_url, valkey_url, clock) as anybody:
        yield anybody


async def test_fifty_thousand_lines_come_while_others_are_answered_and_their_page_counts(
    bob: Person, chenwei: Person, browser: ClientSession
) -> None:
    link = await link_of(bob, "export everything people bought")
    page = await opened(browser, link, 2)
    assert "being written: 50,015 lines" in page and 'http-equiv="refresh"' in page
    async with browser.get(f"{link}/file") as file:
        text = [await file.content.readany()]
        await chenwei.says("我买了什么")
        chenwei.sees("你有 2 个订阅")
        halfway = await page_of(browser, link)
        text.append(await file.content.read())
    assert "of 50,015 lines written" in halfway and 'http-equiv="refresh"' in halfway
    written = re.search(r'<progress max="50015" value="(\d+)"', halfway)
    assert written and 0 <= int(written[1]) < MANY
    rows = list(csv.reader(StringIO(b"".join(text).decode()[1:])))
    assert len(rows) == 1 + MANY + 15
    after = await page_of(browser, link)
    assert "complete: 50,015 lines" in after and 'http-equiv="refresh"' not in after


async def test_what_broke_off_is_said_and_can_be_had_again(bob: Person, browser: ClientSession) -> None:
    link = await link_of(bob, "export everything people bought")
    await opened(browser, link, 2)
    async with browser.get(f"{link}/file") as file:
        await file.content.readany()
        file.close()
    page = ""
    async with asyncio.timeout(30):
        while "broke off" not in page:
            page = await page_of(browser, link)
    assert "of 50,015 lines" in page and "Download again" in page and 'http-equiv="refresh"' not in page
