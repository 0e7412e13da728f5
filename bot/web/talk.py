"""Between the page's rooms and the desk: words become a `Message`, replies go where they belong."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final

from bot.answer import answer, greet
from bot.cards.html import html
from bot.patience import Patience
from bot.web.rooms import CHANNEL, DESK, Said, conversation, personal
from bot.web.visitors import BOT_NAME, Role, Spoken, read_mentions
from dialogs.elements import Option
from dialogs.turn import Message, Place, Scope, Tap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.answer import Conversation
    from bot.web.rooms import Entry, Rooms
    from bot.web.visitors import Visitor
    from dialogs.turn import Reply
    from storage.clock import Clock

CHINESE: Final = re.compile("[\u4e00-\u9fff]")
WORDLESS: Final = Spoken("", (), addressed=True)


class Talk:
    """Everybody's words to one desk, and its replies into the rooms."""

    def __init__(
        self,
        desk: Conversation,
        rooms: Rooms,
        visitors: Sequence[Visitor],
        *,
        tenant: str,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        self._desk = desk
        self._rooms = rooms
        self._visitors = visitors
        self._members = tuple(
            Option(each.id, each.name, " · ".join(filter(None, (each.department, each.mail))))
            for each in visitors
            if each.role is not Role.GUEST
        )
        self._tenant = tenant
        self._clock = clock
        self._patience = patience or Patience()
        self._greeted: set[int] = set()

    async def enter(self, visitor: Visitor) -> None:
        """Greets a person once, as Teams does when the bot is added to the 1:1 chat."""
        if visitor.number in self._greeted:
            return
        self._greeted.add(visitor.number)
        room = personal(visitor.number)
        newcomer = self._message(visitor, room, f"hello-{visitor.number}", WORDLESS)
        self._deliver(visitor, room, await greet(self._desk, newcomer))

    async def say(self, visitor: Visitor, room: str, key: str, text: str) -> None:
        """Posts a line and answers it; in the channel only when License Desk is mentioned.

        `key` is the window's own id of the line: the same one again is a second try and says nothing new.
        """
        if self._rooms.heard(room, visitor.number, key):
            return
        language = "zh-CN" if CHINESE.search(text) else "en"
        self._rooms.post(room, Said(visitor.number, visitor.name, text, language, key=key))
        spoken = read_mentions(text, self._visitors)
        if room == CHANNEL and not spoken.addressed:
            return
        message = self._message(visitor, room, key, spoken)
        answering = asyncio.ensure_future(answer(self._desk, message))
        working = await self._patience.ends(message, answering)
        held = self._rooms.post(room, _of_desk(working)) if working else None
        self._deliver(visitor, room, await answering, held=held)

    async def tap(self, visitor: Visitor, room: str, key: str, entry_id: int, tap: Tap) -> None:
        """Presses a button of the entry, whose card a `Place.TAPPED` reply then replaces."""
        message, tapped = self._message(visitor, room, key, WORDLESS, tap), self._rooms.find(room, entry_id)
        answering = asyncio.ensure_future(answer(self._desk, message))
        if tapped and (working := await self._patience.ends(message, answering)):
            self._rooms.rewrite(tapped, _of_desk(working))
            if not any(reply.place is Place.TAPPED for reply in await answering):
                self._rooms.rewrite(tapped, tapped.said)
        self._deliver(visitor, room, await answering, tapped)

    def tell(self, person: str, reply: Reply) -> None:
        """Posts what License Desk says of its own accord: where only this person reads it, or in the channel."""
        if reply.into not in (None, conversation(CHANNEL)):
            return
        for visitor in self._visitors:
            if visitor.id == person:
                self._deliver(visitor, CHANNEL if reply.into else personal(visitor.number), [reply])

    def _message(self, visitor: Visitor, room: str, key: str, spoken: Spoken, tap: Tap | None = None) -> Message:
        return Message(
            id=key,
            channel="page",
            tenant=self._tenant,
            person=visitor.id,
            name=visitor.name,
            conversation=conversation(room),
            scope=Scope.CHANNEL if room == CHANNEL else Scope.PERSONAL,
            text=spoken.text,
            at=self._clock.now(),
            mentions=spoken.mentions,
            tap=tap,
            locale=visitor.language,
        )

    def _deliver(
        self,
        visitor: Visitor,
        room: str,
        replies: Sequence[Reply],
        tapped: Entry | None = None,
        held: Entry | None = None,
    ) -> None:
        """The replies where they belong: in place of the card that was `tapped`, the first here of what `held` it."""
        for reply in replies:
            aside = reply.place is Place.PRIVATE and room == CHANNEL
            card = html(reply.card, self._members) if reply.card else None
            said = _of_desk(reply, card, aside=aside)
            if reply.place is Place.TAPPED and tapped:
                self._rooms.rewrite(tapped, said)
            elif held and not aside:
                self._rooms.rewrite(held, said)
                held = None
            else:
                self._rooms.post(personal(visitor.number) if aside else room, said)


def _of_desk(reply: Reply, card: str | None = None, *, aside: bool = False) -> Said:
    return Said(DESK, BOT_NAME, reply.text, reply.language, card, aside=aside)
