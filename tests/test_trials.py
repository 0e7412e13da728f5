"""What nobody can decide about a trial, and the way on: to buy what is sold, and nothing to buy of what is not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from storage.quotes import Renewal
from tests.small_company import ALICE, Company, refused

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from storage.record import Record
    from tests.people import Person

SOLD, FREE = "Teams Premium", "Teams Exploratory"


@pytest.fixture
async def company(record: Record) -> Company:
    return await Company.in_(record)


async def tries(company: Company, product: str, licenses: int = 1) -> str:
    """The id of the trial."""
    purchases, catalog = company.record.purchases, company.record.catalog
    quote = await purchases.quote(ALICE, catalog.by_name(product).id, licenses, trial=True)
    await company.does(ALICE, quote)
    return quote.id


@pytest.mark.parametrize(("product", "code"), [(SOLD, "trial_ends"), (FREE, "trial_ends_for_good")])
async def test_a_trial_under_way_ends_by_itself(company: Company, record: Record, product: str, code: str) -> None:
    trial = await tries(company, product)
    for renewal in Renewal:
        no = await refused(record.renewals.quote(ALICE, trial, renewal))
        assert (no.code, no.values) == (code, {"product": product, "until": "2026-12-22"})


@pytest.mark.parametrize(("product", "code"), [(SOLD, "trial_total"), (FREE, "trial_total_for_good")])
async def test_a_trial_keeps_its_number_of_licenses(company: Company, record: Record, product: str, code: str) -> None:
    trial = await tries(company, product, 5)
    for by in (1, -1):
        no = await refused(record.licenses.quote(ALICE, trial, by=by))
        assert (no.code, no.values) == (code, {"product": product, "total": 5})


@pytest.mark.parametrize(("product", "code"), [(SOLD, "trial_used"), (FREE, "trial_over")])
async def test_a_trial_that_has_ended_is_over(
    company: Company, record: Record, clock: FrozenClock, product: str, code: str
) -> None:
    trial = await tries(company, product)
    clock.advance(timedelta(days=30))
    attempts = [
        record.renewals.quote(ALICE, trial, Renewal.REACTIVATE),
        record.licenses.quote(ALICE, trial, by=1),
        record.cancellations.quote(ALICE, trial, "unused"),
        record.purchases.quote(ALICE, record.catalog.by_name(product).id, 1, trial=True),
    ]
    assert [(await refused(attempt)).code for attempt in attempts] == [code] * len(attempts)


async def test_a_receipt_says_what_has_happened(alice: Person, lihua: Person) -> None:
    await alice.says("try Clipchamp")
    alice.sees("Alice Chen gets a license at once.")
    await alice.says("yes")
    alice.sees("Alice Chen has a license now.")
    await alice.says("cancel Clipchamp, too expensive")
    alice.sees("This person loses the license now:")
    await alice.says("yes")
    alice.sees("This person has lost the license:")
    await lihua.says("试用Clipchamp")
    await lihua.says("是")
    lihua.sees("李华已有许可证。")
    await lihua.says("取消Clipchamp，太贵")
    await lihua.says("是")
    lihua.sees("已失去许可证")
