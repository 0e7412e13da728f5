"""Time is an input: the only place that asks the machine what time it is."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from pathlib import Path

FARTHEST: Final = timedelta(days=3660)  # that a demo goes ahead of the machine


class Clock(Protocol):
    """What time it is; every instant is an aware datetime in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FrozenClock:
    """A time that stands still until it is moved; for tests, transcripts and the demo."""

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        self._now += by


class DemoClock:
    """The machine's own time, and as far ahead of it as a demo was moved: whole seconds, in a file beside its data.

    A file, because another process moves it (`license-desk demo advance`), and a SQLite record has one process only.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        return SystemClock().now() + self.ahead

    @property
    def ahead(self) -> timedelta:
        """How far, nothing at first."""
        try:
            return timedelta(seconds=int(self._file.read_text("ascii")))
        except FileNotFoundError:
            return timedelta()

    def advance(self, by: timedelta) -> None:
        """Moves it for every process that reads it; a reader meets the old time or the new one, never half of either.

        Raises OverflowError beyond ten years ahead.
        """
        ahead = self.ahead + by
        if ahead > FARTHEST:
            raise OverflowError
        written = self._file.with_suffix(".new")
        written.write_text(str(int(ahead.total_seconds())), "ascii")
        written.replace(self._file)


def monotonic() -> float:
    """Seconds that only ever go forward, for timeouts."""
    return time.monotonic()
