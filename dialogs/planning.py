"""Several changes in one message: a plan is begun, decided about, and rid of a step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dialogs import reminding
from dialogs.following import keep_rest
from dialogs.memory import Frame
from dialogs.several import MOST_STEPS
from dialogs.task import declined_card
from dialogs.tasks import PLAN, change_for, is_change
from dialogs.understanding import Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.hearing import Hearing


def changes_in(requests: Sequence[Request]) -> list[Request]:
    """The requests that would change something."""
    return [request for request in requests if is_change(request)]


async def plan(hearing: Hearing, requests: Sequence[Request], remarks: dict[str, Any]) -> None:
    """Begin one plan for the changes among the requests; whatever else is asked for is answered at once, before it.

    What is open and the first of them goes on with becomes its first step.
    """
    changes = changes_in(requests)
    for other in requests:
        if other not in changes:
            await hearing.ask(other)
    first, *rest = changes[:MOST_STEPS]
    begun = await _begun(hearing, Request(first.intent, {**first.slots, **remarks}))
    hearing.wait_for(changes[MOST_STEPS:])
    await _begin(hearing, [begun, *map(_step, rest)])


async def start(hearing: Hearing, requests: Sequence[Request]) -> None:
    """Begin a plan of changes that the desk proposes; a single one is an offer of its own."""
    if len(requests) == 1:
        await hearing.start(requests[0])
    else:
        await _begin(hearing, [*map(_step, requests)])


async def decide(hearing: Hearing, plan_id: str, *, yes: bool) -> None:
    """Carry a plan out, or put it aside; then go on with what waits. Raises Refused for somebody else's card."""
    turn, memory = hearing.turn, hearing.memory
    plans, frame = turn.record.plans, memory.holding(plan_id)
    ended = await (plans.commit if yes else plans.void)(turn.actor, plan_id)
    declined = frame is not None and not yes and not any(step.receipt for step in ended.steps)
    turn.show(*(declined_card(turn.reader) if declined else PLAN.outcome_card(turn, ended)))
    for number, outcome in enumerate(ended.steps):
        memory.did(outcome, frame and frame.steps[number], plan=plan_id)
        await hearing.say_where_asked(outcome, frame)
        await reminding.forget_ended(hearing, outcome)
    if frame is None:
        return
    was_open = frame is memory.open
    memory.drop(frame)
    for step, outcome in [] if declined else reversed([*zip(frame.steps, ended.steps, strict=True)]):
        keep_rest(memory, replace(step, said=frame.said, origin=frame.origin), outcome)
    if was_open:
        await hearing.go_on()


async def leave_out(hearing: Hearing, frame: Frame, numbers: frozenset[int]) -> None:
    """Go on without some of the steps; without all of them it is let go."""
    kept = [step for number, step in enumerate(frame.steps, 1) if number not in numbers]
    if not kept:
        await hearing.decline(frame)
        return
    if not await PLAN.withdraw(hearing.turn, frame):
        hearing.memory.drop(frame)
        await hearing.go_on()
        return
    frame.steps = kept
    await hearing.correct(frame, {}, None)


async def _begin(hearing: Hearing, steps: list[Frame]) -> None:
    await hearing.begin(PLAN, Frame(PLAN.name, PLAN.name, said=steps[0].said, steps=steps), {})


async def _begun(hearing: Hearing, request: Request) -> Frame:
    """The open task where the request goes on with it; else a new one."""
    frame, task = hearing.memory.open, change_for(request)
    if frame is None or frame.task != task.name or not await task.goes_on(hearing.turn, frame, request):
        return _step(request)
    hearing.memory.drop(frame)
    if not await task.withdraw(hearing.turn, frame):
        return _step(request)
    frame.close_question()
    task.hear(frame, request.slots, request.intent)
    return frame


def _step(request: Request) -> Frame:
    task = change_for(request)
    frame = Frame(task.name, request.intent)
    task.hear(frame, request.slots, request.intent)
    return frame
