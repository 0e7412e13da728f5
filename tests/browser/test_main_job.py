"""The main job on the try-it page: the whole product, in both languages and in the channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from bot.app import served
from bot.settings import Settings
from tests.browser.test_try_it import say

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Locator, Page

    from storage.clock import FrozenClock

pytestmark = pytest.mark.browser


@pytest.fixture
async def address(sqlite_url: str, valkey_url: str, clock: FrozenClock) -> AsyncIterator[str]:
    """Where the product is served."""
    environment = {"DATABASE_URL": sqlite_url, "REDIS_URL": valkey_url, "PORT": "0"}
    settings = Settings.from_environment(environment, demo=True)
    async with served(settings, demo=True, clock=clock) as (here, _):
        yield here


async def enter(page: Page, address: str, person: int, room: str = "personal") -> Locator:
    await page.goto(f"{address}/?as={person}&room={room}")
    log = page.locator(f"#{room}")
    await expect(log).to_have_attribute("aria-busy", "false")
    return log


async def test_alice_is_asked_which_sees_the_price_and_buys(page: Page, address: str) -> None:
    log = await enter(page, address, 1)
    await say(page, "add 5 licenses")
    await expect(log).to_contain_text("Which subscription?")
    await say(page, "Power BI Pro")
    await expect(log).to_contain_text("20 → 25 (+5)")
    await expect(log).to_contain_text("$49.00")
    await log.get_by_role("button", name="Buy", exact=True).click()
    await expect(log).to_contain_text("5 licenses of Power BI Pro added")
    await expect(log).to_contain_text("G0")
    await expect(log.get_by_role("button", name="Buy", exact=True)).to_have_count(0)


async def test_lihua_buys_in_chinese_after_a_correction(page: Page, address: str) -> None:
    log = await enter(page, address, 3)
    await say(page, "Visio加5个许可证")
    await expect(log).to_contain_text("5 → 10（+5）")
    await say(page, "不对，是7个")
    await expect(log).to_contain_text("5 → 12（+7）")
    await log.get_by_role("button", name="购买", exact=True).last.click()
    await expect(log).to_contain_text("已为 Visio Plan 1 增加 7 个许可证")


async def test_in_the_channel_no_amount_is_public(page: Page, address: str) -> None:
    channel = await enter(page, address, 1, "channel")
    await say(page, "@License Desk add 5 licenses to Power BI Pro")
    await expect(channel).to_contain_text("I've answered you in our private chat")
    await expect(channel).not_to_contain_text("$")
    private = await enter(page, address, 1)
    await expect(private).to_contain_text("$49.00")


@pytest.mark.parametrize("width", [400, 900, 1280])
@pytest.mark.parametrize(
    ("speaks", "asks", "last"),
    [
        ("English please", "unused licenses in the company", "7, $98.00 a month"),
        ("请用中文", "公司有哪些闲置许可证", "7 个，每月 US$98.00"),
    ],
)
async def test_every_column_of_a_summary_is_in_view_at_any_width(
    page: Page, address: str, width: int, speaks: str, asks: str, last: str
) -> None:
    await page.set_viewport_size({"width": width, "height": 900})
    log = await enter(page, address, 2)
    await say(page, speaks)
    await say(page, asks)
    await expect(log).to_contain_text(last)
    hidden = await log.locator(".table").evaluate("table => table.scrollWidth - table.clientWidth")
    assert hidden == 0
