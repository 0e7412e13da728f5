"""The conversation in a terminal: a line is a message, `/1` presses the first button of the last card.

A bare number would be a quantity, therefore the slash. What a card lets people choose from a list is typed.
"""

from __future__ import annotations

import asyncio
import io
import re
import secrets
import signal
import sys
import threading
from contextlib import nullcontext
from typing import TYPE_CHECKING

from bot.answer import answer, greet
from bot.cards.plain import plain
from bot.deliver import Brought
from bot.web.texts import TEXTS
from bot.web.visitors import read_mentions
from bot.worker import working
from dialogs.elements import Card, ChoiceInput, Line, Link, PeopleInput
from dialogs.turn import Message, Scope, Tap
from storage.views import Delivery

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from bot.answer import Conversation
    from bot.web.visitors import Visitor
    from dialogs.turn import Reply
    from storage.clock import Clock
    from storage.record import Record


async def chat(
    desk: Conversation,
    visitor: Visitor,
    visitors: Sequence[Visitor],
    *,
    tenant: str,
    clock: Clock,
    record: Record | None = None,
) -> None:
    """Talks with whoever sits at the terminal, as `visitor`, until the input ends; brings what `record` promises."""
    terminal = Terminal(desk, visitor, visitors, tenant=tenant, clock=clock, show=_print)
    await terminal.meet()
    async with working(record, terminal) if record else nullcontext():
        async for line in _typed():
            await terminal.read(line)


class Terminal:
    """One person's terminal; `show` gets every block of text to print."""

    def __init__(
        self,
        desk: Conversation,
        visitor: Visitor,
        visitors: Sequence[Visitor],
        *,
        tenant: str,
        clock: Clock,
        show: Callable[[str], None],
    ) -> None:
        self._desk = desk
        self._visitor = visitor
        self._visitors = visitors
        self._tenant = tenant
        self._clock = clock
        self._show = show
        self._card = Card(())

    async def meet(self) -> None:
        """Explains the terminal, then lets the desk say hello."""
        self._explain()
        self._print(await greet(self._desk, self._message("")))

    async def read(self, line: str) -> None:
        """Takes one line: a message to the desk, or a tap such as `/2`."""
        if tapped := re.fullmatch(r"/(\d{1,2})", line.strip()):
            await self._press(int(tapped[1]))
        elif line.strip():
            self._print(await answer(self._desk, self._message(line)))

    async def bring(self, tenant: str, person: str, reply: Reply) -> Brought:
        """Prints what somebody else's change means to whoever sits here; others are told when the page is up."""
        if (tenant, person) != (self._tenant, self._visitor.id):
            return Brought(Delivery.PENDING)
        self._print([reply])
        return Brought(Delivery.SENT)

    async def _press(self, number: int) -> None:
        if not 1 <= number <= len(self._card.buttons):
            self._explain()
            return
        button = self._card.buttons[number - 1]
        if isinstance(button, Link):
            self._say(button.url)
        elif button.needs_input and (missing := _missing(self._card)):
            self._say(*missing)
        else:
            self._print(await answer(self._desk, self._message("", Tap(dict(button.data)))))

    def _message(self, line: str, tap: Tap | None = None) -> Message:
        spoken = read_mentions(line, self._visitors)
        return Message(
            id=secrets.token_hex(16),
            channel="terminal",
            tenant=self._tenant,
            person=self._visitor.id,
            name=self._visitor.name,
            conversation=f"terminal:{self._visitor.number}",
            scope=Scope.PERSONAL,
            text=spoken.text,
            at=self._clock.now(),
            mentions=spoken.mentions,
            tap=tap,
            locale=self._visitor.language,
        )

    def _explain(self) -> None:
        self._say(TEXTS[self._visitor.language]["terminal"].format(name=self._visitor.name))

    def _say(self, *lines: str) -> None:
        self._show(plain(Card(tuple(map(Line, lines)))))

    def _print(self, replies: Sequence[Reply]) -> None:
        for reply in replies:
            if reply.card is None:
                self._say(reply.text)
                continue
            self._card = reply.card
            self._show(plain(reply.card))


def _missing(card: Card) -> list[str]:
    """What a card says where nothing is chosen: nothing can be here, it is typed."""
    return [element.missing for element in card.elements if isinstance(element, ChoiceInput | PeopleInput)]


def _print(block: str) -> None:
    sys.stdout.write(f"\n{block}\n\n")
    sys.stdout.flush()


async def _typed() -> AsyncIterator[str]:
    """Lines of standard input until it ends or Ctrl-C is pressed.

    They are read in a thread that ends with the process, because nothing can interrupt a read.
    """
    loop, lines = asyncio.get_running_loop(), asyncio.Queue[str | None]()
    loop.add_signal_handler(signal.SIGINT, lines.put_nowait, None)

    def read() -> None:
        # Unbuffered: a buffered reader's lock, held by this thread, would fail the interpreter's own ending.
        with io.FileIO(0, closefd=False) as typed:
            while line := typed.readline():
                loop.call_soon_threadsafe(lines.put_nowait, line.decode(errors="replace"))
        loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()
    while (line := await lines.get()) is not None:
        yield line
