"""One operation, one transaction: a quote is drawn, claimed, carried out once, and its answer kept for good.

Written once for every kind of change; what a change is and does, its `Action` says.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from storage import outbox
from storage.answers import pack, pack_outcome, unpack, unpack_outcome
from storage.crashpoints import CrashPoint, crashpoint
from storage.errors import Refused
from storage.models import Operation, Person, PlanStep, Subscription
from storage.people import person_view
from storage.transaction import Transaction, could_be_id, new_id, storable
from storage.views import Actor, OperationStatus, Outcome, Quote, Receipt, Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.actions import Action
    from storage.clock import Clock
    from storage.database import Database
    from storage.models.columns import Json
    from storage.rights import Rights


Q = TypeVar("Q", bound=Quote)


@dataclass(frozen=True)
class Operations:
    """Draws, carries out, puts aside and shows operations."""

    _database: Database
    _clock: Clock
    _rights: Rights
    _actions: Mapping[str, Action[Any]]

    async def draw(
        self,
        actor: Actor,
        action: Action[Q],
        subscription_id: str | None,
        parameters: Json,
        *,
        said: str = "",
        understood: Json | None = None,
    ) -> Q:
        """A stored quote, good for the minutes the terms give it. Raises Refused, and then nothing is stored."""

        async def change(session: AsyncSession) -> Q:
            tx = await self._begin(session, actor)
            subscription = await _subscription(tx, subscription_id, to_change=False)
            return await self._draw(tx, action, subscription, parameters, said, understood)

        quote = await self._database.write(change)
        crashpoint(CrashPoint.AFTER_QUOTE)
        return quote

    async def check(self, actor: Actor, action: Action[Q], subscription_id: str | None, parameters: Json) -> None:
        """Raises Refused where `draw` would; stores nothing."""

        async def look(session: AsyncSession) -> None:
            tx = await self._begin(session, actor)
            subscription = await _subscription(tx, subscription_id, to_change=False)
            await action.authorise(tx, subscription)
            await action.draw(tx, subscription, parameters, new_id())

        await self._database.write(look)  # a reader could not hold the subscription as it is

    async def commit(self, actor: Actor, operation_id: str) -> Outcome:
        """What became of the operation, which is carried out if it is still open.

        Every call gives an equal outcome, at the same time, later, and from another process. Raises
        Refused("unknown_card"), also for a plan's step, and Refused("not_your_card", owner=…); these store nothing.
        """
        return await self._end(actor, operation_id, self._decide)

    async def commit_step(self, actor: Actor, operation_id: str, *, stopped: bool) -> Outcome:
        """`commit` for a step of a plan, refused where a step that it needs is not done: then it is `stopped`.

        What is no longer as it was shown is refused too, and not offered anew: the yes was to the plan as it was.
        """
        return await self._end(actor, operation_id, self._stop if stopped else self._decide_step, step=True)

    async def void(self, actor: Actor, operation_id: str, *, step: bool = False) -> Outcome:
        """Puts an open operation aside; one that has ended answers with how it ended. Raises as `commit` does."""
        return await self._end(actor, operation_id, self._void, step=step)

    async def show(self, actor: Actor, operation_id: str) -> Outcome | None:
        """How the operation stands, without touching it; None for an id unknown or someone else's."""

        async def question(session: AsyncSession) -> Outcome | None:
            if not could_be_id(operation_id):
                return None
            operation = await session.get(Operation, (actor.tenant, operation_id))
            theirs = operation is not None and operation.person_id == actor.person and operation.action in self._actions
            return self.outcome(operation) if operation and theirs else None

        return await self._database.read(question)

    def outcome(self, operation: Operation) -> Outcome:
        """The stored answer; the only thing anyone is ever told, the first caller too."""
        quote = self._quote(operation)
        if operation.answer is None:
            return Outcome(operation.id, operation.action, operation.status, quote)
        return unpack_outcome(operation.answer, quote)

    async def say_aloud(self, actor: Actor, operation_id: str, conversation: str, count: int) -> None:
        """Promises that the conversation in which the operation was asked for hears how many licenses it handed out.

        Once, however often it is called.
        """

        async def change(session: AsyncSession) -> None:
            tx = await self._begin(session, actor)
            operation = await session.get_one(Operation, (actor.tenant, operation_id))
            what = {"conversation": conversation, "total": count}
            outbox.post(tx, operation, outbox.HANDED_OUT, actor.person, what)

        with suppress(IntegrityError):
            await self._database.write(change)

    async def _end(
        self,
        actor: Actor,
        operation_id: str,
        decide: Callable[[Transaction, Operation], Awaitable[Outcome]],
        *,
        step: bool = False,
    ) -> Outcome:
        async def change(session: AsyncSession) -> Outcome:
            tx = await self._begin(session, actor)
            operation = await _claim(tx, operation_id, self._actions)
            crashpoint(CrashPoint.AFTER_CLAIM)
            if operation.status is OperationStatus.OPEN:
                if await _is_step(tx, operation) is not step:
                    raise Refused("unknown_card")
                _keep(operation, await decide(tx, operation), tx)
                await session.flush()
            crashpoint(CrashPoint.BEFORE_COMMIT)
            return self.outcome(operation)

        outcome = await self._database.write(change)
        crashpoint(CrashPoint.AFTER_COMMIT)
        return outcome

    async def _begin(self, session: AsyncSession, actor: Actor) -> Transaction:
        return await Transaction.of(session, actor, self._clock.now())

    async def _draw(
        self,
        tx: Transaction,
        action: Action[Q],
        subscription: Subscription | None,
        parameters: Json,
        said: str,
        understood: Json | None,
    ) -> Q:
        await action.authorise(tx, subscription)
        quote = await action.draw(tx, subscription, parameters, new_id())
        tx.session.add(
            Operation(
                tenant=tx.tenant,
                id=quote.id,
                person_id=tx.actor.person,
                action=action.name,
                subscription_id=subscription and subscription.id,
                subscription_version=_version(subscription),
                parameters=parameters,
                quote=pack(quote),
                said=storable(said),
                understood=understood,
                drawn_at=quote.quoted_at,
                expires_at=quote.expires_at,
            )
        )
        return quote

    async def _stop(self, tx: Transaction, operation: Operation) -> Outcome:
        quote, late = self._quote(operation), tx.now > operation.expires_at
        what = quote.names
        return _refused(operation, quote, Refused("quote_expired", **what) if late else Refused("step_stopped", **what))

    async def _decide_step(self, tx: Transaction, operation: Operation) -> Outcome:
        quote = self._quote(operation)
        if quote.about and quote.about.id != operation.id:  # of a purchase earlier in the plan, there is one only now
            operation.subscription_id = quote.about.id
        return await self._decide(tx, operation, anew=False)

    async def _decide(self, tx: Transaction, operation: Operation, *, anew: bool = True) -> Outcome:
        """Carries it out or says why not; whatever half a change there was is rolled back to here."""
        quote = self._quote(operation)
        try:
            async with tx.session.begin_nested():
                return await self._carry_out(tx, operation, quote, anew=anew)
        except Refused as refused:
            await tx.session.refresh(operation)  # a purchase had named its subscription in it
            return _refused(operation, quote, refused)

    async def _carry_out(self, tx: Transaction, operation: Operation, quote: Quote, *, anew: bool) -> Outcome:
        action = self._actions[operation.action]
        if tx.now > operation.expires_at:
            raise Refused("quote_expired", **quote.names)
        subscription = await _subscription(tx, operation.subscription_id, to_change=True)
        await _authorise_still(tx, action, subscription, quote)
        unchanged = action.any_version or _version(subscription) == operation.subscription_version
        if not unchanged or not await action.still_holds(tx, subscription, quote):
            if not anew:
                raise Refused("step_changed", **quote.names)
            return await self._offer_anew(tx, operation, subscription, quote)
        number = await action.carry_out(tx, subscription, operation, quote)
        done_by = person_view(await self._rights.member(tx))
        receipt = Receipt(quote, number, tx.now, done_by)
        return Outcome(operation.id, operation.action, OperationStatus.DONE, quote, receipt=receipt)

    async def _offer_anew(
        self, tx: Transaction, operation: Operation, subscription: Subscription | None, old: Quote
    ) -> Outcome:
        # Never re-apply a delta silently: what was asked for is shown again, as it would be now.
        action, understood = self._actions[operation.action], operation.understood
        fresh = await self._draw(tx, action, subscription, operation.parameters, operation.said, understood)
        refusal = Refusal("quote_changed", old.names, fresh)
        return Outcome(operation.id, operation.action, OperationStatus.VOID, old, refusal=refusal)

    async def _void(self, _tx: Transaction, operation: Operation) -> Outcome:
        return Outcome(operation.id, operation.action, OperationStatus.VOID, self._quote(operation))

    def _quote(self, operation: Operation) -> Quote:
        quotes: type[Quote] = self._actions[operation.action].quotes
        return unpack(quotes, operation.quote)


