"""Who wants to be left in peace about what."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from storage.models.columns import Row, reference


class Quiet(Row):
    """A kind of notice that a person wants to hear nothing of: before a day, or never again."""

    __tablename__ = "quiet"
    __table_args__ = (reference("person_id", to="people"),)

    tenant: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[date | None]  # None: until the person says otherwise
