"""Requests: asking others for licenses, what one has asked for, what waits for one's decision, and what time does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select

from storage import audit, deciding, outbox
from storage.actions import Unasked
from storage.crashpoints import CrashPoint, crashpoint
from storage.errors import Refused
from storage.models import LicenseRequest
from storage.request_views import RequestKind, RequestStatus
from storage.transaction import Transaction, could_be_id
from storage.views import DESK, Actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.catalog import Catalog
    from storage.clock import Clock
    from storage.database import Database
    from storage.operations import Operations
    from storage.quotes import EndRequestQuote, RequestQuote, SpareQuote
    from storage.request_views import RequestView
    from storage.requesting import EndRequest, MakeRequest
    from storage.rights import Rights
    from storage.spares import AskForSpare
    from storage.terms import Terms

Key = tuple[str, str]  # tenant and id of a request
LATEST = 20  # of somebody's requests are shown


@dataclass(frozen=True)
class Requests:
    """Quotes requests and their ends, shows them, and does with them what comes with time."""

    _database: Database
    _clock: Clock
    _catalog: Catalog
    _terms: Terms
    _rights: Rights
    _operations: Operations
    _make: MakeRequest
    _withdraw: EndRequest
    _deny: EndRequest
    _ask_for_spare: AskForSpare

    async def quote(
        self,
        actor: Actor,
        product_id: str,
        licenses: int | None,
        people: Sequence[str],
        *,
        note: str = "",
        said: str = "",
        understood: dict[str, Any] | None = None,
    ) -> RequestQuote:
        """A request for so many licenses (None: one each) for these people, stored to be sent.

        Raises Refused: "not_a_member", "unknown_product", "no_price", "trial_only", "buy_at_least_one",
        "above_maximum", "not_enough", "too_many_people", "already_requested", "nobody_to_ask", or with names why
        somebody can get no license.
        """
        wish = {"product": product_id, "licenses": licenses, "people": list(dict.fromkeys(people)), "note": note}
        return await self._operations.draw(actor, self._make, None, wish, said=said, understood=understood)

    async def quote_spare(
        self, actor: Actor, product_id: str, *, said: str = "", understood: dict[str, Any] | None = None
    ) -> SpareQuote:
        """A request for an unused license of others, stored to be sent; their names are not in it.

        Raises Refused: "not_a_member", "unknown_product", "already_requested", "nothing_spare".
        """
        wish = {"product": product_id}
        return await self._operations.draw(actor, self._ask_for_spare, None, wish, said=said, understood=understood)

    async def quote_withdrawal(
        self, actor: Actor, request_id: str, *, said: str = "", understood: dict[str, Any] | None = None
    ) -> EndRequestQuote:
        """The end of a request of one's own. Raises Refused("unknown_request") and Refused("request_ended")."""
        wish = {"request": request_id, "note": ""}
        return await self._operations.draw(actor, self._withdraw, None, wish, said=said, understood=understood)

    async def quote_denial(
        self, actor: Actor, request_id: str, reason: str, *, said: str = "", understood: dict[str, Any] | None = None
    ) -> EndRequestQuote:
        """The end of a request that one decides about. Raises Refused as above, and "own_request"."""
        wish = {"request": request_id, "note": reason}
        return await self._operations.draw(actor, self._deny, None, wish, said=said, understood=understood)

    async def own(self, actor: Actor) -> tuple[RequestView, ...]:
        """What the actor has asked for, the latest first."""
        latest = (
            select(LicenseRequest)
            .order_by(LicenseRequest.asked_at.desc(), LicenseRequest.product_id, LicenseRequest.id)
            .limit(LATEST)
        )
        mine = and_(LicenseRequest.tenant == actor.tenant, LicenseRequest.person_id == actor.person)
        return await self._database.read(lambda session: self._shown(session, actor, latest.where(mine)))

    async def waiting(self, actor: Actor) -> tuple[RequestView, ...]:
        """What waits for the actor's decision, the longest waiting first; nothing for who decides about none."""

        async def question(session: AsyncSession) -> tuple[RequestView, ...]:
            tx = await self._begin(session, actor)
            if tx is None or not await self._rights.is_member(tx):
                return ()
            open_ones = (LicenseRequest.tenant == tx.tenant, LicenseRequest.status == RequestStatus.PENDING)
            rows = await session.scalars(
                select(LicenseRequest)
                .where(*open_ones, LicenseRequest.expires_at > tx.now)
                .order_by(LicenseRequest.asked_at, LicenseRequest.product_id, LicenseRequest.id)
            )
            mine = [row for row in rows if await deciding.may_decide(tx, row)]
            return tuple(await deciding.request_views(tx.session, self._catalog, mine))

        return await self._database.read(question)

    async def find(self, actor: Actor, request_id: str) -> RequestView:
        """A request that the actor has made or decides about. Raises Refused("unknown_request")."""

        async def question(session: AsyncSession) -> RequestView:
            tx = await self._begin(session, actor)
            row = await session.get(LicenseRequest, (actor.tenant, request_id)) if could_be_id(request_id) else None
            if tx is None or row is None or not (deciding.concerns(tx, row) or await deciding.may_decide(tx, row)):
                raise Refused("unknown_request")
            [view] = await deciding.request_views(tx.session, self._catalog, [row])
            return view

        return await self._database.read(question)

    async def spare_wish(self, actor: Actor, request_id: str) -> RequestView:
        """A request that waits for a license of the actor's that nobody uses.

        Raises Refused: "unknown_request", and "request_ended".
        """
        view = await self.find(actor, request_id)
        if view.kind is not RequestKind.SPARE or view.requester.id == actor.person:
            raise Refused("unknown_request")
        if view.status is not RequestStatus.PENDING or self._clock.now() >= view.expires_at:
            raise Refused("request_ended", product=view.product_name)
        return view

    async def due(self, count: int) -> list[Key]:
        """At most `count` requests to be passed on or to expire, the oldest first; for the worker."""

        async def question(session: AsyncSession) -> list[Key]:
            this = select(LicenseRequest.tenant, LicenseRequest.id).where(self._due(self._clock.now()))
            found = await session.execute(this.order_by(LicenseRequest.asked_at, LicenseRequest.id).limit(count))
            return [(tenant, request_id) for tenant, request_id in found]

        return await self._database.read(question)

    async def advance(self, key: Key) -> bool:
        """Passes it on, or lets it expire; False when another worker was faster, or somebody has decided."""

        async def change(session: AsyncSession) -> bool:
            now = self._clock.now()
            this = (LicenseRequest.tenant == key[0], LicenseRequest.id == key[1], self._due(now))
            row = await session.scalar(select(LicenseRequest).where(*this).with_for_update(skip_locked=True))
            if row is None:
                return False
            await _advance(await Transaction.of(session, Actor(key[0], DESK), now), row)
            await session.flush()
            crashpoint(CrashPoint.BEFORE_COMMIT)
            return True

        advanced = await self._database.write(change)
        crashpoint(CrashPoint.AFTER_COMMIT)
        return advanced

    async def _shown(self, session: AsyncSession, actor: Actor, these: Any) -> tuple[RequestView, ...]:
        tx = await self._begin(session, actor)
        rows = (await session.scalars(these)).all()
        return tuple(await deciding.request_views(tx.session, self._catalog, rows)) if tx else ()

    async def _begin(self, session: AsyncSession, actor: Actor) -> Transaction | None:
        try:
            return await Transaction.of(session, actor, self._clock.now())
        except Refused:
            return None

    def _due(self, now: Any) -> ColumnElement[bool]:
        waited = LicenseRequest.asked_at <= now - self._terms.request_passed_on_after
        to_buy = LicenseRequest.kind == RequestKind.PURCHASE
        passed_on = and_(to_buy, LicenseRequest.escalated_at.is_(None), waited)
        return and_(LicenseRequest.status == RequestStatus.PENDING, or_(passed_on, LicenseRequest.expires_at <= now))


async def _advance(tx: Transaction, row: LicenseRequest) -> None:
    expires = tx.now >= row.expires_at
    operation = await audit.unasked(tx, Unasked.REQUEST_EXPIRED if expires else Unasked.REQUEST_PASSED_ON)
    before = {"request": row.id, "status": row.status}
    if expires:
        deciding.end(row, tx, RequestStatus.EXPIRED, operation.id)
    else:
        row.escalated_at = tx.now
    audit.note(tx, operation, before=before, after={"request": row.id, "status": row.status})
    told, what = [each.id for each in await deciding.deciding_now(tx, row, passed_on=True)], {"request": row.id}
    if expires:
        await outbox.tell(tx, operation, "request_expired", [*told, row.person_id], what)
    else:
        asked = await deciding.deciding_now(tx, row, passed_on=False)
        await outbox.tell(tx, operation, "request_waits", told, {**what, "more": len(told) > len(asked)})
