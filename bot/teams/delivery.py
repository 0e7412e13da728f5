"""Brings a turn's replies where they belong, without letting a slow connector hold up the answer to Teams."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import quote

from botbuilder.core import TurnContext
from botbuilder.schema import Activity, ConversationAccount

from bot.teams.connector import ConnectorError
from dialogs.turn import Place

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from bot.teams.replies import Shown

T = TypeVar("T")

PATIENCE: Final = 0.8  # seconds Teams waits for us while we wait for its connector
FAREWELL: Final = 2.0  # seconds that deliveries get to end at shutdown

EXPECT_REPLIES: Final = "expectReplies"
CHAT_LINK: Final = "https://teams.microsoft.com/l/chat/0/0?users="  # source: Teams deep links, "start a chat"


def expects_replies(activity: Activity) -> bool:
    """Whether the caller wants everything in the answer to its request."""
    return bool(activity.delivery_mode == EXPECT_REPLIES)


class Delivery:
    """Deliveries under way. One that takes longer than `PATIENCE` goes on behind the answered request."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[Any]] = set()

    async def bring(self, turn: TurnContext, replies: list[Shown], meanwhile: asyncio.Task[str] | None = None) -> None:
        """Sends the replies in order; never raises, for a turn that is done stays done.

        The first that is said here takes the place of what `say` has sent `meanwhile`.
        """
        if expects_replies(turn.activity):
            turn.buffered_reply_activities.extend(_enclosed(turn, reply) for reply in replies)
            return
        await asyncio.wait({self._begin(_send_all(turn, replies, meanwhile))}, timeout=PATIENCE)

    def say(self, turn: TurnContext, reply: Shown) -> asyncio.Task[str]:
        """Begins to send a reply, whatever comes after it; gives its id, "" where it did not arrive."""
        return self._begin(_sent(turn, reply))

    def follow(self, turn: TurnContext, replies: Coroutine[Any, Any, list[Shown]]) -> None:
        """Sends the replies as soon as there are any, behind the answered request."""
        self._begin(_send_later(turn, replies))

    def _begin(self, sending: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(sending)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def close(self) -> None:
        """Waits a moment for what is under way, then gives it up."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=FAREWELL)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


def _enclosed(turn: TurnContext, reply: Shown) -> Activity:
    """The reply as it stands in the answer: addressed, and with the id of what it takes the place of."""
    reference = TurnContext.get_conversation_reference(turn.activity)
    activity = TurnContext.apply_conversation_reference(reply.activity, reference)
    if reply.place is Place.TAPPED:
        activity.id = activity.reply_to_id = turn.activity.reply_to_id
    if reply.place is Place.PRIVATE:
        activity.conversation = ConversationAccount(conversation_type="personal")
    return activity


async def _sent(turn: TurnContext, reply: Shown) -> str:
    try:
        sent = await turn.send_activity(reply.activity)
    except ConnectorError:
        return ""
    return str(sent.id) if sent else ""


async def _send_later(turn: TurnContext, replies: Coroutine[Any, Any, list[Shown]]) -> None:
    await _send_all(turn, await replies, None)


async def _send_all(turn: TurnContext, replies: list[Shown], meanwhile: asyncio.Task[str] | None) -> None:
    reachable, held = True, await meanwhile if meanwhile else ""
    for reply in replies:
        if reply.place is Place.PRIVATE and not reachable:
            continue  # it has been said once that the private chat cannot be reached
        with suppress(ConnectorError):  # logged where it happened; the next reply may still arrive
            if held and reply.place is Place.HERE:
                taken, held = held, ""
                if await _in_place_of(taken, turn, reply):
                    continue
            reachable = await _WAYS[reply.place](turn, reply) and reachable
    if held:
        with suppress(ConnectorError):
            await turn.delete_activity(held)


async def _here(turn: TurnContext, reply: Shown) -> bool:
    await turn.send_activity(reply.activity)
    return True


async def _in_its_place(turn: TurnContext, reply: Shown) -> bool:
    placed = await _in_place_of(turn.activity.reply_to_id, turn, reply)
    if not placed and turn.activity.type != "invoke":  # an invoke's own answer has shown the card already
        await _here(turn, reply)
    return True


async def _in_place_of(activity_id: str, turn: TurnContext, reply: Shown) -> bool:
    """Whether the reply stands where that activity stood."""
    reply.activity.id = activity_id
    try:
        await turn.update_activity(reply.activity)
    except ConnectorError:
        return False
    return True


async def _privately(turn: TurnContext, reply: Shown) -> bool:
    """False where the person could not be reached, and has been told so in public."""
    try:
        await turn.adapter.send_privately(turn, reply.activity)
    except ConnectorError:
        text = f"{reply.otherwise}\n\n{CHAT_LINK}{quote(turn.activity.recipient.id, safe='')}"
        await turn.send_activity(Activity(type="message", text=text, text_format="plain"))
        return False
    return True


_WAYS = {Place.HERE: _here, Place.TAPPED: _in_its_place, Place.PRIVATE: _privately}
