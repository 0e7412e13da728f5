"""The people of an organisation, known by tenant and Entra object id; everything else about them is display only."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from storage.models import Organisation, Person, Role, RoleName
from storage.naming import Called, Directory, Words
from storage.views import MOST_NAMED, PersonView

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.database import Database
    from storage.models import Row as Table


MOST = 100  # people that one name may mean; nobody reads a longer list
MOST_DIRECTORIES = 8  # organisations whose directory is kept ready
KEPT_READY = 600  # seconds after its last use: another process may erase somebody, of which nobody tells this one
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
    _directories: dict[str, Directory] = field(default_factory=dict)  # by tenant, the latest asked for last
    _ends: dict[str, asyncio.TimerHandle] = field(default_factory=dict)  # when each is let go of, unless it is used

    async def find(self, tenant: str, person_id: str) -> PersonView | None:
        """The person of that object id, or None when never seen or erased."""

        async def question(session: AsyncSession) -> PersonView | None:
            person = await session.get(Person, (tenant, person_id))
            return person_view(person) if person and not person.erased_at else None

        return await self._database.read(question)

    async def named(self, tenant: str) -> list[PersonView]:
        """Everyone who has been seen in the tenant, by name."""

        async def question(session: AsyncSession) -> list[PersonView]:
            known = select(Person).where(*_in_directory(tenant))
            return [person_view(person) for person in await session.scalars(known.order_by(Person.name, Person.id))]

        return await self._database.read(question)

    async def resolve_all(self, tenant: str, names: Iterable[str]) -> dict[str, tuple[PersonView, ...]]:
        """Whoever each of these may mean: an object id, a mail, a name or a part of it, in either script and order.

        Only those whom a name fits best, by name; several when it fits several alike, nobody when it fits nobody.
        What is nearly a name is taken for it only where nothing fits better. The directory is read once, and not at
        all for ids and mails. Raises ValueError for more than MOST_NAMED names.
        """
        asked = list(dict.fromkeys(names))
        if len(asked) > MOST_NAMED:
            raise ValueError(f"{len(asked)} names at once, {MOST_NAMED} is the most")
        meant = await self._addressed(tenant, asked)
        if unknown := [name for name in asked if name not in meant]:
            meant |= await asyncio.to_thread(_meant, await self._directory(tenant), unknown)
        views = await self._these(tenant, {person_id for ids in meant.values() for person_id in ids})
        return {name: tuple(view for view in views if view.id in meant[name]) for name in asked}

    async def search(self, tenant: str, typed: str, limit: int = 10) -> tuple[PersonView, ...]:
        """Members with an enabled account whose name this may become while it is typed, by name, at most `limit`."""
        so_far = Words(typed[:LONGEST])
        if not so_far.joined:
            return ()
        called = await self._called(tenant, Person.member.is_(True), Person.enabled.is_(True))
        return await self._these(tenant, await asyncio.to_thread(_beginning, called, so_far, limit))

    async def _addressed(self, tenant: str, names: list[str]) -> dict[str, set[str]]:
        """The ids of those who are named by object id or mail."""
        mails = {name.strip().lower() for name in names if "@" in name}

        async def question(session: AsyncSession) -> Sequence[Row[str, str]]:
            exactly = or_(Person.id.in_(names), func.lower(Person.mail).in_(mails))
            known = select(Person.id, func.lower(Person.mail)).where(*_in_directory(tenant), exactly)
            return (await session.execute(known)).all()

        meant: dict[str, set[str]] = {}
        for person_id, mail in await self._database.read(question) if names else ():
            for name in names:
                if person_id == name or (mail in mails and mail == name.strip().lower()):
                    meant.setdefault(name, set()).add(person_id)
        return meant

    async def _directory(self, tenant: str) -> Directory:
        """Everybody by what they are called; made anew when somebody has come, gone or another name."""
        called = await self._called(tenant)
        directory = self._directories.get(tenant)
        if directory is None or directory.people != called:
            directory = await asyncio.to_thread(Directory, called)
        self._let_go(tenant)
        self._directories[tenant] = directory
        self._ends[tenant] = asyncio.get_running_loop().call_later(KEPT_READY, self._let_go, tenant)
        if len(self._directories) > MOST_DIRECTORIES:
            self._let_go(next(iter(self._directories)))  # the one that was asked for longest ago
        return directory

    def _let_go(self, tenant: str) -> None:
        if self._directories.pop(tenant, None):
            self._ends.pop(tenant).cancel()

    async def _called(self, tenant: str, *which: ColumnElement[bool]) -> Sequence[Row[str, str, str]]:
        """The id, name and mail of everybody, or of those only."""

        async def question(session: AsyncSession) -> Sequence[Row[str, str, str]]:
            known = select(Person.id, Person.name, Person.mail).where(*_in_directory(tenant), *which)
            return (await session.execute(known.order_by(Person.id))).all()

        return await self._database.read(question)

    async def _these(self, tenant: str, ids: Collection[str]) -> tuple[PersonView, ...]:
        async def question(session: AsyncSession) -> tuple[PersonView, ...]:
            these = select(Person).where(*_in_directory(tenant), Person.id.in_(ids)).order_by(Person.name, Person.id)
            return tuple(person_view(person) for person in await session.scalars(these))

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


def _in_directory(tenant: str) -> tuple[ColumnElement[bool], ...]:
    return Person.tenant == tenant, Person.erased_at.is_(None)


def _meant(directory: Directory, names: list[str]) -> dict[str, set[str]]:
    """Whom each of the names means; too slow to be done between two messages where there are many people."""
    return {name: {each.id for each in directory.meant(Words(name[:LONGEST]))[:MOST]} for name in names}


def _beginning(people: Sequence[Row[str, str, str]], typed: Words, limit: int) -> list[str]:
    """The ids of the first whose name this may become."""
    begun = [each for each in (Called(*person) for person in people) if each.begins(typed)]
    return [each.id for each in sorted(begun, key=lambda each: (each.name, each.id))[:limit]]


async def _add_unless_there(session: AsyncSession, row: Table, key: str | tuple[str, ...]) -> None:
    if await session.get(type(row), key) is not None:
        return
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError:  # someone else's message has added it in the meantime
        return
