"""A scheduled reduction stays only while it leaves a license for everyone who keeps theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.models import ScheduledTotal
from storage.views import OperationStatus
from tests.small_company import ALICE, Company

if TYPE_CHECKING:
    from storage.record import Record


async def done(record: Record, subscription: str, **wish: object) -> None:
    quote = await record.licenses.quote(ALICE, subscription, **wish)  # type: ignore[arg-type]
    assert (await record.operations.commit(ALICE, quote.id)).status is OperationStatus.DONE


async def test_who_gives_a_license_up_now_makes_no_second_one_free_at_the_renewal(record: Record) -> None:
    company = await Company.in_(record)
    subscription = await company.buys(total=4, holders=4)
    await done(record, subscription, to=3, release=["person-0"])  # at the renewal
    await done(record, subscription, by=1)
    await company.assigns_more(subscription, 1)  # five people, and person-0 is to leave
    await done(record, subscription, to=4, release=["person-0"])  # who leaves now: four stay, one more than scheduled
    assert await company.rows(ScheduledTotal) == []
