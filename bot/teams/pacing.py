"""Sends no faster than Teams takes it: who is too fast waits in line, and nothing is dropped."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

# (messages, seconds). Source: "Optimize your bot with rate limiting in Teams", per bot and thread.
CONVERSATION: Final = ((7, 1.0), (60, 30.0))
TENANT: Final = 30  # messages a second; Teams' own limit for an app in a tenant is 50
MOST_LINES: Final = 10_000  # conversations and tenants remembered


class Line:
    """Those who send to one place, one after the other."""

    def __init__(self, limits: Sequence[tuple[int, float]]) -> None:
        self._limits = limits
        self._instants: deque[float] = deque([0.0], maxlen=max(count for count, _ in limits))

    def place(self, now: float) -> float:
        """When the next one may send, on the clock of `now`; the place is taken."""
        instants = self._instants
        free = (instants[-count] + seconds for count, seconds in self._limits if count <= len(instants))
        instants.append(max(now, instants[-1], *free))
        return instants[-1]


class Pacing:
    """The lines of one process. Several processes may together be too fast: Teams says so, with a time to wait."""

    def __init__(self, tenant: int = TENANT) -> None:
        self._tenant = ((tenant, 1.0),)
        self._lines: dict[tuple[str, str], Line] = {}

    async def turn(self, tenant: str, conversation: str) -> None:
        """Returns when it is this message's turn in its conversation and its tenant."""
        await self._wait(("conversation", conversation), CONVERSATION)
        await self._wait(("tenant", tenant), self._tenant)

    async def _wait(self, key: tuple[str, str], limits: Sequence[tuple[int, float]]) -> None:
        line = self._lines.pop(key, None) or Line(limits)
        self._lines[key] = line  # the last used at the end
        if len(self._lines) > MOST_LINES:
            del self._lines[next(iter(self._lines))]
        now = asyncio.get_running_loop().time()
        if (pause := line.place(now) - now) > 0:
            await asyncio.sleep(pause)
