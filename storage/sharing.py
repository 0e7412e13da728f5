"""Sharing a subscription: with a team, whose owners may hand out its licenses, or with a deputy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import and_, select

from storage import audit, outbox
from storage.actions import ActionName
from storage.errors import Refused
from storage.models import Grant, Person, Subscription, Team
from storage.people import person_view
from storage.quotes import ShareQuote
from storage.subscriptions import views
from storage.teams import team_views
from storage.transaction import Transaction, could_be_id, new_id
from storage.views import GrantView, Status

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.catalog import Catalog
    from storage.clock import Clock
    from storage.database import Database
    from storage.models import Operation
    from storage.models.columns import Json
    from storage.operations import Operations
    from storage.rights import Rights
    from storage.terms import Terms
    from storage.views import Actor, PersonView, TeamView


@dataclass(frozen=True)
class Sharing:
    """Quotes rights given and taken back, and shows those that are given; storage/operations.py carries them out."""

    _database: Database
    _clock: Clock
    _operations: Operations
    _share: Share

    async def quote(
        self,
        actor: Actor,
        subscription_id: str,
        *,
        team_id: str | None = None,
        person_id: str | None = None,
        withdraw: bool = False,
        said: str = "",
        understood: dict[str, Any] | None = None,
    ) -> ShareQuote:
        """The right for the team or the deputy, or with `withdraw` its end, stored to be carried out.

        Raises Refused: "already_shared" and "not_shared" with the name, "unknown_team", "unknown_person",
        "deputy_is_no_member" and "deputy_is_purchaser", or for everybody but the purchaser what `Rights.refusal` says.
        """
        if (team_id is None) == (person_id is None):
            raise ValueError("a subscription is shared with either a team or a deputy")
        wish = {"team": team_id, "deputy": person_id, "withdraw": withdraw}
        return await self._operations.draw(actor, self._share, subscription_id, wish, said=said, understood=understood)

    async def of(self, actor: Actor, subscription_id: str) -> tuple[GrantView, ...]:
        """Whom it is shared with, the first first. Raises Refused for whoever may not see the subscription."""

        async def question(session: AsyncSession) -> tuple[GrantView, ...]:
            tx = await Transaction.of(session, actor, self._clock.now())
            await self._share.expect_seen(tx, subscription_id)
            grants = select(Grant).where(_given(tx, subscription_id)).order_by(Grant.granted_at, Grant.id)
            return await _shown(tx, list(await session.scalars(grants)))

        return await self._database.read(question)


@dataclass(frozen=True)
class Share:
    """Gives a right or takes it back. The numbers stay what they are, and so does every other quote."""

    _catalog: Catalog
    _terms: Terms
    _rights: Rights
    name: ClassVar = ActionName.SHARE
    quotes: ClassVar = ShareQuote
    any_version: ClassVar = True

    async def authorise(self, tx: Transaction, subscription: Subscription) -> None:
        """Raises Refused for everybody but the purchaser."""
        await self._rights.purchaser(tx, subscription, self._catalog.product(subscription.product_id).name)

    async def expect_seen(self, tx: Transaction, subscription_id: str) -> None:
        """Raises Refused("unknown_subscription") for whoever may not see it."""
        key = (tx.tenant, subscription_id)
        subscription = await tx.session.get(Subscription, key) if could_be_id(subscription_id) else None
        if subscription is None or not await self._rights.may_see(tx, subscription):
            raise Refused("unknown_subscription")

    async def draw(self, tx: Transaction, subscription: Subscription, parameters: Json, quote_id: str) -> ShareQuote:
        """The quote for this right, or for its end."""
        [view] = await views(tx, self._catalog, Subscription.id == subscription.id)
        team = await _team(tx, parameters["team"])
        deputy = await _person(tx, parameters["deputy"])
        quote = ShareQuote(
            id=quote_id,
            subscription=view,
            team=team,
            deputy=deputy,
            withdraws=parameters["withdraw"],
            quoted_at=tx.now,
            expires_at=tx.now + self._terms.quote_valid_for,
        )
        await _check(tx, quote)
        return quote

    async def still_holds(self, tx: Transaction, _subscription: Subscription, quote: ShareQuote) -> bool:
        """Always: what has been shared or withdrawn meanwhile is refused by name."""
        await _check(tx, quote)
        return True

    async def carry_out(
        self, tx: Transaction, subscription: Subscription, operation: Operation, quote: ShareQuote
    ) -> None:
        """Gives the right or ends it, and tells those who have it."""
        subscription.last_used_at = tx.now
        if quote.withdraws:
            for grant in await _grants(tx, quote):
                grant.withdrawn_at = tx.now
        else:
            tx.session.add(_grant(tx, quote))
        await _tell(tx, operation, quote)


def _given(tx: Transaction, subscription_id: str) -> ColumnElement[bool]:
    return and_(Grant.tenant == tx.tenant, Grant.subscription_id == subscription_id, Grant.withdrawn_at.is_(None))


async def _shown(tx: Transaction, grants: list[Grant]) -> tuple[GrantView, ...]:
    of_teams = and_(Team.tenant == tx.tenant, Team.id.in_([grant.team_id for grant in grants]))
    deputies = select(Person).where(Person.tenant == tx.tenant, Person.id.in_([grant.person_id for grant in grants]))
    teams = {team.id: team for team in await team_views(tx.session, of_teams)}
    people = {row.id: person_view(row) for row in await tx.session.scalars(deputies)}
    return tuple(
        GrantView(teams.get(grant.team_id or ""), people.get(grant.person_id or ""), grant.granted_at)
        for grant in grants
    )


async def _team(tx: Transaction, team_id: str | None) -> TeamView | None:
    if team_id is None:
        return None
    found = await team_views(tx.session, and_(Team.tenant == tx.tenant, Team.id == team_id))
    if not found:
        raise Refused("unknown_team")
    return found[0]


async def _person(tx: Transaction, person_id: str | None) -> PersonView | None:
    if person_id is None:
        return None
    return _known(await tx.session.get(Person, (tx.tenant, person_id), populate_existing=True))


def _known(person: Person | None) -> PersonView:
    if person is None:
        raise Refused("unknown_person")
    return person_view(person)


async def _check(tx: Transaction, quote: ShareQuote) -> None:
    product, name = quote.subscription.product_name, _name(quote)
    grants = await _grants(tx, quote)
    if quote.withdraws:
        if not grants:
            raise Refused("not_shared", product=product, name=name)
        return
    if quote.subscription.status is Status.DELETED:
        raise Refused("unknown_subscription")
    if grants:
        raise Refused("already_shared", product=product, name=name)
    if quote.deputy:
        await _check_deputy(tx, quote.deputy.id, quote)


async def _check_deputy(tx: Transaction, person_id: str, quote: ShareQuote) -> None:
    """The deputy stays as found until the transaction ends: an erasure waits, and then withdraws the right."""
    key, lock = (tx.tenant, person_id), {"read": True}
    deputy = _known(await tx.session.get(Person, key, with_for_update=lock, populate_existing=True))
    if not (deputy.member and deputy.enabled):
        raise Refused("deputy_is_no_member", name=_name(quote), product=quote.subscription.product_name)
    if deputy.id == quote.subscription.purchaser.id:
        raise Refused("deputy_is_purchaser", product=quote.subscription.product_name)


def _name(quote: ShareQuote) -> str:
    with_whom = quote.team or quote.deputy
    return with_whom.name if with_whom else ""


async def _grants(tx: Transaction, quote: ShareQuote) -> list[Grant]:
    """The rights that the quote is about, as far as they are given."""
    this = Grant.team_id == quote.team.id if quote.team else Grant.person_id == (quote.deputy and quote.deputy.id)
    return list(await tx.session.scalars(select(Grant).where(_given(tx, quote.subscription.id), this)))


def _grant(tx: Transaction, quote: ShareQuote) -> Grant:
    return Grant(
        tenant=tx.tenant,
        id=new_id(),
        subscription_id=quote.subscription.id,
        team_id=quote.team.id if quote.team else None,
        person_id=quote.deputy.id if quote.deputy else None,
        granted_at=tx.now,
    )


async def _tell(tx: Transaction, operation: Operation, quote: ShareQuote) -> None:
    whom = {"team": quote.team and quote.team.id, "deputy": quote.deputy and quote.deputy.id}
    nobody = {"team": None, "deputy": None}
    before, after = (whom, nobody) if quote.withdraws else (nobody, whom)
    audit.note(tx, operation, before=before, after=after)
    what = {"subscription": quote.subscription.id}
    if quote.deputy:
        kind = "deputy_withdrawn" if quote.withdraws else "deputy_named"
        outbox.post(tx, operation, kind, quote.deputy.id, what)
    if quote.team:
        kind = "share_withdrawn" if quote.withdraws else "shared_with_you"
        owners = [owner.id for owner in quote.team.owners]
        await outbox.tell(tx, operation, kind, owners, what | {"team": quote.team.id})
