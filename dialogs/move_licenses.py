"""Move licenses from some people to others: one operation, so that nobody is left without in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialogs.handing import Handing, WhichHeld
from dialogs.people_question import People, person_option
from storage.actions import ActionName

if TYPE_CHECKING:
    from dialogs.elements import Option
    from dialogs.memory import Frame
    from dialogs.questions import Question
    from dialogs.turn import Turn
    from storage.quotes import SeatsQuote
    from storage.views import Quote


class MoveLicenses(Handing):
    """“Move Visio Plan 1 from Bo to Ann”."""

    name = "move_licenses"
    actions = (ActionName.MOVE,)
    intents = ("licenses.move",)
    follows = "licenses.move"

    subscription = WhichHeld("from_people")
    from_people = People("from_people")
    people = People()

    def hear(self, frame: Frame, slots: dict[str, Any], intent: str | None = None) -> None:
        """Names in answer to “whose?” are those whose licenses move."""
        if intent is None and frame.asked == "from_people" and "people" in slots and "from_people" not in slots:
            slots = {**slots, "from_people": slots["people"]}
            del slots["people"]
        super().hear(frame, slots, intent)

    async def suggested(self, turn: Turn, frame: Frame, question: Question[Any]) -> tuple[Option, ...]:
        if question is not self.from_people:
            return ()
        holders = await turn.record.assignments.of(turn.actor, frame.answers["subscription"])
        return tuple(person_option(each.person) for each in holders)

    async def quote(self, turn: Turn, frame: Frame) -> SeatsQuote:
        """All of it or nothing: half of a move is another wish. Raises Refused("too_many_people") beyond twenty."""
        return await turn.record.assignments.quote(
            turn.actor,
            frame.answers["subscription"],
            give=frame.answers["people"],
            take=frame.answers["from_people"],
            **frame.trail,
        )

    def rest(self, _frame: Frame, _quote: Quote) -> None:
        return None
