"""Who decides about a request: approvers, in the end all admins, or owners; nobody about what is for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select

from storage.errors import Refused
from storage.models import LicenseRequest, Person, Role, RoleName
from storage.people import person_view
from storage.request_views import RequestKind, RequestStatus, RequestView
from storage.standing import approvers
from storage.transaction import could_be_id

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.catalog import Catalog, Product
    from storage.models.columns import Json
    from storage.transaction import Transaction
    from storage.views import PersonView


async def deciders(
    tx: Transaction, requester: str, people: Collection[str], *, passed_on: bool = False
) -> list[PersonView]:
    """Who may decide about a request for these people, by name: the approvers, or else the admins; once it is
    `passed_on`, both.

    Whoever asks, and whoever would get one of the licenses, is none of them (docs/decisions/0016-requests.md).
    """
    others = Person.id.not_in([requester, *people])
    named = Person.id.in_(await approvers(tx))
    role = (Role.tenant == tx.tenant, Role.role == RoleName.ADMIN)
    admin = Person.id.in_(select(Role.person_id).where(*role))
    found = await _acting(tx, and_(others, or_(named, admin) if passed_on else named))
    return found or await _acting(tx, and_(others, admin))


async def _acting(tx: Transaction, which: ColumnElement[bool]) -> list[PersonView]:
    rows = await tx.session.scalars(
        select(Person)
        .where(Person.tenant == tx.tenant, Person.member, Person.enabled, which)
        .order_by(Person.name, Person.id)
        .execution_options(populate_existing=True)
    )
    return [person_view(row) for row in rows]


async def may_decide(tx: Transaction, row: LicenseRequest) -> bool:
    """Whether the actor is one of those who decide about this request now."""
    found = await deciding_now(tx, row, passed_on=row.escalated_at is not None)
    return tx.actor.person in {each.id for each in found}


async def deciding_now(tx: Transaction, row: LicenseRequest, *, passed_on: bool) -> list[PersonView]:
    """Who decides about it, by name: `deciders`, or of unused licenses the owners who have not said no."""
    if row.kind is RequestKind.SPARE:
        return await _acting(tx, Person.id.in_(row.owners))
    return await deciders(tx, row.person_id, row.people, passed_on=passed_on)


async def expect_none_waits(tx: Transaction, product: Product, kind: RequestKind) -> None:
    """Raises Refused("already_requested") where the actor waits for such a license already."""
    if await waits(tx, product.id, kind):
        raise Refused("already_requested", product=product.name)


async def waits(tx: Transaction, product_id: str, kind: RequestKind) -> bool:
    """Whether the actor has asked for such a license, and nobody has decided."""
    mine = (LicenseRequest.tenant == tx.tenant, LicenseRequest.person_id == tx.actor.person)
    same = (LicenseRequest.kind == kind, LicenseRequest.product_id == product_id)
    pending = select(LicenseRequest.id).where(*mine, *same, LicenseRequest.status == RequestStatus.PENDING)
    return await tx.session.scalar(pending.limit(1)) is not None


async def pending(tx: Transaction, catalog: Catalog, request_id: str) -> LicenseRequest:
    """The request, which nobody else decides about until the transaction ends.

    Raises Refused: "unknown_request", also where the actor may not know of it, and "request_ended".
    """
    key = (tx.tenant, request_id)
    row = None
    if could_be_id(request_id):
        row = await tx.session.get(LicenseRequest, key, with_for_update=True, populate_existing=True)
    if row is None or not (concerns(tx, row) or await may_decide(tx, row)):
        raise Refused("unknown_request")
    if row.status is not RequestStatus.PENDING or tx.now >= row.expires_at:
        raise Refused("request_ended", product=catalog.product(row.product_id).name)
    return row


async def decidable(tx: Transaction, catalog: Catalog, request_id: str) -> LicenseRequest:
    """`pending` for whoever decides; raises Refused("own_request") for whoever asked, or would get a license."""
    row = await pending(tx, catalog, request_id)
    if not await may_decide(tx, row):
        raise Refused("own_request", product=catalog.product(row.product_id).name)
    return row


def untold_whose(kind: RequestKind, status: RequestStatus) -> bool:
    """Whether nobody is told who decided: of the owners of unused licenses, only the one who gives has a name."""
    return kind is RequestKind.SPARE and status is RequestStatus.DENIED


def concerns(tx: Transaction, row: LicenseRequest) -> bool:
    """Whether the actor has made it, or would get a license by it."""
    return tx.actor.person == row.person_id or tx.actor.person in row.people


def end(row: LicenseRequest, tx: Transaction, status: RequestStatus, decision: str) -> None:
    """The request has ended by this operation, of the actor or by itself."""
    row.status, row.decision_id, row.decided_by, row.ended_at = status, decision, tx.actor.person or None, tx.now


async def approved(tx: Transaction, catalog: Catalog, wish: Json, product: Product) -> RequestView | None:
    """The request that is approved by buying as `wish` says; None where it says nothing of one.

    Raises as `decidable` does, "own_request" also where the approver would get a license, and "more_than_requested".
    """
    if wish.get("request") is None:
        return None
    row = await decidable(tx, catalog, wish["request"])
    if row.product_id != product.id or row.kind is RequestKind.SPARE:
        raise Refused("unknown_request")
    if tx.actor.person in wish["assigns"]:
        raise Refused("own_request", product=product.name)
    if (wish["licenses"] or 0) > row.licenses:
        raise Refused("more_than_requested", product=product.name, total=row.licenses)
    [view] = await request_views(tx.session, catalog, [row])
    return view


async def request_views(session: AsyncSession, catalog: Catalog, rows: Sequence[LicenseRequest]) -> list[RequestView]:
    """The rows of one organisation as people see them, in their order."""
    ids = {each for row in rows for each in (row.person_id, row.decided_by, *row.people) if each}
    known = select(Person).where(Person.tenant.in_({row.tenant for row in rows}), Person.id.in_(ids))
    people = {row.id: person_view(row) for row in await session.scalars(known)}
    return [_view(catalog, row, people) for row in rows]


def _view(catalog: Catalog, row: LicenseRequest, people: dict[str, PersonView]) -> RequestView:
    return RequestView(
        id=row.id,
        product=row.product_id,
        product_name=catalog.product(row.product_id).name,
        licenses=row.licenses,
        requester=people[row.person_id],
        people=tuple(people[each] for each in row.people),
        note=row.note,
        status=row.status,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        granted=row.granted,
        decided_by=None if untold_whose(row.kind, row.status) else people.get(row.decided_by or ""),
        ended_at=row.ended_at,
        reason=row.reason,
        kind=row.kind,
    )
