"""All that crosses between edge and conversation: one message in, replies out.

The edge turns a Teams activity, a line on the try-it page or in the terminal into a `Message`, and draws each `Reply`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from dialogs.elements import Card


class Scope(StrEnum):
    """Where the conversation takes place; whatever is not personal is public."""

    PERSONAL = "personal"
    GROUP = "group"
    CHANNEL = "channel"


@dataclass(frozen=True)
class Mention:
    """A person mentioned by entity. `start`/`end` are the place of the name in `Message.text` (without @ or tags)."""

    account: str  # the channel account id, e.g. 29:…
    person: str | None  # Entra object id, when the roster knows it
    name: str
    start: int
    end: int


@dataclass(frozen=True)
class Tap:
    """A button was pressed. Nothing in it is trusted: ids are looked up, values are read like typed answers."""

    data: dict[str, object]
    inputs: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Message:
    """One message from one person, as verified by the edge."""

    id: str  # the activity id
    channel: str  # "msteams", "page", "terminal"
    tenant: str
    person: str  # Entra object id
    name: str  # display only
    conversation: str
    scope: Scope
    text: str
    at: datetime
    mentions: tuple[Mention, ...] = ()
    tap: Tap | None = None
    locale: str | None = None


class Place(StrEnum):
    """Where a reply goes."""

    HERE = "here"  # into the conversation the message came from
    PRIVATE = "private"  # to the person alone; the edge says so in public when it cannot be delivered
    TAPPED = "tapped"  # in place of the card that was tapped (a new message where there is none)


@dataclass(frozen=True)
class Reply:
    """One answer. `text` is always there: notifications and screen readers show only that."""

    text: str
    card: Card | None = None
    place: Place = Place.HERE
    otherwise: str | None = None  # PRIVATE only: what to say HERE if the private chat cannot be reached
    language: str = "en"
