"""The actions behind requests: one is made, withdrawn, or denied; to approve one is to buy for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import select

from storage import assignments, audit, deciding, outbox
from storage.actions import ActionName
from storage.errors import Refused
from storage.models import LicenseRequest, Person
from storage.quotes import EndRequestQuote, RequestQuote
from storage.request_views import RequestKind, RequestStatus
from storage.standing import requests_open
from storage.transaction import storable
from storage.views import Term
from storage.ways_on import with_way_on

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.catalog import Catalog, Product
    from storage.models import Operation
    from storage.models.columns import Json
    from storage.quotes import SeatResult
    from storage.rights import Rights
    from storage.terms import Terms
    from storage.transaction import Transaction
    from storage.views import PersonView

ENDED_BY = {RequestStatus.WITHDRAWN: ActionName.WITHDRAW, RequestStatus.DENIED: ActionName.DENY}
LONGEST_NOTE = 500  # characters of a note or a reason that are kept


@dataclass(frozen=True)
class MakeRequest:
    """Asks those who decide to buy licenses. Nothing is bought, and nothing is paid, by whoever asks."""

    _catalog: Catalog
    _terms: Terms
    _rights: Rights
    name: ClassVar = ActionName.REQUEST
    quotes: ClassVar = RequestQuote
    any_version: ClassVar = True

    async def authorise(self, tx: Transaction, _subscription: None) -> None:
        """Raises Refused("not_a_member"). One person's requests come one after the other from here."""
        key = (tx.tenant, tx.actor.person)
        await tx.session.get(Person, key, with_for_update={"key_share": True}, populate_existing=True)
        await self._rights.member(tx)

    async def draw(self, tx: Transaction, _subscription: None, parameters: Json, quote_id: str) -> RequestQuote:
        """The quote for `product`, `licenses` (None: one each), `people` and `note`."""
        product = self._catalog.product(parameters["product"])
        if len(parameters["people"]) > self._terms.max_batch:
            raise Refused("too_many_people", product=product.name)
        people, left_out = await _getting(tx, quote_id, product, parameters["people"])
        licenses = len(people) if parameters["licenses"] is None else parameters["licenses"]
        await self._check(tx, product, licenses, people)
        asks = await deciding.deciders(tx, tx.actor.person, _ids(people))
        later = await deciding.deciders(tx, tx.actor.person, _ids(people), passed_on=True)
        if not asks:
            raise Refused("nobody_to_ask", product=product.name)
        return RequestQuote(
            id=quote_id,
            product=product.id,
            product_name=product.name,
            licenses=licenses,
            each_month=product.price(Term.MONTH, tx.currency) * licenses,
            people=people,
            left_out=left_out,
            note=storable(parameters["note"])[:LONGEST_NOTE],
            asks=tuple(asks),
            passed_on_at=tx.now + self._terms.request_passed_on_after,
            lapses_at=tx.now + self._terms.request_valid_for,
            asks_more=len(later) > len(asks),
            quoted_at=tx.now,
            expires_at=tx.now + self._terms.quote_valid_for,
        )

    async def still_holds(self, tx: Transaction, _subscription: None, quote: RequestQuote) -> bool:
        """Whether it is still for the same people, asks the same, and would cost the same."""
        wish = {"product": quote.product, "licenses": quote.licenses, "people": _ids(quote.people), "note": quote.note}
        fresh = await self.draw(tx, None, wish, quote.id)
        same = _ids(fresh.people) == _ids(quote.people) and _ids(fresh.asks) == _ids(quote.asks)
        return same and fresh.each_month == quote.each_month

    async def carry_out(self, tx: Transaction, _subscription: None, operation: Operation, quote: RequestQuote) -> None:
        """Keeps the request and tells those who decide."""
        people = _ids(quote.people)
        tx.session.add(
            LicenseRequest(
                tenant=tx.tenant,
                id=operation.id,
                person_id=tx.actor.person,
                product_id=quote.product,
                licenses=quote.licenses,
                people=people,
                note=quote.note,
                asked_at=tx.now,
                expires_at=quote.lapses_at,
            )
        )
        after = {"product": quote.product, "licenses": quote.licenses, "people": people}
        audit.note(tx, operation, before={}, after=after)
        await outbox.tell(tx, operation, "request_made", _ids(quote.asks), {"request": operation.id})

    async def _check(self, tx: Transaction, product: Product, licenses: int, people: tuple[PersonView, ...]) -> None:
        if product.trial:
            raise Refused("trial_only", product=product.name)
        if not await requests_open(tx):
            raise await with_way_on(tx, Refused("requests_closed", product=product.name), product)
        if licenses < product.min_licenses:
            raise Refused("buy_at_least_one", product=product.name)
        if licenses > product.max_licenses:
            raise Refused("above_maximum", product=product.name, maximum=product.max_licenses)
        if licenses < len(people):
            lacking = len(people) - licenses
            raise Refused("not_enough", product=product.name, lacking=lacking, free=licenses)
        await deciding.expect_none_waits(tx, product, RequestKind.PURCHASE)


