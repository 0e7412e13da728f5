"""Who may do what: a policy asked when a quote is drawn, and again when it is carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from storage.errors import Refused
from storage.models import Grant, Person, Role, RoleName, TeamMember

if TYPE_CHECKING:
    from storage.models import Subscription
    from storage.transaction import Transaction


class Rights:
    """The union of a person's roles (design: who may do what). Every answer is read anew, never remembered."""

    async def member(self, tx: Transaction) -> Person:
        """The actor; raises Refused("not_a_member") for guests, disabled accounts and strangers."""
        person = await tx.session.get(Person, (tx.tenant, tx.actor.person), populate_existing=True)
        if person is None or not (person.member and person.enabled):
            raise Refused("not_a_member")
        return person

    async def is_member(self, tx: Transaction) -> bool:
        try:
            await self.member(tx)
        except Refused:
            return False
        return True

    async def is_admin(self, tx: Transaction) -> bool:
        """Admins see everything and change nothing that is not their own."""
        role = (tx.tenant, tx.actor.person, RoleName.ADMIN)
        return await self.is_member(tx) and await tx.session.get(Role, role, populate_existing=True) is not None

    async def may_change_total(self, tx: Transaction, subscription: Subscription) -> bool:
        """The purchaser, and whoever the purchaser has named as deputy; members of the organisation only."""
        if not await self.is_member(tx):
            return False
        return subscription.purchaser_id == tx.actor.person or await self._is_deputy(tx, subscription)

    async def purchaser(self, tx: Transaction, subscription: Subscription, product: str) -> None:
        """Raises Refused for everyone but the one who pays: "not_a_member", or what `refusal` says."""
        await self.member(tx)
        if subscription.purchaser_id != tx.actor.person:
            raise await self.refusal(tx, subscription, product)

    async def refusal(self, tx: Transaction, subscription: Subscription, product: str) -> Refused:
        """Those who may see a subscription are told whose it is, others not even that it exists."""
        if not await self.may_see(tx, subscription):
            return Refused("unknown_subscription")
        owner = await tx.session.get_one(Person, (tx.tenant, subscription.purchaser_id))
        return Refused("not_yours", owner=owner.name, product=product)

    async def may_see(self, tx: Transaction, subscription: Subscription) -> bool:
        """The purchaser, a deputy, an owner of a team that it is shared with, and admins."""
        if await self.may_change_total(tx, subscription) or await self.is_admin(tx):
            return True
        return await self.is_member(tx) and await self._leads_a_team(tx, subscription)

    async def _leads_a_team(self, tx: Transaction, subscription: Subscription) -> bool:
        shared = (
            Grant.tenant == tx.tenant,
            Grant.subscription_id == subscription.id,
            Grant.withdrawn_at.is_(None),
            TeamMember.tenant == Grant.tenant,
            TeamMember.team_id == Grant.team_id,
            TeamMember.person_id == tx.actor.person,
            TeamMember.owner.is_(True),
        )
        return bool(await tx.session.scalar(select(exists().where(*shared))))

    async def _is_deputy(self, tx: Transaction, subscription: Subscription) -> bool:
        named = (
            Grant.tenant == tx.tenant,
            Grant.subscription_id == subscription.id,
            Grant.person_id == tx.actor.person,
            Grant.withdrawn_at.is_(None),
        )
        return bool(await tx.session.scalar(select(exists().where(*named))))
