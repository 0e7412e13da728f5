"""What people ask others to buy for them, or to give them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.columns import Ids, Row, reference, whole
from storage.request_views import RequestKind, RequestStatus


class LicenseRequest(Row):
    """A request for licenses, from the tap that sent it to the decision. Its id is the operation's that made it."""

    __tablename__ = "license_requests"
    __table_args__ = (
        reference("id", to="operations"),
        reference("person_id", to="people"),
        reference("decided_by", to="people"),
        reference("decision_id", to="operations"),
        CheckConstraint("licenses >= 1", name="at_least_one"),
        CheckConstraint("(status = 'pending') = (ended_at IS NULL)", name="ends_once"),
        CheckConstraint("(status IN ('approved', 'partly')) = (granted >= 1)", name="granted_means_bought"),
        CheckConstraint("decided_by IS NULL OR decided_by <> person_id OR status = 'withdrawn'", name="not_ones_own"),
        whole("licenses", "granted"),
        Index(None, "tenant", "person_id"),
        Index(None, "status", "expires_at"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str]
    product_id: Mapped[str]
    licenses: Mapped[int]
    people: Mapped[Ids]  # ids of those who shall get a license
    note: Mapped[str] = mapped_column(default="")
    status: Mapped[RequestStatus] = mapped_column(default=RequestStatus.PENDING)
    asked_at: Mapped[datetime]
    escalated_at: Mapped[datetime | None]  # since when every admin may decide
    expires_at: Mapped[datetime]
    decision_id: Mapped[str | None]  # the operation that ended it
    decided_by: Mapped[str | None]  # None: nobody, in time
    ended_at: Mapped[datetime | None]
    granted: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")
    kind: Mapped[RequestKind] = mapped_column(default=RequestKind.PURCHASE)
    owners: Mapped[Ids] = mapped_column(default=list)  # of unused licenses, who were asked and have not said no
