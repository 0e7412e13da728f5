"""What one transaction is about: whose it is, when it happens, and in which organisation."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from storage.errors import Refused
from storage.models import Organisation
from storage.terms import local_day

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.views import Actor


_REHEARSED: Final = "rehearsed"  # in a session's `info`


@dataclass(frozen=True)
class Transaction:
    """One actor's dealing with the database: the session, the instant, and the organisation's own day and currency."""

    session: AsyncSession
    actor: Actor
    now: datetime
    organisation: Organisation

    @classmethod
    async def of(cls, session: AsyncSession, actor: Actor, now: datetime) -> Transaction:
        """Raises Refused("not_a_member") for a tenant nobody has been seen in."""
        organisation = await session.get(Organisation, actor.tenant)
        if organisation is None:
            raise Refused("not_a_member")
        return cls(session, actor, now, organisation)

    @property
    def tenant(self) -> str:
        return self.actor.tenant

    @property
    def currency(self) -> str:
        return self.organisation.currency

    @property
    def rehearsed(self) -> bool:
        """Whether nothing of it will be kept: then it holds nothing that all of a tenant's purchases wait for."""
        return _REHEARSED in self.session.info

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.organisation.time_zone)

    @property
    def today(self) -> date:
        return local_day(self.now, self.zone)


def rehearse(session: AsyncSession) -> None:
    """Marks a session of which nothing will be kept."""
    session.info[_REHEARSED] = True


def could_be_id(text: str) -> bool:
    """Whether it is worth looking up: taps bring anything, and PostgreSQL has no word for some of it."""
    return text.isascii() and text.isprintable()


def storable(words: str) -> str:
    """The words without what PostgreSQL's text cannot hold: NUL, and halves of characters."""
    return words.replace("\0", "").encode(errors="replace").decode()


def new_id() -> str:
    """128 random bits: nobody guesses the id of someone else's card."""
    return secrets.token_urlsafe(16)
