"""A server process that ends when this process ends, and that has its directory to itself.

`sh` starts the server and reads from a pipe whose other end only this process holds. However this process ends, even
by kill -9, the pipe closes and the server is killed. (PR_SET_PDEATHSIG would do on Linux alone.) The lock on the
directory belongs to those processes and not to this one, so it is free exactly when they are gone.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from storage.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TAKEOVER = 2.0  # seconds until the server of a process that was killed has to be gone
WATCHER = 0.5  # seconds the watcher needs at most to kill the server
POLL = 0.005  # seconds between two looks at the lock

# POSIX gives background jobs an empty stdin: that is right for the server, and the watcher gets the pipe as 3.
WATCHED = """
exec 3<&0
"$@" &
server=$!
{ read -r _ <&3; kill -KILL "$server"; } &
watcher=$!
wait "$server"
status=$?
kill "$watcher"
wait "$watcher"
exit "$status"
"""


class Watched:
    """One life of a server: `sh`, the server and the watcher."""

    def __init__(self, process: asyncio.subprocess.Process, pipe: int) -> None:
        self._process = process
        self._pipe: int | None = pipe

    @classmethod
    async def begin(cls, command: list[str], directory: Path, log: Path) -> Watched:
        """Starts the server, with what it prints in `log`; raises Misconfigured if `directory` is taken."""
        with (
            _held(await _lock(directory)) as lock,
            _held(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)) as output,
        ):
            theirs, ours = os.pipe()
            with _held(theirs):
                try:
                    process = await asyncio.create_subprocess_exec(
                        *("/bin/sh", "-c", WATCHED, "sh", *command),
                        stdin=theirs,
                        stdout=output,
                        stderr=output,
                        cwd=directory,
                        env={},  # the secrets in ours are none of its business
                        pass_fds=(lock,),
                        start_new_session=True,  # Ctrl-C is for us: the server has to outlive the last turn
                    )
                except BaseException:
                    os.close(ours)
                    raise
        return cls(process, ours)

    @property
    def status(self) -> int | None:
        """The exit status as `sh` reports it; None while it runs."""
        return self._process.returncode

    async def ended(self) -> int:
        """Waits until the server has ended and nothing is left of it; returns the exit status."""
        status = await self._process.wait()
        await self.end()
        return status

    async def end(self, within: float = 0) -> None:
        """Gives the server `within` seconds, then kills what is left. May be called again."""
        await self._wait(within)
        pipe, self._pipe = self._pipe, None
        if pipe is not None:
            os.close(pipe)
        await self._wait(WATCHER)
        if self.status is None:  # somebody killed the watcher
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), seconds)


async def _lock(directory: Path) -> int:
    """The lock as a descriptor to inherit; waits for a server whose owner has just been killed."""
    opened = os.open(directory, os.O_RDONLY)
    lock = fcntl.fcntl(opened, fcntl.F_DUPFD_CLOEXEC, 10)  # sh has its own use for smaller numbers
    os.close(opened)
    try:
        async with asyncio.timeout(TAKEOVER):
            while True:
                if _locked(lock):
                    return lock
                await asyncio.sleep(POLL)
    except BaseException as error:
        os.close(lock)
        if isinstance(error, TimeoutError):
            raise Misconfigured(
                f"{directory} is in use by another process: stop that one, choose another DATA or set REDIS_URL"
            ) from None
        raise


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _held(descriptor: int) -> Iterator[int]:
    try:
        yield descriptor
    finally:
        os.close(descriptor)
