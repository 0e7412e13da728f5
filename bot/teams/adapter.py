"""The desk's adapter: an activity comes in as JSON, a turn runs through the SDK's pipeline, replies go out our way."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from botbuilder.core import BotAdapter, TurnContext
from botbuilder.schema import Activity, ConversationAccount, ConversationReference, ResourceResponse

from bot.load import Load
from bot.patience import Patience
from bot.teams.auth import CHANNEL
from bot.teams.delivery import Delivery, expects_replies
from bot.teams.handler import LicenseDeskBot
from bot.teams.wire import ActivityError, Json, activity_of, json_of
from storage.crashpoints import CrashPoint, crashpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.answer import Conversation
    from bot.teams.connector import Connector
    from bot.teams.meetings import Meetings
    from bot.teams.mentions import Directory
    from bot.teams.roster import Roster
    from storage.clock import Clock

INVOKE_ANSWER = "BotFrameworkAdapter.InvokeResponse"  # where the SDK's handler looks for it, too


@dataclass(frozen=True)
class Answer:
    """What the HTTP request that brought the activity is answered with; no body where the sender expects none."""

    status: int
    body: Json | None = None


class DeskAdapter(BotAdapter):  # type: ignore[misc]
    """Serves Teams. As in the demo, where nobody is authenticated, unless it is told whom it may send to."""

    def __init__(
        self,
        desk: Conversation,
        clock: Clock,
        connector: Connector,
        *,
        directory: Directory,
        serves: Callable[[str], bool] | None = None,
        roster: Roster | None = None,
        load: Load | None = None,
        meetings: Meetings | None = None,
        patience: Patience | None = None,
    ) -> None:
        """`serves` says which service URLs are sent to (unset: this machine only), `roster` who senders are.

        `load` is what the turns share with others; unset, only their number is bounded. `meetings` keeps where
        people can be written to, `patience` is how long they wait without a word.
        """
        super().__init__()
        self._connector = connector
        self._serves = serves or is_loopback
        self._delivery = Delivery()
        self._meetings = meetings
        self._bot = LicenseDeskBot(
            desk, clock, directory, self._delivery, roster, load or Load(), meetings, patience or Patience()
        )

    async def process(self, payload: Json) -> Answer:
        """Runs one turn. Raises ActivityError where the payload is no activity of a Teams that is served."""
        activity = activity_of(payload)
        if activity.channel_id != CHANNEL:
            raise ActivityError(f"channelId: only {CHANNEL} is served")
        if not self._serves(activity.service_url):
            raise ActivityError("serviceUrl: nothing is sent there")
        turn = TurnContext(self, activity)
        crashpoint(CrashPoint.AFTER_AUTH)
        await self.run_pipeline(turn, self._bot.on_turn)
        crashpoint(CrashPoint.BEFORE_REPLY)
        return _answer(turn)

    async def close(self) -> None:
        """Lets the deliveries under way end, then lets go of the connections."""
        await self._delivery.close()
        if self._meetings:
            await self._meetings.close()
        await self._connector.close()

    async def send_activities(self, context: TurnContext, activities: list[Activity]) -> list[ResourceResponse]:
        """Sends each in its order; an invoke's answer is kept for the end of the turn. Raises ConnectorError."""
        return [ResourceResponse(id=await self._send(context, activity)) for activity in activities]

    async def update_activity(self, _: TurnContext, activity: Activity) -> ResourceResponse:
        """Puts `activity` in the place of the one with its id. Raises ConnectorError."""
        conversation = activity.conversation.id
        await self._connector.update(activity.service_url, conversation, activity.id, json_of(activity))
        return ResourceResponse(id=activity.id)

    async def delete_activity(self, _: TurnContext, reference: ConversationReference) -> None:
        """Takes the referenced activity away. Raises ConnectorError."""
        conversation = reference.conversation.id
        await self._connector.delete(reference.service_url, conversation, reference.activity_id)

    async def send_privately(self, context: TurnContext, activity: Activity) -> None:
        """Sends to the 1:1 chat of the turn's person, which Teams opens or finds. Raises ConnectorError."""
        incoming = context.activity
        parameters: Json = {
            "isGroup": False,
            "bot": {"id": incoming.recipient.id, "name": incoming.recipient.name or ""},
            "members": [{"id": incoming.from_property.id, "aadObjectId": incoming.from_property.aad_object_id}],
            "tenantId": incoming.conversation.tenant_id,
            "channelData": {"tenant": {"id": incoming.conversation.tenant_id}},
        }
        chat = await self._connector.open_chat(incoming.service_url, parameters)
        reference = TurnContext.get_conversation_reference(incoming)
        private = TurnContext.apply_conversation_reference(copy(activity), reference)
        private.conversation = ConversationAccount(id=chat, conversation_type="personal")
        private.reply_to_id = None
        tenant = incoming.conversation.tenant_id
        await self._connector.send(incoming.service_url, chat, json_of(private), tenant=tenant)

    async def _send(self, context: TurnContext, activity: Activity) -> str:
        if activity.type == "invokeResponse":
            context.turn_state[INVOKE_ANSWER] = activity
            return ""
        conversation, tenant = activity.conversation.id, context.activity.conversation.tenant_id
        return await self._connector.send(activity.service_url, conversation, json_of(activity), tenant=tenant)


def is_loopback(service_url: str) -> bool:
    """Whether the address is plain http or https on this machine."""
    try:
        url = urlsplit(service_url)
        plain = url.scheme in ("http", "https") and url.port != 0 and not (url.query or url.fragment)
        host = url.hostname or ""
        return plain and "@" not in url.netloc and (host == "localhost" or ip_address(host).is_loopback)
    except ValueError:
        return False


def _answer(turn: TurnContext) -> Answer:
    kept = turn.turn_state.get(INVOKE_ANSWER)
    body: Json | None = kept.value.body if kept else None
    if expects_replies(turn.activity):
        replies = [a for a in turn.buffered_reply_activities if a.type != "invokeResponse"]
        body = {**(body or {}), "activities": [json_of(reply) for reply in replies]}
    return Answer(200, body)
