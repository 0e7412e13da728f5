"""The seals over the audit trail: a chain for each tenant, in which nothing can be changed without a trace."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.columns import Row, reference, whole


class AuditSeal(Row):
    """One link: `hash` covers the seal before it, the entry, and a digest of the entry's words (I5).

    Without `salt` the digest of words that are forgotten tells nobody what they were; it is forgotten with them.
    """

    __tablename__ = "audit_seals"
    __table_args__ = (
        reference("entry_id", to="audit_entries"),
        UniqueConstraint("tenant", "entry_id"),
        CheckConstraint("number >= 1", name="counts_up"),
        whole("number"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[str]
    words: Mapped[str]
    salt: Mapped[str | None]
    hash: Mapped[str]
    sealed_at: Mapped[datetime]
