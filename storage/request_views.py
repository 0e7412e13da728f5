"""A request for licenses as it leaves the record: who asks for what, for whom, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.views import PersonView


class RequestKind(StrEnum):
    """Whom it goes to."""

    PURCHASE = "purchase"  # to those who decide what is bought
    SPARE = "spare"  # to those who pay for licenses that nobody uses


class RequestStatus(StrEnum):
    """`pending` is the only status that can change."""

    PENDING = "pending"
    APPROVED = "approved"
    PARTLY = "partly"  # fewer licenses than were asked for
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"  # nobody decided


@dataclass(frozen=True)
class RequestView:
    """One request. Names and words of whoever was erased since are empty."""

    id: str
    product: str  # product id of the catalog
    product_name: str
    licenses: int
    requester: PersonView
    people: tuple[PersonView, ...]  # who shall get a license; licenses beyond them are for nobody yet
    note: str  # verbatim
    status: RequestStatus
    asked_at: datetime
    expires_at: datetime
    granted: int  # licenses bought for it
    decided_by: PersonView | None
    ended_at: datetime | None
    reason: str  # of a denial, verbatim
    kind: RequestKind = RequestKind.PURCHASE
