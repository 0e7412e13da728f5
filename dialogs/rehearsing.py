"""The steps of a plan as they are settled: one after the other, each as if those before it were done."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import TYPE_CHECKING

from dialogs.questions import Asking
from dialogs.turn import Backstage
from dialogs.which import wanted_products

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from dialogs.memory import Frame
    from dialogs.task import Change
    from dialogs.turn import Turn
    from storage.rehearsal import Rehearsal, Rehearsed

ABOUT = "about"  # the slot with the products that were said, also after one of them has been chosen
REFERRED = "referred"  # the slot of a step that is about what an earlier one is about


@dataclass
class Scene:
    """How far the steps of a plan have come."""

    turn: Turn
    rehearsal: Rehearsal
    task: Callable[[Frame], Change[Any]]
    steps: list[Frame] = field(default_factory=list)  # those that can be done, and from a question on all others
    offers: list[Rehearsed] = field(default_factory=list)
    _about: list[tuple[list[str], str]] = field(default_factory=list)  # products that were said; the subscription

    @property
    def asking(self) -> Frame | None:
        """The first step that has a question; those after it are not settled yet."""
        return next((step for step in self.steps if step.asked), None)

    async def play(self, steps: Sequence[Frame]) -> Scene:
        """Settles the steps up to the first that has to ask something."""
        for number, step in enumerate(steps, 1):
            await self._play(step)
            if self.asking is not None:
                self.steps += steps[number:]
                break
        return self

    async def _play(self, step: Frame) -> None:
        """A step that cannot be done has said why, and is none any more."""
        said = said_of(step)
        self._refer(step, said)
        if not await self.task(step).advance(self.turn, step):
            self.turn.say("several.left_out")
            return
        if step.operation is None:
            self.steps.append(step)
            return
        outcome, offer = await self.rehearsal.carry_out(self.turn.actor, step.operation)
        step.operation, step.shown = None, False
        if outcome.refusal is not None:
            self.turn.show(self.turn.reader.refused(outcome.refusal.code, outcome.refusal.values))
            self.turn.say("several.left_out")
            return
        self.steps.append(step)
        self.offers.append(offer)
        if outcome.quote is not None and outcome.quote.about:
            self._about.append((said, outcome.quote.about.id))

    def _refer(self, step: Frame, said: list[str]) -> None:
        """The same words mean the same subscription, also one that is only bought in this plan."""
        if step.slots.pop(REFERRED, False):
            step.answers.pop("subscription", None)
        asks = any(question.name == "subscription" for question in self.task(step).questions)
        earlier = next((subscription for words, subscription in reversed(self._about) if words == said), None)
        if asks and said and earlier and "pick.subscription" not in step.slots:
            step.answers["subscription"], step.slots[REFERRED] = earlier, True


def said_of(step: Frame) -> list[str]:
    """The products that the words of a step fit."""
    return wanted_products(step.slots) or step.slots.get(ABOUT, [])


async def rehearse(turn: Turn, plan: Frame, task: Callable[[Frame], Change[Any]]) -> Scene:
    """The steps of a plan as far as they can be settled; what has to be said about them is said.

    The words that led to it are kept once, with the plan, and go into the trail of each step.
    """

    async def play(rehearsal: Rehearsal) -> Scene:
        steps = [replace(step, said=plan.said) for step in deepcopy(plan.steps)]
        return await Scene(Backstage.of(turn, rehearsal.record), rehearsal, task).play(steps)

    scene = await turn.record.plans.rehearse(play)
    scene.steps = [replace(step, said=[]) for step in scene.steps]
    turn.replies, turn.replaces = scene.turn.replies, scene.turn.replaces
    return scene


async def asked(turn: Turn, steps: Sequence[Frame], task: Callable[[Frame], Change[Any]]) -> Asking:
    """The question that the first of the steps with one has, as `rehearse` has put it."""

    async def play(rehearsal: Rehearsal) -> Asking:
        scene = Scene(Backstage.of(turn, rehearsal.record), rehearsal, task)
        before = [*takewhile(lambda step: step.asked is None, steps)]
        await scene.play(deepcopy(before))
        asking = steps[len(before)] if len(before) < len(steps) else None
        return await task(asking).asking(scene.turn, deepcopy(asking)) if asking else Asking("")

    return await turn.record.plans.rehearse(play)
