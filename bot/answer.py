"""One turn that always ends: the desk's replies in time, or an apology whose number stands in the log."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any, Final, Protocol

import structlog

from bot.logs import digest, where

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from dialogs.elements import Option
    from dialogs.turn import Message, Reply

SECONDS = 9.0  # Teams gives a bot 15 s; people are told within 10
TYPING: Final = 2.0  # seconds; by then the next letter has been typed


class Conversation(Protocol):
    """The desk as the edge sees it (`dialogs.desk.Desk`)."""

    async def handle(self, message: Message) -> list[Reply]: ...

    async def welcome(self, message: Message) -> list[Reply]: ...

    async def suggest(self, message: Message, typed: str) -> list[Option]: ...

    def apology(self, message: Message, reference: str) -> Reply: ...


async def answer(desk: Conversation, message: Message, *, within: float | None = None) -> list[Reply]:
    """What to reply; never raises. A fault, or a turn over `within` (`SECONDS`), becomes the desk's apology."""
    return await _in_time(desk, message, desk.handle(message), within)


async def greet(desk: Conversation, newcomer: Message, *, within: float | None = None) -> list[Reply]:
    """What to say to somebody who meets the desk for the first time; never raises, as `answer`."""
    return await _in_time(desk, newcomer, desk.welcome(newcomer), within)


async def suggest(desk: Conversation, message: Message, typed: str, *, within: float = TYPING) -> list[Option]:
    """Whom the letters typed so far may mean; never raises: nobody is found by what fails or takes too long."""
    try:
        async with asyncio.timeout(within):
            return await desk.suggest(message, typed)
    except Exception as fault:
        _log(fault, message, secrets.token_hex(4))
        return []


async def _in_time(
    desk: Conversation, message: Message, turn: Coroutine[Any, Any, list[Reply]], seconds: float | None
) -> list[Reply]:
    try:
        async with asyncio.timeout(SECONDS if seconds is None else seconds):
            return await turn
    except Exception as fault:  # the last line of defence: whatever it is, the person gets an answer
        return [apologise(desk, message, fault)]


def apologise(desk: Conversation, message: Message, fault: Exception) -> Reply:
    """The desk's apology; the number in it stands in the log beside the fault's kind and place."""
    reference = secrets.token_hex(4)
    _log(fault, message, reference)
    return desk.apology(message, reference)


def _log(fault: Exception, message: Message, reference: str) -> None:
    structlog.get_logger().error(
        "turn_failed",
        reference=reference,
        kind=type(fault).__name__,
        where=where(fault),
        conversation=digest(message.conversation),
    )
