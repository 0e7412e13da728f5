"""Pages of ours that people may open."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.columns import Row, reference


class Link(Row):
    """What a link was made for, and for whom. Of what its address holds only a digest is kept."""

    __tablename__ = "links"
    __table_args__ = (
        reference("person_id", to="people"),
        CheckConstraint("issued_at <= expires_at", name="ends_after_it_began"),
        Index(None, "tenant", "person_id"),
        Index(None, "expires_at"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str]
    purpose: Mapped[str]
    subject: Mapped[str]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
