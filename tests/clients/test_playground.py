"""The main job in Microsoft 365 Agents Playground: its own cards, its own taps, its own channel."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from bot.app import served
from bot.settings import Settings
from tests.clients.playground import CHANNEL, PERSONAL, ROOT, Playground, missing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.clock import FrozenClock

pytestmark = [pytest.mark.playground, pytest.mark.skipif(missing() is not None, reason=str(missing()))]


def company(person: str) -> dict[str, Any]:
    """Contoso as `.m365agentsplayground.yml` has it, with `person` at the keyboard."""
    contoso: dict[str, Any] = yaml.safe_load((ROOT / ".m365agentsplayground.yml").read_text(encoding="utf-8"))
    everyone = [contoso["currentUser"], *contoso["users"]]
    current = next(each for each in everyone if each["name"] == person)
    return {**contoso, "currentUser": current, "users": [each for each in everyone if each is not current]}


@asynccontextmanager
async def at_the_keyboard(
    person: str, database_url: str, valkey_url: str, clock: FrozenClock
) -> AsyncIterator[Playground]:
    settings = Settings.from_environment(
        {"DATABASE_URL": database_url, "REDIS_URL": valkey_url, "PORT": "0"}, demo=True
    )
    async with (
        served(settings, demo=True, clock=clock) as (address, _),
        Playground(f"{address}/api/messages", company(person)) as playground,
    ):
        yield playground


async def test_alice_buys_in_her_personal_chat(sqlite_url: str, valkey_url: str, clock: FrozenClock) -> None:
    async with at_the_keyboard("Alice Chen", sqlite_url, valkey_url, clock) as alice:
        await alice.open(PERSONAL)
        await alice.card("Hello, I'm License Desk", "not connected to Microsoft")
        await alice.says("add 5 licenses")
        await alice.taps("Power BI Pro", on=await alice.card("Which subscription?"))
        quote = await alice.card("20 → 25 (+5)", "$49.00", "$350.00", "Visa ···4242")
        await alice.taps("Buy", on=quote)
        await alice.card("5 licenses of Power BI Pro added", "G0")


async def test_lihua_buys_in_chinese_and_corrects_herself(sqlite_url: str, valkey_url: str, clock: FrozenClock) -> None:
    async with at_the_keyboard("李华", sqlite_url, valkey_url, clock) as lihua:
        await lihua.open(PERSONAL)
        await lihua.says("Visio加5个许可证")
        await lihua.card("5 → 10（+5）")
        await lihua.says("不对，是7个")
        await lihua.taps("购买", on=await lihua.card("5 → 12（+7）"))
        await lihua.card("已为 Visio Plan 1 增加 7 个许可证", "G0")


async def test_an_admin_reads_what_was_bought_and_why_people_cancel(
    sqlite_url: str, valkey_url: str, clock: FrozenClock
) -> None:
    async with at_the_keyboard("Bob Marsh", sqlite_url, valkey_url, clock) as bob:
        await bob.open(PERSONAL)
        await bob.says("what was bought this quarter")
        summary = await bob.card("5 subscriptions fit", "Licenses bought", "Alice Chen, Ann Lee, Dana Ruiz and 14 more")
        await bob.taps("By purchaser", on=summary)
        await bob.card("Limited to: bought October 1, 2026", "Price a month", "李华")
        await bob.says("send me that as CSV")
        await bob.card("5 subscriptions as a file for spreadsheets", "CSV file")
        await bob.says("大家为什么取消")
        await bob.card("没有人取消过订阅")


async def test_in_the_channel_the_offer_goes_to_the_personal_chat(
    sqlite_url: str, valkey_url: str, clock: FrozenClock
) -> None:
    async with at_the_keyboard("Alice Chen", sqlite_url, valkey_url, clock) as alice:
        await alice.open(CHANNEL)
        await alice.says("add 5 licenses to Power BI Pro", mention="License Desk")
        await alice.sees("Alice Chen, I've answered you in our private chat.")
        assert await alice.page.get_by_text("$49.00").count() == 0
        await alice.open(PERSONAL)
        await alice.taps("Buy", on=await alice.card("20 → 25 (+5)", "$49.00"))
        await alice.card("5 licenses of Power BI Pro added", "G0")
