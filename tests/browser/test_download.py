"""A long file in Chromium, without a script: the browser saves it while the page counts, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from bot.app import served
from bot.settings import Settings
from tests.browser.test_card_pages import link_of, looked_at, window
from tests.databases import COMPANY
from tests.grown import grow

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Page

    from storage.clock import FrozenClock

pytestmark = pytest.mark.browser
__all__ = ["window"]  # a fixture
MANY = 50_000


@pytest.fixture
def copied() -> str:
    return COMPANY


@pytest.fixture
async def address(sqlite_url: str, valkey_url: str, clock: FrozenClock) -> AsyncIterator[str]:
    """Where a company is served that has bought a lot."""
    await grow(sqlite_url, clock, MANY)
    environment = {"DATABASE_URL": sqlite_url, "REDIS_URL": valkey_url, "PORT": "0"}
    settings = Settings.from_environment(environment, demo=True)
    async with served(settings, demo=True, clock=clock) as (here, _):
        yield here


@pytest.mark.parametrize(
    ("speaks", "counts", "complete"),
    [
        ("English please", "of 50,015 lines written", "The file is complete: 50,015 lines"),
        ("请用中文", "行，共 50,015 行", "文件已完成，共 50,015 行"),
    ],
)
async def test_the_browser_saves_the_file_while_the_page_counts(
    window: Page, address: str, speaks: str, counts: str, complete: str
) -> None:
    await window.goto(await link_of(address, 2, speaks, "export everything people bought"))
    await window.get_by_label("Bob Marsh").check()
    async with window.expect_download() as coming:
        await window.keyboard.press("Enter")
    await expect(window.locator("progress")).to_be_visible()
    await expect(window.get_by_role("heading")).to_contain_text(counts)
    await looked_at(window, f"counts-{speaks[:2]}")
    await expect(window.get_by_role("heading", name=complete)).to_be_visible(timeout=60_000)
    await looked_at(window, f"complete-{speaks[:2]}")
    assert lines_in(await (await coming.value).path()) == 1 + MANY + 15


def lines_in(saved: Path) -> int:
    return len(saved.read_text("utf-8-sig").splitlines())
