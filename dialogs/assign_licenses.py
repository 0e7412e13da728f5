"""Hand licenses out: of which subscription, to whom, a look at each of them, yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.change_licenses import ChangeLicenses
from dialogs.handing import Handing, assignable, tell_of_rest
from dialogs.people_question import AT_ONCE, People
from dialogs.questions import Unasked
from dialogs.which import WhichSubscription
from storage.actions import ActionName
from storage.errors import Refused

if TYPE_CHECKING:
    from dialogs.memory import Frame
    from dialogs.turn import Turn
    from storage.quotes import SeatsQuote


class AssignLicenses(Handing):
    """“Give Visio to Ann and Bo”, “Ann needs a Power BI license”."""

    name = "assign_licenses"
    actions = (ActionName.ASSIGN,)
    intents = ("licenses.assign",)
    follows = "licenses.assign"

    subscription = WhichSubscription(assignable)
    people = People()
    spare_request = Unasked("spare_request", "")  # that it answers

    async def conclude(self, turn: Turn, frame: Frame) -> bool:
        try:
            return await super().conclude(turn, frame)
        except Refused as refused:
            if refused.code != "not_enough":
                raise
            lacking = int(refused.values["lacking"])
        # Not “too few, goodbye”: offer to buy what is lacking and to hand it out, as one operation.
        return await self._with_more(turn, frame, lacking)

    async def quote(self, turn: Turn, frame: Frame) -> SeatsQuote:
        said, give = frame.answers, frame.answers["people"][:AT_ONCE]
        quote = await turn.record.assignments.quote(
            turn.actor, said["subscription"], give=give, spare_request=said["spare_request"], **frame.trail
        )
        tell_of_rest(turn, frame)
        return quote

    def handed_out(self, quote: SeatsQuote) -> int:
        return len(quote.given)

    async def _with_more(self, turn: Turn, frame: Frame, lacking: int) -> bool:
        """From here on it is an addition, which can be corrected like any other."""
        said = frame.answers
        turn.say("assign_licenses.lacking", count=lacking)
        frame.task, frame.intent = ChangeLicenses.name, "licenses.add"
        about = {name: said[name] for name in ("people", "spare_request")}
        frame.slots = {"pick.subscription": said["subscription"], "quantity": lacking, **about}
        frame.answers = {}
        return await ChangeLicenses().advance(turn, frame)
