"""What happened, from the trail: to a subscription, or by somebody; words, how they were understood, quote, result."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, select

from storage.actions import Unasked
from storage.errors import Refused
from storage.models import AuditEntry, AuditSeal, Operation, Person, Subscription
from storage.money import Money
from storage.transaction import Transaction, could_be_id
from storage.wanted import within

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import SQLColumnExpression
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.catalog import Catalog
    from storage.clock import Clock
    from storage.database import Database
    from storage.models.columns import Json
    from storage.rights import Rights
    from storage.views import Actor
    from storage.wanted import Wanted

A_PAGE: Final = 10


@dataclass(frozen=True)
class Happened:
    """One change that was carried out."""

    at: datetime
    product: str  # of the subscription it is about; empty where it is about none, or about several
    by: str  # the name of who did it; of what License Desk does by itself, of who pays; empty where it was erased
    action: str  # what the record calls it
    said: str
    erased: bool  # words there were, and they were forgotten
    understood: Json | None
    due_now: Money | None  # of the quote that was confirmed; None where it had no price
    back: Money | None  # what it promised back to the card
    invoice_number: str | None
    before: Json
    after: Json


@dataclass(frozen=True)
class Changes:
    """One page of what people changed, the latest first."""

    as_of: datetime
    everything: bool  # of the whole organisation; False: what the actor changed
    page: tuple[Happened, ...]
    count: int


@dataclass(frozen=True)
class History:
    """Reads the trail: of one subscription for those who decide about it, of people for admins, of oneself for all."""

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
            return await self._page(tx, (AuditEntry.subscription_id == subscription_id,), page, size)

        return await self._database.read(question)

    async def by(self, actor: Actor, wanted: Wanted, *, page: int = 1, size: int = A_PAGE) -> Changes:
        """What `wanted.purchasers` changed, or everybody where none are named, within its products and days.

        What License Desk does by itself is nobody's change. Who is no admin gets their own, whoever is named. Raises
        Refused("not_a_member").
        """

        async def question(session: AsyncSession) -> Changes:
            tx = await Transaction.of(session, actor, self._clock.now())
            await self._rights.member(tx)
            everything = await self._rights.is_admin(tx)
            people = wanted.purchasers if everything else (tx.actor.person,)
            which = tuple(_meant(tx, replace(wanted, purchasers=people)))
            return Changes(tx.now, everything, *await self._page(tx, which, page, size))

        return await self._database.read(question)

    async def _page(
        self, tx: Transaction, which: Sequence[SQLColumnExpression[bool]], page: int, size: int
    ) -> tuple[tuple[Happened, ...], int]:
        same = AuditEntry.tenant
        product, everybody = Subscription.product_id, func.count().over()
        rows = await tx.session.execute(
            select(AuditEntry, Person.name, product, Operation.quote, Operation.answer, AuditSeal, everybody)
            .join(Operation, and_(Operation.tenant == same, Operation.id == AuditEntry.operation_id))
            .outerjoin(Person, and_(Person.tenant == same, Person.id == AuditEntry.person_id))
            .outerjoin(Subscription, and_(Subscription.tenant == same, Subscription.id == AuditEntry.subscription_id))
            .outerjoin(AuditSeal, and_(AuditSeal.tenant == same, AuditSeal.entry_id == AuditEntry.id))
            .where(same == tx.tenant, *which)
            .order_by(AuditEntry.at.desc(), AuditEntry.id)
            .offset((page - 1) * size)
            .limit(size)
        )
        found = rows.all()
        return tuple(self._happened(*row[:6]) for row in found), found[0][-1] if found else 0

    def _happened(
        self,
        entry: AuditEntry,
        by: str | None,
        product: str | None,
        quote: Json,
        answer: Json | None,
        seal: AuditSeal | None,
    ) -> Happened:
        return Happened(
            at=entry.at,
            product=self._catalog.product(product).name if product else "",
            by=by or "",
            action=entry.action,
            said=entry.said,
            erased=seal is not None and seal.salt is None,  # it goes with the words (storage/seals.py)
            understood=entry.understood,
            due_now=_money((quote.get("amounts") or {}).get("due_now")),
            back=_money(quote.get("refund")),
            invoice_number=((answer or {}).get("receipt") or {}).get("invoice_number"),
            before=entry.before,
            after=entry.after,
        )


def _meant(tx: Transaction, wanted: Wanted) -> Iterator[SQLColumnExpression[bool]]:
    """What holds for the changes that are meant."""
    yield AuditEntry.action.not_in(list(Unasked))
    if wanted.purchasers:
        yield AuditEntry.person_id.in_(wanted.purchasers)
    if wanted.products:
        yield Subscription.product_id.in_(wanted.products)
    if wanted.bought:
        yield from within(AuditEntry.at, wanted.bought, tx)


def _money(stored: dict[str, Any] | None) -> Money | None:
    return Money(stored["amount"], stored["currency"]) if stored else None
