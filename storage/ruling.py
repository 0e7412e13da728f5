"""What the policy says about something that somebody is about to buy: asked for the quote, and when it is carried out.

New purchases and added licenses alone are ruled about: what has been bought before goes on and is renewed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, func, not_, or_, select, true

from storage.errors import Refused
from storage.models import (
    Cap,
    Charge,
    LineKind,
    Policy,
    ScheduledTotal,
    Subscription,
    Team,
    TeamMember,
)
from storage.policy_views import Per, Sale
from storage.standing import sales
from storage.terms import local_midnight
from storage.views import Status
from storage.ways_on import with_way_on

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from storage.catalog import Catalog, Product
    from storage.money import Money
    from storage.quotes import PurchaseQuote
    from storage.transaction import Transaction
    from storage.views import SubscriptionView


@dataclass(frozen=True)
class Buying:
    """So many licenses more of a product, what they cost, and who pays for them."""

    buyer: str
    product: Product
    licenses: int
    cost: Money  # now; of licenses that come with the renewal, then
    trial: bool = False


@dataclass(frozen=True)
class Ruling:
    """The one rule of who may buy what, and for how much."""

    _catalog: Catalog

    async def expect(self, tx: Transaction, buying: Buying, *, to_buy: bool = False) -> None:
        """Raises Refused: "product_disabled", "only_trials", or that it would go over a cap, and by how much.

        Each comes with the way on, by storage/ways_on.py, and with the `licenses` that were wanted; over a cap `fewer`
        is how many all of the caps allow, where so few are sold.
        `to_buy`: nobody else of the organisation buys or decides about the policy until the transaction ends.
        """
        policy = select(Policy).where(Policy.tenant == tx.tenant).execution_options(populate_existing=True)
        if to_buy and not tx.rehearsed:
            policy = policy.with_for_update(key_share=True)
        if await tx.session.scalar(policy) is None:
            return
        try:
            await _expect_on_sale(tx, buying)
            await self._expect_within(tx, buying)
        except Refused as refused:
            raise await with_way_on(tx, refused, buying.product, buying.licenses) from None

    async def expect_bought(self, tx: Transaction, quote: PurchaseQuote) -> None:
        """`expect` for a purchase that is being carried out."""
        view = quote.subscription
        product, cost = self._catalog.product(view.product), quote.amounts.due_now
        await self.expect(tx, Buying(tx.actor.person, product, view.total, cost, trial=view.trial), to_buy=True)

    async def expect_change(
        self, tx: Transaction, view: SubscriptionView, new_total: int, due_now: Money, *, to_buy: bool = False
    ) -> None:
        """`expect` for licenses that its purchaser gets more of, now or with the renewal; fewer are always allowed."""
        more = max(new_total - max(view.total, view.scheduled.total if view.scheduled else 0), 0)
        if more or due_now:
            product = self._catalog.product(view.product)
            await self.expect(tx, Buying(view.purchaser.id, product, more, due_now or view.price * more), to_buy=to_buy)

    async def _expect_within(self, tx: Transaction, buying: Buying) -> None:
        over: list[Refused] = []
        fewer = buying.licenses
        for cap, team in await _caps(tx, buying):
            used = await self.used(tx, cap, buying.buyer)
            if cap.licenses is not None and buying.licenses > (left := max(cap.licenses - used, 0)):
                over.append(_over_licenses(cap.per, team, buying.product.name, cap.licenses, left))
                fewer = min(fewer, left)
            if cap.amount is not None and buying.cost and buying.cost.amount > (room := max(cap.amount - used, 0)):
                over.append(_over_money(cap.per, team, buying, cap.amount, room))
                fewer = min(fewer, buying.licenses * room // buying.cost.amount)
        if over:
            allowed = {"fewer": fewer} if fewer >= buying.product.min_licenses else {}
            raise Refused(over[0].code, **over[0].values, **allowed)

    async def used(self, tx: Transaction, cap: Cap, buyer: str) -> int:
        """What counts against the cap: licenses, or minor units of this month."""
        whose = _whose(tx, cap, buyer)
        return await (_licenses(tx, whose, cap.product_id) if cap.product_id else self._spent(tx, whose))

    async def _spent(self, tx: Transaction, whose: ColumnElement[bool]) -> int:
        """What was bought this calendar month, less what was given back of it, and what waits for a renewal."""
        first = local_midnight(tx.today.replace(day=1), tx.zone)
        charged = await tx.session.scalar(
            select(func.sum(Charge.amount - Charge.refunded))
            .join(Subscription, _same(Charge))
            .where(Charge.tenant == tx.tenant, whose, Charge.at >= first)
            .where(Charge.kind.in_((LineKind.PURCHASE, LineKind.ADD_QUANTITY)), Charge.currency == tx.currency)
        )
        waiting = await tx.session.execute(
            select(Subscription.product_id, Subscription.term, ScheduledTotal.total - Subscription.total)
            .join(Subscription, _same(ScheduledTotal))
            .where(ScheduledTotal.tenant == tx.tenant, whose, ScheduledTotal.total > Subscription.total)
        )
        later = [self._catalog.product(product).price(term, tx.currency) * more for product, term, more in waiting]
        return int(charged or 0) + sum(each.amount for each in later)


async def _expect_on_sale(tx: Transaction, buying: Buying) -> None:
    match (await sales(tx))(buying.product.id):
        case Sale.DISABLED:
            raise Refused("product_disabled", product=buying.product.name)
        case Sale.TRIALS_ONLY if not buying.trial:
            raise Refused("only_trials", product=buying.product.name)


async def _caps(tx: Transaction, buying: Buying) -> list[tuple[Cap, str]]:
    """The caps that the purchase counts against, each with the name of its team."""
    theirs = select(TeamMember.team_id).where(TeamMember.tenant == tx.tenant, TeamMember.person_id == buying.buyer)
    rows = await tx.session.execute(
        select(Cap, Team.name)
        .outerjoin(Team, and_(Team.tenant == Cap.tenant, Team.id == Cap.team_id))
        .where(Cap.tenant == tx.tenant)
        .where(or_(Cap.product_id.is_(None), Cap.product_id == buying.product.id))
        .where(or_(Cap.team_id.is_(None), Cap.team_id.in_(theirs)))
        .order_by(Cap.licenses.is_(None), Cap.per, Cap.id)
    )
    return [(cap, name or "") for cap, name in rows]


def _over_money(per: Per, team: str, buying: Buying, cap: int, room: int) -> Refused:
    """In minor units: the cap, what is left of it this month, and what this would cost."""
    product, cost, currency = buying.product.name, buying.cost.amount, buying.cost.currency
    match per:
        case Per.ORGANISATION:
            return Refused("over_money", product=product, cap=cap, room=room, cost=cost, currency=currency)
        case Per.TEAM:
            return Refused(
                "over_team_money", product=product, team=team, cap=cap, room=room, cost=cost, currency=currency
            )
        case Per.PERSON:
            return Refused("over_own_money", product=product, cap=cap, room=room, cost=cost, currency=currency)


def _over_licenses(per: Per, team: str, product: str, total: int, left: int) -> Refused:
    match per:
        case Per.ORGANISATION:
            return Refused("over_licenses", product=product, total=total, left=left)
        case Per.TEAM:
            return Refused("over_team_licenses", product=product, team=team, total=total, left=left)
        case Per.PERSON:
            return Refused("over_own_licenses", product=product, total=total, left=left)


def _whose(tx: Transaction, cap: Cap, buyer: str) -> ColumnElement[bool]:
    """The subscriptions that count against the cap."""
    match cap.per:
        case Per.ORGANISATION:
            return true()
        case Per.PERSON:
            return Subscription.purchaser_id == buyer
        case Per.TEAM:
            team = (TeamMember.tenant == tx.tenant, TeamMember.team_id == cap.team_id)
            return Subscription.purchaser_id.in_(select(TeamMember.person_id).where(*team))


async def _licenses(tx: Transaction, whose: ColumnElement[bool], product: str) -> int:
    """How many licenses of it there are, those that come with a renewal too; of a trial that is over, none."""
    more = case((ScheduledTotal.total > Subscription.total, ScheduledTotal.total), else_=Subscription.total)
    there = or_(Subscription.status == Status.ACTIVE, not_(Subscription.trial))
    found = await tx.session.scalar(
        select(func.sum(more))
        .select_from(Subscription)
        .outerjoin(ScheduledTotal, _same(ScheduledTotal))
        .where(Subscription.tenant == tx.tenant, Subscription.product_id == product, whose)
        .where(there, Subscription.status != Status.DELETED)
    )
    return int(found or 0)


def _same(table: type[Charge | ScheduledTotal]) -> ColumnElement[bool]:
    """Joins a row to the subscription that it is about."""
    return and_(table.tenant == Subscription.tenant, table.subscription_id == Subscription.id)
