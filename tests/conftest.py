"""What every test shares: where its data lies, the servers of our own, how hard hypothesis tries, no excuses in CI."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Generator

pytest_plugins = ("tests.databases", "tests.servers", "tests.racing", "tests.office", "tests.stalls")

# The same examples every time say whether a change broke something; new ones are looked for in `make soak`.
settings.register_profile("test", deadline=None, print_blob=True, derandomize=True)
settings.register_profile("soak", deadline=None, print_blob=True, max_examples=2_000)
settings.load_profile("soak" if os.environ.get("SOAK") else "test")

CLIENTS = ("browser", "playground")

# A test's data lies in memory where there is room: a disk that others keep busy can hold up one fsync for seconds, and
# what reaches the disk when the power fails is nothing that a test could see.
IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - pytest and tempfile make private directories in it
ROOM: Final = 4 * 1024**3  # bytes
if IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM:
    tempfile.tempdir = str(IN_MEMORY)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where CI=true, a client test that was skipped has failed: nobody saw the product in that client."""
    report = yield
    client = any(item.get_closest_marker(marker) for marker in CLIENTS)
    if report.skipped and client and os.environ.get("CI") == "true":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"A client test must not be skipped when CI=true. {reason}"
    return report
