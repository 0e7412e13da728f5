"""Who people are: what Teams' roster says of a sender; in the demo, known by rule."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog

from bot.teams.connector import ConnectorError
from bot.teams.mentions import cleaned
from dialogs.turn import Introduction, Standing

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from botbuilder.schema import Activity

    from bot.answer import Conversation
    from bot.teams.connector import Connector
    from bot.teams.wire import Json
    from dialogs.elements import Option
    from dialogs.turn import Message, Reply
    from storage.clock import Clock

REMEMBERED: Final = timedelta(minutes=15)
MOST_REMEMBERED: Final = 10_000  # people

_DEMO_ACCOUNT = re.compile(r"29:contoso-([1-9]\d?)")
_UNCHECKED = Introduction(Standing.UNCHECKED)
_OUTSIDER = Introduction(Standing.OUTSIDER)


def demo_directory(account: str) -> str | None:
    """The Entra object id of a demo person's channel account (29:contoso-12), None for any other account."""
    person = _DEMO_ACCOUNT.fullmatch(account)
    return f"11111111-0000-4000-8000-{int(person[1]):012d}" if person else None


def no_directory(_: str) -> str | None:
    """Outside the demo nobody is known by account: whoever is mentioned is asked for by name."""
    return None


class Roster:
    """Introduces senders as Teams describes them; each is asked for again after a while."""

    def __init__(self, connector: Connector, clock: Clock, tenants: Collection[str]) -> None:
        self._connector = connector
        self._clock = clock
        self._tenants = frozenset(tenants)
        self._known: dict[tuple[str, str], tuple[datetime, Introduction]] = {}

    async def introduce(self, message: Message, activity: Activity) -> Introduction:
        """The sender of `activity`. Never raises: where Teams does not say, the standing is UNCHECKED."""
        if message.tenant not in self._tenants:
            _log_refusal("tenant")
            return _OUTSIDER
        introduction = self._remembered(message) or await self._asked(message, activity)
        if introduction.standing is Standing.OUTSIDER:
            _log_refusal("guest")
        return introduction

    def knows(self, message: Message) -> bool:
        """Whether the sender is known to be a member, without asking anybody."""
        known = self._remembered(message)
        return known is not None and known.standing is Standing.MEMBER

    def _remembered(self, message: Message) -> Introduction | None:
        until, introduction = self._known.get((message.tenant, message.person), (message.at, None))
        return introduction if self._clock.now() < until else None

    async def _asked(self, message: Message, activity: Activity) -> Introduction:
        account = activity.from_property.id
        try:
            entry = await self._connector.member(activity.service_url, _place(activity), account)
        except ConnectorError:  # logged where it happened
            return _UNCHECKED
        introduction = _introduction(entry, message)
        self._known[message.tenant, message.person] = (self._clock.now() + REMEMBERED, introduction)
        if len(self._known) > MOST_REMEMBERED:
            del self._known[next(iter(self._known))]
        return introduction


@dataclass(frozen=True)
class Introducing:
    """The desk in one turn: it learns who speaks before it hears what is said."""

    desk: Conversation
    roster: Roster
    activity: Activity

    async def handle(self, message: Message) -> list[Reply]:
        return await self.desk.handle(await self._introduced(message))

    async def welcome(self, message: Message) -> list[Reply]:
        return await self.desk.welcome(await self._introduced(message))

    async def suggest(self, message: Message, typed: str) -> list[Option]:
        return await self.desk.suggest(await self._introduced(message), typed)

    def apology(self, message: Message, reference: str) -> Reply:
        return self.desk.apology(message, reference)

    async def _introduced(self, message: Message) -> Message:
        return replace(message, introduction=await self.roster.introduce(message, self.activity))


def _place(activity: Activity) -> str:
    """Whose roster has the sender: the team's in a channel, the chat's elsewhere."""
    team = activity.channel_data.get("team")
    found = team.get("id") if isinstance(team, dict) else None
    return found if isinstance(found, str) and found else str(activity.conversation.id)


def _introduction(entry: Json, message: Message) -> Introduction:
    """What a TeamsChannelAccount says. Only who is plainly a member of the tenant is one.

    A guest is of another tenant, has the role "guest", or signs in with a name that holds #EXT# (Entra B2B).
    """
    described = {name: value for name, value in entry.items() if isinstance(value, str)}
    own = described.get("tenantId") == message.tenant
    same = described.get("aadObjectId", message.person) == message.person
    home = "#ext#" not in described.get("userPrincipalName", "").lower()
    if not (own and same and home and described.get("userRole", "user").lower() == "user"):
        return _OUTSIDER
    name = cleaned(described.get("name", "")).strip()
    return Introduction(Standing.MEMBER, name or message.name, described.get("email", "").strip())


def _log_refusal(kind: str) -> None:
    structlog.get_logger().warning("outsider_refused", kind=kind)
