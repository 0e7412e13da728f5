"""What tests about handed out licenses share: doing it, who holds one then, and a team that may do it, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.models import Grant, Team, TeamMember
from storage.transaction import new_id
from tests.small_company import ALICE, CARA

if TYPE_CHECKING:
    from storage.record import Record
    from storage.views import Actor, Outcome
    from tests.small_company import Company


async def seats(record: Record, actor: Actor, subscription: str, **people: list[str]) -> Outcome:
    """What became of it when drawn and confirmed at once."""
    quote = await record.assignments.quote(actor, subscription, **people)  # type: ignore[arg-type]
    return await record.operations.commit(actor, quote.id)


async def holders(record: Record, subscription: str) -> set[str]:
    return {holder.person.id for holder in await record.assignments.of(ALICE, subscription)}


async def shared_with_sales(company: Company, subscription: str, owner: Actor = CARA) -> None:
    for row in (
        Team(tenant="t1", id="sales", name="Sales"),
        TeamMember(tenant="t1", team_id="sales", person_id=owner.person, owner=True),
        TeamMember(tenant="t1", team_id="sales", person_id="bob", owner=False),
        Grant(
            tenant="t1",
            id=new_id(),
            subscription_id=subscription,
            team_id="sales",
            granted_at=company.record.clock.now(),
        ),
    ):
        await company.adds(row)
