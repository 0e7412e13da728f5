"""Who can be tried on the page, and whom a typed @name means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from dialogs.turn import Mention
from storage.demo import account_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from storage.views import PersonView

BOT_NAME: Final = "License Desk"


class Role(StrEnum):
    """What a person is to the demo company, in one word; the page texts name it."""

    PURCHASER = "purchaser"
    ADMIN = "admin"
    LEAD = "lead"
    MEMBER = "member"
    GUEST = "guest"


# Those the page shows first: between them they meet every rule of the demo company.
STARRING: Final = {
    1: Role.PURCHASER,
    2: Role.ADMIN,
    3: Role.PURCHASER,
    4: Role.LEAD,
    5: Role.MEMBER,
    6: Role.GUEST,
    12: Role.PURCHASER,
}


@dataclass(frozen=True)
class Visitor:
    """One person of the demo company; `number` is what the page's address and the terminal call them by."""

    number: int
    id: str
    account: str  # the channel account id
    name: str
    role: Role
    language: str
    mail: str = ""
    department: str = ""

    @property
    def starring(self) -> bool:
        return self.number in STARRING


def of_contoso(people: Iterable[PersonView]) -> tuple[Visitor, ...]:
    """Everybody of the seeded demo company (`storage.demo`), by number."""
    numbered = sorted(((int(person.id[-12:]), person) for person in people), key=itemgetter(0))
    return tuple(
        Visitor(
            number,
            person.id,
            account_id(number),
            person.name,
            STARRING.get(number, Role.MEMBER),
            person.language or "en",
            person.mail,
            person.department,
        )
        for number, person in numbered
    )


@dataclass(frozen=True)
class Spoken:
    """A typed line as Teams would hand it over: the bot's own mention cut out, people's marked."""

    text: str
    mentions: tuple[Mention, ...]
    addressed: bool


def read_mentions(typed: str, visitors: Sequence[Visitor]) -> Spoken:
    """Finds `@License Desk` and `@` with a full name, whatever the case; every other `@` stays as typed."""
    people = {visitor.name.casefold(): visitor for visitor in visitors}
    typed, text, rest, mentions, addressed = typed.strip(), "", 0, [], False
    for match in _names(visitors).finditer(typed):
        text += typed[rest : match.start()]
        rest = match.end()
        if match["bot"]:
            addressed = True
            continue
        visitor = people[match["name"].casefold()]
        start, text = len(text), text + match["name"]
        mentions.append(Mention(visitor.account, visitor.id, visitor.name, start, len(text)))
    return Spoken((text + typed[rest:]).rstrip(), tuple(mentions), addressed)


def _names(visitors: Sequence[Visitor]) -> re.Pattern[str]:
    longest_first = sorted((re.escape(visitor.name) for visitor in visitors), key=len, reverse=True)
    people = "|".join(longest_first)
    # Not \b: to Python a Chinese character right after the name is part of the same word.
    return re.compile(rf"@(?:(?P<bot>{BOT_NAME})|(?P<name>{people}))(?![A-Za-z0-9])(?(bot)\s*)", re.IGNORECASE)
