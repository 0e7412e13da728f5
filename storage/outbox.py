"""What has to be told or done outside because of a change; the worker delivers it, at least once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.models import OutboxMessage
from storage.transaction import new_id

if TYPE_CHECKING:
    from storage.models import Operation
    from storage.models.columns import Json
    from storage.transaction import Transaction

MICROSOFT = "microsoft"
FULFIL = "fulfil"  # the one message that every change of licenses promises


def post(tx: Transaction, operation: Operation, kind: str, recipient: str, payload: Json) -> None:
    """Promises one message to one recipient; the database refuses a second of the same kind."""
    tx.session.add(
        OutboxMessage(
            tenant=tx.tenant,
            id=new_id(),
            operation_id=operation.id,
            kind=kind,
            recipient=recipient,
            payload=payload,
            created_at=tx.now,
        )
    )
