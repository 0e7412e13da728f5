"""What happened to a subscription: words, how they were understood, the quote, and the result, from the trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, select

from storage.errors import Refused
from storage.models import AuditEntry, AuditSeal, Operation, Person, Subscription
from storage.money import Money
from storage.transaction import Transaction, could_be_id

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.catalog import Catalog
    from storage.clock import Clock
    from storage.database import Database
    from storage.models.columns import Json
    from storage.rights import Rights
    from storage.views import Actor

A_PAGE: Final = 10


@dataclass(frozen=True)
class Happened:
    """One change that was carried out."""

    at: datetime
    by: str  # the name of who did it; of what License Desk does by itself, of who pays; empty where it was erased
    action: str  # what the record calls it
    said: str
    erased: bool  # words there were, and they were forgotten
    understood: Json | None
    due_now: Money | None  # of the quote that was confirmed; None where it had no price
    invoice_number: str | None
    before: Json
    after: Json


@dataclass(frozen=True)
class History:
    """Reads the trail of one subscription for those who decide about it, and for admins."""

    _database: Database
    _clock: Clock
    _catalog: Catalog
    _rights: Rights

    async def of(
        self, actor: Actor, subscription_id: str, *, page: int = 1, size: int = A_PAGE
    ) -> tuple[tuple[Happened, ...], int]:
        """The `page`th so many changes, the latest first, and how many there are in all.

        Raises Refused for everybody but the purchaser, a deputy and admins, with what `Rights.refusal` says.
        """

        async def question(session: AsyncSession) -> tuple[tuple[Happened, ...], int]:
            tx = await Transaction.of(session, actor, self._clock.now())
            found = (
                await session.get(Subscription, (tx.tenant, subscription_id)) if could_be_id(subscription_id) else None
            )
            if found is None:
                raise Refused("unknown_subscription")
            if not (await self._rights.may_change_total(tx, found) or await self._rights.is_admin(tx)):
                raise await self._rights.refusal(tx, found, self._catalog.product(found.product_id).name)
            return await _changes(tx, subscription_id, offset=(page - 1) * size, limit=size)

        return await self._database.read(question)


async def _changes(
    tx: Transaction, subscription_id: str, *, offset: int, limit: int
) -> tuple[tuple[Happened, ...], int]:
    same = AuditEntry.tenant
    rows = await tx.session.execute(
        select(AuditEntry, Person.name, Operation.quote, Operation.answer, AuditSeal, func.count().over())
        .join(Operation, and_(Operation.tenant == same, Operation.id == AuditEntry.operation_id))
        .join(Person, and_(Person.tenant == same, Person.id == AuditEntry.person_id))
        .outerjoin(AuditSeal, and_(AuditSeal.tenant == same, AuditSeal.entry_id == AuditEntry.id))
        .where(same == tx.tenant, AuditEntry.subscription_id == subscription_id)
        .order_by(AuditEntry.at.desc(), AuditEntry.id)
        .offset(offset)
        .limit(limit)
    )
    found = rows.all()
    return tuple(_happened(*row[:5]) for row in found), found[0][-1] if found else 0


def _happened(entry: AuditEntry, by: str, quote: Json, answer: Json | None, seal: AuditSeal | None) -> Happened:
    return Happened(
        at=entry.at,
        by=by,
        action=entry.action,
        said=entry.said,
        erased=seal is not None and seal.salt is None,  # it goes with the words (storage/seals.py)
        understood=entry.understood,
        due_now=_due_now(quote),
        invoice_number=((answer or {}).get("receipt") or {}).get("invoice_number"),
        before=entry.before,
        after=entry.after,
    )


def _due_now(quote: Json) -> Money | None:
    due: dict[str, Any] | None = (quote.get("amounts") or {}).get("due_now")
    return Money(due["amount"], due["currency"]) if due else None
