"""Teams of Microsoft Teams: found by what people call them, with the owners who lead them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from storage.models import Person, Team, TeamMember
from storage.people import person_view
from storage.views import TeamView

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.database import Database
    from storage.views import Actor


@dataclass(frozen=True)
class Teams:
    """Reads teams; nobody learns of another organisation's."""

    _database: Database

    async def named(self, tenant: str, words: str) -> tuple[TeamView, ...]:
        """The teams of exactly this name, whatever its case; else those that have the words in their name."""
        wanted = " ".join(words.casefold().split())

        async def question(session: AsyncSession) -> tuple[TeamView, ...]:
            known = await team_views(session, Team.tenant == tenant)
            exact = tuple(team for team in known if team.name.casefold() == wanted)
            return exact or tuple(team for team in known if wanted and wanted in team.name.casefold())

        return await self._database.read(question)

    async def every(self, tenant: str) -> tuple[TeamView, ...]:
        """All teams of the tenant, by name."""
        return await self._database.read(lambda session: team_views(session, Team.tenant == tenant))

    async def of(self, actor: Actor) -> tuple[TeamView, ...]:
        """The teams that the actor belongs to, by name."""
        theirs = select(TeamMember.team_id).where(
            TeamMember.tenant == actor.tenant, TeamMember.person_id == actor.person
        )
        which = and_(Team.tenant == actor.tenant, Team.id.in_(theirs))
        return await self._database.read(lambda session: team_views(session, which))


async def team_views(session: AsyncSession, which: ColumnElement[bool]) -> tuple[TeamView, ...]:
    """The teams that fit, by name, each with the owners who can act: members of the organisation that are enabled."""
    leads = and_(TeamMember.tenant == Team.tenant, TeamMember.team_id == Team.id, TeamMember.owner.is_(True))
    acting = and_(
        Person.tenant == TeamMember.tenant,
        Person.id == TeamMember.person_id,
        Person.member.is_(True),
        Person.enabled.is_(True),
    )
    rows = await session.execute(
        select(Team, Person)
        .outerjoin(TeamMember, leads)
        .outerjoin(Person, acting)
        .where(which)
        .order_by(Team.name, Team.id, Person.name, Person.id)
    )
    owners: dict[str, list[Person]] = {}
    names: dict[str, str] = {}
    for team, owner in rows:
        names[team.id] = team.name
        owners.setdefault(team.id, []).extend([owner] if owner else [])
    return tuple(TeamView(team, name, tuple(map(person_view, owners[team]))) for team, name in names.items())
