"""Fixtures: ways to PostgreSQL and Valkey that can fail, and a seeded Contoso on each database for real processes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.faults.proxy import Proxy, way

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.databases import Postgres

SOCKET = ".s.PGSQL.5432"


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory at a path that is short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="ld-") as directory:
        yield Path(directory)


@pytest.fixture
async def sql_way(postgres: Postgres, place: Path) -> AsyncIterator[Proxy]:
    """The way to PostgreSQL that `far_postgres_url` takes."""
    async with way(place / SOCKET, postgres.home / SOCKET) as proxy:
        yield proxy


@pytest.fixture
def far_postgres_url(sql_way: Proxy, postgres: Postgres, postgres_url: str, place: Path) -> str:
    """A database of this test's own, reached over `sql_way`."""
    return postgres_url.replace(str(postgres.home), quote(str(place)))


@pytest.fixture
async def redis_way(valkey_url: str, place: Path) -> AsyncIterator[Proxy]:
    """The way to Valkey that `far_valkey_url` takes."""
    async with way(place / "valkey", Path(valkey_url.removeprefix("unix://"))) as proxy:
        yield proxy


@pytest.fixture
def far_valkey_url(redis_way: Proxy) -> str:
    """The Valkey of all tests, emptied, reached over `redis_way`."""
    return f"unix://{redis_way.here}"
