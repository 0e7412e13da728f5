"""What is said to an open plan besides an answer: a step is not wanted, is put right, or comes in addition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.memory import Frame
from dialogs.people_question import who
from dialogs.rehearsing import said_of
from dialogs.several import MOST_STEPS, Several
from dialogs.task import Change
from dialogs.tasks import PLAN, change_for, task_named
from dialogs.understanding import Request
from dialogs.understanding.adding_on import adds_on
from dialogs.understanding.leaving_out import called, left_out
from dialogs.which import product_of, wanted_products

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.hearing import Hearing
    from dialogs.turn import Turn

_MORE: Final = ("licenses.add", "purchase.new")  # said in addition these are no correction: “and add 2 licenses”
_OF_PEOPLE: Final = ("licenses.assign", "licenses.unassign", "licenses.move")  # nothing is left of them without anybody


def step(request: Request) -> Frame:
    """The frame of a step that does what is asked for."""
    task = change_for(request)
    frame = Frame(task.name, request.intent)
    task.hear(frame, request.slots, request.intent)
    return frame


async def one_more(hearing: Hearing, change: Request) -> bool:
    """Whether the change comes in addition to the plan that is open, and puts none of its steps right."""
    frame = hearing.memory.open
    if frame is None or not frame.steps or not adds_on(hearing.words):
        return False
    return change.intent in _MORE or not await PLAN.goes_on(hearing.turn, frame, change)


async def speak_to(hearing: Hearing, changes: Sequence[Request]) -> bool:
    """Whether some of them are about the plan that is open, or they all come in addition to it."""
    frame = hearing.memory.open
    if frame is None or not frame.steps:
        return False
    return adds_on(hearing.words) or any([await PLAN.goes_on(hearing.turn, frame, change) for change in changes])


async def go_on_with(hearing: Hearing, frame: Frame, changes: Sequence[Request]) -> None:
    """Put right the steps that the changes are about; the others become steps as well."""
    meant = [await _meant(hearing, frame, change) for change in changes]
    if not fit(hearing.turn, len(frame.steps) + meant.count(None)):
        return
    if not await _withdrawn(hearing, frame):
        return
    for change, one in zip(changes, meant, strict=True):
        if one is None:
            frame.steps.append(step(_about_the_last(frame, change)))
        else:
            change_for(change).hear(one, change.slots, change.intent)
    frame.heard(hearing.words, hearing.origin)
    await hearing.correct(frame, {}, None)


async def leaves_out(hearing: Hearing, frame: Frame) -> bool:
    """Go on without what is not wanted: “without the second”, “without Visio”, “leave Bo out”. False: none is named."""
    if not isinstance(task_named(frame.task), Change | Several):
        return False
    name = called(hearing.words) or ""
    places = left_out(hearing.words, len(frame.steps)) or await _of_product(hearing.turn, _steps(frame), name)
    if not places:
        return bool(name) and await _leave_out_people(hearing, frame, name)
    frame.heard(hearing.words, hearing.origin)
    await leave_out(hearing, frame, places)
    return True


async def leave_out(hearing: Hearing, frame: Frame, numbers: frozenset[int]) -> None:
    """Go on without some of the steps; without all of them it is let go."""
    kept = [each for number, each in enumerate(_steps(frame), 1) if number not in numbers]
    if not kept:
        await hearing.decline(frame)
    elif not frame.steps:
        await hearing.correct(frame, {}, None)
    elif await _withdrawn(hearing, frame):
        frame.steps = kept
        await hearing.correct(frame, {}, None)


def fit(turn: Turn, count: int) -> bool:
    """Whether so many steps fit into one plan; else it is said that they do not, and nothing is done by halves."""
    if count > MOST_STEPS:
        turn.say("several.too_many", count=count, most=MOST_STEPS)
    return count <= MOST_STEPS


async def _withdrawn(hearing: Hearing, frame: Frame) -> bool:
    """Whether nobody can say yes to the plan any more; where some of it is done, that is told and it has ended."""
    if await PLAN.withdraw(hearing.turn, frame):
        return True
    hearing.memory.drop(frame)
    await hearing.go_on()
    return False


async def _leave_out_people(hearing: Hearing, frame: Frame, name: str) -> bool:
    """Steps that are for nobody else are left out, in the others only whom the name means. False: nobody is named."""
    people = {person.id for person in (await who(hearing.turn, [name]))[name]}
    steps = _steps(frame)
    among = {number: _people(each) for number, each in enumerate(steps, 1) if people & _people(each)}
    if not among:
        return _not_among(hearing, steps, name) if people else False
    only = [number for number, listed in among.items() if listed <= people and steps[number - 1].intent in _OF_PEOPLE]
    for number in among.keys() - only:
        _without(steps[number - 1], name, all_of_them=among[number] <= people)
    frame.heard(hearing.words, hearing.origin)
    await leave_out(hearing, frame, frozenset(only))
    return True


def _not_among(hearing: Hearing, steps: Sequence[Frame], name: str) -> bool:
    """Somebody else than those it is for is no reason to let go of it; False where it is for nobody."""
    for_people = any(map(_people, steps))
    if for_people:
        hearing.turn.say("people.not_among", count=1, names=name)
    return for_people


def _without(one: Frame, name: str, *, all_of_them: bool) -> None:
    """Licenses are added or bought also for nobody in particular."""
    task = change_for(Request(one.intent))
    if not all_of_them:
        task.hear(one, {"not_people": [name]}, None)
    for question in task.questions:
        if all_of_them and question.name == "people":
            question.forget(one)


async def _meant(hearing: Hearing, frame: Frame, change: Request) -> Frame | None:
    if change.intent in _MORE and adds_on(hearing.words):
        return None
    steps = await PLAN.meant(hearing.turn, frame, dict(change.slots), change.intent)
    return steps[0] if steps else None


def _about_the_last(frame: Frame, change: Request) -> Request:
    """ "And give Bo one too": of what was spoken of last."""
    asks = any(question.name == "subscription" for question in change_for(change).questions)
    spoken_of = next((said for each in reversed(frame.steps) if (said := said_of(each))), [])
    if not asks or wanted_products(change.slots) or not spoken_of:
        return change
    return Request(change.intent, {**change.slots, "product_candidates": spoken_of})


async def _of_product(turn: Turn, steps: Sequence[Frame], name: str) -> frozenset[int]:
    """The places of the steps that are about a product of this name, said or settled."""
    products = turn.record.catalog.called(name)
    about = [{*said_of(each), await product_of(turn, each)} for each in steps] if products else []
    return frozenset(number for number, each in enumerate(about, 1) if not products.isdisjoint(each))


def _steps(frame: Frame) -> Sequence[Frame]:
    """What a plan does, or the one thing that is open."""
    return frame.steps or [frame]


def _people(one: Frame) -> set[str]:
    return {*one.answers.get("people", []), *one.answers.get("from_people", [])}