def _refused(operation: Operation, quote: Quote, why: Refused) -> Outcome:
    status = OperationStatus.EXPIRED if why.code == "quote_expired" else OperationStatus.REFUSED
    return Outcome(operation.id, operation.action, status, quote, refusal=Refusal(why.code, why.values))


async def _claim(tx: Transaction, operation_id: str, offered: Collection[str]) -> Operation:
    """The operation of an `offered` action, locked first: a twin in flight waits here, and then finds the answer."""
    if not could_be_id(operation_id):
        raise Refused("unknown_card")
    operation = await tx.session.get(Operation, (tx.tenant, operation_id), with_for_update=True, populate_existing=True)
    if operation is None or operation.action not in offered:
        raise Refused("unknown_card")
    if operation.person_id != tx.actor.person:
        owner = await tx.session.get_one(Person, (tx.tenant, operation.person_id))
        raise Refused("not_your_card", owner=owner.name)
    return operation


async def _is_step(tx: Transaction, operation: Operation) -> bool:
    """Whether it is a step of a plan, and so comes in its turn only."""
    this = select(PlanStep.position).where(PlanStep.tenant == tx.tenant, PlanStep.operation_id == operation.id)
    return await tx.session.scalar(this) is not None


async def _authorise_still(
    tx: Transaction, action: Action[Any], subscription: Subscription | None, quote: Quote
) -> None:
    try:
        await action.authorise(tx, subscription)
    except Refused as refused:
        if refused.code == "not_a_member" or not quote.about:
            raise
        raise Refused("not_allowed", product=quote.about.product_name) from refused


async def _subscription(tx: Transaction, subscription_id: str | None, *, to_change: bool) -> Subscription | None:
    """The subscription as it stays until the transaction ends: all that is read about it next is of one instant."""
    if subscription_id is None:
        return None
    if not could_be_id(subscription_id):
        raise Refused("unknown_subscription")
    to_change = to_change or tx.rehearsed  # there it comes next: two who share a row cannot both change it
    this = select(Subscription).where(Subscription.tenant == tx.tenant, Subscription.id == subscription_id)
    this = this.with_for_update(read=not to_change)
    subscription = await tx.session.scalar(this.execution_options(populate_existing=True))
    if subscription is None:
        raise Refused("unknown_subscription")
    return subscription


def _version(subscription: Subscription | None) -> int:
    return subscription.version if subscription else 0


def _keep(operation: Operation, outcome: Outcome, tx: Transaction) -> None:
    operation.status = outcome.status
    operation.answer = pack_outcome(outcome)
    operation.ended_at = tx.now
