"""Reads the JSON of an incoming activity into the SDK's Activity, strictly: every field that is used has its shape.

The SDK's own deserialiser drops conversation.tenantId and the fields of entities, and takes any type for a string.
Names and types: Bot Framework Activity schema 3.3 and Teams' extensions of it.
"""

from __future__ import annotations

import re
from typing import NoReturn, TypeVar

from botbuilder.schema import Activity, ChannelAccount, ConversationAccount

Json = dict[str, object]

LONGEST = 2_048  # characters of an id or address; Teams' own stay under 300
MOST_OBJECTS = 200  # entities, or members added at once

# BCP 47 as clients send it: en, en-US, zh-Hans-CN, es-419
_LANGUAGE_TAG = re.compile("[a-zA-Z]{2,3}(-[a-zA-Z]{4})?(-([a-zA-Z]{2}|[0-9]{3}))?")

_Kind = TypeVar("_Kind")
_WORDS: dict[type, str] = {dict: "an object", list: "a list", str: "a string"}


class ActivityError(Exception):
    """This is no activity that Teams sends; the message names the field and what is wrong with it."""


def activity_of(payload: Json) -> Activity:
    """The activity in `payload`; null is the same as absent. Raises ActivityError."""
    channel_data = take(payload, "channelData", dict) or {}
    return Activity(
        type=required(payload, "type"),
        id=id_at(payload, "id"),
        channel_id=required(payload, "channelId"),
        service_url=required(payload, "serviceUrl"),
        from_property=_account(take(payload, "from", dict) or {}, "from"),
        recipient=_account(take(payload, "recipient", dict) or {}, "recipient"),
        conversation=_conversation(take(payload, "conversation", dict) or {}, channel_data),
        channel_data=channel_data,
        text=take(payload, "text", str),
        value=payload.get("value"),  # its shape is that of the kind of activity: whoever reads it checks it
        entities=_objects(payload, "entities"),
        locale=_language_tag(payload),
        reply_to_id=id_at(payload, "replyToId"),
        delivery_mode=id_at(payload, "deliveryMode"),
        name=id_at(payload, "name"),
        action=id_at(payload, "action"),
        members_added=[_account(member, "membersAdded") for member in _objects(payload, "membersAdded")],
    )


def _language_tag(payload: Json) -> str | None:
    """The locale, which is kept with the chat; anything else in its place is kept nowhere."""
    locale = id_at(payload, "locale")
    return locale if locale and _LANGUAGE_TAG.fullmatch(locale) else None


def _account(account: Json, where: str) -> ChannelAccount:
    return ChannelAccount(
        id=required(account, "id", where),
        name=string_at(account, "name", where),
        aad_object_id=id_at(account, "aadObjectId", where),
    )


def _conversation(conversation: Json, channel_data: Json) -> ConversationAccount:
    tenant = id_at(take(channel_data, "tenant", dict, "channelData") or {}, "id", "channelData.tenant")
    claimed = id_at(conversation, "tenantId", "conversation")
    if claimed and tenant and claimed != tenant:
        raise ActivityError("conversation.tenantId: another tenant than channelData.tenant.id")
    return ConversationAccount(
        id=required(conversation, "id", "conversation"),
        conversation_type=id_at(conversation, "conversationType", "conversation"),
        tenant_id=tenant,
    )


def _objects(payload: Json, name: str) -> list[Json]:
    values = take(payload, name, list) or []
    if len(values) > MOST_OBJECTS or not all(isinstance(value, dict) for value in values):
        raise ActivityError(f"{name}: must be a list of at most {MOST_OBJECTS} objects")
    return values


def json_of(activity: Activity) -> Json:
    """The JSON of an activity that we send: what is set of the fields that we use."""
    fields: Json = {
        "type": activity.type,
        "id": activity.id,
        "channelId": activity.channel_id,
        "from": _account_json(activity.from_property),
        "recipient": _account_json(activity.recipient),
        "conversation": _set(
            {"id": activity.conversation.id, "conversationType": activity.conversation.conversation_type}
        ),
        "replyToId": activity.reply_to_id,
        "text": activity.text,
        "textFormat": activity.text_format,
        "summary": activity.summary,
        "attachments": [
            {"contentType": attachment.content_type, "content": attachment.content}
            for attachment in activity.attachments or ()
        ],
    }
    return _set(fields)


def _account_json(account: ChannelAccount) -> Json:
    return _set({"id": account.id, "name": account.name, "aadObjectId": account.aad_object_id})


def _set(fields: Json) -> Json:
    return {name: value for name, value in fields.items() if value not in (None, [])}


def required(owner: Json, name: str, where: str = "") -> str:
    """As `id_at`; raises ActivityError when it is absent or empty."""
    return id_at(owner, name, where) or _refuse(where, name, "is missing")


def id_at(owner: Json, name: str, where: str = "") -> str | None:
    """A string that goes into addresses and records: without control characters (a database cannot store NUL)."""
    value = string_at(owner, name, where)
    if value and not value.isprintable():
        _refuse(where, name, "has a control character")
    return value


def string_at(owner: Json, name: str, where: str = "") -> str | None:
    """A string of bounded length, None when it is absent."""
    value = take(owner, name, str, where)
    if value and len(value) > LONGEST:
        _refuse(where, name, f"is longer than {LONGEST} characters")
    return value


def take(owner: Json, name: str, kind: type[_Kind], where: str = "") -> _Kind | None:
    """The value of `owner[name]`, None when it is absent; raises ActivityError when it is not a `kind`."""
    value = owner.get(name)
    if value is not None and not isinstance(value, kind):
        _refuse(where, name, f"must be {_WORDS[kind]}")
    return value


def _refuse(where: str, name: str, fault: str) -> NoReturn:
    raise ActivityError(f"{where}.{name}: {fault}" if where else f"{name}: {fault}")
