"""What the state machine and its model have found, each as a story of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from storage.models import ScheduledTotal
from storage.views import OperationStatus, When
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


async def test_what_is_bought_and_given_back_in_the_same_instant_is_given_back(record: Record) -> None:
    company = await Company.in_(record)
    for _ in range(6):  # the ledger's keys are random, and so would the order be that goes by them
        subscription = await company.buys(total=6, ago=timedelta(days=25))
        await done(record, subscription, by=3)
        await done(record, subscription, by=-2)
        assert (await record.licenses.quote(ALICE, subscription, by=-1)).when is When.NOW
        assert (await record.licenses.quote(ALICE, subscription, by=-2)).when is When.RENEWAL
