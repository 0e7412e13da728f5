"""The clock of the demo, which can be moved ahead to see what time brings: `license-desk demo advance 30d`."""

from __future__ import annotations

import argparse
import re
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from storage.clock import DemoClock
from storage.errors import Misconfigured

if TYPE_CHECKING:
    from pathlib import Path

UNITS: Final = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def demo_clock(data: Path) -> DemoClock:
    """The clock of the demo whose data is in this directory."""
    return DemoClock(data / "clock")


def span(text: str) -> timedelta:
    """12h, 30d or 2w; raises ArgumentTypeError for anything else."""
    found = re.fullmatch(r"([1-9]\d{0,3})([hdw])", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text} is no time: say for example 12h, 30d or 2w")
    return int(found[1]) * UNITS[found[2]]


def advance(data: Path, by: timedelta) -> int:
    """Moves the demo ahead and says what day it is there; 0. Raises Misconfigured for a directory without a demo."""
    if not data.is_dir():
        raise Misconfigured(f"DATA {data} holds no demo: start one with license-desk run --demo")
    clock = demo_clock(data)
    try:
        clock.advance(by)
    except OverflowError:
        raise Misconfigured("that is more than ten years ahead: for a fresh company, set another DATA") from None
    sys.stdout.write(
        f"In the demo it is {clock.now():%Y-%m-%d %H:%M} UTC now, {clock.ahead.days} days ahead.\n"
        "One that runs renews, charges and tells people within seconds; another one does when it starts.\n"
    )
    return 0
