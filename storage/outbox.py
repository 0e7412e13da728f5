"""What has to be told or done outside because of a change; the worker delivers it, at least once.

A worker takes a message for a while (`lease`), says that it is about to send it (`trying`), and then what came of it
(`settle`). One that dies in between leaves a message that may have arrived: it is sent a second time, and not a third.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, case, func, insert, null, select, update

from storage.bell import announce
from storage.models import Chat, Operation, OutboxMessage
from storage.news import News, read_news
from storage.transaction import new_id
from storage.views import Delivery

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.catalog import Catalog
    from storage.clock import Clock
    from storage.database import Database
    from storage.models.columns import Json
    from storage.transaction import Transaction

MICROSOFT = "microsoft"
FULFIL = "fulfil"  # the one message that every change of licenses promises
HANDED_OUT = "handed_out"  # said in the channel where it was asked for, and concerns nobody

LEASE: Final = timedelta(minutes=1)  # a send takes fifteen seconds at most, opening a chat first another fifteen
SENDS: Final = 2  # that may have reached somebody; then it is left at that
TRIES: Final = 80  # with the pauses below, three days
FIRST_PAUSE: Final = timedelta(seconds=10)  # then twice as long each time
LONGEST_PAUSE: Final = timedelta(hours=1)
SECOND_THOUGHTS: Final = timedelta(minutes=10)  # after which what may have arrived is sent again
REVIVED: Final = (Delivery.WAITING, Delivery.BLOCKED, Delivery.GONE)  # when the person is met again
STALE: Final = timedelta(days=30)  # older news is told to nobody who comes back


def post(tx: Transaction, operation: Operation, kind: str, recipient: str, payload: Json) -> None:
    """Promises one message to one recipient; the database refuses a second of the same kind."""
    announce(tx.session)
    tx.session.add(OutboxMessage(**_promise(tx, operation, kind, recipient, payload)))


async def tell(tx: Transaction, operation: Operation, kind: str, people: Iterable[str], payload: Json) -> None:
    """Promises the message to each of these people but the one who acts, who sees it done; thousands at once."""
    others = [_promise(tx, operation, kind, each, payload) for each in people if each != tx.actor.person]
    if others:
        announce(tx.session)
        await tx.session.execute(insert(OutboxMessage), others)


def _promise(tx: Transaction, operation: Operation, kind: str, recipient: str, payload: Json) -> dict[str, Any]:
    now = recipient != MICROSOFT  # who is not connected yet
    return {
        "tenant": tx.tenant,
        "id": new_id(),
        "operation_id": operation.id,
        "kind": kind,
        "recipient": recipient,
        "payload": payload,
        "created_at": tx.now,
        "status": Delivery.PENDING if now else Delivery.WAITING,
        "next_try_at": tx.now if now else None,
    }


@dataclass(frozen=True)
class Message:
    """A promise to one person that a worker has taken; `attempt` tells this taking from later ones."""

    tenant: str
    id: str
    operation: str
    kind: str
    recipient: str
    payload: Json
    attempt: int


@dataclass(frozen=True)
class Outbox:
    """Hands messages to workers and keeps how far they have come. Several workers take different messages."""

    _database: Database
    _clock: Clock
    _catalog: Catalog

    async def lease(self, count: int) -> list[Message]:
        """At most `count` messages that are due, the longest due first; for a minute they are nobody else's."""

        async def change(session: AsyncSession) -> list[Message]:
            now = self._clock.now()
            due = select(OutboxMessage).where(_due(now)).order_by(OutboxMessage.next_try_at, OutboxMessage.id)
            rows = (await session.scalars(due.limit(count).with_for_update(skip_locked=True))).all()
            return [_taken(row, now + LEASE) for row in rows if not _given_up(row)]

        # Looking first keeps a worker that has nothing to do from queueing behind those who write.
        if not await self._database.read(self._any_due):
            return []
        return await self._database.write(change)

    async def news(self, message: Message) -> News | None:
        """What there is to say; None for somebody the record no longer knows."""
        return await self._database.read(lambda session: read_news(session, self._catalog, message, self._clock.now()))

    async def trying(self, message: Message) -> bool:
        """Call right before sending; False when the message has become another worker's in the meantime."""
        values = {"unsure": OutboxMessage.unsure + 1, "next_try_at": self._clock.now() + LEASE}
        return await self._change(_still(message), values)

    async def settle(self, message: Message, how: Delivery, *, after: timedelta | None = None) -> None:
        """Keeps what came of it.

        PENDING: it has certainly not arrived, and is tried again after this time or else a growing one, for three
        days. UNCONFIRMED: it may have arrived; that is left so only after a second time. WAITING: nobody knows
        whether the chat was opened, and the person's next words tell.
        """
        match how:
            case Delivery.SENT:
                await self._sent(message)
            case Delivery.PENDING if message.attempt < TRIES:
                pause = min(after or FIRST_PAUSE * 2 ** min(message.attempt - 1, 10), LONGEST_PAUSE)
                await self._change(_still(message), {**_NOT_SENT, "next_try_at": self._clock.now() + pause})
            case Delivery.UNCONFIRMED:
                await self._unsure(message)
            case Delivery.WAITING:
                await self._waits(message)
            case _:
                ended = Delivery.FAILED if how is Delivery.PENDING else how
                await self._change(_still(message), {**_NOT_SENT, "status": ended, "next_try_at": None})

    async def counted(self) -> dict[Delivery, int]:
        """How many messages stand where, of those that have not arrived."""

        async def question(session: AsyncSession) -> dict[Delivery, int]:
            unsent = select(OutboxMessage.status, func.count()).where(OutboxMessage.sent_at.is_(None))
            rows = await session.execute(unsent.group_by(OutboxMessage.status))
            return {row[0]: row[1] for row in rows}

        return await self._database.read(question)

    async def _sent(self, message: Message) -> None:
        """Whosever the message has become meanwhile: it has arrived."""
        this = and_(_this(message), OutboxMessage.status != Delivery.SENT)
        values = {"status": Delivery.SENT, "next_try_at": None, "sent_at": self._clock.now()}
        await self._change(this, values)

    async def _unsure(self, message: Message) -> None:
        again = OutboxMessage.unsure < SENDS
        values = {
            "status": case((again, Delivery.PENDING), else_=Delivery.UNCONFIRMED),
            "next_try_at": case((again, self._clock.now() + SECOND_THOUGHTS), else_=null()),
        }
        await self._change(_still(message), values)

    async def _waits(self, message: Message) -> None:
        async def change(session: AsyncSession) -> None:
            # The lock orders this with `Chats.met` and `Chats.opened`, which look for messages that wait.
            theirs = select(Chat).where(Chat.tenant == message.tenant, Chat.person_id == message.recipient)
            chats = (await session.scalars(theirs.with_for_update())).all()
            opening = any(chat.conversation is None for chat in chats)
            stand: dict[str, object] = {"next_try_at": self._clock.now()}
            if opening:
                stand = {"status": Delivery.WAITING, "next_try_at": None}
            await session.execute(update(OutboxMessage).where(_still(message)).values({**_NOT_SENT, **stand}))

        await self._database.write(change)

    async def _any_due(self, session: AsyncSession) -> bool:
        return await session.scalar(select(OutboxMessage.id).where(_due(self._clock.now())).limit(1)) is not None

    async def _change(self, which: ColumnElement[bool], values: dict[str, Any]) -> bool:
        async def change(session: AsyncSession) -> bool:
            changed = await session.execute(
                update(OutboxMessage)
                .where(which)
                .values(values)
                .returning(OutboxMessage.id)
                .execution_options(synchronize_session=False)
            )
            return changed.first() is not None

        return await self._database.write(change)


