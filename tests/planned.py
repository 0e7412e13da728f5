"""Plans for tests of the record: each step is an offer, drawn when those before it are as good as done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from storage.record import Record
from storage.verify import Finding, verify
from storage.views import Actor, Quote
from tests.small_company import ALICE

if TYPE_CHECKING:
    from storage.plans import Plan
    from storage.rehearsal import Rehearsal, Rehearsed

Step = Callable[[Record, list[Quote]], Awaitable[Quote]]


async def planned(record: Record, *steps: Step, who: Actor = ALICE) -> Plan:
    """An open plan of these steps; each is given the offers before it."""

    async def scene(rehearsal: Rehearsal) -> list[Rehearsed]:
        quotes: list[Quote] = []
        offers = []
        for step in steps:
            quotes.append(await step(rehearsal.record, quotes))
            outcome, offer = await rehearsal.carry_out(who, quotes[-1].id)
            assert outcome.receipt is not None, outcome.refusal
            offers.append(offer)
        return offers

    return await record.plans.draw(who, await record.plans.rehearse(scene))


def adds(subscription: str, by: int, who: Actor = ALICE) -> Step:
    async def draw(record: Record, _before: list[Quote]) -> Quote:
        return await record.licenses.quote(who, subscription, by=by)

    return draw


def buys(product: str, licenses: int) -> Step:
    async def draw(record: Record, _before: list[Quote]) -> Quote:
        return await record.purchases.quote(ALICE, record.catalog.by_name(product).id, licenses)

    return draw


def gives(subscription: str | None, person: str, who: Actor = ALICE) -> Step:
    """A license of the subscription, or of what the step before it has bought."""

    async def draw(record: Record, before: list[Quote]) -> Quote:
        return await record.assignments.quote(who, subscription or before[-1].subscription.id, give=[person])

    return draw


async def found(record: Record, known: list[Finding]) -> list[Finding]:
    """What `verify` finds besides what it found before: what a test has bought by hand has no trail."""
    return [each for each in await verify(record) if each not in known]
