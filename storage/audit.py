"""The audit trail: one entry for each change, in the words that asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.bell import announce
from storage.models import AuditEntry
from storage.transaction import new_id

if TYPE_CHECKING:
    from storage.models import Operation
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
            person_id=tx.actor.person,
            action=operation.action,
            subscription_id=operation.subscription_id,
            said=operation.said,
            understood=operation.understood,
            before=before,
            after=after,
            at=tx.now,
        )
    )
