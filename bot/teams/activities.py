"""What an activity says: the conversation's `Message`, or that there is nothing to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.teams.mentions import cleaned, cut
from bot.teams.wire import ActivityError, take
from dialogs.turn import Message, Scope, Tap

if TYPE_CHECKING:
    from datetime import datetime

    from botbuilder.schema import Activity

    from bot.teams.mentions import Directory

CARD_ACTION = "adaptiveCard/action"
_SCOPES = {"personal": Scope.PERSONAL, "channel": Scope.CHANNEL}


def message_of(activity: Activity, at: datetime, directory: Directory) -> Message:
    """The message that a text, an Action.Submit, an Action.Execute or an installation stands for.

    Identity is (channelData.tenant.id, from.aadObjectId); a name is only for display. Teams merges a card's inputs
    into the button's data, so all of it is in `Tap.data` and `Tap.inputs` is empty. Raises ActivityError where
    identity is missing, or a tap or mention has a wrong shape.
    """
    tap = _tap(activity)
    text, mentions = cut(activity.text or "", activity.entities, activity.recipient.id, directory)
    return Message(
        id=activity.id or "",
        channel=activity.channel_id,
        tenant=activity.conversation.tenant_id or _unidentified("channelData.tenant.id"),
        person=activity.from_property.aad_object_id or _unidentified("from.aadObjectId"),
        name=cleaned(activity.from_property.name or "").strip(),
        conversation=activity.conversation.id,
        scope=_SCOPES.get(activity.conversation.conversation_type, Scope.GROUP),
        text=text,
        at=at,
        mentions=mentions,
        tap=tap,
        locale=activity.locale,
    )


def _tap(activity: Activity) -> Tap | None:
    value = take({"value": activity.value}, "value", dict) or {}
    if activity.type == "invoke":
        action = take(value, "action", dict, "value") or {}
        return Tap(take(action, "data", dict, "value.action") or {})
    # A message with words is what the person said, whatever travels with it.
    return Tap(value) if value and not (activity.text or "").strip() else None


def _unidentified(field: str) -> str:
    raise ActivityError(f"{field}: is missing")
