"""A worker as a process of its own, for tests that kill it: `python -m tests.clients.worker DATABASE_URL INSTANT`.

Its clock stands still at the instant, and Teams is whatever listens on this machine.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.teams.adapter import is_loopback
from bot.teams.connector import Connector, NoToken
from bot.teams.courier import TeamsCourier
from bot.worker import working
from storage.clock import FrozenClock
from storage.record import Record


async def work(database_url: str, now: datetime) -> None:
    record = await Record.open(database_url, FrozenClock(now), timezone=ZoneInfo("UTC"), currency="USD")
    courier = TeamsCourier(Connector(NoToken(), seconds=20), record.chats, is_loopback)
    async with working(record, courier, idle=0.05):
        sys.stdout.write("at work\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], datetime.fromisoformat(sys.argv[2])))
