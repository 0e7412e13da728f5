"""Paying with another card that is on file: for one subscription, or for all one has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import and_, select

from storage import audit
from storage.actions import ActionName
from storage.buying import methods
from storage.errors import Refused
from storage.models import Person, Subscription
from storage.quotes import SwitchQuote
from storage.subscriptions import views
from storage.views import PaymentMethodView, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement

    from storage.catalog import Catalog
    from storage.models import Operation, PaymentMethod
    from storage.models.columns import Json
    from storage.operations import Operations
    from storage.rights import Rights
    from storage.terms import Terms
    from storage.transaction import Transaction
    from storage.views import Actor


@dataclass(frozen=True)
class Switching:
    """Quotes that another card pays; storage/operations.py carries it out."""

    _operations: Operations
    _switch: Switch

    async def quote(
        self,
        actor: Actor,
        subscription_id: str,
        method: str,
        *,
        all_of_them: bool = False,
        said: str = "",
        understood: dict[str, Any] | None = None,
    ) -> SwitchQuote:
        """What it means to pay with this card from now on, for the subscription or for all; stored to be carried out.

        Raises Refused: "unknown_method", "card_expired", "already_pays", "nothing_to_pay" for a trial or what is
        deleted, or for everybody but the purchaser what `Rights.refusal` says.
        """
        wish = {"method": method, "all": all_of_them}
        return await self._operations.draw(actor, self._switch, subscription_id, wish, said=said, understood=understood)


@dataclass(frozen=True)
class Switch:
    """Has a subscription, or all of them, paid with another card from now on; the former one stays on file."""

    _catalog: Catalog
    _terms: Terms
    _rights: Rights
    name: ClassVar = ActionName.SWITCH
    quotes: ClassVar = SwitchQuote
    any_version: ClassVar = True

    async def authorise(self, tx: Transaction, subscription: Subscription) -> None:
        """Raises Refused for everybody but the purchaser, whose cards stay as they are from here."""
        await self._rights.purchaser(tx, subscription, self._catalog.product(subscription.product_id).name)
        await one_after_the_other(tx)

    async def draw(self, tx: Transaction, subscription: Subscription, parameters: Json, quote_id: str) -> SwitchQuote:
        """The quote for `parameters`: `method`, the id of a card, and whether it is for `all` subscriptions."""
        method, product = await good_card(tx, parameters["method"]), self._catalog.product(subscription.product_id)
        chosen = _paid(tx) if parameters["all"] else _paid(tx) & (Subscription.id == subscription.id)
        found = await views(tx, self._catalog, chosen)
        if subscription.id not in (view.id for view in found):
            raise Refused("nothing_to_pay", product=product.name)
        paying = {row.payment_method_id for row in await _rows(tx, chosen)}
        if paying == {method.id}:
            raise Refused("already_pays", product=product.name, brand=method.brand, last_four=method.last_four)
        return SwitchQuote(
            id=quote_id,
            subscription=next(view for view in found if view.id == subscription.id),
            others=tuple(view for view in found if view.id != subscription.id),
            payment_method=PaymentMethodView(method.brand, method.last_four),
            method=method.id,
            former=paying.pop() if len(paying) == 1 else None,
            quoted_at=tx.now,
            expires_at=tx.now + self._terms.quote_valid_for,
        )

    async def still_holds(self, tx: Transaction, subscription: Subscription, quote: SwitchQuote) -> bool:
        """Whether the card can still be used, for the same subscriptions."""
        fresh = await self.draw(tx, subscription, {"method": quote.method, "all": bool(quote.others)}, quote.id)
        return {view.id for view in fresh.others} == {view.id for view in quote.others}

    async def carry_out(
        self, tx: Transaction, subscription: Subscription, operation: Operation, quote: SwitchQuote
    ) -> None:
        """From now on the card pays."""
        subscription.last_used_at = tx.now
        ids = [subscription.id, *(view.id for view in quote.others)]
        before = await attach(tx, quote.method, ids)
        audit.note(tx, operation, before={"cards": before}, after={"cards": dict.fromkeys(ids, quote.method)})


async def attach(tx: Transaction, method: str, subscriptions: Sequence[str]) -> dict[str, str | None]:
    """Has these of the actor's subscriptions paid with the card; what paid for each before, by id."""
    rows = await _rows(tx, _paid(tx) & Subscription.id.in_(subscriptions), lock=True)
    before = {row.id: row.payment_method_id for row in rows}
    for row in rows:
        row.payment_method_id = method
        row.version += 1  # what was offered with the former card is offered anew
    return before


async def paid_by(tx: Transaction, subscription_id: str = "") -> list[str]:
    """The ids of the subscriptions that the actor pays for; of one, whether it is among them."""
    rows = await _rows(tx, _paid(tx))
    return [row.id for row in rows if subscription_id in ("", row.id)]


async def good_card(tx: Transaction, method_id: str) -> PaymentMethod:
    """The actor's card of that id; raises Refused("unknown_method") and Refused("card_expired", brand, last_four)."""
    method = next((each for each in await methods(tx) if each.id == method_id), None)
    if method is None:
        raise Refused("unknown_method")
    if (method.expiry_year, method.expiry_month) < (tx.today.year, tx.today.month):
        raise Refused("card_expired", brand=method.brand, last_four=method.last_four)
    return method


async def one_after_the_other(tx: Transaction) -> None:
    """What one person does with cards, and buying, comes one after the other from here (as `Buy.authorise`)."""
    key = (tx.tenant, tx.actor.person)
    await tx.session.get(Person, key, with_for_update={"key_share": True}, populate_existing=True)


def _paid(tx: Transaction) -> ColumnElement[bool]:
    return and_(
        Subscription.purchaser_id == tx.actor.person,
        Subscription.status != Status.DELETED,
        Subscription.trial.is_(False),
    )


async def _rows(tx: Transaction, which: ColumnElement[bool], *, lock: bool = False) -> list[Subscription]:
    found = select(Subscription).where(Subscription.tenant == tx.tenant, which).order_by(Subscription.id)
    return list(await tx.session.scalars(found.with_for_update() if lock else found))
