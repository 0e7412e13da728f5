"""Several changes in one message: a plan is begun, goes on with what is said to it, and is decided about."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dialogs import reminding, replanning
from dialogs.following import keep_rest
from dialogs.memory import Frame
from dialogs.task import declined_card
from dialogs.tasks import PLAN, change_for, is_change
from dialogs.understanding import Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.hearing import Hearing


def changes_in(requests: Sequence[Request]) -> list[Request]:
    """The requests that would change something."""
    return [request for request in requests if is_change(request)]


async def for_a_plan(hearing: Hearing, requests: Sequence[Request]) -> bool:
    """Whether these are several changes, or one more for the plan that is open: “and give Bo one too”."""
    changes = changes_in(requests)
    return len(changes) > 1 or (len(changes) == 1 and await replanning.one_more(hearing, changes[0]))


async def plan(hearing: Hearing, requests: Sequence[Request], remarks: dict[str, Any]) -> None:
    """Go on with the open plan, or begin one; whatever else is asked for is answered at once, before it.

    What is open and the first of the changes goes on with becomes its first step.
    """
    changes, frame = changes_in(requests), hearing.memory.open
    for other in requests:
        if other not in changes:
            await hearing.ask(other)
    if not replanning.fit(hearing.turn, len(changes)):
        return
    changes[0] = Request(changes[0].intent, {**changes[0].slots, **remarks})
    if frame is not None and frame is hearing.memory.open and await replanning.speak_to(hearing, changes):
        await replanning.go_on_with(hearing, frame, changes)
    else:
        await _begin(hearing, [await _begun(hearing, changes[0]), *map(replanning.step, changes[1:])])


async def start(hearing: Hearing, requests: Sequence[Request]) -> None:
    """Begin a plan of changes that the desk proposes; a single one is an offer of its own."""
    if len(requests) == 1:
        await hearing.start(requests[0])
    else:
        await _begin(hearing, [*map(replanning.step, requests)])


async def decide(hearing: Hearing, plan_id: str, *, yes: bool) -> None:
    """Carry a plan out, or put it aside; then go on with what waits. Raises Refused for somebody else's card."""
    turn, memory = hearing.turn, hearing.memory
    plans, frame = turn.record.plans, memory.holding(plan_id)
    ended = await (plans.commit if yes else plans.void)(turn.actor, plan_id)
    declined = frame is not None and not yes and not any(step.receipt for step in ended.steps)
    turn.show(*(declined_card(turn.reader) if declined else PLAN.outcome_card(turn, ended)))
    await hearing.say_where_asked(ended.steps, frame)
    for number, outcome in enumerate(ended.steps):
        memory.did(outcome, frame and frame.steps[number], plan=plan_id)
        await reminding.forget_ended(hearing, outcome)
    if frame is None:
        return
    was_open = frame is memory.open
    memory.drop(frame)
    for step, outcome in [] if declined else reversed([*zip(frame.steps, ended.steps, strict=True)]):
        keep_rest(memory, replace(step, said=frame.said, origin=frame.origin), outcome)
    if was_open:
        await hearing.go_on()


async def _begin(hearing: Hearing, steps: list[Frame]) -> None:
    await hearing.begin(PLAN, Frame(PLAN.name, PLAN.name, said=steps[0].said, steps=steps), {})


async def _begun(hearing: Hearing, request: Request) -> Frame:
    """The open task where the request goes on with it; else a new one."""
    frame, task = hearing.memory.open, change_for(request)
    if frame is None or frame.task != task.name or not await task.goes_on(hearing.turn, frame, request):
        return replanning.step(request)
    hearing.memory.drop(frame)
    if not await task.withdraw(hearing.turn, frame):
        return replanning.step(request)
    frame.close_question()
    task.hear(frame, request.slots, request.intent)
    return frame
