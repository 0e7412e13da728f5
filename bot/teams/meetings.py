"""Keeps where members can be written to, from the private messages that they wrote; no turn waits for it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from dialogs.turn import Scope, Standing
from storage.errors import RecordUnavailable
from storage.references import Reference

if TYPE_CHECKING:
    from botbuilder.schema import Activity

    from bot.answer import Conversation
    from dialogs.elements import Option
    from dialogs.turn import Message, Reply
    from storage.references import Chats

MOST: Final = 100  # kept at once; beyond, the person's next message will do
FAREWELL: Final = 1.0  # seconds that those under way get at shutdown


class Meetings:
    """References under way to the record."""

    def __init__(self, chats: Chats) -> None:
        self._chats = chats
        self._under_way: set[asyncio.Task[None]] = set()

    def note(self, reference: Reference) -> None:
        """Keeps the reference, a moment later."""
        if len(self._under_way) < MOST:
            task = asyncio.create_task(self._keep(reference))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def close(self) -> None:
        """Waits a moment for what is under way, then gives it up."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=FAREWELL)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _keep(self, reference: Reference) -> None:
        try:
            await self._chats.met(reference)
        except RecordUnavailable as fault:
            structlog.get_logger().warning("chat_not_kept", kind=type(fault).__name__)


@dataclass(frozen=True)
class Meeting:
    """The desk in one turn: afterwards it is noted where the person can be written to."""

    desk: Conversation
    meetings: Meetings
    activity: Activity

    async def handle(self, message: Message) -> list[Reply]:
        replies = await self.desk.handle(message)
        self._note(message)
        return replies

    async def welcome(self, message: Message) -> list[Reply]:
        replies = await self.desk.welcome(message)
        self._note(message)
        return replies

    async def suggest(self, message: Message, typed: str) -> list[Option]:
        return await self.desk.suggest(message, typed)

    def apology(self, message: Message, reference: str) -> Reply:
        return self.desk.apology(message, reference)

    def _note(self, message: Message) -> None:
        who = message.introduction
        if message.scope is Scope.PERSONAL and (who is None or who.standing is Standing.MEMBER):
            self.meetings.note(_reference(message, self.activity))


def _reference(message: Message, activity: Activity) -> Reference:
    return Reference(
        tenant=message.tenant,
        person_id=message.person,
        channel=message.channel,
        conversation=message.conversation,
        service_url=activity.service_url,
        account=activity.from_property.id,
        bot_account=activity.recipient.id,
        locale=message.locale,
    )
