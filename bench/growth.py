"""`python -m bench.growth [SUBSCRIPTIONS…]`: how long an admin waits for a summary as the organisation grows.

On a PostgreSQL of its own, with ten licenses in use of each subscription: 1,000 and 50,000 if not said otherwise. Every
summary is timed beside its peer, the plain SQL sum over the same rows, in turns and in one run.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import text

from storage.clock import FrozenClock, monotonic
from storage.grouping import GroupBy
from storage.record import Record
from storage.views import Actor
from storage.wanted import Days, Only, Order, Wanted
from tests.databases import Postgres

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
TENANT = "growing"
ADMIN = Actor(TENANT, "p-1")
SIZES = (1_000, 50_000)
EACH = 10  # licenses in use of a subscription; it has two more
ROUNDS = 15
GOAL = 0.300  # seconds at the median, at 50,000 (design: speed.md)

QUARTER = Wanted(bought=Days(date(2026, 10, 1), date(2026, 11, 22)))
MONTH = Wanted(ends=Days(date(2026, 11, 1), date(2026, 11, 30)))

PEER = text(
    "SELECT count(*), sum(total), sum(assigned), sum(total * 1400) FROM subscriptions"
    " WHERE tenant = :tenant AND status <> 'deleted'"
)
FILL = """
SET session_replication_role = replica;
INSERT INTO organisations (tenant, time_zone, currency, invoice_counter) VALUES ('{tenant}', 'UTC', 'USD', 0);
INSERT INTO people (tenant, id, name, mail, department, member, enabled)
SELECT '{tenant}', 'p-' || n, 'Person ' || n, '', '', true, n % 50 <> 0 FROM generate_series(1, {people}) n;
INSERT INTO roles (tenant, person_id, role) VALUES ('{tenant}', 'p-1', 'admin');
INSERT INTO subscriptions (tenant, id, product_id, purchaser_id, total, assigned, term, recurring, status, unpaid,
    trial, version, purchased_at, anchor, anchor_period, period_number, period_start, period_end)
SELECT '{tenant}', md5(n::text), ('{{{products}}}'::text[])[1 + n % {kinds}], 'p-' || 1 + n % {people},
    {each} + 2, {each}, CASE n % 4 WHEN 0 THEN 'year' ELSE 'month' END, true, 'active', false, false,
    1, timestamptz '2026-11-22 09:00Z' - n % 700 * interval '1 day', date '2026-11-22' - n % 700, 1, 1,
    date '2026-11-22' - n % 30, date '2026-11-22' + 1 + n % 360 FROM generate_series(1, {size}) n;
INSERT INTO assignments (tenant, id, subscription_id, person_id, assigned_at)
SELECT '{tenant}', md5(n || '-' || k), md5(n::text), 'p-' || 1 + (n * 7 + k) % {people}, now()
FROM generate_series(1, {size}) n, generate_series(1, {each}) k;
"""

Ask = Callable[[], Awaitable[object]]


def fill(server: Postgres, database: str, size: int, products: list[str]) -> None:
    """An organisation with so many subscriptions, straight into its tables."""
    values = {"tenant": TENANT, "products": ",".join(products), "kinds": len(products), "each": EACH}
    server.sql(FILL.format(**values, size=size, people=max(size // 5, 100)), database)
    server.sql("VACUUM ANALYZE", database)


def questions(record: Record) -> dict[str, Ask]:
    """What an admin asks for, and the peer."""
    of = record.summaries.of
    return {
        "plain SQL sum": lambda: record.database.read(lambda session: session.execute(PEER, {"tenant": TENANT})),
        "everything": lambda: of(ADMIN, Wanted()),
        "page 100": lambda: of(ADMIN, Wanted(), page=100),
        "bought this quarter": lambda: of(ADMIN, QUARTER, order=Order.BOUGHT),
        "expires this month": lambda: of(ADMIN, MONTH, order=Order.EXPIRY),
        "unused": lambda: of(ADMIN, Wanted(only=Only.UNUSED), order=Order.UNUSED),
        "orphaned": lambda: of(ADMIN, Wanted(only=Only.ORPHANED)),
        **{f"by {by}": lambda by=by: of(ADMIN, Wanted(), group_by=by) for by in GroupBy},  # type: ignore[misc]
    }


async def timed(asks: dict[str, Ask]) -> dict[str, float]:
    """Seconds at the median, each asked in turn with the others."""
    taken: dict[str, list[float]] = {name: [] for name in asks}
    for _ in range(ROUNDS):
        for name, ask in asks.items():
            began = monotonic()
            await ask()
            taken[name].append(monotonic() - began)
    return {name: median(times[1:]) for name, times in taken.items()}


async def measured(server: Postgres, size: int) -> dict[str, float]:
    database = server.copy()
    record = await Record.open(server.url(database), FrozenClock(NOW), timezone=ZoneInfo("UTC"), currency="USD")
    try:
        fill(server, database, size, [each.id for each in record.catalog.products])
        return await timed(questions(record))
    finally:
        await record.close()


def report(found: dict[int, dict[str, float]]) -> str:
    """The table: milliseconds by size, how much the largest takes of the smallest and of its peer."""
    small, large = min(found), max(found)
    peer = next(iter(found[large]))
    head = ["p50, ms", *(f"{size:,}" for size in found), "ratio", "times the peer"]
    rows = [
        [
            name,
            *(f"{times[name] * 1000:.1f}" for times in found.values()),
            f"{found[large][name] / found[small][name]:.1f}",
            f"{found[large][name] / found[large][peer]:.1f}",
        ]
        for name in found[large]
    ]
    lines = [" | ".join(cells) for cells in (head, ["---"] * len(head), *rows)]
    return "\n".join(f"| {line} |" for line in lines)


def main(sizes: list[int]) -> bool:
    """Prints the figures; whether every summary of the largest keeps the goal."""
    with tempfile.TemporaryDirectory(prefix="desk-pg-", ignore_cleanup_errors=True) as home:
        server = Postgres.prepared(Path(home))
        server.start()
        try:
            found = {size: asyncio.run(measured(server, size)) for size in sizes}
        finally:
            server.stop()
    busy = f"{os.getloadavg()[1]:.1f} programs at work on them"
    print(f"{platform.machine()}, {os.cpu_count()} cores, {busy}, Python {platform.python_version()}")
    print(report(found))
    print(json.dumps({str(size): {name: round(t, 5) for name, t in times.items()} for size, times in found.items()}))
    return all(seconds <= GOAL for seconds in found[max(found)].values())


if __name__ == "__main__":
    sys.exit(not main([int(size) for size in sys.argv[1:]] or list(SIZES)))
