"""Who gives a license up where fewer are wanted than are in use: the longest unused, unless somebody else is named."""

from __future__ import annotations

import sys
from itertools import groupby
from typing import TYPE_CHECKING

from dialogs.people_question import who
from dialogs.putting_right import OfPeople, unknown
from storage.quotes import ChangeQuote

if TYPE_CHECKING:
    from dialogs.memory import Frame
    from dialogs.turn import Turn
    from storage.views import PersonView


class GivingUp(OfPeople[ChangeQuote]):
    """A change that may take licenses from people. “Not Alice, Grace” changes who they are, and not how many."""

    async def could_leave(self, turn: Turn, frame: Frame) -> list[str]:
        """Everybody who may have to give a license up, by id: who was named, then the longest unused.

        Among those who used theirs last on one day, whoever asks comes last.
        """
        leaving, staying = _named(frame)
        holders = [each for each in await _holders(turn, frame) if each not in staying]
        return sorted(holders, key=lambda each: each not in leaving)

    async def put_right(self, turn: Turn, frame: Frame, wrong: list[str], right: list[str]) -> None:
        """Where licenses are given up, those who are `right` give up theirs in the place of those who are `wrong`."""
        proposed = await _proposed(turn, frame)
        if not proposed:
            await super().put_right(turn, frame, wrong, right)
            return
        spared = [person.id for each in (await who(turn, wrong)).values() for person in each if person.id in proposed]
        if wrong and not spared:
            turn.say("people.not_among", count=len(wrong), names=turn.reader.names(wrong))
        elif (meant := await _meant(turn, frame, right)) is not None:
            leaving, staying = _named(frame)
            frame.slots["leaving"] = [*meant, *(each for each in leaving if each not in spared)]
            frame.slots["staying"] = [*spared, *(each for each in staying if each not in meant)]


def _named(frame: Frame) -> tuple[list[str], list[str]]:
    """Who was named to give a license up, and who to keep theirs."""
    return frame.slots.get("leaving", []), frame.slots.get("staying", [])


async def _proposed(turn: Turn, frame: Frame) -> list[str]:
    """Who gives a license up by the offer that was shown."""
    shown = await turn.record.operations.show(turn.actor, frame.operation) if frame.operation else None
    quote = shown.quote if shown else None
    return [holder.person.id for holder in quote.releases] if isinstance(quote, ChangeQuote) else []


async def _holders(turn: Turn, frame: Frame) -> list[str]:
    idle = await turn.record.licenses.idle(turn.actor, frame.answers["subscription"], sys.maxsize)
    equals = groupby(idle, lambda holder: holder.last_used_at and turn.reader.day(holder.last_used_at))
    people = [[holder.person.id for holder in group] for _, group in equals]
    return [each for group in people for each in sorted(group, key=lambda person: person == turn.actor.person)]


async def _meant(turn: Turn, frame: Frame, names: list[str]) -> list[str] | None:
    """The one holder of a license whom each name means; None once it is said that it means none, or several."""
    if await unknown(turn, names):
        return None
    holders, meant = await _holders(turn, frame), list[str]()
    for name, fitting in (await who(turn, names)).items():
        holding = [person for person in fitting if person.id in holders]
        if len(holding) != 1:
            _say_why_not(turn, name, fitting, holding)
            return None
        meant.append(holding[0].id)
    return meant


def _say_why_not(turn: Turn, name: str, fitting: tuple[PersonView, ...], holding: list[PersonView]) -> None:
    if holding:
        named = [f"{person.name} ({person.mail or person.department})" for person in holding]
        turn.say("people.release.several", name=name, names=turn.reader.names(named))
    else:
        turn.say("people.release.none", names=turn.reader.names([person.name for person in fitting]))
