"""What was not understood, to learn from: never who said it, and the words only where the tenant allows it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.columns import Ids, Row


class UnclearMessage(Row):
    """A message that was asked about or declined; `words` are masked, or empty where they are not kept."""

    __tablename__ = "unclear_messages"
    __table_args__ = (Index(None, "at"),)

    tenant: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    decision: Mapped[str]
    choices: Mapped[Ids]
    words: Mapped[str]