@dataclass(frozen=True)
class EndRequest:
    """Withdraws a request of one's own, or denies somebody else's."""

    _catalog: Catalog
    _terms: Terms
    _rights: Rights
    ends: RequestStatus  # one of ENDED_BY
    quotes: ClassVar = EndRequestQuote
    any_version: ClassVar = True

    @property
    def name(self) -> ActionName:
        """By what it ends."""
        return ENDED_BY[self.ends]

    async def authorise(self, tx: Transaction, _subscription: None) -> None:
        """Raises Refused("not_a_member"); whose request it is, `_row` looks at."""
        await self._rights.member(tx)

    async def draw(self, tx: Transaction, _subscription: None, parameters: Json, quote_id: str) -> EndRequestQuote:
        """The quote for the end of `request`, for this `note`."""
        row = await self._row(tx, parameters["request"])
        [view] = await deciding.request_views(tx.session, self._catalog, [row])
        return EndRequestQuote(
            id=quote_id,
            request=view,
            ends=self.ends,
            note="" if row.kind is RequestKind.SPARE else storable(parameters["note"])[:LONGEST_NOTE],
            ends_it=not await self._others(tx, row),
            quoted_at=tx.now,
            expires_at=tx.now + self._terms.quote_valid_for,
        )

    async def still_holds(self, tx: Transaction, _subscription: None, quote: EndRequestQuote) -> bool:
        """Whether it ends by it as was shown; what has ended meanwhile is refused."""
        row = await self._row(tx, quote.request.id)
        return quote.ends_it == (not await self._others(tx, row))

    async def carry_out(
        self, tx: Transaction, _subscription: None, operation: Operation, quote: EndRequestQuote
    ) -> None:
        """Ends it; whoever asked is told of a denial. Of several who have spare licenses, the last one's no is one."""
        row = await self._row(tx, quote.request.id)
        before = {"request": row.id, "status": row.status}
        row.owners = await self._others(tx, row)
        if not row.owners:
            row.reason = quote.note
            deciding.end(row, tx, self.ends, operation.id)
        audit.note(tx, operation, before=before, after={"request": row.id, "status": row.status})
        if row.status is RequestStatus.DENIED:
            await outbox.tell(tx, operation, "request_denied", [row.person_id], {"request": row.id})

    async def _others(self, tx: Transaction, row: LicenseRequest) -> list[str]:
        """Who may still say yes, after this, to a request for a spare license."""
        if row.kind is not RequestKind.SPARE or self.ends is not RequestStatus.DENIED:
            return []
        asked = await deciding.deciding_now(tx, row, passed_on=False)
        return [each.id for each in asked if each.id != tx.actor.person]

    async def _row(self, tx: Transaction, request_id: str) -> LicenseRequest:
        if self.ends is RequestStatus.DENIED:
            return await deciding.decidable(tx, self._catalog, request_id)
        row = await deciding.pending(tx, self._catalog, request_id)
        if row.person_id != tx.actor.person:
            raise Refused("unknown_request")
        return row


async def withdraw_all(tx: Transaction) -> None:
    """What waits of the actor, who is being forgotten, is withdrawn; each with its own entry in the trail."""
    mine = (LicenseRequest.tenant == tx.tenant, LicenseRequest.person_id == tx.actor.person)
    waits = select(LicenseRequest).where(*mine, LicenseRequest.status == RequestStatus.PENDING)
    for row in await tx.session.scalars(waits.order_by(LicenseRequest.id).with_for_update()):
        operation = await audit.unasked(tx, ActionName.WITHDRAW)
        before = {"request": row.id, "status": row.status}
        deciding.end(row, tx, RequestStatus.WITHDRAWN, operation.id)
        audit.note(tx, operation, before=before, after={"request": row.id, "status": row.status})


async def grant(tx: Transaction, catalog: Catalog, operation: Operation, request_id: str, licenses: int) -> None:
    """The request is approved, or partly, by a purchase of so many licenses; whoever asked is told."""
    row = await deciding.decidable(tx, catalog, request_id)
    row.granted = licenses
    status = RequestStatus.APPROVED if licenses >= row.licenses else RequestStatus.PARTLY
    deciding.end(row, tx, status, operation.id)
    what = {"request": row.id, "subscription": operation.subscription_id}
    await outbox.tell(tx, operation, "request_approved", [row.person_id], what)


async def _getting(
    tx: Transaction, quote_id: str, product: Product, people: list[str]
) -> tuple[tuple[PersonView, ...], tuple[SeatResult, ...]]:
    try:
        return assignments.parted(await assignments.seats(tx, quote_id, people))
    except Refused as refused:
        raise Refused(refused.code, **{"product": product.name, **refused.values}) from None


def _ids(people: Iterable[PersonView]) -> list[str]:
    return [person.id for person in people]
