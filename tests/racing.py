"""What the races share: two processes' worth of records on one PostgreSQL, and what goes wrong without a lock."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from storage import operations
from storage.models import Subscription
from storage.record import Record
from tests.small_company import ALICE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.clock import FrozenClock
    from storage.transaction import Transaction
    from storage.views import Outcome, Quote


@pytest.fixture
async def here_and_there(postgres_url: str, clock: FrozenClock) -> AsyncIterator[tuple[Record, Record]]:
    """Two processes' worth of records on one database."""
    both = [await Record.open(postgres_url, clock, timezone=ZoneInfo("UTC"), currency="USD") for _ in range(2)]
    yield both[0], both[1]
    for record in both:
        await record.close()


async def at_once(both: tuple[Record, Record], quotes: list[Quote]) -> list[Outcome]:
    """What became of Alice's offers, all accepted at the same time, in turn here and there."""
    return await asyncio.gather(*(both[n % 2].operations.commit(ALICE, each.id) for n, each in enumerate(quotes)))


def let_two_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes the subscription's lock away, and lets nobody change it before two have read it."""
    both_have_read = asyncio.Barrier(2)

    async def unlocked(tx: Transaction, subscription_id: str | None, *, to_change: bool) -> Any:
        this = select(Subscription).where(Subscription.tenant == tx.tenant, Subscription.id == subscription_id)
        row = await tx.session.scalar(this)
        if to_change:
            await both_have_read.wait()
        return row

    monkeypatch.setattr(operations, "_subscription", unlocked)
