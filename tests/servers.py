"""Fixtures: real Valkey servers, one for all tests to share and one for a test to freeze and kill."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from redis import Redis

from storage.embedded import EmbeddedValkey

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


def process_id(url: str) -> int:
    """The process of the Valkey at `url`, to send signals to."""
    with closing(Redis.from_url(url)) as redis:
        return int(redis.info("server")["process_id"])


@pytest.fixture(scope="session")
def shared_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The url of the server that all tests share; ask for `valkey_url` instead, which is empty."""
    # A loop of its own: every test has another one, and this server outlives them.
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        server = EmbeddedValkey(tmp_path_factory.mktemp("valkey"))
        runner.run(server.__aenter__())
        yield server.url
        runner.run(server.__aexit__())


@pytest.fixture
def valkey_url(shared_valkey: str) -> str:
    """The url of a Valkey that holds nothing. Other tests use it later: a test that kills takes `own_valkey`."""
    with closing(Redis.from_url(shared_valkey)) as redis:
        redis.flushall()
    return shared_valkey


@pytest.fixture
async def own_valkey(tmp_path: Path) -> AsyncIterator[EmbeddedValkey]:
    """A server for this test alone, to be frozen and killed."""
    async with EmbeddedValkey(tmp_path / "valkey") as server:
        yield server
