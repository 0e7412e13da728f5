"""Putting one name right: “not Luca, Maya” changes one of those named, “and Bo too” adds one; the others stay.

Whoever was denied does not come back, also where the new name will not do: with nobody left it is asked for whom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dialogs.people_question import AT_ONCE, SLOTS, ask_again, names_in, who
from dialogs.task import Change, Q
from storage.errors import Refused

if TYPE_CHECKING:
    from dialogs.memory import Frame
    from dialogs.turn import Turn

# Refusals for which other people would do.
OF_PEOPLE: Final = frozenset({"none_of_them", "already_holds", "only_members", "account_disabled", "holds_no_license"})
_LISTS: Final = ("people", "from_people")
_SWAP, _STAY = "swap", "stay"


class OfPeople(Change[Q]):
    """A change for people who were named, whose list can be put right name by name.

    Names are only known to be somebody's once the record was asked: so what is heard waits until the task goes on.
    """

    def hear(self, frame: Frame, slots: dict[str, Any], intent: str | None = None) -> None:
        if intent is None and {"not_people", "also"} & slots.keys():
            frame.slots[_SWAP] = {"not": names_in(slots.get("not_people")), "people": names_in(slots.get("people"))}
            slots = {slot: value for slot, value in slots.items() if slot not in SLOTS}
        elif intent is None and frame.operation and (said := next((slot for slot in _LISTS if slot in slots), None)):
            frame.slots[_STAY] = {"slot": said, "names": []}
        super().hear(frame, slots, intent)

    async def advance(self, turn: Turn, frame: Frame) -> bool:
        swap = frame.slots.pop(_SWAP, None)
        if swap is not None:
            await self.put_right(turn, frame, swap["not"], swap["people"])
        return await super().advance(turn, frame)

    async def conclude(self, turn: Turn, frame: Frame) -> bool:
        """Where new names are refused the others stay; of a long list those beyond the first step come next.

        With nobody left others are asked for; a plan goes on without that step.
        """
        stay, rest = frame.slots.pop(_STAY, None), frame.answers["people"][AT_ONCE:]
        try:
            return await super().conclude(turn, frame)
        except Refused as refused:
            if refused.code not in OF_PEOPLE or (turn.backstage and not (stay or rest)):
                raise
            turn.show(turn.reader.refused(refused.code, refused.values))
            moving = refused.code == "holds_no_license" and "from_people" in frame.answers
        stay = stay or {"slot": "from_people" if moving else "people", "names": rest}
        _change(frame, stay["slot"], stay["names"])
        return await self.advance(turn, frame)

    async def put_right(self, turn: Turn, frame: Frame, wrong: list[str], right: list[str]) -> None:
        """Those who are `right` in the place of those who are `wrong`; with nobody wrong they come last."""
        if await unknown(turn, right):
            right = []
        found = {slot: await _among(turn, frame, slot, wrong) for slot in _LISTS}
        asked = frame.asked if frame.asked in _LISTS else "people"
        slot = next((slot for slot, names in found.items() if names), asked)
        names, gone = names_in(frame.slots.get(slot)), found[slot]
        if names and wrong and not gone:
            turn.say("people.not_among", count=len(wrong), names=turn.reader.names(wrong))
        if not (gone or right) or (names and wrong and not gone):
            return
        at = names.index(gone[0]) if gone else len(names)
        kept = [[name for name in part if name not in (*gone, *right)] for part in (names[:at], names[at:])]
        if right:
            frame.slots[_STAY] = {"slot": slot, "names": [name for name in names if name not in gone]}
        _change(frame, slot, [*kept[0], *right, *kept[1]])


async def unknown(turn: Turn, names: list[str]) -> bool:
    """Whether some of the names are nobody's; then it is said."""
    nobody = [name for name, fitting in (await who(turn, names)).items() if not fitting]
    if nobody:
        turn.say("people.unknown", count=len(nobody), names=turn.reader.names(nobody))
    return bool(nobody)


async def _among(turn: Turn, frame: Frame, slot: str, wrong: list[str]) -> list[str]:
    """The names of the list that mean one of those who are wrong."""
    denied = {person.id for fitting in (await who(turn, wrong)).values() for person in fitting}
    listed = await who(turn, names_in(frame.slots.get(slot)))
    return [name for name, fitting in listed.items() if name in wrong or denied & {person.id for person in fitting}]


def _change(frame: Frame, slot: str, names: list[str]) -> None:
    """Another list, asked for with nobody left; where each of the old one got one license, each of the new one does."""
    if names and frame.slots.get("quantity") == len(names_in(frame.slots.get(slot))):
        frame.slots["quantity"] = len(names)
    frame.slots[slot] = names
    if not names:
        ask_again(frame, slot)
    for answer in (slot, "quantity"):
        frame.answers.pop(answer, None)
