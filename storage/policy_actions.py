"""The actions behind the policy: what an admin decides about products, approvers and requests; caps are in caps.py.

Each says what is to hold from now on, whatever held before; what exists already is refused by name. One decision comes
after the other at the row of the policy, where purchases wait as well (storage/ruling.py).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from storage import audit, outbox
from storage.actions import ActionName
from storage.errors import Refused
from storage.models import Approver, Person, Policy, ProductPolicy, Subscription
from storage.people import person_view
from storage.policy_views import ApproverQuote, RequestsQuote, Sale, SaleQuote
from storage.standing import approvers
from storage.views import Status

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from storage.catalog import Catalog
    from storage.models import Operation
    from storage.models.columns import Json
    from storage.rights import Rights
    from storage.terms import Terms
    from storage.transaction import Transaction


@dataclass(frozen=True)
class Decides:
    """What all decisions have in common: admins alone make them, and they are about no subscription."""

    _catalog: Catalog
    _terms: Terms
    _rights: Rights
    any_version: ClassVar = True

    async def authorise(self, tx: Transaction, _subscription: None) -> None:
        """Raises Refused("admins_decide") with their names for everybody else."""
        await self._rights.admin(tx)

    def shown(self, tx: Transaction, quote_id: str) -> dict[str, Any]:
        """What every quote begins with."""
        until: datetime = tx.now + self._terms.quote_valid_for
        return {"id": quote_id, "quoted_at": tx.now, "expires_at": until}


@dataclass(frozen=True)
class Sell(Decides):
    """Enables a product, allows its trials only, or disables it; or all that have no rule of their own."""

    name: ClassVar = ActionName.SELL
    quotes: ClassVar = SaleQuote

    async def draw(self, tx: Transaction, _subscription: None, parameters: Json, quote_id: str) -> SaleQuote:
        """The quote for this rule. Raises Refused("already_so")."""
        product = self._catalog.product(parameters["product"]) if parameters["product"] else None
        after, policy = Sale(parameters["sale"]), await decided(tx)
        named = await tx.session.scalars(select(ProductPolicy).where(ProductPolicy.tenant == tx.tenant))
        own = {row.product_id: row.sale for row in named}
        before = policy.sale if policy else Sale.ENABLED
        if product:
            before = own.get(product.id, before)
        if before is after:
            raise Refused("already_so")
        bought = Subscription.product_id == product.id if product else Subscription.product_id.not_in(own)
        return SaleQuote(
            **self.shown(tx, quote_id),
            product=product.id if product else None,
            product_name=product.name if product else None,
            before=before,
            after=after,
            own=() if product else tuple(sorted(self._catalog.product(each).name for each in own)),
            untouched=await _running(tx, bought),
        )

    async def still_holds(self, tx: Transaction, _subscription: None, quote: SaleQuote) -> bool:
        """Always: what another admin has decided meanwhile is refused by name."""
        await self.draw(tx, None, {"product": quote.product, "sale": quote.after}, quote.id)
        return True

    async def carry_out(self, tx: Transaction, _subscription: None, operation: Operation, quote: SaleQuote) -> None:
        """From now on the rule holds for what is bought."""
        policy = await locked(tx)
        if quote.product:
            await tx.session.merge(ProductPolicy(tenant=tx.tenant, product_id=quote.product, sale=quote.after))
        else:
            policy.sale = quote.after
        before, after = ({"product": quote.product, "sale": sale.value} for sale in (quote.before, quote.after))
        audit.note(tx, operation, before=before, after=after)


@dataclass(frozen=True)
class NameApprover(Decides):
    """Names somebody who decides about requests, or ends that; where nobody is named, the admins decide."""

    name: ClassVar = ActionName.APPROVERS
    quotes: ClassVar = ApproverQuote

    async def draw(self, tx: Transaction, _subscription: None, parameters: Json, quote_id: str) -> ApproverQuote:
        """The quote for this person. They stay as found until the transaction ends: an erasure waits."""
        person_id, withdraws = parameters["person"], parameters["withdraw"]
        lock = {"read": True}
        person = await tx.session.get(Person, (tx.tenant, person_id), with_for_update=lock, populate_existing=True)
        named = await approvers(tx)
        if person is None:
            raise Refused("unknown_person")
        if withdraws and person.id not in named:
            raise Refused("no_approver", name=person.name)
        if not withdraws and person.id in named:
            raise Refused("already_so")
        if not (withdraws or (person.member and person.enabled)):
            raise Refused("approver_is_no_member", name=person.name)
        others = [await tx.session.get_one(Person, (tx.tenant, each)) for each in named if each != person.id]
        return ApproverQuote(
            **self.shown(tx, quote_id),
            person=person_view(person),
            withdraws=withdraws,
            others=tuple(map(person_view, others)),
        )

    async def still_holds(self, tx: Transaction, _subscription: None, quote: ApproverQuote) -> bool:
        """Whether the same people decide besides."""
        fresh = await self.draw(tx, None, {"person": quote.person.id, "withdraw": quote.withdraws}, quote.id)
        return {each.id for each in fresh.others} == {each.id for each in quote.others}

    async def carry_out(self, tx: Transaction, _subscription: None, operation: Operation, quote: ApproverQuote) -> None:
        """They decide from now on, or do no longer, and are told."""
        await locked(tx)
        row = Approver(tenant=tx.tenant, person_id=quote.person.id)
        there = await tx.session.merge(row)
        if quote.withdraws:
            await tx.session.delete(there)
        whom, nobody = {"approver": quote.person.id}, {"approver": None}
        before, after = (whom, nobody) if quote.withdraws else (nobody, whom)
        audit.note(tx, operation, before=before, after=after)
        kind = "approver_withdrawn" if quote.withdraws else "approver_named"
        await outbox.tell(tx, operation, kind, [quote.person.id], {})


@dataclass(frozen=True)
class TakeRequests(Decides):
    """Lets people ask for what is blocked, or not."""

    name: ClassVar = ActionName.REQUESTS
    quotes: ClassVar = RequestsQuote

    async def draw(self, tx: Transaction, _subscription: None, parameters: Json, quote_id: str) -> RequestsQuote:
        """The quote for this. Raises Refused("already_so")."""
        policy = await decided(tx)
        if parameters["opens"] is (policy is None or policy.requests):
            raise Refused("already_so")
        return RequestsQuote(**self.shown(tx, quote_id), opens=parameters["opens"])

    async def still_holds(self, tx: Transaction, _subscription: None, quote: RequestsQuote) -> bool:
        """Always: what another admin has decided meanwhile is refused by name."""
        await self.draw(tx, None, {"opens": quote.opens}, quote.id)
        return True

    async def carry_out(self, tx: Transaction, _subscription: None, operation: Operation, quote: RequestsQuote) -> None:
        """From now on requests are taken, or not."""
        (await locked(tx)).requests = quote.opens
        audit.note(tx, operation, before={"requests": not quote.opens}, after={"requests": quote.opens})


async def decided(tx: Transaction) -> Policy | None:
    """The row of the policy; None where nothing has been decided yet."""
    return await tx.session.get(Policy, tx.tenant, populate_existing=True)


async def locked(tx: Transaction) -> Policy:
    """The row of the policy, made where there is none, and held until the transaction ends."""
    if await decided(tx) is None:
        with suppress(IntegrityError):  # another admin's first decision came first
            async with tx.session.begin_nested():
                tx.session.add(Policy(tenant=tx.tenant))
    lock = {"key_share": True}
    return await tx.session.get_one(Policy, tx.tenant, with_for_update=lock, populate_existing=True)


async def _running(tx: Transaction, bought: ColumnElement[bool]) -> int:
    """How many subscriptions of these there are."""
    there = select(func.count()).where(Subscription.tenant == tx.tenant, Subscription.status != Status.DELETED, bought)
    return int(await tx.session.scalar(there) or 0)
