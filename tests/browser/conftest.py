"""Chromium and a served page, for the tests in this folder."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from playwright.async_api import Browser, Page, async_playwright

from bot.web.page import mount
from storage.clock import SystemClock
from tests.browser.small_desk import TENANT, VISITORS, SmallDesk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Site:
    """The page, served on a real port; it can be stopped and started again there."""

    desk: SmallDesk
    port: int = 0
    runner: web.AppRunner | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        app = web.Application()
        mount(app, self.desk, VISITORS, tenant=TENANT, clock=SystemClock())
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self.runner.addresses[0][1]

    async def stop(self) -> None:
        if self.runner:
            await self.runner.cleanup()
            self.runner = None


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    one = Site(SmallDesk())
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if not CHROMIUM:
        pytest.skip("Chromium is not installed; CHROMIUM=/path/to/it names another place")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        await chromium.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A window whose page may not log an error."""
    window = await browser.new_page(locale="en-US", timezone_id="UTC")
    window.set_default_timeout(10_000)
    faults: list[str] = []
    window.on("pageerror", lambda error: faults.append(str(error)))
    yield window
    assert faults == []
