"""Who has had a trial, what one refuses, and the way on: to buy the product, where it is sold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from storage.errors import Refused
from storage.models import Subscription

if TYPE_CHECKING:
    from storage.catalog import Product
    from storage.transaction import Transaction
    from storage.views import SubscriptionView


def had(product: Product) -> Refused:
    """The person has had the one trial of it."""
    if product.trial:
        return Refused("trial_over", product=product.name)
    return Refused("trial_used", product=product.name)


def ends_by_itself(product: Product, view: SubscriptionView) -> Refused:
    """Nobody decides how a trial goes on."""
    until = view.period_end.isoformat()
    if product.trial:
        return Refused("trial_ends_for_good", product=product.name, until=until)
    return Refused("trial_ends", product=product.name, until=until)


def keeps_its_total(product: Product, view: SubscriptionView) -> Refused:
    """Microsoft: a trial is bought before licenses are added."""
    if product.trial:
        return Refused("trial_total_for_good", product=product.name, total=view.total)
    return Refused("trial_total", product=product.name, total=view.total)


async def tried(tx: Transaction) -> set[str]:
    """The ids of the products that the actor has tried: there is one trial for a product and a person."""
    mine = (Subscription.tenant == tx.tenant, Subscription.purchaser_id == tx.actor.person)
    return set(await tx.session.scalars(select(Subscription.product_id).where(*mine, Subscription.trial)))
