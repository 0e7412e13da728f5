"""What was said on the try-it page: a 1:1 chat for each person and one channel for all, in bounded memory."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from storage.clock import Clock

CHANNEL: Final = "channel"
KEPT: Final = 200  # entries a room; the oldest go first
DESK: Final = 0  # the author of what License Desk says; people count from 1


def conversation(room: str) -> str:
    """What the desk knows the room by."""
    return f"page:{room}"


def personal(person: int) -> str:
    """The room of one person's 1:1 chat with License Desk."""
    return f"personal-{person}"


@dataclass(frozen=True)
class Said:
    """What one person, or License Desk, says."""

    author: int
    name: str
    text: str
    language: str
    card: str | None = None
    key: str = ""  # given by the window that sent it, so that a message sent twice is shown once
    aside: bool = False  # an answer in private to something said in the channel


@dataclass(frozen=True)
class Entry:
    """One message as everybody in the room sees it now; `revision` grows with each change of any entry."""

    id: int
    revision: int
    room: str
    at: datetime
    said: Said


class Rooms:
    """All rooms. Nothing is queued for a window: it asks what has changed since the revision it saw last."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: dict[str, dict[int, Entry]] = {}
        self._changed = asyncio.Event()
        self._closed = False
        # Starting from the time, revisions grow over a restart too: open windows go on where they were.
        self._revision = int(clock.now().timestamp() * 1000)

    def post(self, room: str, said: Said) -> Entry:
        """Adds one entry at the end of the room."""
        revision = self._next()
        return self._keep(Entry(revision, revision, room, self._clock.now(), said))

    def rewrite(self, entry: Entry, said: Said) -> Entry:
        """Puts something else in the place of `entry`."""
        return self._keep(replace(entry, revision=self._next(), at=self._clock.now(), said=said))

    def find(self, room: str, entry_id: int) -> Entry | None:
        return self._entries.get(room, {}).get(entry_id)

    def heard(self, room: str, author: int, key: str) -> bool:
        """Whether this message of this person was posted before."""
        said = (entry.said for entry in self._entries.get(room, {}).values())
        return any(one.author == author and one.key == key for one in said)

    def since(self, rooms: Sequence[str], revision: int) -> list[Entry]:
        """Entries of these rooms that are new or rewritten since `revision`, oldest change first."""
        entries = (entry for room in rooms for entry in self._entries.get(room, {}).values())
        return sorted((e for e in entries if e.revision > revision), key=lambda e: e.revision)

    async def changes(self, rooms: Sequence[str], after: int, quiet: float) -> AsyncIterator[list[Entry]]:
        """What is there at once, then every change, until the rooms are closed.

        Yields an empty list whenever `quiet` seconds passed without a change.
        """
        while not self._closed:
            changed = self._changed
            entries = self.since(rooms, after)
            after = max((entry.revision for entry in entries), default=after)
            yield entries
            await _wait(changed, quiet)

    def close(self) -> None:
        """Ends everybody's `changes`."""
        self._closed = True
        self._changed.set()

    def _next(self) -> int:
        self._revision += 1
        return self._revision

    def _keep(self, entry: Entry) -> Entry:
        room = self._entries.setdefault(entry.room, {})
        room[entry.id] = entry
        if len(room) > KEPT:
            del room[next(iter(room))]
        self._changed.set()
        self._changed = asyncio.Event()
        return entry


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
