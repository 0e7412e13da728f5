"""Checks of requests: each ended by an operation that fits, and none decided about by whom it was for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select

from storage.actions import ActionName, Unasked
from storage.models import LicenseRequest, Operation
from storage.request_views import RequestKind, RequestStatus
from storage.verify.check import Check
from storage.views import OperationStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import RowMapping

MADE_BY = {RequestKind.PURCHASE: ActionName.REQUEST, RequestKind.SPARE: ActionName.ASK_FOR_SPARE}
HANDED_OUT_BY = (ActionName.ASSIGN, ActionName.MOVE, ActionName.CHANGE_TOTAL, ActionName.BUY)
BOUGHT = (RequestStatus.APPROVED, RequestStatus.PARTLY)
ENDED_UNBOUGHT: dict[RequestStatus, tuple[str, ...]] = {
    RequestStatus.DENIED: (ActionName.DENY,),
    RequestStatus.WITHDRAWN: (ActionName.WITHDRAW,),
    RequestStatus.EXPIRED: (Unasked.REQUEST_EXPIRED,),
}
ENDED_BY = {
    RequestKind.PURCHASE: ENDED_UNBOUGHT | dict.fromkeys(BOUGHT, (ActionName.BUY,)),
    # Any license of the product ends it, also one that whoever asked comes by without anybody's help.
    RequestKind.SPARE: ENDED_UNBOUGHT
    | {RequestStatus.APPROVED: HANDED_OUT_BY, RequestStatus.WITHDRAWN: (ActionName.WITHDRAW, *HANDED_OUT_BY)},
}


def checks() -> Iterator[Check]:
    """Every check of requests."""
    yield _made()
    yield _ended()
    yield _decided_by_another()


def _made() -> Check:
    same = and_(Operation.tenant == LicenseRequest.tenant, Operation.id == LicenseRequest.id)
    so = (and_(LicenseRequest.kind == kind, Operation.action == action) for kind, action in MADE_BY.items())
    made = and_(or_(*so), Operation.status == OperationStatus.DONE)
    return Check(
        "I4",
        "request",
        "was made by {action}, which is {status}",
        select(LicenseRequest.tenant, LicenseRequest.id, Operation.action, Operation.status)
        .join(Operation, same)
        .where(~made),
    )


def _ended() -> Check:
    same = and_(Operation.tenant == LicenseRequest.tenant, Operation.id == LicenseRequest.decision_id)

    def wrong(row: RowMapping) -> bool:
        if row["action"] is None:
            return row["status"] is not RequestStatus.PENDING
        fits = ENDED_BY[row["kind"]].get(row["status"], ())
        return row["action"] not in fits or row["done"] is not OperationStatus.DONE

    return Check(
        "I4",
        "request",
        "is {status}, and {action} ended it",
        select(
            LicenseRequest.tenant,
            LicenseRequest.id,
            LicenseRequest.kind,
            LicenseRequest.status,
            Operation.action,
            Operation.status.label("done"),
        ).outerjoin(Operation, same),
        wrong=wrong,
    )


def _decided_by_another() -> Check:
    decided = LicenseRequest.status.in_((*BOUGHT, RequestStatus.DENIED))

    def wrong(row: RowMapping) -> bool:
        return row["decided_by"] in (None, row["person_id"], *row["people"])

    return Check(
        "I11",
        "request",
        "was decided about by {decided_by}, who would get a license by it",
        select(LicenseRequest.__table__).where(decided),
        wrong=wrong,
    )
