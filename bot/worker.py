"""What is done without anybody asking: the jobs, and the loop that runs each of them whenever there is work."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from bot.deliver import Deliveries
from bot.logs import where
from bot.upkeep import Reminding, RequestUpkeep, Upkeep

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.deliver import Courier
    from storage.bell import Bell
    from storage.record import Record

# Seconds until a job looks for work unasked: on SQLite the bell tells of all that is new, and only what is to be tried
# again falls due by itself; on PostgreSQL other processes may have committed something.
IDLE: Final = {"sqlite": 10.0, "postgresql": 1.0}
FAREWELL: Final = 2.0  # seconds that a job gets to end what it has begun


@dataclass(frozen=True)
class Job:
    """`run` does a part of what there is to do and returns how much that was: 0 when there was nothing."""

    name: str
    run: Callable[[], Awaitable[int]]


def jobs(record: Record, courier: Courier) -> tuple[Job, ...]:
    """All jobs there are. Each may run in any number of processes at once."""
    return (
        Job("deliver", Deliveries(record.outbox, courier).run),
        Job("seal", record.trail.seal),
        Job("renew", Upkeep(record.life_cycle).run),
        Job("requests", RequestUpkeep(record.requests).run),
        Job("remind", Reminding(record.reminders, record.clock).run),
    )


@asynccontextmanager
async def working(record: Record, courier: Courier, *, idle: float | None = None) -> AsyncIterator[None]:
    """Runs the jobs beside what is in the block; afterwards each ends what it has begun, or is given up."""
    stopped, bell = asyncio.Event(), record.database.bell
    pause = idle or IDLE["postgresql" if record.database.is_postgresql else "sqlite"]
    running = [asyncio.create_task(_repeat(job, bell, pause, stopped)) for job in jobs(record, courier)]
    try:
        yield
    finally:
        stopped.set()
        bell.ring()
        _, late = await asyncio.wait(running, timeout=FAREWELL)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


async def say_what_waits(record: Record) -> None:
    """Logs how many messages are not told or fulfilled, by where they stand; Microsoft is not connected yet."""
    for status, count in sorted((await record.outbox.counted()).items()):
        structlog.get_logger().info("outbox", kind=status.value, count=count)


async def _repeat(job: Job, bell: Bell, pause: float, stopped: asyncio.Event) -> None:
    while not stopped.is_set():
        rung = bell.next()
        if not await _once(job):
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await rung.wait()


async def _once(job: Job) -> int:
    try:
        return await job.run()
    except Exception as fault:  # whatever it is, the next try may go better, and the other jobs go on
        structlog.get_logger().error("job_failed", kind=f"{job.name}:{type(fault).__name__}", where=where(fault))
        return 0
