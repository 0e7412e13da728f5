"""Share a subscription with a team, name a deputy for it, and take either back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialogs import share_cards
from dialogs.elements import Option
from dialogs.questions import Choices, Choose
from dialogs.understanding import Request
from dialogs.which import OfOneSubscription, WhichBought, of
from storage.actions import ActionName
from storage.quotes import ShareQuote
from storage.views import MOST_NAMED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialogs.elements import Card
    from dialogs.memory import Frame
    from dialogs.turn import Turn
    from storage.views import PersonView, Receipt, TeamView


class WithWhom(Choose):
    """A team or a person, by name; to stop sharing, whoever it is shared with."""

    expects = frozenset({"team", "people", "choice"})
    may_change = frozenset({"team", "people"})

    async def _options(self, _task: Any, turn: Turn, frame: Frame) -> Choices:
        shared = await _shared(turn, frame) if frame.intent == "share.take" else ()
        said = await _named(turn, frame)
        fitting = tuple(option for option in said if option in shared) if shared else said
        if fitting or (shared and not _said(frame)):
            return Choices(fitting or shared, turn.reader.text(f"share.whom.{_kind(frame)}"))
        return await _unknown(turn, frame, shared)


class Share(OfOneSubscription[ShareQuote]):
    """“Share Visio with Sales”, “Dana may manage Visio for me”, “stop sharing Visio”."""

    name = "share"
    actions = (ActionName.SHARE,)
    intents = ("share.give", "share.take")

    subscription = WhichBought()
    whom = WithWhom("team", "people")

    def subject(self, _frame: Frame) -> str | None:
        return None  # one subscription is shared with many: an offer to one does not speak against another

    async def quote(self, turn: Turn, frame: Frame) -> ShareQuote:
        kind, _, whom = frame.answers["whom"].partition(":")
        return await turn.record.sharing.quote(
            turn.actor,
            frame.answers["subscription"],
            team_id=whom if kind == "team" else None,
            person_id=whom if kind == "person" else None,
            withdraw=frame.intent == "share.take",
            **frame.trail,
        )

    def inverse(self, quote: ShareQuote) -> Request:
        """Given, it is taken back; taken back, it is given again."""
        whom = {"team": quote.team.name} if quote.team else {"people": [quote.deputy.id]} if quote.deputy else {}
        return Request("share.give" if quote.withdraws else "share.take", of(quote.subscription, **whom))

    def quote_card(self, turn: Turn, quote: ShareQuote) -> tuple[str, Card]:
        return share_cards.quote_card(turn.reader, quote)

    def receipt_card(self, turn: Turn, receipt: Receipt, quote: ShareQuote) -> tuple[str, Card]:
        return share_cards.receipt_card(turn.reader, receipt, quote)


def _kind(frame: Frame) -> str:
    return "take" if frame.intent == "share.take" else "give"


def _said(frame: Frame) -> list[str]:
    """The names that were said."""
    team = frame.slots.get("team")
    return [team] if team else list(frame.slots.get("people", ()))[:MOST_NAMED]


async def _named(turn: Turn, frame: Frame) -> tuple[Option, ...]:
    """The teams and people whose names were said: “share it with Dana” may mean either."""
    record, tenant = turn.record, turn.actor.tenant
    people = await record.people.resolve_all(tenant, _said(frame))
    found: list[Option] = []
    for name in _said(frame):
        teams = await record.teams.named(tenant, name)
        found += [*_teams(teams), *_people(() if teams else people[name])]
    return tuple(found)


async def _shared(turn: Turn, frame: Frame) -> tuple[Option, ...]:
    """Whom it is shared with now."""
    grants = await turn.record.sharing.of(turn.actor, frame.answers["subscription"])
    teams = [grant.team for grant in grants if grant.team]
    return (*_teams(teams), *_people(grant.deputy for grant in grants if grant.deputy))


async def _unknown(turn: Turn, frame: Frame, shared: tuple[Option, ...]) -> Choices:
    """Nobody of that name: what there is to choose from instead."""
    reader, said = turn.reader, turn.reader.names(_said(frame))
    if frame.intent == "share.take":
        text = reader.text("share.not_with", name=said) if said else ""
        return Choices(shared, text, none=reader.text("share.with_nobody"), settles=False)
    teams = _teams(await turn.record.teams.of(turn.actor))
    text = reader.text("share.unknown", name=said) if said else reader.text("share.whom.give")
    return Choices(teams, text, none=reader.text("share.no_team"), settles=False)


def _teams(teams: Iterable[TeamView]) -> tuple[Option, ...]:
    return tuple(Option(f"team:{team.id}", team.name) for team in teams)


def _people(people: Iterable[PersonView]) -> tuple[Option, ...]:
    return tuple(Option(f"person:{each.id}", each.name, each.mail) for each in people)
