"""The people of an organisation, known by tenant and Entra object id; everything else about them is display only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from storage.models import Organisation, Person, Role, RoleName
from storage.naming import Called, Words
from storage.views import PersonView

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.database import Database
    from storage.models import Row


MOST = 100  # people that one name may mean; nobody reads a longer list
LONGEST = 256  # characters; source: Microsoft Entra's limit for a display name


def person_view(person: Person) -> PersonView:
    """The row as people see it."""
    return PersonView(
        id=person.id,
        name=person.name,
        mail=person.mail,
        department=person.department,
        member=person.member,
        enabled=person.enabled,
        language=person.language,
        chosen_language=person.chosen_language,
    )


@dataclass(frozen=True)
class People:
    """Finds people, and keeps what is learnt about them. New organisations get this time zone and currency."""

    _database: Database
    _timezone: ZoneInfo
    _currency: str

    async def find(self, tenant: str, person_id: str) -> PersonView | None:
        """The person of that object id, or None when never seen or erased."""

        async def question(session: AsyncSession) -> PersonView | None:
            person = await session.get(Person, (tenant, person_id))
            return person_view(person) if person and not person.erased_at else None

        return await self._database.read(question)

    async def named(self, tenant: str) -> list[PersonView]:
        """Everyone who has been seen in the tenant, by name."""

        async def question(session: AsyncSession) -> list[PersonView]:
            known = select(Person).where(Person.tenant == tenant, Person.erased_at.is_(None))
            return [person_view(person) for person in await session.scalars(known.order_by(Person.name, Person.id))]

        return await self._database.read(question)

    async def resolve(self, tenant: str, words: str) -> tuple[PersonView, ...]:
        """Whoever these words may mean: by object id, mail, name or a part of it, in either script and order.

        Only those whom the words fit best, by name; several when the words fit several alike, nobody when they fit
        nobody. What is nearly a name is taken for it only where nothing fits better.
        """
        meant = Words(words[:LONGEST])
        fitting = [(fit, each.id) for each in await self._called(tenant) if (fit := each.fit(meant)) is not None]
        best = min(fitting, default=None)
        return await self._these(tenant, [person_id for fit, person_id in fitting if best and fit == best[0]])

    async def search(self, tenant: str, typed: str, limit: int = 10) -> tuple[PersonView, ...]:
        """Whoever a name may become while it is being typed, by name, at most `limit`; nobody for nothing."""
        so_far = Words(typed[:LONGEST])
        if not so_far.joined:
            return ()
        beginning = [each for each in await self._called(tenant) if each.begins(so_far)]
        return await self._these(
            tenant, [each.id for each in sorted(beginning, key=lambda each: (each.name, each.id))[:limit]]
        )

    async def _called(self, tenant: str) -> list[Called]:
        async def question(session: AsyncSession) -> list[Called]:
            known = select(Person.id, Person.name, Person.mail).where(Person.tenant == tenant)
            known = known.where(Person.erased_at.is_(None)).order_by(Person.name, Person.id)
            return [Called(*row) for row in await session.execute(known)]

        return await self._database.read(question)

    async def _these(self, tenant: str, ids: list[str]) -> tuple[PersonView, ...]:
        async def question(session: AsyncSession) -> tuple[PersonView, ...]:
            these = select(Person).where(Person.tenant == tenant, Person.id.in_(ids[:MOST]), Person.erased_at.is_(None))
            return tuple(
                person_view(person) for person in await session.scalars(these.order_by(Person.name, Person.id))
            )

        return await self._database.read(question) if ids else ()

    async def prefer_language(self, tenant: str, person_id: str, language: str) -> None:
        """Answers this person in this language from now on; nothing happens for someone never seen."""

        async def change(session: AsyncSession) -> None:
            this = (Person.tenant == tenant, Person.id == person_id)
            await session.execute(update(Person).where(*this).values(chosen_language=language))

        await self._database.write(change)

    async def seen(
        self, tenant: str, person_id: str, *, name: str, mail: str = "", department: str = "", member: bool
    ) -> None:
        """Someone of the tenant's directory, as it describes them now; language and account status stay as they are.

        Whoever was erased and is there again begins anew.
        """

        async def change(session: AsyncSession) -> None:
            await self._found(session, tenant)
            person = Person(tenant=tenant, id=person_id, name="", member=member)
            await _add_unless_there(session, person, (tenant, person_id))
            shown = {"name": name, "mail": mail, "department": department}
            described = {field: value[:LONGEST] for field, value in shown.items()} | {"member": member}
            this = (Person.tenant == tenant, Person.id == person_id)
            await session.execute(update(Person).where(*this).values(**described))
            erased = (*this, Person.erased_at.is_not(None))
            await session.execute(update(Person).where(*erased).values(erased_at=None, enabled=True))

        await self._database.write(change)

    async def appoint(self, tenant: str, admins: Iterable[str]) -> None:
        """Makes these object ids the tenant's admins; whoever is not among them is one no more."""
        appointed = list(dict.fromkeys(admins))

        async def change(session: AsyncSession) -> None:
            await self._found(session, tenant)
            others = (Role.tenant == tenant, Role.role == RoleName.ADMIN, Role.person_id.not_in(appointed))
            await session.execute(delete(Role).where(*others))
            for person_id in appointed:
                role = Role(tenant=tenant, person_id=person_id, role=RoleName.ADMIN)
                await _add_unless_there(session, role, (tenant, person_id, RoleName.ADMIN))

        await self._database.write(change)

    async def _found(self, session: AsyncSession, tenant: str) -> None:
        organisation = Organisation(tenant=tenant, time_zone=self._timezone.key, currency=self._currency)
        await _add_unless_there(session, organisation, tenant)


async def _add_unless_there(session: AsyncSession, row: Row, key: str | tuple[str, ...]) -> None:
    if await session.get(type(row), key) is not None:
        return
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError:  # someone else's message has added it in the meantime
        return
