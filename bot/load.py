"""Room for turns: nobody takes all of it, and whoever would wait too long for some is told so at once.

Told in words, and with status 200: a 429 would bring the same message again from Teams, into the same crowd.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from dialogs.excuses import busy, too_fast

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.answer import Conversation
    from dialogs.elements import Option
    from dialogs.turn import Message, Reply
    from storage.pace import Pace

TURNS: Final = 20  # at once: as many as PostgreSQL has connections for us; more would wait there, and fail
QUEUE: Final = 256  # turns that wait for others to end
PATIENCE: Final = 2.0  # seconds a turn waits


class Load:
    """What all turns of this process share: how many there may be at once, and each person's pace (None: any)."""

    def __init__(
        self, pace: Pace | None = None, *, turns: int = TURNS, queue: int = QUEUE, patience: float = PATIENCE
    ) -> None:
        self._pace = pace
        self._room = asyncio.Semaphore(turns)
        self._waiting = 0
        self._queue = queue
        self._patience = patience

    def over(self, desk: Conversation, *, member: bool = True) -> Conversation:
        """The same desk, which excuses itself where there is no room for a turn.

        `member` says whether its person is known to be one: of anybody else nothing leaves this process.
        """
        return _Guarded(desk, self, member)

    async def turn(
        self, message: Message, answer: Callable[[Message], Awaitable[list[Reply]]], *, member: bool
    ) -> list[Reply]:
        """What `answer` says to the message, or an excuse."""
        if self._pace and not await self._pace.allows(message.tenant, message.person, shared=member):
            return _excused("too_fast", too_fast(message))
        if not await self._admitted():
            return _excused("busy", busy(message))
        try:
            return await answer(message)
        finally:
            self._room.release()

    async def letters(self, message: Message, find: Callable[[], Awaitable[list[Option]]]) -> list[Option]:
        """Whom `find` finds for the letters typed so far: nobody where there is no room, or for who types too fast.

        Letters are counted by themselves, so that looking for somebody takes no message away, and in this process
        alone, for they come ten to a name.
        """
        if self._pace and not await self._pace.allows(message.tenant, f"letters {message.person}", shared=False):
            return []
        if not await self._admitted():
            return []
        try:
            return await find()
        finally:
            self._room.release()

    async def _admitted(self) -> bool:
        if self._room.locked() and self._waiting >= self._queue:
            return False
        self._waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                return await self._room.acquire()
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1


@dataclass(frozen=True)
class _Guarded:
    desk: Conversation
    load: Load
    member: bool

    async def handle(self, message: Message) -> list[Reply]:
        return await self.load.turn(message, self.desk.handle, member=self.member)

    async def welcome(self, message: Message) -> list[Reply]:
        return await self.load.turn(message, self.desk.welcome, member=self.member)

    async def suggest(self, message: Message, typed: str) -> list[Option]:
        return await self.load.letters(message, lambda: self.desk.suggest(message, typed))

    def apology(self, message: Message, reference: str) -> Reply:
        return self.desk.apology(message, reference)


def _excused(why: str, reply: Reply) -> list[Reply]:
    structlog.get_logger().warning("turn_excused", kind=why)
    return [reply]
