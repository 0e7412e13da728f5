"""Who holds a license: reading it, handing licenses out, and taking them back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select, true, update

from storage.actions import ActionName
from storage.errors import Refused
from storage.models import Assignment, Grant, Person, Subscription
from storage.people import person_view
from storage.quotes import Seat, SeatResult
from storage.rights import as_either
from storage.transaction import Transaction, could_be_id, new_id
from storage.views import Held, LicenseHolder, Seated, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.catalog import Catalog
    from storage.clock import Clock
    from storage.database import Database
    from storage.operations import Operations
    from storage.quotes import SeatsQuote
    from storage.rights import Rights
    from storage.seats import Seats
    from storage.views import Actor, PersonView


@dataclass(frozen=True)
class Assignments:
    """Quotes handing licenses out, back or on; storage/operations.py carries them out. And shows who holds them."""

    _database: Database
    _clock: Clock
    _catalog: Catalog
    _rights: Rights
    _operations: Operations
    _seats: Mapping[ActionName, Seats]

    async def quote(
        self,
        actor: Actor,
        subscription_id: str,
        *,
        give: Sequence[str] = (),
        take: Sequence[str] = (),
        spare_request: str = "",
        said: str = "",
        understood: dict[str, Any] | None = None,
    ) -> SeatsQuote:
        """Who would get a license, and who would lose theirs, by ids of people; stored to be carried out.

        Both are a move: the licenses taken are the first to be given. `spare_request` is the id of the request that it
        answers: once that has ended, it is carried out no more. Raises Refused; with not_enough the values
        `lacking` and `free` count licenses, with holds_no_license `names` says whom it is about.
        """
        name = ActionName.MOVE if give and take else ActionName.UNASSIGN if take else ActionName.ASSIGN
        wish = {"give": list(dict.fromkeys(give)), "take": list(dict.fromkeys(take)), "spare_request": spare_request}
        return await self._operations.draw(
            actor, self._seats[name], subscription_id, wish, said=said, understood=understood
        )

    async def of(self, actor: Actor, subscription_id: str) -> tuple[Seated, ...]:
        """Everyone who holds a license of it, the longest unused first; a license waits from its first day.

        Raises Refused("unknown_subscription") for someone who may not see it.
        """

        async def question(session: AsyncSession) -> tuple[Seated, ...]:
            tx = await Transaction.of(session, actor, self._clock.now())
            if not could_be_id(subscription_id):
                raise Refused("unknown_subscription")
            subscription = await session.get(Subscription, (tx.tenant, subscription_id))
            if subscription is None or not await self._rights.may_see(tx, subscription):
                raise Refused("unknown_subscription")
            return tuple(await _seated(tx, subscription_id))

        return await self._database.read(question)

    async def held_by(self, actor: Actor, person_id: str) -> tuple[Held, ...]:
        """The licenses this person holds, the latest first: of everybody for an admin, one's own for everybody.

        Of others, those of subscriptions that the actor may see; none for guests and strangers.
        """

        async def question(session: AsyncSession) -> tuple[Held, ...]:
            try:
                tx = await Transaction.of(session, actor, self._clock.now())
                await self._rights.member(tx)
            except Refused:
                return ()
            everything = person_id == actor.person or await self._rights.is_admin(tx)
            return await self._held(tx, person_id, true() if everything else _may_assign(tx))

        return await self._database.read(question)

    async def _held(self, tx: Transaction, person_id: str, which: ColumnElement[bool]) -> tuple[Held, ...]:
        bought = and_(Subscription.tenant == tx.tenant, Subscription.id == Assignment.subscription_id)
        rows = await tx.session.execute(
            select(Assignment, Subscription.product_id, Person)
            .join(Subscription, bought)
            .join(Person, and_(Person.tenant == tx.tenant, Person.id == Subscription.purchaser_id))
            .where(_live(tx), Assignment.person_id == person_id, Subscription.status != Status.DELETED, which)
            .order_by(Assignment.assigned_at.desc(), Assignment.id)
        )
        return tuple(self._one_held(*row) for row in rows)

    def _one_held(self, assignment: Assignment, product_id: str, purchaser: Person) -> Held:
        return Held(
            subscription=assignment.subscription_id,
            product=product_id,
            product_name=self._catalog.product(product_id).name,
            purchaser=person_view(purchaser),
            assigned_at=assignment.assigned_at,
            last_used_at=assignment.last_used_at,
        )


def _live(tx: Transaction) -> ColumnElement[bool]:
    return and_(Assignment.tenant == tx.tenant, Assignment.released_at.is_(None))


def _of(tx: Transaction, subscription_id: str) -> ColumnElement[bool]:
    return and_(_live(tx), Assignment.subscription_id == subscription_id)


def _may_assign(tx: Transaction) -> ColumnElement[bool]:
    shared = select(Grant.subscription_id).where(as_either(tx)).scalar_subquery()
    return or_(Subscription.purchaser_id == tx.actor.person, Subscription.id.in_(shared))


async def holders(tx: Transaction, subscription_id: str) -> list[LicenseHolder]:
    """Everyone who holds a license of it, the longest unused first; a license waits from its first day."""
    return [LicenseHolder(each.person, each.last_used_at) for each in await _seated(tx, subscription_id)]


async def _seated(tx: Transaction, subscription_id: str) -> list[Seated]:
    rows = await tx.session.execute(
        select(Person, Assignment)
        .join(Assignment, and_(Assignment.tenant == Person.tenant, Assignment.person_id == Person.id))
        .where(_of(tx, subscription_id))
        .order_by(func.coalesce(Assignment.last_used_at, Assignment.assigned_at), Assignment.assigned_at, Person.id)
    )
    return [Seated(person_view(person), seat.last_used_at, seat.assigned_at) for person, seat in rows]


async def seats(tx: Transaction, subscription_id: str, people: Sequence[str]) -> tuple[SeatResult, ...]:
    """What would become of each of these people if they were given a license, in this order.

    They stay as they are until the transaction ends: an erasure waits, and then takes back what they got. Raises
    Refused("unknown_person") for an id that is nobody's in this organisation.
    """
    if not people:
        return ()
    rows = await tx.session.scalars(
        select(Person)
        .where(Person.tenant == tx.tenant, Person.id.in_(people), Person.erased_at.is_(None))
        .order_by(Person.id)  # everybody takes the locks in the same order
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    known = {person.id: person for person in rows}
    if len(known) != len(people):
        raise Refused("unknown_person")
    already = {holder.person.id for holder in await holders(tx, subscription_id)}
    return tuple(SeatResult(person_view(known[each]), _seat(known[each], already)) for each in people)


def _seat(person: Person, already: set[str]) -> Seat:
    if person.id in already:
        return Seat.ALREADY
    if not person.member:
        return Seat.GUEST
    return Seat.ASSIGNED if person.enabled else Seat.DISABLED


def parted(results: Sequence[SeatResult]) -> tuple[tuple[PersonView, ...], tuple[SeatResult, ...]]:
    """Who gets a license, and who is left out with the reason. Raises Refused where everybody would be left out."""
    gets = tuple(each.person for each in results if each.seat is Seat.ASSIGNED)
    if results and not gets:
        raise _refusal(results)
    return gets, tuple(each for each in results if each.seat is not Seat.ASSIGNED)


def _refusal(results: Sequence[SeatResult]) -> Refused:
    """Why none of these people can get a license: each by name with their own reason."""
    names = {seat: _named(each.person for each in results if each.seat is seat) for seat in Seat}
    already, guests, disabled = names[Seat.ALREADY], names[Seat.GUEST], names[Seat.DISABLED]
    match sum(map(bool, names.values())), next(filter(names.get, names)):
        case 1, Seat.ALREADY:
            return Refused("already_holds", names=already)
        case 1, Seat.GUEST:
            return Refused("only_members", names=guests)
        case 1, Seat.DISABLED:
            return Refused("account_disabled", names=disabled)
    return Refused("none_of_them", already=already, guests=guests, disabled=disabled)


async def holding(tx: Transaction, subscription_id: str, people: Sequence[str]) -> tuple[LicenseHolder, ...]:
    """These people as holders, in this order; raises Refused("holds_no_license") unless each of them is one."""
    found = {holder.person.id: holder for holder in await holders(tx, subscription_id)}
    await _expect(tx, people, found)
    return tuple(found[person] for person in people)


async def _expect(tx: Transaction, people: Sequence[str], holders: Collection[str]) -> None:
    without = [person for person in people if person not in holders]
    if without:
        rows = await tx.session.scalars(select(Person).where(Person.tenant == tx.tenant, Person.id.in_(without)))
        raise Refused("holds_no_license", names=_named([person_view(row) for row in rows]))


def _named(people: Iterable[PersonView]) -> str:
    return ", ".join(sorted(person.name for person in people))


async def move(tx: Transaction, subscription_id: str, *, given: Sequence[str], taken: Sequence[str]) -> None:
    """Licenses go to these people and from those, and the subscription counts them: where enough are left.

    The guarded statement: it changes one row, or the record has moved on and nothing changes. Raises
    Refused("not_enough") and Refused("holds_no_license").
    """
    await release(tx, subscription_id, taken)
    assigned = Subscription.assigned + (len(given) - len(taken))
    changed = await tx.session.execute(
        update(Subscription)
        .where(
            Subscription.tenant == tx.tenant,
            Subscription.id == subscription_id,
            assigned <= Subscription.total,
        )
        .values(assigned=assigned)
        .returning(Subscription.id)
        .execution_options(synchronize_session=False)
    )
    if changed.first() is None:
        row = await tx.session.get_one(Subscription, (tx.tenant, subscription_id), populate_existing=True)
        free = row.total - row.assigned + len(taken)
        raise Refused("not_enough", lacking=len(given) - free, free=free)
    give(tx, subscription_id, given)


def give(tx: Transaction, subscription_id: str, people: Sequence[str]) -> None:
    """A license to each; the database refuses a second one to anybody. Who calls has counted them."""
    for person in people:
        license_ = Assignment(
            tenant=tx.tenant,
            id=new_id(),
            subscription_id=subscription_id,
            person_id=person,
            assigned_at=tx.now,
        )
        tx.session.add(license_)


async def release(tx: Transaction, subscription_id: str, people: Sequence[str]) -> None:
    """Takes these people's licenses; raises Refused("holds_no_license") unless every one of them holds one."""
    taken = await tx.session.execute(
        update(Assignment)
        .where(_of(tx, subscription_id), Assignment.person_id.in_(people))
        .values(released_at=tx.now)
        .returning(Assignment.person_id)
    )
    await _expect(tx, people, {row.person_id for row in taken})


async def release_all(tx: Transaction, subscription_id: str) -> None:
    """Takes everybody's license, however many there are."""
    everybody = update(Assignment).where(_of(tx, subscription_id)).values(released_at=tx.now)
    await tx.session.execute(everybody.execution_options(synchronize_session=False))
