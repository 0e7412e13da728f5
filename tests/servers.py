"""Fixtures: real Valkey servers, one for all tests to share and one to freeze and kill, and conversations on them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, closing, contextmanager
from typing import TYPE_CHECKING

import pytest
import redis as blocking
from redis.asyncio import Redis

from storage.conversations import Conversations
from storage.embedded import EmbeddedValkey

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from datetime import timedelta
    from pathlib import Path


@contextmanager
def connected(url: str) -> Iterator[blocking.Redis]:
    """A plain client, for tests to look and meddle with."""
    with closing(blocking.Redis.from_url(url)) as client:
        yield client


@asynccontextmanager
async def conversing(url: str, **times: timedelta) -> AsyncIterator[Conversations]:
    """Conversations as one process of ours has them: its own connections, its own turns."""
    conversations = Conversations(url, **times)
    yield conversations
    await conversations.close()


def process_id(url: str) -> int:
    """The process of the Valkey at `url`, to send signals to."""
    with connected(url) as client:
        return int(client.info("server")["process_id"])


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
    with connected(shared_valkey) as client:
        client.flushall()
    return shared_valkey


@pytest.fixture
async def own_valkey(tmp_path: Path) -> AsyncIterator[EmbeddedValkey]:
    """A server for this test alone, to be frozen and killed."""
    async with EmbeddedValkey(tmp_path / "valkey") as server:
        yield server


@pytest.fixture
async def conversations(valkey_url: str) -> AsyncIterator[Conversations]:
    async with conversing(valkey_url) as ours:
        yield ours


@pytest.fixture
async def elsewhere(valkey_url: str) -> AsyncIterator[Conversations]:
    """The same conversations in another process."""
    async with conversing(valkey_url) as theirs:
        yield theirs


@pytest.fixture
async def redis(valkey_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(valkey_url) as client:
        yield client
