"""The policy of an organisation: shown to everybody as far as it concerns them, and decided by its admins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from storage.caps import cap_view
from storage.models import Cap, Person, ProductPolicy, Team, TeamMember
from storage.people import person_view
from storage.policy_actions import decided
from storage.policy_views import Per, PolicyView, Sale
from storage.rights import admins
from storage.standing import approvers
from storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.caps import CapWish, Restrict
    from storage.catalog import Catalog
    from storage.clock import Clock
    from storage.database import Database
    from storage.operations import Operations
    from storage.policy_actions import NameApprover, Sell, TakeRequests
    from storage.policy_views import ApproverQuote, CapQuote, CapView, RequestsQuote, SaleQuote
    from storage.rights import Rights
    from storage.ruling import Ruling
    from storage.views import Actor, PersonView


@dataclass(frozen=True)
class Policies:
    """Shows the policy, and quotes changes of it; storage/operations.py carries them out."""

    _database: Database
    _clock: Clock
    _catalog: Catalog
    _rights: Rights
    _ruling: Ruling
    _operations: Operations
    _sell: Sell
    _restrict: Restrict
    _approvers: NameApprover
    _requests: TakeRequests

    async def of(self, actor: Actor) -> PolicyView:
        """All of it for an admin; for others the caps that their purchases count against. Raises "not_a_member"."""

        async def question(session: AsyncSession) -> PolicyView:
            tx = await Transaction.of(session, actor, self._clock.now())
            await self._rights.member(tx)
            everything, policy = await self._rights.is_admin(tx), await decided(tx)
            return PolicyView(
                sale=policy.sale if policy else Sale.ENABLED,
                products=await self._products(tx),
                caps=await self._caps(tx, everything=everything),
                approvers=await _people(tx, await approvers(tx)),
                admins=tuple(map(person_view, await admins(tx))),
                requests=policy is None or policy.requests,
                everything=everything,
            )

        return await self._database.read(question)

    async def sell(self, actor: Actor, product_id: str | None, sale: Sale, **trail: Any) -> SaleQuote:
        """A product, or with None all that have no rule of their own, enabled, for trials only, or disabled.

        Raises Refused: "admins_decide" with their names, "not_a_member", "already_so", "unknown_product".
        """
        return await self._operations.draw(
            actor, self._sell, None, {"product": product_id, "sale": sale.value}, **trail
        )

    async def cap(self, actor: Actor, wish: CapWish, **trail: Any) -> CapQuote:
        """A cap set, or one that goes.

        Raises as `sell` does, and "other_currency", "no_such_amount", "unknown_team" and "no_such_cap".
        """
        return await self._operations.draw(actor, self._restrict, None, wish.packed(), **trail)

    async def approver(self, actor: Actor, person_id: str, *, withdraw: bool = False, **trail: Any) -> ApproverQuote:
        """Somebody named to decide about requests, or no longer.

        Raises as `sell` does, and "unknown_person", "approver_is_no_member" and "no_approver".
        """
        wish = {"person": person_id, "withdraw": withdraw}
        return await self._operations.draw(actor, self._approvers, None, wish, **trail)

    async def requests(self, actor: Actor, *, opens: bool, **trail: Any) -> RequestsQuote:
        """Whether what is blocked may be asked for from now on. Raises as `sell` does."""
        return await self._operations.draw(actor, self._requests, None, {"opens": opens}, **trail)

    async def _products(self, tx: Transaction) -> tuple[tuple[str, Sale], ...]:
        rows = await tx.session.scalars(select(ProductPolicy).where(ProductPolicy.tenant == tx.tenant))
        return tuple(sorted((self._catalog.product(row.product_id).name, row.sale) for row in rows))

    async def _caps(self, tx: Transaction, *, everything: bool) -> tuple[CapView, ...]:
        theirs = select(TeamMember.team_id).where(
            TeamMember.tenant == tx.tenant, TeamMember.person_id == tx.actor.person
        )
        concern = Cap.team_id.is_(None) | Cap.team_id.in_(theirs)
        rows = await tx.session.scalars(
            select(Cap)
            .outerjoin(Team, (Team.tenant == Cap.tenant) & (Team.id == Cap.team_id))
            .where(Cap.tenant == tx.tenant, *([] if everything else [concern]))
            .order_by(Cap.licenses.is_not(None), Cap.per, Team.name, Cap.id)
        )
        return tuple([await self._seen(tx, cap, everything=everything) for cap in rows])

    async def _seen(self, tx: Transaction, cap: Cap, *, everything: bool) -> CapView:
        """With what is left of it: of each person's own only that person sees how much."""
        if everything and cap.per is Per.PERSON:
            return await cap_view(tx, self._catalog, cap)
        left = (cap.licenses or cap.amount or 0) - await self._ruling.used(tx, cap, tx.actor.person)
        return await cap_view(tx, self._catalog, cap, max(left, 0))


async def _people(tx: Transaction, ids: Sequence[str]) -> tuple[PersonView, ...]:
    return tuple([person_view(await tx.session.get_one(Person, (tx.tenant, each))) for each in ids])
