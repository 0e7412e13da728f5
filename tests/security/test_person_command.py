"""`license-desk person` as an operator meets it, beside a running desk where that can be."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.__main__ import main
from storage.clock import SystemClock
from storage.demo import TENANT, person_id, seed
from storage.record import Record
from tests.security.dumps import memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis.asyncio import Redis

    from tests.people import Person

BUYER, HOLDER, LEI = person_id(1), person_id(13), person_id(10)
on_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass(frozen=True)
class Operator:
    """Somebody at a terminal, with the settings that the desk has."""

    _screen: pytest.CaptureFixture[str]

    async def runs(self, *arguments: str) -> tuple[int, str, str]:
        """`license-desk person …`: its exit code, and what is on the screen afterwards."""
        code = await asyncio.to_thread(main, ["person", *arguments])
        printed = self._screen.readouterr()
        return code, printed.out, printed.err


@pytest.fixture
def operator(
    database_url: str, valkey_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Operator:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("REDIS_URL", valkey_url)
    return Operator(capsys)


@on_postgres
async def test_beside_a_running_desk_a_person_is_exported_and_forgotten(
    operator: Operator, person: Callable[[int], Person], redis: Redis
) -> None:
    bo, whose = person(8), ("--tenant", TENANT, person_id(8))
    await bo.says("add 5 licenses to Power Apps Premium or so")
    _, exported, _ = await operator.runs("export", *whose)
    assert json.loads(exported)["record"]["people"][0]["name"] == "Bo Zhang"
    assert json.loads(exported)["conversation"] is not None
    code, _, refused = await operator.runs("erase", *whose)
    assert (code, refused.splitlines()[0][-6:]) == (1, "first:")  # pays for Power Apps Premium

    lei, whose = person(10), ("--tenant", TENANT, LEI)
    await lei.says("add 5 licenses")
    code, told, _ = await operator.runs("erase", *whose)
    assert (code, told[:9]) == (0, "Erased at")
    await lei.says("add 5 licenses")
    lei.sees("can't find you")
    _, exported, _ = await operator.runs("export", *whose)
    assert "李雷" not in exported
    assert (await operator.runs("erase", *whose))[0] == 0


@on_postgres
async def test_what_was_remembered_of_a_conversation_is_gone(
    operator: Operator, person: Callable[[int], Person], redis: Redis
) -> None:
    holder = person(5)
    await holder.says("cancel my subscription, kanarie")
    assert "kanarie" in await memory(redis)
    assert (await operator.runs("erase", "--tenant", TENANT, person_id(5)))[0] == 0
    assert "kanarie" not in await memory(redis)


@on_sqlite
async def test_with_the_embedded_database_the_desk_has_to_be_stopped_first(
    operator: Operator, person: Callable[[int], Person]
) -> None:
    code, _, refused = await operator.runs("erase", "--tenant", TENANT, HOLDER)
    assert code == 78
    assert "in use by another License Desk process; stop it, or use PostgreSQL" in refused
    code, exported, _ = await operator.runs("export", "--tenant", TENANT, HOLDER)
    assert (code, json.loads(exported)["record"]["people"][0]["id"]) == (0, HOLDER)


async def test_what_stands_in_the_way_is_named(
    operator: Operator, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = await Record.open(database_url, SystemClock(), timezone=ZoneInfo("UTC"), currency="USD")
    await seed(record)
    await record.close()
    code, _, refused = await operator.runs("erase", "--tenant", TENANT, BUYER)
    assert code == 1
    assert "55555555-0000-4000-8000-000000000001" in refused
    for what in ("erase", "export"):
        code, printed, refused = await operator.runs(what, "--tenant", TENANT, "nobody")
        assert (code, printed, refused.count("\n")) == (1, "", 1)
    _, forgotten, _ = await operator.runs("forget-words")
    assert forgotten == "Words older than 400 days are forgotten; rows changed: 0.\n"
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:9/0")
    code, _, refused = await operator.runs("export", "--tenant", TENANT, HOLDER)
    assert (code, refused.count("\n")) == (78, 1)
    assert "REDIS_URL" in refused
    monkeypatch.setenv("WORDS_KEPT_DAYS", "0")
    code, _, refused = await operator.runs("forget-words")
    assert code == 78
    assert "WORDS_KEPT_DAYS '0' must be a whole number of days, at least 1" in refused
