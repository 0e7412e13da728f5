"""Licenses that others pay for and nobody uses, and the action that asks their owners for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import and_, case, select

from storage import audit, deciding, outbox
from storage.actions import ActionName
from storage.errors import Refused
from storage.models import LicenseRequest, Person, ScheduledTotal, Subscription
from storage.quotes import SpareQuote
from storage.request_views import RequestKind, RequestStatus
from storage.views import Status
from storage.wanted import added

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.catalog import Catalog
    from storage.models import Operation
    from storage.models.columns import Json
    from storage.rights import Rights
    from storage.terms import Terms
    from storage.transaction import Transaction
    from storage.views import SubscriptionView


@dataclass(frozen=True)
class AskForSpare:
    """Asks those who pay for unused licenses of a product for one of them. Who they are, the asker is not told."""

    _catalog: Catalog
    _terms: Terms
    _rights: Rights
    name: ClassVar = ActionName.ASK_FOR_SPARE
    quotes: ClassVar = SpareQuote
    any_version: ClassVar = True

    async def authorise(self, tx: Transaction, _subscription: None) -> None:
        """Raises Refused("not_a_member"). One person's requests come one after the other from here."""
        key = (tx.tenant, tx.actor.person)
        await tx.session.get(Person, key, with_for_update={"key_share": True}, populate_existing=True)
        await self._rights.member(tx)

    async def draw(self, tx: Transaction, _subscription: None, parameters: Json, quote_id: str) -> SpareQuote:
        """The quote for `product`. Raises Refused: "already_requested" and "nothing_spare"."""
        product = self._catalog.product(parameters["product"])
        await deciding.expect_none_waits(tx, product, RequestKind.SPARE)
        unused = await spare(tx, product.id, tx.actor.person)
        if not unused:
            raise Refused("nothing_spare", product=product.name)
        return SpareQuote(
            id=quote_id,
            product=product.id,
            product_name=product.name,
            unused=sum(unused.values()),
            owners=len(unused),
            lapses_at=tx.now + self._terms.spare_valid_for,
            quoted_at=tx.now,
            expires_at=tx.now + self._terms.quote_valid_for,
        )

    async def still_holds(self, tx: Transaction, _subscription: None, quote: SpareQuote) -> bool:
        """Whether as many people are asked as was shown."""
        return (await self.draw(tx, None, {"product": quote.product}, quote.id)).owners == quote.owners

    async def carry_out(self, tx: Transaction, _subscription: None, operation: Operation, quote: SpareQuote) -> None:
        """Keeps the request and tells the owners."""
        owners = sorted(await spare(tx, quote.product, tx.actor.person))
        tx.session.add(
            LicenseRequest(
                tenant=tx.tenant,
                id=operation.id,
                kind=RequestKind.SPARE,
                person_id=tx.actor.person,
                product_id=quote.product,
                licenses=1,
                people=[tx.actor.person],
                owners=owners,
                asked_at=tx.now,
                expires_at=quote.lapses_at,
            )
        )
        audit.note(tx, operation, before={}, after={"product": quote.product, "licenses": 1, "owners": len(owners)})
        await outbox.tell(tx, operation, "request_made", owners, {"request": operation.id})


async def spare(tx: Transaction, product_id: str, *but: str) -> dict[str, int]:
    """How many licenses of the product nobody uses, by who pays for them; without those of the people `but`.

    Only what goes on: not what ends with its term, nor what a scheduled reduction will take.
    """
    fewer = ScheduledTotal.total < Subscription.total
    unused = case((fewer, ScheduledTotal.total), else_=Subscription.total) - Subscription.assigned
    waiting = and_(ScheduledTotal.tenant == tx.tenant, ScheduledTotal.subscription_id == Subscription.id)
    owner = and_(Person.tenant == tx.tenant, Person.id == Subscription.purchaser_id)
    theirs = Subscription.purchaser_id.not_in(but)
    going_on = (Subscription.status == Status.ACTIVE, Subscription.recurring, Person.member, Person.enabled)
    rows = await tx.session.execute(
        select(Subscription.purchaser_id, added(unused))
        .join(Person, owner)
        .outerjoin(ScheduledTotal, waiting)
        .where(Subscription.tenant == tx.tenant, Subscription.product_id == product_id, theirs, *going_on, unused > 0)
        .group_by(Subscription.purchaser_id)
    )
    return {person: int(count) for person, count in rows}


async def besides(tx: Transaction, view: SubscriptionView) -> int:
    """How many licenses others have spare, besides whoever pays for this subscription, or adds to it.

    None where the actor has asked for one of them: that is to be said once.
    """
    if await deciding.waits(tx, view.product, RequestKind.SPARE):
        return 0
    return sum((await spare(tx, view.product, tx.actor.person, view.purchaser.id)).values())


async def handed_out(
    tx: Transaction, operation: Operation, view: SubscriptionView, people: Sequence[str], *, hears: str | None = None
) -> None:
    """Tells these people that they were given a license, but for who `hears` of it anyway.

    Whoever of them has asked for a spare one waits no more, wherever the license is from; the owners are told. Raises
    Refused("request_ended") where the license is for such a request, and it has ended meanwhile.
    """
    await outbox.tell(
        tx, operation, "license_given", [each for each in people if each != hears], {"subscription": view.id}
    )
    theirs = (LicenseRequest.tenant == tx.tenant, LicenseRequest.product_id == view.product)
    waits = (LicenseRequest.kind == RequestKind.SPARE, LicenseRequest.status == RequestStatus.PENDING)
    asked = select(LicenseRequest).where(*theirs, *waits, LicenseRequest.person_id.in_(people))
    rows = (await tx.session.scalars(asked.order_by(LicenseRequest.id).with_for_update())).all()
    await _expect_waiting(tx, operation, view, people)
    for row in rows:
        given = row.person_id != tx.actor.person
        row.granted = int(given)
        deciding.end(row, tx, RequestStatus.APPROVED if given else RequestStatus.WITHDRAWN, operation.id)
    for owner in sorted({each for row in rows for each in row.owners}):
        over = [row.id for row in rows if owner in row.owners]
        await outbox.tell(tx, operation, "request_over", [owner], {"request": over[0], "count": len(over)})


async def _expect_waiting(tx: Transaction, operation: Operation, view: SubscriptionView, people: Sequence[str]) -> None:
    """The request that the operation answers goes on; it counts no more once others get the license, or of another
    product.
    """
    answered = operation.parameters.get("spare_request")
    row = await tx.session.get(LicenseRequest, (tx.tenant, answered)) if answered else None
    if row is None or row.person_id not in people or row.product_id != view.product:
        return
    if row.status is not RequestStatus.PENDING or tx.now >= row.expires_at:
        raise Refused("request_ended", product=view.product_name)
