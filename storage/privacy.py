"""What the record knows about a person, and how it is forgotten: on request, and with time (docs/privacy.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, or_, select, tuple_, update

from storage import audit, outbox, references, requesting
from storage.errors import RecordError
from storage.models import (
    Approver,
    Assignment,
    AuditEntry,
    BillingProfile,
    Cancellation,
    Grant,
    Invoice,
    LicenseRequest,
    Link,
    Operation,
    PaymentMethod,
    PaymentSetup,
    Person,
    Quiet,
    Role,
    Subscription,
    TeamMember,
    UnclearMessage,
)
from storage.personal_data import NOBODY, about, concerns, remark, without, without_remarks
from storage.seals import forget_salts
from storage.transaction import Transaction
from storage.views import Actor, Status

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.clock import Clock
    from storage.database import Database
    from storage.models.columns import Json

ERASED = "person.erased"  # the action under which the trail shows licenses that an erasure gave back
BATCH = 200  # rows a transaction, so that people who work meanwhile never wait long


class PersonUnknown(RecordError):
    """The record has never seen this person in this tenant."""


class StillPurchaser(RecordError):
    """Somebody who pays for subscriptions cannot be forgotten while they run; `subscriptions` are their ids."""

    def __init__(self, subscriptions: tuple[str, ...]) -> None:
        super().__init__(f"pays for {len(subscriptions)} subscriptions")
        self.subscriptions = subscriptions


@dataclass(frozen=True)
class Erasure:
    """What was done: when the person was forgotten first, and how many licenses were given back this time."""

    at: datetime
    licenses: int


@dataclass(frozen=True)
class Privacy:
    """Exports, erases, and lets words be forgotten. For operators: no message reaches it."""

    _database: Database
    _clock: Clock

    async def export(self, tenant: str, person_id: str) -> dict[str, list[Json]]:
        """Everything about the person, by table, as JSON (GDPR Art. 15 and 20); what is empty is left out."""
        return await self._database.read(lambda session: about(session, tenant, person_id))

    async def erase(self, tenant: str, person_id: str) -> Erasure:
        """Forgets the person (GDPR Art. 17). Books, invoices and the trail keep the id alone (Art. 17(3)(b)).

        Repeating it is harmless, and finishes one that was interrupted: the name goes last. Raises
        PersonUnknown, StillPurchaser (nothing has changed then) and RecordUnavailable.
        """
        licenses = await self._database.write(lambda session: self._leave(session, tenant, person_id))
        last = ""
        while batch := await self._forget_batch(tenant, person_id, after=last):
            last = batch
        at = await self._database.write(lambda session: self._forget_name(session, tenant, person_id))
        return Erasure(at, licenses)

    async def forget_words(self, before: datetime, *, at_most: int | None = None) -> int:
        """Forgets what people said before this instant, and how it was understood; the number of rows changed.

        What they said about a cancellation goes too; its reason, one of eight codes, stays. `at_most` bounds the rows
        of either table, for a start-up that must not take long.
        """
        forgotten = 0
        for table, said_at in ((Operation, Operation.drawn_at), (AuditEntry, AuditEntry.at)):
            rows = 0
            while at_most is None or rows < at_most:
                changed = await self._forget_older(table, said_at < before)
                rows += changed
                if changed < BATCH:
                    break
            forgotten += rows
        return forgotten + await self._forget_unclear(before)

    async def _forget_unclear(self, before: datetime) -> int:
        async def change(session: AsyncSession) -> int:
            old = delete(UnclearMessage).where(UnclearMessage.at < before).returning(UnclearMessage.id)
            return len((await session.scalars(old)).all())

        return await self._database.write(change)

    async def _leave(self, session: AsyncSession, tenant: str, person_id: str) -> int:
        """From here on the person can do nothing, and holds nothing."""
        person = await _locked(session, tenant, person_id)
        buying = select(Subscription.id).where(
            Subscription.tenant == tenant, Subscription.purchaser_id == person_id, Subscription.status != Status.DELETED
        )
        if running := (await session.scalars(buying.order_by(Subscription.id))).all():
            raise StillPurchaser(tuple(running))
        person.enabled = False
        tx = await Transaction.of(session, Actor(tenant, person_id), self._clock.now())
        granted = (Grant.tenant == tenant, Grant.person_id == person_id, Grant.withdrawn_at.is_(None))
        await session.execute(update(Grant).where(*granted).values(withdrawn_at=tx.now))
        for belonging in (Role, Approver, TeamMember, Link, BillingProfile, PaymentSetup, Quiet):
            theirs = (belonging.tenant == tenant, belonging.person_id == person_id)
            await session.execute(delete(belonging).where(*theirs))
        await requesting.withdraw_all(tx)
        await references.forget(session, tenant, person_id)
        await outbox.drop(session, tenant, person_id)
        return await _give_licenses_back(tx)

    async def _forget_batch(self, tenant: str, person_id: str, *, after: str) -> str | None:
        """The id of the last operation seen, of those that name the person after `after`; None at the end."""

        async def change(session: AsyncSession) -> str | None:
            person = await _locked(session, tenant, person_id)
            rows = select(Operation).where(Operation.tenant == tenant, Operation.id > after, concerns(person))
            batch = (await session.scalars(rows.order_by(Operation.id).limit(BATCH).with_for_update())).all()
            for operation in batch:
                _forget_in(operation, person_id)
            await _forget_remarks(session, [(tenant, each.id) for each in batch])
            entries = (AuditEntry.tenant == tenant, AuditEntry.operation_id.in_([each.id for each in batch]))
            await _forget_words(session, AuditEntry, and_(*entries, _wordy(AuditEntry)))
            return batch[-1].id if batch else None

        return await self._database.write(change)

    async def _forget_name(self, session: AsyncSession, tenant: str, person_id: str) -> datetime:
        person = await _locked(session, tenant, person_id)
        for field, nothing in NOBODY.items():
            setattr(person, field, nothing)
        person.erased_at = person.erased_at or self._clock.now()
        theirs = (PaymentMethod.tenant == tenant, PaymentMethod.person_id == person_id)
        await session.execute(update(PaymentMethod).where(*theirs).values(holder="", gateway_token=""))
        billed = (Invoice.tenant == tenant, Invoice.person_id == person_id)
        await session.execute(update(Invoice).where(*billed).values(made_out_to=None, billing_address=None))
        return person.erased_at

    async def _forget_older(self, table: type[Operation | AuditEntry], older: ColumnElement[bool]) -> int:
        async def change(session: AsyncSession) -> int:
            some = select(table.tenant, table.id).where(older, _wordy(table)).limit(BATCH)
            return await _forget_words(session, table, tuple_(table.tenant, table.id).in_(some))

        return await self._database.write(change)


_NO_WORDS = {"said": "", "understood": None}


async def _forget_words(session: AsyncSession, table: type[Operation | AuditEntry], which: ColumnElement[bool]) -> int:
    """Of these rows; the number of them. What a seal keeps of the words says nothing any more either."""
    forget = update(table).where(which).values(_NO_WORDS).returning(table.tenant, table.id)
    changed = await session.execute(forget.execution_options(synchronize_session=False))
    forgotten = [(tenant, row_id) for tenant, row_id in changed]
    await (forget_salts if table is AuditEntry else _forget_remarks)(session, forgotten)
    return len(forgotten)


async def _forget_remarks(session: AsyncSession, operations: list[tuple[str, str]]) -> None:
    """What was remarked with these operations: in their quotes and answers, and beside the reason or the request."""
    these = tuple_(Operation.tenant, Operation.id).in_(operations)
    for operation in await session.scalars(select(Operation).where(these, remark() != "")):
        operation.parameters = without_remarks(operation.parameters)
        operation.quote = without_remarks(operation.quote)
        operation.answer = without_remarks(operation.answer)
    cancelled = tuple_(Cancellation.tenant, Cancellation.operation_id).in_(operations)
    await session.execute(
        update(Cancellation).where(cancelled).values(feedback="").execution_options(synchronize_session=False)
    )
    for kept, said in ((LicenseRequest.id, "note"), (LicenseRequest.decision_id, "reason")):
        these = tuple_(LicenseRequest.tenant, kept).in_(operations)
        await session.execute(
            update(LicenseRequest).where(these).values({said: ""}).execution_options(synchronize_session=False)
        )


async def _locked(session: AsyncSession, tenant: str, person_id: str) -> Person:
    # key_share: nobody who only refers to the person has to wait
    person = await session.get(Person, (tenant, person_id), with_for_update={"key_share": True})
    if person is None:
        raise PersonUnknown
    return person


async def _give_licenses_back(tx: Transaction) -> int:
    """Each license is a change of its subscription, with its own entry in the trail."""
    live = (Assignment.tenant == tx.tenant, Assignment.person_id == tx.actor.person, Assignment.released_at.is_(None))
    held = await tx.session.scalars(
        select(Assignment.subscription_id).where(*live).order_by(Assignment.subscription_id)
    )
    return sum([await _give_back(tx, subscription_id, *live) for subscription_id in held.all()])


async def _give_back(tx: Transaction, subscription_id: str, *live: ColumnElement[bool]) -> bool:
    """Whether there was still one to give back, once whoever was changing the subscription is done."""
    key = (tx.tenant, subscription_id)
    subscription = await tx.session.get_one(Subscription, key, with_for_update=True, populate_existing=True)
    this = (*live, Assignment.subscription_id == subscription_id)
    taken = await tx.session.execute(
        update(Assignment).where(*this).values(released_at=tx.now).returning(Assignment.id)
    )
    if taken.first() is None:
        return False
    operation = await audit.unasked(tx, ERASED, subscription)
    before = {"assigned": subscription.assigned}
    subscription.assigned -= 1
    subscription.version += 1
    audit.note(tx, operation, before=before, after={"assigned": subscription.assigned, "released": [tx.actor.person]})
    return True


def _forget_in(operation: Operation, person_id: str) -> None:
    operation.said, operation.understood = "", None
    operation.quote = without(person_id, operation.quote)
    operation.answer = without(person_id, operation.answer)


def _wordy(table: type[Operation | AuditEntry]) -> ColumnElement[bool]:
    wordy = or_(table.said != "", table.understood.is_not(None))
    return or_(wordy, remark() != "") if table is Operation else wordy
