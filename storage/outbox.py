"""What has to be told or done outside because of a change; the worker delivers it, at least once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.models import Delivery, OutboxMessage
from storage.transaction import new_id

if TYPE_CHECKING:
    from storage.models import Operation
    from storage.models.columns import Json
    from storage.transaction import Transaction

MICROSOFT = "microsoft"
FULFIL = "fulfil"  # the one message that every change of licenses promises


def post(tx: Transaction, operation: Operation, kind: str, recipient: str, payload: Json) -> None:
    """Promises one message to one recipient; the database refuses a second of the same kind."""
    now = recipient != MICROSOFT  # who is not connected yet
    tx.session.add(
        OutboxMessage(
            tenant=tx.tenant,
            id=new_id(),
            operation_id=operation.id,
            kind=kind,
            recipient=recipient,
            payload=payload,
            created_at=tx.now,
            status=Delivery.PENDING if now else Delivery.WAITING,
            next_try_at=tx.now if now else None,
        )
    )
