"""The audit trail: one entry for each change, in the words that asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.bell import announce
from storage.models import AuditEntry, Operation
from storage.transaction import new_id
from storage.views import OperationStatus

if TYPE_CHECKING:
    from storage.models import Subscription
    from storage.models.columns import Json
    from storage.transaction import Transaction


def note(tx: Transaction, operation: Operation, *, before: Json, after: Json) -> None:
    """Adds the entry of this operation; the database refuses a second one. The worker seals it (storage/seals.py)."""
    announce(tx.session)
    tx.session.add(
        AuditEntry(
            tenant=tx.tenant,
            id=new_id(),
            operation_id=operation.id,
            person_id=tx.actor.person or None,
            action=operation.action,
            subscription_id=operation.subscription_id,
            said=operation.said,
            understood=operation.understood,
            before=before,
            after=after,
            at=tx.now,
        )
    )


async def unasked(
    tx: Transaction, action: str, subscription: Subscription | None = None, *, operation_id: str = ""
) -> Operation:
    """An operation that nobody was shown before it was done: its quote and its answer are empty."""
    operation = Operation(
        tenant=tx.tenant,
        id=operation_id or new_id(),
        person_id=tx.actor.person or None,
        action=action,
        subscription_id=subscription.id if subscription else None,
        subscription_version=subscription.version if subscription else 0,
        parameters={},
        quote={},
        said="",
        status=OperationStatus.DONE,
        answer={},
        drawn_at=tx.now,
        expires_at=tx.now,
        ended_at=tx.now,
    )
    tx.session.add(operation)
    await tx.session.flush()
    return operation
