"""Where people can be written to: the private chats they have been met in, and those that were opened for them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from storage.models import Chat, OutboxMessage, Person
from storage.outbox import revivable, revive

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.clock import Clock
    from storage.database import Database


@dataclass(frozen=True)
class Reference:
    """A person's private chat with us in one channel. `conversation` is None while nobody knows whether it is open."""

    tenant: str
    person_id: str
    channel: str
    conversation: str | None
    service_url: str
    account: str  # the person's
    bot_account: str
    locale: str | None = None


@dataclass(frozen=True)
class Chats:
    """Keeps references, one for each person and channel. Nothing is kept of people whom the record does not know."""

    _database: Database
    _clock: Clock

    async def find(self, tenant: str, person_id: str, channel: str) -> Reference | None:
        """The person's chat, None where there has never been one."""

        async def question(session: AsyncSession) -> Reference | None:
            chat = await session.get(Chat, (tenant, person_id, channel))
            return _reference(chat) if chat else None

        return await self._database.read(question)

    async def latest(self, tenant: str, channel: str) -> Reference | None:
        """The chat of whoever was met last in this tenant: it tells where the tenant is served, and as whom."""

        async def question(session: AsyncSession) -> Reference | None:
            chats = select(Chat).where(Chat.tenant == tenant, Chat.channel == channel)
            chat = await session.scalar(chats.order_by(Chat.met_at.desc(), Chat.person_id).limit(1))
            return _reference(chat) if chat else None

        return await self._database.read(question)

    async def met(self, reference: Reference) -> None:
        """A member has written in this chat. Writes only what is news, and revives what could not be told before."""
        if not await self._database.read(lambda session: self._is_news(session, reference)):
            return
        await self._database.write(lambda session: self._keep(session, reference))

    async def begin(self, reference: Reference) -> bool:
        """Notes that a chat is about to be opened; False when that has been begun before, by whomever."""

        async def change(session: AsyncSession) -> None:
            session.add(Chat(**asdict(reference), met_at=self._clock.now()))

        try:
            await self._database.write(change)
        except IntegrityError:
            return False
        return True

    async def opened(self, reference: Reference, conversation: str) -> None:
        """Teams has opened it; messages that were waiting for it are told."""

        async def change(session: AsyncSession) -> None:
            chat = await session.get(Chat, _key(reference), with_for_update=True)
            if chat is not None:
                chat.conversation = conversation
                await revive(session, reference.tenant, reference.person_id, self._clock.now())

        await self._database.write(change)

    async def refused(self, reference: Reference) -> None:
        """Teams has certainly not opened it: it may be asked again."""

        async def change(session: AsyncSession) -> None:
            await session.execute(delete(Chat).where(_is(reference), Chat.conversation.is_(None)))

        await self._database.write(change)

    async def _is_news(self, session: AsyncSession, reference: Reference) -> bool:
        chat = await session.get(Chat, _key(reference))
        if chat is None or _reference(chat) != reference:
            return True
        untold = select(OutboxMessage.id).where(revivable(reference.tenant, reference.person_id, self._clock.now()))
        return await session.scalar(untold.limit(1)) is not None

    async def _keep(self, session: AsyncSession, reference: Reference) -> None:
        # Locked against an erasure at the same time, after which nothing may be kept.
        person = await session.get(Person, _key(reference)[:2], with_for_update={"key_share": True})
        if person is None or person.erased_at or not (person.enabled and person.member):
            return
        now = self._clock.now()
        await session.merge(Chat(**asdict(reference), met_at=now))
        await revive(session, reference.tenant, reference.person_id, now)


async def forget(session: AsyncSession, tenant: str, person_id: str) -> None:
    """Removes every chat of the person."""
    await session.execute(delete(Chat).where(Chat.tenant == tenant, Chat.person_id == person_id))


def _key(reference: Reference) -> tuple[str, str, str]:
    return reference.tenant, reference.person_id, reference.channel


def _is(reference: Reference) -> ColumnElement[bool]:
    return (
        (Chat.tenant == reference.tenant)
        & (Chat.person_id == reference.person_id)
        & (Chat.channel == reference.channel)
    )


def _reference(chat: Chat) -> Reference:
    return Reference(
        tenant=chat.tenant,
        person_id=chat.person_id,
        channel=chat.channel,
        conversation=chat.conversation,
        service_url=chat.service_url,
        account=chat.account,
        bot_account=chat.bot_account,
        locale=chat.locale,
    )
