"""Licenses: what a different number of them would cost, and who could do without one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage import assignments
from storage.errors import Refused
from storage.models import Subscription
from storage.transaction import Transaction, could_be_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.change_total import ChangeTotal
    from storage.clock import Clock
    from storage.database import Database
    from storage.operations import Operations
    from storage.quotes import ChangeQuote
    from storage.views import Actor, LicenseHolder, When


@dataclass(frozen=True)
class Licenses:
    """Quotes changes of a subscription's total; storage/operations.py carries them out."""

    _database: Database
    _clock: Clock
    _operations: Operations
    _change_total: ChangeTotal

    async def quote(
        self,
        actor: Actor,
        subscription_id: str,
        *,
        by: int | None = None,
        to: int | None = None,
        release: Sequence[str] | None = None,
        assign: Sequence[str] = (),
        when: When | None = None,
        spare_request: str = "",
        said: str = "",
        understood: dict[str, Any] | None = None,
    ) -> ChangeQuote:
        """What it would cost to change the total `by` a number or `to` a total, stored to be carried out.

        `release` are the ids of people who would give their license up, of whom as many do as have to; `assign` of
        those who get one of the licenses that are added; those who cannot are left out, with the reason. With neither
        `by` nor `to` one is added for each of the others. `when` is left to the rules where it is not said;
        `spare_request` is as for Assignments.quote. `said` and `understood` are kept for the audit trail. Raises
        Refused; with below_assigned the value `to_free` says how many licenses would have to be given up, with
        not_enough `lacking` how many there are too few.
        """
        wish: dict[str, Any] = {
            "by": by,
            "to": to,
            "releases": None if release is None else list(dict.fromkeys(release)),
            "assigns": list(dict.fromkeys(assign)),
            "when": when,
            "spare_request": spare_request,
        }
        return await self._operations.draw(
            actor, self._change_total, subscription_id, wish, said=said, understood=understood
        )

    async def idle(self, actor: Actor, subscription_id: str, count: int) -> tuple[LicenseHolder, ...]:
        """At most `count` people who could give a license up, the longest unused first.

        Raises Refused as `quote` does for someone who may not change the subscription.
        """

        async def question(session: AsyncSession) -> tuple[LicenseHolder, ...]:
            tx = await Transaction.of(session, actor, self._clock.now())
            if not could_be_id(subscription_id):
                raise Refused("unknown_subscription")
            subscription = await session.get(Subscription, (actor.tenant, subscription_id))
            if subscription is None:
                raise Refused("unknown_subscription")
            await self._change_total.authorise(tx, subscription)
            return tuple((await assignments.holders(tx, subscription_id))[:count])

        return await self._database.read(question)
