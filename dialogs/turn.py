"""All that crosses between edge and conversation: one message in, replies out.

The edge turns a Teams activity, a line on the try-it page or in the terminal into a `Message`, and draws each `Reply`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from storage.errors import Refused
from storage.views import Actor, PersonView

if TYPE_CHECKING:
    from datetime import date, datetime

    from dialogs.elements import Card
    from dialogs.pages import Listed
    from dialogs.texts import Reader, Value
    from storage.links import Purpose
    from storage.record import Record


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


class Standing(StrEnum):
    """What the roster says of whoever speaks."""

    MEMBER = "member"
    OUTSIDER = "outsider"  # a guest, or somebody of an organisation that is not served
    UNCHECKED = "unchecked"  # the roster did not say: whom the record knows is let in, nobody else


@dataclass(frozen=True)
class Introduction:
    """How the roster describes a sender; name and mail are display only, and empty unless it is a member."""

    standing: Standing
    name: str = ""
    mail: str = ""


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
    introduction: Introduction | None = None  # None where there is no roster: the record alone knows who belongs


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
    into: str | None = None  # a notice only: the public conversation that hears it, instead of the person


@dataclass
class Turn:
    """One message being answered: who speaks, the record, and the replies so far.

    What is said outside a private chat goes to the person alone: amounts, products and refusals are nobody else's
    business (behaviour 16). Only what is said with `aloud` is public.
    """

    message: Message
    person: PersonView
    reader: Reader
    record: Record
    address: str = ""  # where browsers reach our pages; empty where they reach none
    replies: list[Reply] = field(default_factory=list)
    listed: Listed | None = None  # the list that is shown
    replaces: bool = False  # the next card or sentence takes the place of the card that was tapped
    backstage: ClassVar[bool] = False  # whether it is a step of a plan that is settled in it

    @property
    def actor(self) -> Actor:
        return Actor(self.message.tenant, self.message.person)

    async def link_to(self, purpose: Purpose, subject: str = "") -> str:
        """The address of a page that this person alone can open, for ten minutes. Raises Refused("no_pages")."""
        if not self.address:
            raise Refused("no_pages")
        return f"{self.address}/link/{await self.record.links.issue(self.actor, purpose, subject)}"

    @property
    def today(self) -> date:
        """The day it is in the organisation."""
        return self.reader.day(self.message.at)

    @property
    def public(self) -> bool:
        return self.message.scope is not Scope.PERSONAL

    def say(self, key: str, **values: Value) -> None:
        """A sentence of the catalogue for this person alone."""
        self.show(self.reader.text(key, **values))

    def aloud(self, key: str, **values: Value) -> None:
        """A sentence without products or amounts, where the message was written."""
        self.replies.append(Reply(self.reader.text(key, **values), language=self.reader.language))

    def show(self, text: str, card: Card | None = None) -> None:
        """A sentence or a card for this person alone; `text` is what notifications and screen readers get."""
        language = self.reader.language
        if not self.public:
            place = Place.TAPPED if self.replaces else Place.HERE
            self.replaces = False
            self.replies.append(Reply(text, card, place, language=language))
            return
        if not any(reply.place is Place.PRIVATE for reply in self.replies):
            self.aloud("channel.answered_privately", name=self.person.name)
        otherwise = self.reader.text("channel.unreachable", name=self.person.name)
        self.replies.append(Reply(text, card, Place.PRIVATE, otherwise, language))

    def offer(self, text: str, card: Card) -> None:
        """A card that asks for a yes."""
        self.show(text, card)


class Backstage(Turn):
    """A turn in which a step of a plan is settled: its questions and remarks are heard, its offer is the plan's."""

    backstage = True

    @classmethod
    def of(cls, turn: Turn, record: Record) -> Backstage:
        """The same with another record, and replies of its own to go on with."""
        return cls(
            turn.message, turn.person, turn.reader, record, turn.address, [*turn.replies], replaces=turn.replaces
        )

    def offer(self, text: str, card: Card) -> None:
        """Nobody sees it: the plan's card shows what it says."""
