"""`license-desk` as a process of a test: started, read, ended, and never left behind."""

from __future__ import annotations

import os
import queue
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import signal

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "bot"]


class Running:
    """A `license-desk run` of this test, and what it has printed so far."""

    def __init__(self, arguments: list[str], environment: dict[str, str], program: list[str] = COMMAND) -> None:
        self.process = subprocess.Popen(
            [*program, *arguments], cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._complaints: list[str] = []
        self._listener = threading.Thread(target=self._listen, daemon=True)  # a full pipe would stop the process
        self._listener.start()
        self.printed = ""

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def prints(self, pattern: str, *, within: float = 60) -> re.Match[str]:
        """Waits until `pattern` has been printed; fails when the process ends or is too slow."""
        deadline = monotonic() + within
        while not (found := re.search(pattern, self.printed)):
            line = self._lines.get(timeout=max(0.01, deadline - monotonic()))
            assert line, f"ended without printing {pattern}: {self.printed}{self.errors()}"
            self.printed += line
        return found

    def _listen(self) -> None:
        assert self.process.stderr is not None
        self._complaints.extend(self.process.stderr)

    def errors(self) -> str:
        """What it has written to standard error, once it has ended."""
        self._listener.join(timeout=20)
        return "".join(self._complaints)

    def end(self, number: signal.Signals) -> tuple[int, float]:
        """Sends the signal; the exit code, and the seconds it took."""
        began = monotonic()
        self.process.send_signal(number)
        return self.process.wait(timeout=20), monotonic() - began

    def clear(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(timeout=20)
        self._reader.join(timeout=20)
        self._listener.join(timeout=20)
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()


def environment(data: Path, **more: str) -> dict[str, str]:
    """This machine's environment with none of our settings in it but these; people in tests type fast."""
    ours = {"APP_ID", "APP_PASSWORD", "APP_TENANT_ID", "DATABASE_URL", "REDIS_URL", "HOST", "PUBLIC_URL"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"DATA": str(data), "PORT": "0", "MESSAGES_PER_MINUTE": "0"} | more


def address(running: Running) -> str:
    return running.prints(r"http://[\d.]+:\d+")[0]


def status(url: str, body: bytes | None = None) -> int:
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
            return int(response.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False
