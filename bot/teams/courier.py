"""Brings notices to people's private chats in Teams; opens a chat where there is none, and asks for that only once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from botbuilder.schema import ChannelAccount, ConversationAccount

from bot.deliver import Brought
from bot.teams.auth import CHANNEL
from bot.teams.connector import ConnectorError
from bot.teams.replies import drawn
from bot.teams.wire import json_of
from storage.views import Delivery

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.teams.connector import Connector
    from bot.teams.wire import Json
    from dialogs.turn import Reply
    from storage.references import Chats, Reference

# Source: "Optimize your bot with rate limiting in Teams": these may be sent again. 401 is for us to put right.
PASSING: Final = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.PRECONDITION_FAILED,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}
ENDINGS: Final = {HTTPStatus.FORBIDDEN: Delivery.BLOCKED, HTTPStatus.NOT_FOUND: Delivery.GONE}
LATER: Final = Brought(Delivery.PENDING)


class TeamsCourier:
    """Writes to people first. `serves` says which service URLs our token may go to, `opens` whether chats are opened
    for people who have never written."""

    def __init__(
        self, connector: Connector, chats: Chats, serves: Callable[[str], bool], *, opens: bool = True
    ) -> None:
        self._connector = connector
        self._chats = chats
        self._serves = serves
        self._opens = opens

    async def bring(self, tenant: str, person: str, reply: Reply) -> Brought:
        """Tells this person alone, or the conversation that the reply names, as `bot.deliver.Courier`."""
        chat = await self._chats.find(tenant, person, CHANNEL)
        if reply.into is not None:
            return await self._say_in_public(chat, reply.into, reply)
        if chat is None:
            return await self._introduce_ourselves(tenant, person, reply)
        if chat.conversation is None:
            return Brought(Delivery.WAITING)
        return await self._send(chat, chat.conversation, reply)

    async def _say_in_public(self, chat: Reference | None, conversation: str, reply: Reply) -> Brought:
        """Where the person's own chat is served, the channel is too. It is not said later, when they are met again."""
        if chat is None:
            return LATER
        brought = await self._send(chat, conversation, reply)
        return Brought(Delivery.FAILED) if brought.how in ENDINGS.values() else brought

    async def _introduce_ourselves(self, tenant: str, person: str, reply: Reply) -> Brought:
        """Teams takes an Entra object id for an account, where the app is installed for that person."""
        colleague = await self._chats.latest(tenant, CHANNEL)
        if colleague is None or not (self._opens and self._serves(colleague.service_url)):
            return LATER
        chat = replace(colleague, person_id=person, account=person, conversation=None, locale=None)
        if not await self._chats.begin(chat):
            return Brought(Delivery.WAITING)
        try:
            conversation = await self._connector.open_chat(chat.service_url, _parameters(chat))
        except ConnectorError as failed:
            if not failed.certain:
                return Brought(Delivery.WAITING)
            await self._chats.refused(chat)
            return _brought(failed)
        await self._chats.opened(chat, conversation)
        return await self._send(chat, conversation, reply)

    async def _send(self, chat: Reference, conversation: str, reply: Reply) -> Brought:
        if not self._serves(chat.service_url):
            return LATER
        activity = drawn(reply, reply.card)
        activity.channel_id = chat.channel
        activity.from_property = ChannelAccount(id=chat.bot_account)
        activity.recipient = ChannelAccount(id=chat.account)
        kind = "personal" if reply.into is None else None
        activity.conversation = ConversationAccount(id=conversation, conversation_type=kind)
        try:
            await self._connector.send(chat.service_url, conversation, json_of(activity), tenant=chat.tenant)
        except ConnectorError as failed:
            return _brought(failed)
        return Brought(Delivery.SENT)


def _parameters(chat: Reference) -> Json:
    """ConversationParameters of the Bot Framework REST API, for a chat of two."""
    return {
        "isGroup": False,
        "bot": {"id": chat.bot_account},
        "members": [{"id": chat.account}],
        "tenantId": chat.tenant,
        "channelData": {"tenant": {"id": chat.tenant}},
    }


def _brought(failed: ConnectorError) -> Brought:
    """Where a message stands that Teams did not take."""
    if failed.status in PASSING or (failed.status is None and failed.certain):
        return Brought(Delivery.PENDING, None if failed.pause is None else timedelta(seconds=failed.pause))
    if failed.status in ENDINGS:
        return Brought(ENDINGS[HTTPStatus(failed.status)])
    return Brought(Delivery.FAILED if failed.certain else Delivery.UNCONFIRMED)
