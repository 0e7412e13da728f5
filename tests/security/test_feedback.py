"""What people think of a product, in their own words, is exported with them and forgotten like all their words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from storage.demo import TENANT, person_id
from storage.models import Cancellation
from storage.verify import verify
from storage.views import Actor
from tests.security.dumps import everything
from tests.security.traces import NAME
from tests.small_company import Company

if TYPE_CHECKING:
    from storage.clock import FrozenClock
    from storage.record import Record

ALICE = Actor(TENANT, person_id(1))
POWER_BI = "55555555-0000-4000-8000-000000000001"
PROJECT = "55555555-0000-4000-8000-000000000003"
FEEDBACK = "太慢 kanarie 😀"


async def cancels(record: Record, subscription: str, feedback: str) -> None:
    quote = await record.cancellations.quote(ALICE, subscription, "low_quality", feedback=feedback, language="zh-CN")
    await Company(record).does(ALICE, quote)


async def test_feedback_is_kept_as_it_was_said_and_exported(contoso: Record) -> None:
    await cancels(contoso, POWER_BI, FEEDBACK)
    found = await contoso.privacy.export(TENANT, ALICE.person)
    assert [row["feedback"] for row in found["cancellations"]] == [FEEDBACK]


async def test_feedback_is_forgotten_with_time_and_the_reason_stays(contoso: Record, clock: FrozenClock) -> None:
    await cancels(contoso, POWER_BI, FEEDBACK)
    await contoso.cancellations.quote(ALICE, PROJECT, "other", feedback=FEEDBACK)  # nobody accepted it
    assert "kanarie" in await everything(contoso)
    clock.advance(timedelta(days=400))
    assert await contoso.privacy.forget_words(clock.now()) == 2
    assert "kanarie" not in await everything(contoso)
    assert [why.reason for why in await Company(contoso).rows(Cancellation)] == ["low_quality"]
    assert await contoso.privacy.forget_words(clock.now()) == 0
    assert await verify(contoso) == []


async def test_feedback_in_an_offer_that_was_made_anew_is_forgotten_too(contoso: Record, clock: FrozenClock) -> None:
    quote = await contoso.cancellations.quote(ALICE, POWER_BI, "other", feedback=FEEDBACK)
    await Company(contoso).does(ALICE, await contoso.licenses.quote(ALICE, POWER_BI, by=1))
    outcome = await contoso.operations.commit(ALICE, quote.id)
    assert outcome.refusal is not None and outcome.refusal.code == "quote_changed"
    clock.advance(timedelta(days=400))
    await contoso.privacy.forget_words(clock.now())
    assert "kanarie" not in await everything(contoso)


async def test_feedback_that_names_somebody_is_forgotten_with_them(contoso: Record) -> None:
    named = person_id(43)
    await contoso.people.seen(TENANT, named, name=NAME, member=True)
    await cancels(contoso, POWER_BI, f"{NAME.lower()} never used it")
    await contoso.privacy.erase(TENANT, named)
    assert NAME.lower() not in await everything(contoso)
    assert await verify(contoso) == []
