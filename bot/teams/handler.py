"""The bot as the SDK knows bots: one method for each kind of activity that the desk answers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from botbuilder.core import ActivityHandler, InvokeResponse

from bot.answer import answer, apologise, greet, suggest
from bot.teams.activities import CARD_ACTION, message_of
from bot.teams.delivery import expects_replies
from bot.teams.meetings import Meeting
from bot.teams.replies import Shown, invoke_answer, shown, text_answer
from bot.teams.roster import Introducing
from bot.teams.search import SEARCH, search_answer, typed_in
from dialogs.turn import Scope

if TYPE_CHECKING:
    from botbuilder.core import TurnContext
    from botbuilder.schema import ChannelAccount

    from bot.answer import Conversation
    from bot.load import Load
    from bot.patience import Patience
    from bot.teams.delivery import Delivery
    from bot.teams.meetings import Meetings
    from bot.teams.mentions import Directory
    from bot.teams.roster import Roster
    from dialogs.turn import Message, Reply
    from storage.clock import Clock

MOST_WELCOMED = 10_000  # chats remembered


class LicenseDeskBot(ActivityHandler):  # type: ignore[misc]
    """Turns activities into the desk's messages and its replies into deliveries; all other kinds are left quietly.

    Teams' own TeamsActivityHandler is not the parent: it asks Teams for every member added before it tells us.
    """

    def __init__(
        self,
        desk: Conversation,
        clock: Clock,
        directory: Directory,
        delivery: Delivery,
        roster: Roster | None,
        load: Load,
        meetings: Meetings | None,
        patience: Patience,
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._directory = directory
        self._roster = roster
        self._delivery = delivery
        self._load = load
        self._meetings = meetings
        self._patience = patience
        self._welcomed: dict[tuple[str | None, str], None] = {}

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """Words, or a card's Action.Submit."""
        message = self._message(turn_context)
        answering = asyncio.ensure_future(answer(self._introduced(turn_context, message), message))
        working = await self._while_waiting(turn_context, message, answering)
        meanwhile = self._delivery.say(turn_context, shown(working, message, None)) if working else None
        replies = self._shown(turn_context, message, await answering)
        await self._delivery.bring(turn_context, replies, meanwhile)

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:
        """A card's Action.Execute: the next card is in the answer. Or letters typed into a field for people."""
        if turn_context.activity.name == SEARCH:
            return await self._found(turn_context)
        if turn_context.activity.name != CARD_ACTION:
            return InvokeResponse(status=200)
        message = self._message(turn_context)
        answering = asyncio.ensure_future(answer(self._introduced(turn_context, message), message))
        if working := await self._while_waiting(turn_context, message, answering):
            self._delivery.follow(turn_context, self._shown_later(turn_context, message, answering))
            return InvokeResponse(status=200, body=text_answer(working.text))
        body, rest = invoke_answer(self._shown(turn_context, message, await answering))
        await self._delivery.bring(turn_context, rest)
        return InvokeResponse(status=200, body=body)

    async def _found(self, turn: TurnContext) -> InvokeResponse:
        message, typed = self._message(turn), typed_in(turn.activity)
        people = await suggest(self._introduced(turn, message), message, typed) if typed else []
        return InvokeResponse(status=200, body=search_answer(people))

    async def on_members_added_activity(self, members_added: list[ChannelAccount], turn_context: TurnContext) -> None:
        """Teams says that the bot was added to a chat."""
        if any(member.id == turn_context.activity.recipient.id for member in members_added):
            await self._welcome(turn_context)

    async def on_installation_update_add(self, turn_context: TurnContext) -> None:
        """Teams says that the app was installed; an upgrade is no reason to say hello."""
        if turn_context.activity.action == "add":
            await self._welcome(turn_context)

    async def on_installation_update_remove(self, turn_context: TurnContext) -> None:
        """Whoever installs the app again is welcomed again."""
        self._welcomed.pop(_chat(turn_context), None)

    async def _welcome(self, turn: TurnContext) -> None:
        """Both kinds of activity arrive, in either order or at once: the first one is answered.

        Kept in memory: at worst, a restart or a second process says hello twice.
        """
        chat = _chat(turn)
        if turn.activity.conversation.conversation_type != Scope.PERSONAL or chat in self._welcomed:
            return
        message = self._message(turn)
        self._welcomed[chat] = None
        if len(self._welcomed) > MOST_WELCOMED:
            del self._welcomed[next(iter(self._welcomed))]
        replies = await greet(self._introduced(turn, message), message)
        await self._delivery.bring(turn, self._shown(turn, message, replies))

    async def _while_waiting(
        self, turn: TurnContext, message: Message, answering: asyncio.Future[list[Reply]]
    ) -> Reply | None:
        """What to say while the answer takes long; nothing where everything goes into the answer of the request."""
        return None if expects_replies(turn.activity) else await self._patience.ends(message, answering)

    def _introduced(self, turn: TurnContext, message: Message) -> Conversation:
        """The desk for this turn; whoever has no room for one is not looked up in the roster either."""
        met = Meeting(self._desk, self._meetings, turn.activity) if self._meetings else self._desk
        if self._roster is None:
            return self._load.over(met)
        desk = Introducing(met, self._roster, turn.activity)
        return self._load.over(desk, member=self._roster.knows(message))

    def _message(self, turn: TurnContext) -> Message:
        return message_of(turn.activity, self._clock.now(), self._directory)

    async def _shown_later(
        self, turn: TurnContext, message: Message, answering: asyncio.Future[list[Reply]]
    ) -> list[Shown]:
        return self._shown(turn, message, await answering)

    def _shown(self, turn: TurnContext, message: Message, replies: list[Reply]) -> list[Shown]:
        tapped = turn.activity.reply_to_id if message.tap else None
        try:
            return [shown(reply, message, tapped) for reply in replies]
        except Exception as fault:  # a card that cannot be drawn is a fault like any other
            return [shown(apologise(self._desk, message, fault), message, tapped)]


def _chat(turn: TurnContext) -> tuple[str | None, str]:
    conversation = turn.activity.conversation
    return conversation.tenant_id, conversation.id
