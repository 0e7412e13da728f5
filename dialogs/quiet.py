"""Left in peace: a kind of notice put off for a week, stopped, or told again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from dialogs.elements import Button, Card, Heading
from dialogs.upkeep_notices import STOPPABLE
from storage.errors import Refused

if TYPE_CHECKING:
    from dialogs.turn import Turn

A_WEEK: Final = timedelta(days=7)


async def be_quiet(turn: Turn, kind: str, how: str) -> None:
    """Does what a notice's button says, for whoever tapped it. Raises Refused for what no button says."""
    if kind not in STOPPABLE or how not in ("later", "stop", "on"):
        raise Refused("unknown_card")
    reader, reminders = turn.reader, turn.record.reminders
    if how == "on":
        await reminders.wake(turn.actor, kind)
        turn.say("quiet.on")
        return
    until = reader.day(turn.record.clock.now()) + A_WEEK if how == "later" else None
    await reminders.quiet(turn.actor, kind, until)
    text = reader.text("quiet.later", date=until) if until else reader.text(f"quiet.stop.{kind}")
    on = Button(reader.text("button.quiet_on"), (("quiet", kind), ("do", "on")))
    turn.show(text, Card((Heading(text),), (on,)))


async def be_quiet_about_the_latest(turn: Turn, how: str) -> None:
    """The same in words: about whatever the person was reminded of last."""
    kind = await turn.record.reminders.latest(turn.actor, STOPPABLE)
    if kind is None:
        turn.say("quiet.nothing")
    else:
        await be_quiet(turn, kind, how)
