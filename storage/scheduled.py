"""The one change of a subscription that waits for its renewal: dropping it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete

from storage.models import ScheduledTotal

if TYPE_CHECKING:
    from storage.models import Subscription
    from storage.transaction import Transaction


async def drop(tx: Transaction, subscription: Subscription) -> None:
    """Whatever was scheduled for the subscription will not happen; harmless when nothing was."""
    this = (ScheduledTotal.tenant == tx.tenant, ScheduledTotal.subscription_id == subscription.id)
    await tx.session.execute(delete(ScheduledTotal).where(*this))
