"""A browser at the link of a file, without a browser: signs in, reads the page and what it says of the progress."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession, CookieJar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.people import Person


@pytest.fixture
async def browser() -> AsyncIterator[ClientSession]:
    """One that keeps who has signed in."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        yield http


async def opened(browser: ClientSession, link: str, number: int) -> str:
    """What is behind the link, after person `number` has signed in."""
    async with browser.get(link) as page:
        state = re.search('name="state" value="([^"]+)"', await page.text())
    assert state
    back = f"{link.split('/link/')[0]}/sign-in/back"
    async with browser.post(back, data={"state": state[1], "person": str(number)}) as response:
        return await response.text()


async def link_of(who: Person, asks: str) -> str:
    """The link on the card that answers these words."""
    await who.says(asks)
    [link] = [action["url"] for action in who.cards[-1]["actions"]]
    return str(link)


async def page_of(browser: ClientSession, link: str) -> str:
    """What it says of how far the file is."""
    async with browser.get(f"{link}/progress") as response:
        assert "script" not in response.headers["Content-Security-Policy"]
        return await response.text()
