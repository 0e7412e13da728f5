"""Who may do what: a policy asked when a quote is drawn, and again when it is carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, exists, or_, select

from storage.errors import Refused
from storage.models import Grant, Person, Role, RoleName, TeamMember

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from storage.models import Subscription
    from storage.transaction import Transaction


MOST_ADMINS: Final = 3  # who are named to somebody who is none


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

    async def admin(self, tx: Transaction) -> None:
        """Raises Refused("admins_decide") with the names of those who may, and "not_a_member"."""
        await self.member(tx)
        if not await self.is_admin(tx):
            raise Refused("admins_decide", names=", ".join(person.name for person in (await admins(tx))[:MOST_ADMINS]))

    async def may_change_total(self, tx: Transaction, subscription: Subscription) -> bool:
        """The purchaser, and whoever the purchaser has named as deputy; members of the organisation only."""
        if not await self.is_member(tx):
            return False
        return subscription.purchaser_id == tx.actor.person or await self._granted(tx, subscription, as_deputy(tx))

    async def may_assign(self, tx: Transaction, subscription: Subscription) -> bool:
        """Whoever may change the total, and the owners of a team that the subscription is shared with."""
        if await self.may_change_total(tx, subscription):
            return True
        return await self.is_member(tx) and await self._granted(tx, subscription, as_team_owner(tx))

    async def may_see(self, tx: Transaction, subscription: Subscription) -> bool:
        """Whoever may assign, and admins, who see everything."""
        return await self.may_assign(tx, subscription) or await self.is_admin(tx)

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

    async def _granted(self, tx: Transaction, subscription: Subscription, role: ColumnElement[bool]) -> bool:
        return bool(await tx.session.scalar(select(exists().where(Grant.subscription_id == subscription.id, role))))


async def admins(tx: Transaction) -> list[Person]:
    """Those who may act as one now, by name."""
    role = and_(Role.tenant == Person.tenant, Role.person_id == Person.id, Role.role == RoleName.ADMIN)
    found = select(Person).join(Role, role).where(Person.tenant == tx.tenant, Person.member, Person.enabled)
    return list(await tx.session.scalars(found.order_by(Person.name, Person.id)))


def as_deputy(tx: Transaction) -> ColumnElement[bool]:
    """The grants that name the actor as deputy."""
    return and_(Grant.tenant == tx.tenant, Grant.person_id == tx.actor.person, Grant.withdrawn_at.is_(None))


def as_team_owner(tx: Transaction) -> ColumnElement[bool]:
    """The grants to a team that the actor owns."""
    owning = (TeamMember.tenant == tx.tenant, TeamMember.person_id == tx.actor.person, TeamMember.owner)
    led = select(TeamMember.team_id).where(*owning).scalar_subquery()
    return and_(Grant.tenant == tx.tenant, Grant.team_id.in_(led), Grant.withdrawn_at.is_(None))


def as_either(tx: Transaction) -> ColumnElement[bool]:
    """The grants that let the actor assign."""
    return or_(as_deputy(tx), as_team_owner(tx))
