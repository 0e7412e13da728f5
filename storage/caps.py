"""Caps: the most that may be bought, by whom together, set and taken away by admins."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import and_, func, select

from storage import audit
from storage.actions import ActionName
from storage.errors import Refused
from storage.models import Cap, Person, Team, TeamMember
from storage.money import Money, minor_units
from storage.policy_actions import Decides, locked
from storage.policy_views import CapQuote, CapView, Per
from storage.teams import team_views
from storage.transaction import new_id

if TYPE_CHECKING:
    from sqlalchemy import Select

    from storage.catalog import Catalog
    from storage.models import Operation
    from storage.models.columns import Json
    from storage.transaction import Transaction
    from storage.views import TeamView


@dataclass(frozen=True)
class CapWish:
    """A cap as asked for: of licenses of a product, or of money a month in one of the currencies that may be meant."""

    per: Per
    team: str | None = None  # id
    product: str | None = None  # id; None: money
    licenses: int | None = None
    amount: str | None = None  # as said, “1234.50”
    currencies: tuple[str, ...] = ()
    lifts: bool = False

    def packed(self) -> Json:
        return {**asdict(self), "currencies": list(self.currencies)}


@dataclass(frozen=True)
class Restrict(Decides):
    """Sets a cap, or takes it away."""

    name: ClassVar = ActionName.CAP
    quotes: ClassVar = CapQuote

    async def draw(self, tx: Transaction, _subscription: None, parameters: Json, quote_id: str) -> CapQuote:
        """The quote for a packed `CapWish`."""
        wish = CapWish(**{**parameters, "per": Per(parameters["per"]), "currencies": tuple(parameters["currencies"])})
        there = await tx.session.scalar(_same(tx, wish.per, wish.team, wish.product))
        cap = await self._wanted(tx, wish, there)
        return CapQuote(
            **self.shown(tx, quote_id),
            cap=cap,
            product=wish.product,
            before=_number(there),
            lifts=wish.lifts,
            people=await _people(tx, wish.team),
        )

    async def _wanted(self, tx: Transaction, wish: CapWish, there: Cap | None) -> CapView:
        """The cap as it will be, or the one that goes."""
        if wish.lifts:
            if there is None:
                raise Refused("no_such_cap")
            return await cap_view(tx, self._catalog, there)
        team = await _team(tx, wish.team) if wish.team else None
        product = self._catalog.product(wish.product).name if wish.product else None
        money = None if wish.product else _money(tx, wish)
        if _number(there) is not None and _number(there) == (money.amount if money else wish.licenses):
            raise Refused("already_so")
        return CapView(wish.per, team, product, wish.licenses, money)

    async def still_holds(self, tx: Transaction, _subscription: None, quote: CapQuote) -> bool:
        """Whether what the card shows as the cap until now still is."""
        team = quote.cap.team.id if quote.cap.team else None
        there = await tx.session.scalar(_same(tx, quote.cap.per, team, quote.product))
        return _number(there) == quote.before

    async def carry_out(self, tx: Transaction, _subscription: None, operation: Operation, quote: CapQuote) -> None:
        """From now on it counts, or does no longer."""
        await locked(tx)
        cap, team = quote.cap, quote.cap.team.id if quote.cap.team else None
        there = await tx.session.scalar(_same(tx, cap.per, team, quote.product))
        if there:
            await tx.session.delete(there)
            await tx.session.flush()
        if not quote.lifts:
            money = {"amount": cap.money.amount, "currency": cap.money.currency} if cap.money else {}
            of = {"team_id": team, "product_id": quote.product, "licenses": cap.licenses}
            tx.session.add(Cap(tenant=tx.tenant, id=new_id(), per=cap.per, **of, **money))
        whose = {"per": cap.per.value, "team": team, "product": quote.product}
        now = None if quote.lifts else cap.money.amount if cap.money else cap.licenses
        audit.note(tx, operation, before=whose | {"cap": quote.before}, after=whose | {"cap": now})


async def cap_view(tx: Transaction, catalog: Catalog, cap: Cap, left: int | None = None) -> CapView:
    """The cap as people see it."""
    return CapView(
        cap.per,
        await _team(tx, cap.team_id) if cap.team_id else None,
        catalog.product(cap.product_id).name if cap.product_id else None,
        cap.licenses,
        Money(cap.amount, cap.currency) if cap.amount is not None and cap.currency else None,
        left,
    )


def _same(tx: Transaction, per: Per, team: str | None, product: str | None) -> Select[Cap]:
    """The cap of these that there is."""
    mine = Cap.tenant == tx.tenant, Cap.per == per
    return select(Cap).where(
        *mine, Cap.team_id.is_not_distinct_from(team), Cap.product_id.is_not_distinct_from(product)
    )


def _number(cap: Cap | None) -> int | None:
    """How much it allows, whatever it counts."""
    return None if cap is None else cap.amount if cap.licenses is None else cap.licenses


def _money(tx: Transaction, wish: CapWish) -> Money:
    if wish.currencies and tx.currency not in wish.currencies:
        raise Refused("other_currency", currency=tx.currency)
    amount = minor_units(wish.amount or "", tx.currency)
    if amount is None:
        raise Refused("no_such_amount", currency=tx.currency)
    return Money(amount, tx.currency)


async def _team(tx: Transaction, team_id: str) -> TeamView:
    found = await team_views(tx.session, and_(Team.tenant == tx.tenant, Team.id == team_id))
    if not found:
        raise Refused("unknown_team")
    return found[0]


async def _people(tx: Transaction, team: str | None) -> int:
    """How many people can buy: everybody, or those in a team."""
    who = [Person.tenant == tx.tenant, Person.member, Person.enabled]
    if team:
        of_team = (TeamMember.tenant == tx.tenant, TeamMember.team_id == team)
        who.append(Person.id.in_(select(TeamMember.person_id).where(*of_team)))
    return int(await tx.session.scalar(select(func.count()).select_from(Person).where(*who)) or 0)
