"""Links to pages of ours: each for one person and a few minutes, told from others by a digest of its secret."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, update

from storage.errors import Refused
from storage.models import Link
from storage.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.clock import Clock
    from storage.database import Database
    from storage.rights import Rights
    from storage.views import Actor

GOOD_FOR: Final = timedelta(minutes=10)
REMEMBERED: Final = timedelta(days=1)  # after its end; then a link is as if it had never been


class Purpose(StrEnum):
    """What a link is for."""

    PAYMENT_ADD = "payment.add"
    PAYMENT_REPLACE = "payment.replace"
    PAYMENT_EDIT = "payment.edit"  # of the cards on file, and of whom invoices name
    INVOICE = "invoice"
    SUMMARY = "summary"


DOCUMENTS: Final = frozenset({Purpose.INVOICE, Purpose.SUMMARY})  # of which links stand beside each other


@dataclass(frozen=True)
class Opened:
    """What a link is for: `subject` is the id of what it is about, or empty."""

    purpose: Purpose
    subject: str
    late: bool = False  # its time is over


@dataclass(frozen=True)
class Links:
    """Makes links and says what they are for; who opens one is proven by the edge, never by the link."""

    _database: Database
    _clock: Clock
    _rights: Rights

    async def issue(self, actor: Actor, purpose: Purpose, subject: str = "") -> str:
        """The secret of a link that the actor alone can open, for ten minutes; it is kept nowhere.

        The actor's former one for the same purpose ends, but for documents. Raises Refused("not_a_member").
        """
        token = secrets.token_urlsafe(32)

        async def change(session: AsyncSession) -> None:
            tx = await Transaction.of(session, actor, self._clock.now())
            await self._rights.member(tx)
            await _tidy(tx, purpose)
            session.add(_link(tx, token, purpose, subject))

        await self._database.write(change)
        return token

    async def open(self, token: str, who: Actor, *, late: bool = False) -> Opened:
        """What the link is for; it is as good afterwards as before. `late`: for a day after its time, too.

        Raises Refused: "link_late", also for one that never was, "link_used", "link_not_yours" whatever has become of
        it, and "not_a_member".
        """

        async def question(session: AsyncSession) -> Opened:
            tx = await Transaction.of(session, who, self._clock.now())
            await self._rights.member(tx)
            return _opened(tx, await good(tx, token, late=late))

        return await self._database.read(question)


async def use_up(tx: Transaction, token: str) -> Opened:
    """What the link is for, once: in the transaction that does it. Raises as `Links.open`."""
    link = await good(tx, token)
    this = (Link.tenant == link.tenant, Link.digest == link.digest, Link.used_at.is_(None))
    used = update(Link).where(*this).values(used_at=tx.now).returning(Link.digest)
    if (await tx.session.execute(used.execution_options(synchronize_session=False))).first() is None:
        raise Refused("link_used")
    return _opened(tx, link)


async def good(tx: Transaction, token: str, *, late: bool = False) -> Link:
    """The actor's link as it stands; `late`: also when its time is over."""
    link = await tx.session.get(Link, (tx.tenant, _digest(token)), populate_existing=True)
    if link is None:
        raise Refused("link_late")
    if link.person_id != tx.actor.person:
        raise Refused("link_not_yours")
    if link.used_at is not None:
        raise Refused("link_used")
    if tx.now >= link.expires_at + (REMEMBERED if late else timedelta()):
        raise Refused("link_late")
    return link


def _opened(tx: Transaction, link: Link) -> Opened:
    return Opened(Purpose(link.purpose), link.subject, late=tx.now >= link.expires_at)


async def _tidy(tx: Transaction, purpose: Purpose) -> None:
    """Ends what the new link takes the place of, and forgets what ended long ago."""
    await tx.session.execute(delete(Link).where(Link.expires_at < tx.now - REMEMBERED))
    if purpose not in DOCUMENTS:
        former = (Link.tenant == tx.tenant, Link.person_id == tx.actor.person, Link.purpose == purpose)
        still_good = (Link.used_at.is_(None), Link.expires_at > tx.now)
        await tx.session.execute(update(Link).where(*former, *still_good).values(expires_at=tx.now))


def _link(tx: Transaction, token: str, purpose: Purpose, subject: str) -> Link:
    return Link(
        tenant=tx.tenant,
        digest=_digest(token),
        person_id=tx.actor.person,
        purpose=purpose,
        subject=subject,
        issued_at=tx.now,
        expires_at=tx.now + GOOD_FOR,
    )


def _digest(token: str) -> str:
    """Not in hexadecimal: a long row of digits may look like a card number, and none is kept (I12)."""
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
