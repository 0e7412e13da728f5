"""What is on disk is loaded as far as it is sound, and nothing of it is ever deleted."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from storage.embedded import EmbeddedValkey
from storage.errors import Misconfigured
from tests.servers import connected

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def appended(data: Path) -> Path:
    [file] = (data / "appendonlydir").glob("*.incr.aof")
    return file


async def keys_of(data: Path, tell: Callable[[str], None]) -> set[bytes]:
    async with EmbeddedValkey(data, tell) as server:
        with connected(server.url) as redis:
            return {key for key in redis.keys("*") if isinstance(key, bytes)}


async def write(data: Path, count: int) -> None:
    async with EmbeddedValkey(data) as server:
        with connected(server.url) as redis:
            for number in range(count):
                redis.set(f"key {number}", "x" * 100)


async def test_a_file_that_ends_in_the_middle_is_loaded_up_to_there(tmp_path: Path) -> None:
    await write(tmp_path, 100)
    os.truncate(appended(tmp_path), appended(tmp_path).stat().st_size - 37)
    told: list[str] = []
    assert await keys_of(tmp_path, told.append) == {f"key {number}".encode() for number in range(99)}
    assert not told


async def test_a_damaged_file_is_moved_aside_whole_and_the_server_starts_empty(tmp_path: Path) -> None:
    for number in (1, 2):
        await write(tmp_path, 100)
        damaged = bytearray(appended(tmp_path).read_bytes())
        command = damaged.index(b"*3", len(damaged) // 2)
        damaged[command : command + 8] = b"\0" * 8
        appended(tmp_path).write_bytes(damaged)
        told: list[str] = []
        assert await keys_of(tmp_path, told.append) == set()
        aside = tmp_path / f"appendonlydir.damaged-{number}"
        assert (aside / appended(tmp_path).name).read_bytes() == damaged
        assert told == [f"the embedded Valkey could not read its files: it starts empty, they are kept in {aside}"]


async def test_files_stay_where_they_are_when_something_else_is_wrong(tmp_path: Path) -> None:
    await write(tmp_path, 3)
    (tmp_path / "valkey.sock").mkdir()
    told: list[str] = []
    with pytest.raises(Misconfigured, match=r"does not start \(.*\): set REDIS_URL"):
        await EmbeddedValkey(tmp_path, told.append).__aenter__()
    (tmp_path / "valkey.sock").rmdir()
    assert len(await keys_of(tmp_path, told.append)) == 3
    assert not told
