"""Brings a turn's replies where they belong, without letting a slow connector hold up the answer to Teams."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from botbuilder.core import TurnContext
from botbuilder.schema import Activity, ConversationAccount

from bot.teams.connector import ConnectorError
from dialogs.turn import Place

if TYPE_CHECKING:
    from bot.teams.replies import Shown

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
        self._under_way: set[asyncio.Task[None]] = set()

    async def bring(self, turn: TurnContext, replies: list[Shown]) -> None:
        """Sends the replies in order; never raises, for a turn that is done stays done."""
        if expects_replies(turn.activity):
            turn.buffered_reply_activities.extend(_enclosed(turn, reply) for reply in replies)
            return
        task = asyncio.create_task(_send_all(turn, replies))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        await asyncio.wait({task}, timeout=PATIENCE)

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


async def _send_all(turn: TurnContext, replies: list[Shown]) -> None:
    reachable = True
    for reply in replies:
        if reply.place is Place.PRIVATE and not reachable:
            continue  # it has been said once that the private chat cannot be reached
        with suppress(ConnectorError):  # logged where it happened; the next reply may still arrive
            reachable = await _WAYS[reply.place](turn, reply) and reachable


async def _here(turn: TurnContext, reply: Shown) -> bool:
    await turn.send_activity(reply.activity)
    return True


async def _in_its_place(turn: TurnContext, reply: Shown) -> bool:
    reply.activity.id = turn.activity.reply_to_id
    try:
        await turn.update_activity(reply.activity)
    except ConnectorError:
        if turn.activity.type != "invoke":  # an invoke's own answer has shown the card already
            await _here(turn, reply)
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
