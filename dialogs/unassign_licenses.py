"""Take licenses back, or give back one's own: of which subscription, whose, yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.elements import Option
from dialogs.handing import Handing, WhichHeld, tell_of_rest
from dialogs.people_question import AT_ONCE, People, is_speaker, names_in, person_option
from dialogs.questions import Choices
from dialogs.which import wanted_products
from storage.actions import ActionName

if TYPE_CHECKING:
    from typing import Any

    from dialogs.memory import Frame
    from dialogs.questions import Question
    from dialogs.task import Task
    from dialogs.turn import Turn
    from storage.quotes import SeatsQuote


class WhichOrOwn(WhichHeld):
    """Of one's own licenses any that one holds: giving it back needs no right."""

    async def _options(self, task: Task, turn: Turn, frame: Frame) -> Choices:
        names = names_in(frame.slots.get("people"))
        if not names or not all(is_speaker(name, turn) for name in names):
            return await super()._options(task, turn, frame)
        held, wanted = (
            await turn.record.assignments.held_by(turn.actor, turn.actor.person),
            wanted_products(frame.slots),
        )
        fitting = {each.subscription: each for each in held if not wanted or each.product_name in wanted}
        options = tuple(
            Option(each.subscription, each.product_name, turn.reader.text("which.owner", owner=each.purchaser.name))
            for each in fitting.values()
        )
        none = turn.reader.text("unassign_licenses.holds_none", product=turn.reader.either(wanted))
        nothing = turn.reader.text("unassign_licenses.holds_nothing")
        return Choices(options, turn.reader.text("which.subscription"), none=none if wanted else nothing)


class UnassignLicenses(Handing):
    """“Take Visio back from Ann”, “I don't need Visio any more”."""

    name = "unassign_licenses"
    actions = (ActionName.UNASSIGN,)
    intents = ("licenses.unassign",)
    follows = "licenses.unassign"

    subscription = WhichOrOwn()
    people = People()

    async def suggested(self, turn: Turn, frame: Frame, _question: Question[Any]) -> tuple[Option, ...]:
        holders = await turn.record.assignments.of(turn.actor, frame.answers["subscription"])
        return tuple(person_option(each.person) for each in holders)

    async def quote(self, turn: Turn, frame: Frame) -> SeatsQuote:
        subscription, take = frame.answers["subscription"], frame.answers["people"][:AT_ONCE]
        quote = await turn.record.assignments.quote(turn.actor, subscription, take=take, **frame.trail)
        tell_of_rest(turn, frame)
        return quote
