"""kill -9 between and within the steps of a plan: tapped again, each step is done exactly once."""

from __future__ import annotations

import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import aiohttp
import pytest

from storage.clock import SystemClock
from storage.crashpoints import CrashPoint
from storage.demo import TENANT, person_id, seed
from storage.models import AuditEntry, Subscription
from storage.verify import verify
from tests.faults.services import Service, the_record
from tests.faults.test_crashpoints import ALICE, POWER_BI
from tests.office import open_office
from tests.planned import adds, gives, planned
from tests.servers import connected
from tests.small_company import Company

if TYPE_CHECKING:
    from pathlib import Path

# How many steps are done when the process dies at the point for the first time.
POINTS = {CrashPoint.BEFORE_COMMIT: 0, CrashPoint.AFTER_COMMIT: 1, CrashPoint.AFTER_STATE_SAVE: 2}


@pytest.mark.parametrize("point", POINTS)
async def test_a_plan_in_which_the_process_dies_goes_on_when_it_is_tapped_again(
    postgres_url: str, valkey_url: str, place: Path, point: CrashPoint
) -> None:
    async with the_record(postgres_url) as record:
        await seed(record)
        known = len(await Company(record).rows(AuditEntry))
        plan = await planned(record, adds(POWER_BI, 5, ALICE), gives(POWER_BI, person_id(8), ALICE), who=ALICE)
    tap = {"plan": plan.id, "do": "confirm"}
    service = Service(place, DATABASE_URL=postgres_url, REDIS_URL=valkey_url)
    await service.start(crash_at=point)
    try:
        async with aiohttp.ClientSession() as http:
            with suppress(aiohttp.ClientError):
                await service.person(http, 1).sends_tap(tap)
            assert await service.ended() == -signal.SIGKILL
    finally:
        service.clear()
    with connected(valkey_url) as valkey:
        valkey.flushall()
    async with the_record(postgres_url) as record:
        assert len(await Company(record).rows(AuditEntry)) == known + POINTS[point]
    async with open_office(postgres_url, valkey_url, SystemClock()) as anybody:
        answers = []
        for _ in range(2):
            alice = anybody(1)
            await alice.sends_tap(tap)
            answers.append(list(map(str, alice.latest)))
    assert answers[0] == answers[1]
    assert "2 of 2 steps are done" in answers[0][0]
    async with the_record(postgres_url) as record:
        row: Subscription = await Company(record).row(Subscription, TENANT, POWER_BI)
        assert (row.total, row.assigned) == (25, 18)
        assert len(await Company(record).rows(AuditEntry)) == known + 2
        assert await verify(record) == []
