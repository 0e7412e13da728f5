"""Several changes of one message: what each lacks is asked for, then one plan shows them all, and one yes does them.

A plan is a frame whose steps are the frames of their own tasks (docs/decisions/0001).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialogs import several_cards
from dialogs.elements import Option
from dialogs.people_question import SLOTS, names_in
from dialogs.questions import Asking, question_card
from dialogs.rehearsing import ABOUT, asked, rehearse, said_of
from dialogs.task import Task
from dialogs.understanding import Request
from dialogs.which import wanted_products

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialogs.elements import Card
    from dialogs.memory import Frame
    from dialogs.task import Change
    from dialogs.turn import Turn
    from storage.plans import Plan

MOST_STEPS = 6  # in one plan, and on one card
WHICH = "step"  # the one question that is the plan's own: to which of its steps something was said
PRODUCT = frozenset({"product", "product_candidates"})


class Several(Task):
    """“Set Visio to 20, then give one to Bo”: the steps in order, one price, one yes, a result for each."""

    name = "several"
    intents = ()

    def __init__(self, changes: Mapping[str, Change[Any]], actions: Mapping[str, Change[Any]]) -> None:
        self._changes = changes
        self._actions = actions

    # -- what is said to it ------------------------------------------------------------------------------------

    def hears(self, slots: dict[str, Any]) -> bool:
        return any(change.hears(slots) for change in self._changes.values()) or f"pick.{WHICH}" in slots

    def hear(self, frame: Frame, slots: dict[str, Any], intent: str | None = None) -> None:
        """To which step it speaks the record may have to be asked: so what is heard waits until the plan goes on."""
        if frame.asked == WHICH:
            frame.slots["heard"] |= slots
        elif slots:
            frame.slots = {"heard": slots, "intent": intent}

    async def goes_on(self, turn: Turn, frame: Frame, request: Request) -> bool:
        return bool(await self._going_on(turn, frame, request))

    # -- what it does ------------------------------------------------------------------------------------------

    async def advance(self, turn: Turn, frame: Frame) -> bool:
        titles = await self._put_aside(turn, frame)
        if titles is None:
            return False
        if not await self._take_in(turn, frame, titles):
            return True
        scene = await rehearse(turn, frame, self._task)
        frame.steps, asking = scene.steps, scene.asking
        if asking is not None:
            frame.asked, frame.ask, frame.expects = asking.asked, asking.ask, asking.expects
            return True
        frame.close_question()
        if len(scene.offers) < 2:
            return await self._alone(turn, frame)
        plan = await turn.record.plans.draw(turn.actor, scene.offers)
        frame.operation, frame.shown = plan.id, True
        frame.expects = sorted({each for step in frame.steps for each in step.expects})
        turn.show(*several_cards.offer(turn, plan, self._actions))
        return True

    async def withdraw(self, turn: Turn, frame: Frame) -> bool:
        return await self._put_aside(turn, frame) is not None

    async def asking(self, turn: Turn, frame: Frame) -> Asking:
        if frame.asked == WHICH:
            return _which(turn, frame.slots["titles"])
        return await asked(turn, frame.steps, self._task)

    def outcome_card(self, turn: Turn, plan: Plan) -> tuple[str, Card]:
        """What takes the place of the plan once somebody has said yes or no to it: a result for each step."""
        return several_cards.outcome(turn, plan, self._actions)

    async def _put_aside(self, turn: Turn, frame: Frame) -> list[str] | None:
        """What its steps were called where it was an open plan; then nobody can say yes to it any more.

        None: some of it is done already, and what became of it is told.
        """
        if frame.operation is None:
            return []
        plan = await turn.record.plans.void(turn.actor, frame.operation)
        frame.operation, frame.shown = None, False
        for step, outcome in zip(frame.steps, plan.steps, strict=True):
            step.operation = outcome.operation
        if any(step.receipt for step in plan.steps):
            turn.show(*self.outcome_card(turn, plan))
            return None
        return several_cards.titles(turn, plan, self._actions)

    async def _alone(self, turn: Turn, frame: Frame) -> bool:
        """What is left of it is a task like any other, or nothing."""
        if not frame.steps:
            return False
        vars(frame).update(vars(frame.steps[0]) | {"said": frame.said, "origin": frame.origin})
        return await self._task(frame).advance(turn, frame)

    # -- which step is meant -----------------------------------------------------------------------------------

    async def _take_in(self, turn: Turn, frame: Frame, titles: list[str]) -> bool:
        """Let the step hear what was said to it. False: it is not clear which step that is, and has been asked."""
        if "heard" not in frame.slots:
            return True
        heard, intent = frame.slots["heard"], frame.slots["intent"]
        meant = await self.meant(turn, frame, heard, intent)
        if len(meant) > 1 and not _together(meant, heard):
            if titles:
                _ask_which(turn, frame, titles)
                return False
            meant = meant[:1]
        if not meant:
            turn.say("missed.cannot_change")
        for step in meant:
            step.slots[ABOUT] = said_of(step)  # also after one of several products is chosen
            self._task(step).hear(step, heard, intent)
        frame.slots = {}
        return True

    async def meant(self, turn: Turn, frame: Frame, heard: dict[str, Any], intent: str | None) -> list[Frame]:
        """The steps that may be spoken to, best first; more than one where that is not clear."""
        if picked := str(heard.pop(f"pick.{WHICH}", "")):
            return [step for number, step in enumerate(frame.steps, 1) if str(number) == picked]
        asking = [step for step in frame.steps if step.asked][:1]
        if asking and intent is None:
            return asking
        if intent is None:
            fitting = [step for step in frame.steps if self._task(step).hears(heard)]
        else:
            fitting = await self._going_on(turn, frame, Request(intent, heard))
        for speaks in (_of_its_product, _of_its_number, _of_its_people):
            fitting = [step for step in fitting if speaks(step, heard)] or fitting
        return [step for step in asking if step in fitting] or fitting

    async def _going_on(self, turn: Turn, frame: Frame, request: Request) -> list[Frame]:
        may = [step for step in frame.steps if not _of_another_product(step, request.slots)]
        return [step for step in may if await self._task(step).goes_on(turn, step, request)]

    def _task(self, step: Frame) -> Change[Any]:
        return self._changes[step.task]


def _ask_which(turn: Turn, frame: Frame, titles: list[str]) -> None:
    frame.slots["titles"] = titles
    asking = _which(turn, titles)
    ask = frame.open_question(WHICH, ["choice", "product"])
    turn.show(asking.text, question_card(asking, ask, turn))


def _which(turn: Turn, titles: list[str]) -> Asking:
    options = tuple(Option(str(number), title) for number, title in enumerate(titles, 1))
    return Asking(turn.reader.text("several.which"), options)


def _together(steps: list[Frame], heard: dict[str, Any]) -> bool:
    """Whether it is the product of all of them that is put right."""
    return heard.keys() <= PRODUCT and len({tuple(said_of(step)) for step in steps}) == 1


def _of_its_product(step: Frame, heard: dict[str, Any]) -> bool:
    return not {*wanted_products(heard)}.isdisjoint(said_of(step))


def _of_another_product(step: Frame, heard: dict[str, Any]) -> bool:
    """Whether both name products, and none that is the same: a step whose turn has not come has settled nothing yet."""
    said, wanted = said_of(step), wanted_products(heard)
    return bool(said and wanted) and not _of_its_product(step, heard)


def _of_its_number(step: Frame, heard: dict[str, Any]) -> bool:
    return "quantity" in heard and "quantity" in step.slots


def _of_its_people(step: Frame, heard: dict[str, Any]) -> bool:
    """Whether it names one of those who are denied, or has people where others are named."""
    denied = {name.casefold() for name in names_in(heard.get("not_people"))}
    listed = {name.casefold() for slot in SLOTS for name in names_in(step.slots.get(slot))}
    return not denied.isdisjoint(listed) if denied else bool(listed and "people" in heard)