async def revive(session: AsyncSession, tenant: str, person_id: str, now: datetime) -> None:
    """Whoever could not be reached is there: what is not too old is told now."""
    announce(session)
    await session.execute(
        update(OutboxMessage)
        .where(revivable(tenant, person_id, now))
        .values(status=Delivery.PENDING, next_try_at=now)
        .execution_options(synchronize_session=False)
    )


def revivable(tenant: str, person_id: str, now: datetime) -> ColumnElement[bool]:
    return and_(
        OutboxMessage.tenant == tenant,
        OutboxMessage.recipient == person_id,
        OutboxMessage.status.in_(REVIVED),
        OutboxMessage.created_at > now - STALE,
    )


async def drop(session: AsyncSession, tenant: str, person_id: str) -> None:
    """Nothing more is told to this person."""
    open_ones = and_(OutboxMessage.status.in_((Delivery.PENDING, *REVIVED)), OutboxMessage.recipient == person_id)
    await session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.tenant == tenant, open_ones)
        .values(status=Delivery.FAILED, next_try_at=None)
        .execution_options(synchronize_session=False)
    )


_NOT_SENT: Final[dict[str, Any]] = {"unsure": OutboxMessage.unsure - 1}


def _due(now: datetime) -> ColumnElement[bool]:
    return OutboxMessage.next_try_at <= now


def _this(message: Message) -> ColumnElement[bool]:
    return and_(OutboxMessage.tenant == message.tenant, OutboxMessage.id == message.id)


def _still(message: Message) -> ColumnElement[bool]:
    """Whether the message is still with the worker that took it."""
    return and_(_this(message), OutboxMessage.status == Delivery.PENDING, OutboxMessage.attempts == message.attempt)


def _given_up(row: OutboxMessage) -> bool:
    """Whether it was sent, or tried, as often as may be by workers that never said what came of it."""
    if row.unsure < SENDS and row.attempts < TRIES:
        return False
    row.status, row.next_try_at = Delivery.UNCONFIRMED if row.unsure else Delivery.FAILED, None
    return True


def _taken(row: OutboxMessage, until: datetime) -> Message:
    row.attempts += 1
    row.next_try_at = until
    return Message(row.tenant, row.id, row.operation_id, row.kind, row.recipient, row.payload, row.attempts)
