"""Drives Microsoft 365 Agents Playground (installed from npm, never shipped) in Chromium, as one person of Contoso.

What it can and cannot do was measured with version 0.2.28: Enter sends and does not pick a mention, so the entry is
clicked; un-mentioned channel messages are not delivered; its port moves when taken.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.async_api import async_playwright

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "node_modules/@microsoft/m365agentsplayground/cli.js"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
QUIET += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]

PERSONAL, CHANNEL = "Personal Chat", "Sales - Licenses"


def missing() -> str | None:
    """What keeps the Playground from running here, and the fix; None when nothing does."""
    if not shutil.which("node") or not CLIENT.exists():
        return "Agents Playground is not installed; .ci/run installs it where there is Node"
    return None if Path(CHROMIUM).exists() else "Chromium is not installed; .ci/run installs it, or set CHROMIUM"


class Playground(AbstractAsyncContextManager["Playground"]):
    """The Playground of one person, talking to the bot at `endpoint`."""

    page: Page

    def __init__(self, endpoint: str, company: dict[str, Any]) -> None:
        self._endpoint = endpoint
        self._company = company
        self._home = Path(tempfile.mkdtemp(prefix="playground-"))

    async def __aenter__(self) -> Playground:
        (self._home / ".m365agentsplayground.yml").write_text(json.dumps(self._company))  # JSON is YAML
        (self._home / "xdg-open").write_text("#!/bin/sh\nexit 0\n")  # it would open a browser of its own
        (self._home / "xdg-open").chmod(0o755)
        self._server, url = await self._serve()
        self._playwright = await async_playwright().start()
        self._browser = await self._playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        self.page = await self._browser.new_page(viewport={"width": 1400, "height": 1000})
        self.page.set_default_timeout(20_000)
        await self.page.goto(url)
        await self.page.get_by_role("treeitem", name=PERSONAL, exact=True).wait_for()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._browser.close()
        await self._playwright.stop()
        self._server.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(self._server.wait, 5)
        self._server.kill()
        shutil.rmtree(self._home, ignore_errors=True)

    async def open(self, chat: str) -> None:
        await self.page.get_by_role("treeitem", name=chat, exact=True).click()
        await self._boxes().first.wait_for()

    async def says(self, text: str, *, mention: str | None = None) -> None:
        """Type and send; in a channel as a new post that mentions the bot."""
        await self._boxes().first.click()
        if mention:
            await self.page.keyboard.type("@")
            await self.page.get_by_role("menuitem", name=mention).first.click()
            await self.page.keyboard.type(" ")
        await self.page.keyboard.insert_text(text)
        post = self.page.get_by_role("button", name="Post", exact=True)
        button = post if await post.count() else self.page.get_by_role("button", name="Send Message").first
        await button.click()

    async def card(self, *phrases: str) -> Locator:
        """The newest card that shows every phrase, once it is there."""
        found = self.page.locator(".ac-adaptiveCard:not(.ac-adaptiveCard .ac-adaptiveCard)")
        for phrase in phrases:
            found = found.filter(has_text=phrase)
        await found.last.wait_for()
        return found.last

    async def taps(self, title: str, *, on: Locator) -> None:
        await on.get_by_role("button", name=title, exact=True).click()

    async def sees(self, text: str) -> None:
        await self.page.get_by_text(text).last.wait_for()

    def _boxes(self) -> Locator:
        return self.page.locator("[data-lexical-editor=true]")

    async def _serve(self) -> tuple[subprocess.Popen[bytes], str]:
        log = self._home / "out.log"
        port = _free_port()
        command = ["node", str(CLIENT), "start", "-e", self._endpoint, "-c", "msteams", "-p", str(port)]
        environment = {**os.environ, "PATH": f"{self._home}:{os.environ['PATH']}", "BROWSER": "/bin/true"}
        with log.open("wb") as out:
            server = subprocess.Popen(  # noqa: ASYNC220 it outlives this call, and is waited for in a thread
                [*command, "--disable-telemetry"], cwd=self._home, env=environment, stdout=out, stderr=out
            )
        async with asyncio.timeout(60):
            while not (listening := re.search(r"Listening on (\d+)", log.read_text())):
                assert server.poll() is None, log.read_text()
                await asyncio.sleep(0.1)
        return server, f"http://localhost:{listening[1]}/"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
