"""The pages behind links in Chromium: by keyboard, without a script, narrow, light and dark, in both languages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession
from playwright.async_api import expect

from tests.browser.test_main_job import address
from tests.people import Person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

pytestmark = pytest.mark.browser
__all__ = ["address"]  # a fixture
LOOK = os.environ.get("LOOK")  # a directory for pictures of every page


@pytest.fixture(params=["light", "dark"])
async def window(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """A narrow window that runs no script; whatever the policy of the page forbids is a fault."""
    context = await browser.new_context(
        java_script_enabled=False, viewport={"width": 360, "height": 720}, color_scheme=request.param
    )
    page = await context.new_page()
    page.set_default_timeout(10_000)
    faults: list[str] = []
    page.on("console", lambda line: faults.append(line.text))
    yield page
    assert [fault for fault in faults if "status of 403" not in fault] == []  # who is turned away is told so
    await context.close()


async def looked_at(page: Page, name: str) -> None:
    """Nothing is wider than the window; a picture of it where somebody wants to look."""
    wide = await page.locator("body").bounding_box()
    assert wide is not None
    assert wide["width"] <= 360
    for each in await page.locator("main *:visible").all():
        box = await each.bounding_box()
        assert box is None or box["x"] + box["width"] <= 360, await each.evaluate("each => each.outerHTML")
    if LOOK:
        await page.screenshot(path=Path(LOOK, f"{name}.png"), full_page=True)


async def link_of(address: str, number: int, *words: str) -> str:
    async with ClientSession() as http:
        person = Person(http, f"{address}/api/messages", number)
        for each in words:
            await person.says(each)
        [link] = [url for seen in person.latest for url in seen.links.values()]
        return link


async def choose(page: Page, keys: str = "") -> None:
    """Goes to the first field by keyboard, chooses in it with these keys, and sends the form."""
    await page.keyboard.press("Tab")
    for key in keys.split():
        await page.keyboard.press(key)
    await page.keyboard.press("Enter")


async def test_alice_adds_a_card_by_keyboard(window: Page, address: str) -> None:
    await window.goto(await link_of(address, 1, "add a payment method"))
    await looked_at(window, "choose")
    await choose(window, "Space")
    await expect(window.get_by_role("heading", name="Add a card")).to_be_visible()
    await looked_at(window, "begin")
    await choose(window)
    await expect(window.get_by_text("This is the sandbox of the demo")).to_be_visible()
    await looked_at(window, "sandbox")
    await choose(window, "Space")
    await expect(window.get_by_role("heading", name="Visa ···4242 is on file")).to_be_visible()
    await looked_at(window, "added")


async def test_lihua_sees_and_changes_how_he_pays(window: Page, address: str) -> None:
    await window.goto(await link_of(address, 3, "编辑我的卡"))
    await window.get_by_label("李华").check()
    await window.keyboard.press("Enter")
    await expect(window.get_by_role("heading", name="你的付款方式")).to_be_visible()
    await window.get_by_label("名称").focus()
    await window.keyboard.type("北京示例有限公司")
    await window.keyboard.press("Tab")
    await window.keyboard.type("北京市朝阳区示例路 1 号")
    await window.keyboard.press("Tab")
    await window.keyboard.press("Enter")
    await expect(window.get_by_label("地址")).to_have_value("北京市朝阳区示例路 1 号")
    await looked_at(window, "file")


async def test_somebody_else_is_turned_away_and_may_sign_in_anew(window: Page, address: str) -> None:
    await window.goto(await link_of(address, 1, "add a payment method"))
    await window.get_by_label("Bob Marsh").check()
    await window.keyboard.press("Enter")
    await expect(window.get_by_text("made for somebody else")).to_be_visible()
    await looked_at(window, "refused")
    await choose(window)
    await expect(window.get_by_role("heading", name="Who are you?")).to_be_visible()
