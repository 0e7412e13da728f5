"""The demo moved ahead in time, by another process, and what that brings; the machine's own time stays what it is."""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.demo_clock import advance, demo_clock, span
from storage.clock import DemoClock, SystemClock, monotonic
from storage.errors import Misconfigured
from storage.models import OutboxMessage
from storage.record import Record
from tests.processes import COMMAND, ROOT, Running, environment
from tests.small_company import Company

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 60.0
POWER_BI = "55555555-0000-4000-8000-000000000001"
A_MOMENT = timedelta(seconds=30)


@pytest.fixture
def data() -> Iterator[Path]:
    """A directory for the demo's data, at a path that is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="ld-") as directory:
        yield Path(directory) / "data"


def test_it_is_the_machines_time_until_it_is_moved_and_every_process_reads_how_far(tmp_path: Path) -> None:
    here, there = demo_clock(tmp_path), DemoClock(tmp_path / "clock")
    assert abs(here.now() - SystemClock().now()) < A_MOMENT
    here.advance(timedelta(days=30))
    there.advance(timedelta(hours=12))
    assert here.ahead == there.ahead == timedelta(days=30, hours=12)
    assert abs(there.now() - SystemClock().now() - here.ahead) < A_MOMENT


@pytest.mark.parametrize(
    ("text", "meant"), [("12h", timedelta(hours=12)), ("30d", timedelta(days=30)), ("2w", timedelta(days=14))]
)
def test_a_time_is_a_number_and_a_unit(text: str, meant: timedelta) -> None:
    assert span(text) == meant


@pytest.mark.parametrize("text", ["", "30", "d", "-1d", "0d", "1.5d", "30m", "99999d", "3d2h"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="30d"):
        span(text)


def test_nobody_goes_further_than_ten_years_or_without_a_demo(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="ten years"):
        advance(tmp_path, timedelta(weeks=999))
    assert demo_clock(tmp_path).ahead == timedelta()
    with pytest.raises(Misconfigured, match="no demo"):
        advance(tmp_path / "nowhere", timedelta(days=1))


async def test_a_running_demo_that_is_moved_a_month_ahead_renews_and_says_so(data: Path) -> None:
    demo = Running(["run", "--demo"], environment(data))
    try:
        await asyncio.to_thread(demo.prints, "Ctrl-C ends it", within=PATIENCE)
        moved = await asyncio.to_thread(
            subprocess.run,
            [*COMMAND, "demo", "advance", "31d"],
            cwd=ROOT,
            env=environment(data),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=True,
        )
        assert "31 days ahead" in moved.stdout
        told = await renewed(data)
    finally:
        demo.clear()
    assert told == {"total": 20, "assigned": 17, "amount": 28000}


async def renewed(data: Path) -> dict[str, int]:
    """What Alice is told of Power BI Pro, once it is in its next period."""
    url = f"sqlite:///{data / 'record.sqlite'}"
    record = await Record.open(url, demo_clock(data), timezone=ZoneInfo("UTC"), currency="USD", looking=True)
    company, deadline = Company(record), monotonic() + PATIENCE
    try:
        while monotonic() < deadline:
            told = [each.payload for each in await company.rows(OutboxMessage) if each.kind == "renewed"]
            for payload in told:
                if payload["subscription"] == POWER_BI:
                    return {name: payload[name] for name in ("total", "assigned", "amount")}
            await asyncio.sleep(0.1)
    finally:
        await record.close()
    pytest.fail("nothing renewed")
