"""What was not understood is counted for everybody, and kept in words only where the tenant allows it."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from bot.settings import Settings
from bot.understanding import say_unclear
from storage.demo import TENANT
from tests.office import open_office

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from storage.record import Record

OTHERS = "22222222-0000-4000-8000-00000000000f"
UNCLEAR = {
    "blorf Emma Johnson the Visio thing": "blorf <person> the <product> thing",
    "韩梅梅Visio咕噜咕噜": "<person><product>咕噜咕噜",
}


@pytest.mark.parametrize(("said", "masked"), UNCLEAR.items())
async def test_unclear_words_are_kept_with_names_masked_where_the_tenant_allows_it(
    database_url: str, valkey_url: str, clock: FrozenClock, said: str, masked: str
) -> None:
    async with open_office(database_url, valkey_url, clock, LEARN_FROM=TENANT) as person:
        await person(1).says(said)
    assert [line["words"] for line in await _printed(database_url)] == [masked]


async def test_elsewhere_unclear_messages_are_only_counted(
    database_url: str, valkey_url: str, clock: FrozenClock
) -> None:
    async with open_office(database_url, valkey_url, clock, LEARN_FROM=OTHERS) as person:
        for said in (*UNCLEAR, "show my subscriptions", "hello"):
            await person(1).says(said)
    lines = await _printed(database_url)
    assert [(line["tenant"], line["words"]) for line in lines] == [(TENANT, "")] * len(UNCLEAR)


async def test_what_was_unclear_is_forgotten_with_other_words(contoso: Record, clock: FrozenClock) -> None:
    await contoso.unclear.note(TENANT, "clarify", ("licenses.add",), "old")
    clock.advance(timedelta(days=1))
    await contoso.unclear.note(TENANT, "reject", (), "young")
    assert await contoso.privacy.forget_words(clock.now()) == 1
    assert [message.words for message in await contoso.unclear.all()] == ["young"]


async def _printed(database_url: str) -> list[dict[str, str]]:
    out = StringIO()
    await say_unclear(Settings.from_environment({"DATABASE_URL": database_url}), out)
    return [json.loads(line) for line in out.getvalue().splitlines()]
