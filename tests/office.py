"""Fixtures: the whole product, listening, on each database; and the people of the demo company who talk to it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession

from bot.app import served
from bot.settings import Settings
from tests.people import Person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from storage.clock import Clock


@asynccontextmanager
async def open_office(
    database_url: str, valkey_url: str, clock: Clock, **more: str
) -> AsyncIterator[Callable[[int], Person]]:
    """Anybody of the demo company by number, at the desk's real HTTP port; they type faster than people may.

    `more` are further settings.
    """
    environment = {"DATABASE_URL": database_url, "REDIS_URL": valkey_url, "PORT": "0", "MESSAGES_PER_MINUTE": "0"}
    settings = Settings.from_environment(environment | more, demo=True)
    async with served(settings, demo=True, clock=clock) as (address, _), ClientSession() as http:
        yield lambda number: Person(http, f"{address}/api/messages", number)


@pytest.fixture
async def person(database_url: str, valkey_url: str, clock: Clock) -> AsyncIterator[Callable[[int], Person]]:
    """Anybody of the demo company by number."""
    async with open_office(database_url, valkey_url, clock) as anybody:
        yield anybody


@pytest.fixture
def alice(person: Callable[[int], Person]) -> Person:
    """Purchaser, reads English: Power BI Pro 20/17, Visio Plan 2 10/9, Project Plan 3 3/3, Teams Premium 5/2."""
    return person(1)


@pytest.fixture
def bob(person: Callable[[int], Person]) -> Person:
    """Admin."""
    return person(2)


@pytest.fixture
def lihua(person: Callable[[int], Person]) -> Person:
    """Purchaser, reads Chinese: Visio Plan 1 5/2, Power Automate Premium 8/8 unpaid."""
    return person(3)


@pytest.fixture
def dana(person: Callable[[int], Person]) -> Person:
    """Team lead; her Copilot has expired."""
    return person(4)


@pytest.fixture
def ann(person: Callable[[int], Person]) -> Person:
    """Holds licenses and has bought nothing: Power BI Pro, Visio Plan 2."""
    return person(5)


@pytest.fixture
def evan(person: Callable[[int], Person]) -> Person:
    """Guest."""
    return person(6)


@pytest.fixture
def bo(person: Callable[[int], Person]) -> Person:
    """Member of no team; Power Apps Premium is all he has bought."""
    return person(8)


@pytest.fixture
def chenwei(person: Callable[[int], Person]) -> Person:
    """陈伟 owns both Visio plans, reads Chinese."""
    return person(12)
