"""The actions behind handing licenses out, taking them back and moving them: one quote, by whom they go to and from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import exists, select

from storage import assignments, audit, outbox, scheduled, spares
from storage.actions import ActionName
from storage.errors import Refused
from storage.models import Assignment, Subscription
from storage.quotes import Seat, SeatsQuote
from storage.subscriptions import views
from storage.views import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.catalog import Catalog
    from storage.models import Operation
    from storage.models.columns import Json
    from storage.quotes import SeatResult
    from storage.rights import Rights
    from storage.terms import Terms
    from storage.transaction import Transaction
    from storage.views import LicenseHolder, SubscriptionView

SEATS = (ActionName.ASSIGN, ActionName.UNASSIGN, ActionName.MOVE)
ASSIGNABLE = (Status.ACTIVE, Status.EXPIRED)  # Microsoft: nobody is given a license of a disabled subscription


@dataclass(frozen=True)
class Seats:
    """Licenses to people, from people, or from some to others; no money moves, and no total."""

    _catalog: Catalog
    _terms: Terms
    _rights: Rights
    name: ActionName  # one of SEATS
    quotes: ClassVar = SeatsQuote
    any_version: ClassVar = True  # a new total or price is no reason to ask again who gets one

    async def authorise(self, tx: Transaction, subscription: Subscription) -> None:
        """Raises Refused: "not_a_member", "unknown_subscription" or, for who may see it, "not_yours" with the owner.

        Whoever has held a license may ask to give theirs back; that it is theirs, `_may` sees to.
        """
        await self._rights.member(tx)
        if await self._rights.may_assign(tx, subscription):
            return
        if self.name is not ActionName.UNASSIGN or not await _has_held(tx, subscription):
            raise await self._rights.refusal(tx, subscription, self._product(subscription))

    async def draw(self, tx: Transaction, subscription: Subscription, parameters: Json, quote_id: str) -> SeatsQuote:
        """The quote for the people whose ids are in `parameters`; with a move, who is in both keeps theirs."""
        product = self._product(subscription)
        give, take = parameters["give"], [each for each in parameters["take"] if each not in parameters["give"]]
        if not await self._may(tx, subscription, take):
            raise await self._rights.refusal(tx, subscription, product)
        if len(give) + len(take) > self._terms.max_batch:
            raise Refused("too_many_people", product=product)
        if give and (ended := self._ended(tx, subscription)):
            raise Refused("not_active", product=product, status=ended.value)
        try:
            return await self._quote(tx, subscription, give, take, quote_id)
        except Refused as refused:
            raise Refused(refused.code, **{**refused.values, "product": product}) from None

    async def _quote(
        self, tx: Transaction, subscription: Subscription, give: list[str], take: list[str], quote_id: str
    ) -> SeatsQuote:
        [view] = await views(tx, self._catalog, Subscription.id == subscription.id)
        takes = await assignments.holding(tx, subscription.id, take)
        gives = await assignments.seats(tx, subscription.id, give)
        new, left_out = assignments.parted(gives)
        free = view.free + len(takes) - len(new)
        if free < 0:
            if not await self._rights.may_change_total(tx, subscription):
                raise _too_few_to_share(view, -free, left_out)
            raise Refused("not_enough", lacking=-free, free=view.free)
        if view.scheduled and await _beyond(tx, view, len(new), takes):
            raise Refused("reduction_waits", total=view.scheduled.total, date=view.scheduled.on.isoformat())
        return SeatsQuote(
            id=quote_id,
            subscription=view,
            gives=gives,
            takes=takes,
            free=free,
            quoted_at=tx.now,
            expires_at=tx.now + self._terms.quote_valid_for,
        )

    async def still_holds(self, tx: Transaction, subscription: Subscription, quote: SeatsQuote) -> bool:
        """Whether everyone stands as was shown, and enough licenses are free. Raises Refused("not_allowed")."""
        product, taken = quote.subscription.product_name, _taken(quote)
        if not await self._may(tx, subscription, taken):
            raise Refused("not_allowed", product=product)
        if quote.gives and self._ended(tx, subscription):
            return False
        holding = {holder.person.id for holder in await assignments.holders(tx, subscription.id)}
        gives = await assignments.seats(tx, subscription.id, [each.person.id for each in quote.gives])
        [view] = await views(tx, self._catalog, Subscription.id == subscription.id)
        if await _beyond(tx, view, len(quote.given), quote.takes):
            return False
        as_shown = [each.seat for each in gives] == [each.seat for each in quote.gives] and holding.issuperset(taken)
        return as_shown and subscription.assigned + len(quote.given) - len(taken) <= subscription.total

    async def carry_out(
        self, tx: Transaction, subscription: Subscription, operation: Operation, quote: SeatsQuote
    ) -> str | None:
        """Moves the licenses, and tells those whose they are or were."""
        before = {"assigned": subscription.assigned}
        given, taken = [person.id for person in quote.given], _taken(quote)
        await assignments.move(tx, subscription.id, given=given, taken=taken)
        await scheduled.spare(tx, subscription.id, given)
        if subscription.purchaser_id == tx.actor.person:
            subscription.last_used_at = tx.now
        after = {"assigned": subscription.assigned + len(given) - len(taken), "given": given, "taken": taken}
        audit.note(tx, operation, before=before, after=after)
        what = {"subscription": subscription.id}
        outbox.post(tx, operation, outbox.FULFIL, outbox.MICROSOFT, {**what, "given": given, "taken": taken})
        await spares.handed_out(tx, operation, quote.subscription, given)
        await outbox.tell(tx, operation, "license_taken", taken, what)
        return None

    async def _may(self, tx: Transaction, subscription: Subscription, taken: Sequence[str]) -> bool:
        """Those with the right; and everyone gives back their own."""
        own = self.name is ActionName.UNASSIGN and list(taken) == [tx.actor.person]
        return own or await self._rights.may_assign(tx, subscription)

    def _ended(self, tx: Transaction, subscription: Subscription) -> Status | None:
        """The status in which nobody is given a license of it any more, by the day: the stored one may come late."""
        if subscription.status not in ASSIGNABLE:
            return subscription.status
        given_for = timedelta() if subscription.trial else self._terms.expired_for
        return Status.DISABLED if tx.today >= subscription.period_end + given_for else None

    def _product(self, subscription: Subscription) -> str:
        return self._catalog.product(subscription.product_id).name


async def _beyond(tx: Transaction, view: SubscriptionView, more: int, takes: Sequence[LicenseHolder]) -> bool:
    """Whether more people would keep a license than there are after the scheduled change: nobody is given one then."""
    if view.scheduled is None or not more:
        return False
    leaving = await scheduled.leaving(tx, view.id)
    staying = view.assigned - len(leaving) + more - sum(each.person.id not in leaving for each in takes)
    return staying > view.scheduled.total


async def _has_held(tx: Transaction, subscription: Subscription) -> bool:
    own = (
        Assignment.tenant == tx.tenant,
        Assignment.subscription_id == subscription.id,
        Assignment.person_id == tx.actor.person,
    )
    return bool(await tx.session.scalar(select(exists().where(*own))))


def _too_few_to_share(view: SubscriptionView, lacking: int, left_out: Sequence[SeatResult]) -> Refused:
    """Too few for whoever hands out without paying: who pays, and who of those named could not have one anyway."""
    free, owner = view.free, view.purchaser.name
    never = sorted(each.person.name for each in left_out if each.seat in (Seat.GUEST, Seat.DISABLED))
    if never:
        names = ", ".join(never)
        return Refused("not_enough_for_members", lacking=lacking, free=free, owner=owner, names=names)
    return Refused("not_enough_to_share", lacking=lacking, free=free, owner=owner)


def _taken(quote: SeatsQuote) -> list[str]:
    return [holder.person.id for holder in quote.takes]
