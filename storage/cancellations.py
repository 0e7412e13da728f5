"""Cancelling: at once and refunded within the window, and at the end of the term after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from storage import assignments, audit, billing, invoices, outbox, scheduled, trials
from storage.actions import ActionName
from storage.errors import Refused
from storage.models import Cancellation, Subscription
from storage.money import Money
from storage.quotes import CancelQuote
from storage.subscriptions import views
from storage.transaction import storable
from storage.views import Status, When

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.catalog import Catalog, Product
    from storage.models import Operation
    from storage.models.columns import Json
    from storage.operations import Operations
    from storage.payments import Gateway
    from storage.rights import Rights
    from storage.terms import Terms
    from storage.transaction import Transaction
    from storage.views import Actor, LicenseHolder, SubscriptionView

DAY: Final = timedelta(days=1)
# Microsoft asks for a reason and does not publish its list; these are Stripe's (design: record.md)
REASONS: Final = (
    "too_expensive",
    "missing_features",
    "switched_service",
    "unused",
    "customer_service",
    "too_complex",
    "low_quality",
    "other",
)


@dataclass(frozen=True)
class Cancellations:
    """Quotes the end of a subscription; storage/operations.py carries it out."""

    _operations: Operations
    _cancel: Cancel

    async def quote(
        self,
        actor: Actor,
        subscription_id: str,
        reason: str,
        *,
        feedback: str = "",
        language: str | None = None,
        said: str = "",
        understood: dict[str, Any] | None = None,
    ) -> CancelQuote:
        """When it would end, what would go back to the card, and who would lose a license; stored to be carried out.

        `reason` is one of REASONS; `feedback` is kept as it was said, in `language`. Raises Refused: "already_ended",
        "not_active" while the renewal is due, "already_cancelled" with the last day, what storage/trials.py says of
        a trial that has ended, "no_card_to_refund", or for everybody but the purchaser what `Rights.refusal` says.
        """
        if reason not in REASONS:
            raise ValueError(f"{reason} is no reason; the reasons are {', '.join(REASONS)}")
        wish = {"reason": reason, "feedback": storable(feedback), "language": language}
        return await self._operations.draw(actor, self._cancel, subscription_id, wish, said=said, understood=understood)

    async def check(self, actor: Actor, subscription_id: str) -> None:
        """Raises Refused as `quote` would, before anybody has given a reason."""
        wish = {"reason": "other", "feedback": ""}
        await self._operations.check(actor, self._cancel, subscription_id, wish)


@dataclass(frozen=True)
class Cancel:
    """Ends a subscription. Sources: Microsoft, "Cancel your subscription"; the window is `Terms.return_window`."""

    _catalog: Catalog
    _terms: Terms
    _rights: Rights
    _gateway: Gateway
    name: ClassVar = ActionName.CANCEL
    quotes: ClassVar = CancelQuote
    any_version: ClassVar = False

    async def authorise(self, tx: Transaction, subscription: Subscription) -> None:
        """Raises Refused for everybody but the purchaser."""
        await self._rights.purchaser(tx, subscription, self._catalog.product(subscription.product_id).name)

    async def draw(self, tx: Transaction, subscription: Subscription, parameters: Json, quote_id: str) -> CancelQuote:
        """The quote for cancelling with this reason and feedback."""
        [view] = await views(tx, self._catalog, Subscription.id == subscription.id)
        closes_at = None if view.trial else await billing.began(tx, subscription) + self._terms.return_window
        at_once = closes_at is None or tx.now < closes_at
        _check(tx, view, self._catalog.product(view.product), at_once=at_once)
        ends_on = tx.today if at_once else view.period_end
        nothing = Money(0, tx.currency)
        ending = await _ending(tx, subscription, view) if at_once else billing.Ending(nothing, nothing, nothing)
        return CancelQuote(
            id=quote_id,
            subscription=view,
            when=When.NOW if at_once else When.RENEWAL,
            ends_on=ends_on,
            last_paid_day=ends_on - DAY,
            data_until=self._terms.data_until(ends_on, at_once=at_once, trial=view.trial),
            window_closes_at=closes_at,
            refund=ending.refund,
            waived=ending.waived,
            still_open=ending.still_open,
            payment_method=view.payment_method,
            loses=tuple(await assignments.holders(tx, subscription.id)),
            drops=view.scheduled,
            reason=parameters["reason"],
            feedback=parameters["feedback"],
            quoted_at=tx.now,
            expires_at=tx.now + self._terms.quote_valid_for,
        )

    async def still_holds(self, tx: Transaction, subscription: Subscription, quote: CancelQuote) -> bool:
        """Whether it still ends on that day, comes to as much, and takes a license from nobody else."""
        fresh = await self.draw(tx, subscription, {"reason": quote.reason, "feedback": quote.feedback}, quote.id)
        return _consequences(fresh) == _consequences(quote)

    async def carry_out(
        self, tx: Transaction, subscription: Subscription, operation: Operation, quote: CancelQuote
    ) -> str | None:
        """Ends it, or sees to it that its term is the last; the number of the credit note, if there is one."""
        if quote.when is When.NOW:
            await assignments.release_all(tx, subscription.id)
            subscription.assigned, subscription.status, subscription.status_since = 0, Status.DISABLED, quote.ends_on
            subscription.unpaid, subscription.retry_on = bool(quote.still_open), None
        await scheduled.drop(tx, subscription.id)
        subscription.recurring = False
        subscription.version += 1
        subscription.last_used_at = tx.now
        tx.session.add(_cancellation(tx, operation, quote))
        await _tell(tx, operation, quote)
        return await self._pay_back(tx, subscription, operation, quote) if quote.when is When.NOW else None

    async def _pay_back(
        self, tx: Transaction, subscription: Subscription, operation: Operation, quote: CancelQuote
    ) -> str | None:
        lines = await billing.settle(tx, subscription, operation)
        number = await invoices.issue(tx, subscription.purchaser_id, operation, *lines) if lines else None
        if not quote.refund:
            return number
        try:
            await billing.refund(tx, self._gateway, subscription, quote.refund)
        except Refused as refused:
            raise Refused(refused.code, **{"product": quote.subscription.product_name, **refused.values}) from None
        return number


def _check(tx: Transaction, view: SubscriptionView, product: Product, *, at_once: bool) -> None:
    over = view.status is not Status.ACTIVE or tx.today >= view.period_end
    if over and view.trial:
        raise trials.had(product)
    if over and view.status is Status.ACTIVE and view.recurring:
        raise Refused("not_active", product=product.name, status=Status.EXPIRED.value)
    if over:
        raise Refused("already_ended", product=product.name)
    if view.cancelled and not at_once:
        raise Refused("already_cancelled", product=view.product_name, until=view.period_end.isoformat())


def _consequences(quote: CancelQuote) -> tuple[object, ...]:
    amounts = (quote.refund, quote.waived or None, quote.still_open or None)  # None: of an earlier release
    return quote.when, quote.ends_on, amounts, set(_holders(quote.loses))


async def _ending(tx: Transaction, subscription: Subscription, view: SubscriptionView) -> billing.Ending:
    ending = await billing.ending(tx, subscription)
    if ending.refund and view.payment_method is None:
        raise Refused("no_card_to_refund", product=view.product_name)
    return ending


def _cancellation(tx: Transaction, operation: Operation, quote: CancelQuote) -> Cancellation:
    return Cancellation(
        tenant=tx.tenant,
        operation_id=operation.id,
        subscription_id=quote.subscription.id,
        reason=quote.reason,
        feedback=quote.feedback,
        language=operation.parameters["language"],
        ends_on=quote.ends_on,
        at=tx.now,
    )


async def _tell(tx: Transaction, operation: Operation, quote: CancelQuote) -> None:
    view, on = quote.subscription, quote.ends_on.isoformat()
    what = {"subscription": view.id, "on": on}
    at_once = quote.when is When.NOW
    before = {
        "status": view.status.value,
        "recurring": view.recurring,
        "scheduled": quote.drops.total if quote.drops else None,
    }
    after = {
        "status": (Status.DISABLED if at_once else view.status).value,
        "recurring": False,
        "scheduled": None,
        "ends_on": on,
        "reason": quote.reason,
        "released": _holders(quote.loses) if at_once else [],
    }
    audit.note(tx, operation, before=before, after=after)
    outbox.post(tx, operation, outbox.FULFIL, outbox.MICROSOFT, what | {"total": 0})
    await outbox.tell(tx, operation, "subscription_cancelled", _holders(quote.loses), what)


def _holders(loses: Sequence[LicenseHolder]) -> list[str]:
    return [holder.person.id for holder in loses]
