"""Taps: a quote's buttons, a question's, a list's, a sentence to say. Nothing in them is trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialogs import planning, replanning
from dialogs.decide_requests import PART
from dialogs.memory import Frame
from dialogs.pay_with import OTHER
from dialogs.quiet import be_quiet
from dialogs.task import Lookup
from dialogs.tasks import task_for, task_named, task_of
from dialogs.understanding import Request
from storage.errors import Refused
from storage.views import OperationStatus

if TYPE_CHECKING:
    from dialogs.hearing import Hearing
    from dialogs.task import Instead
    from dialogs.turn import Tap


async def tapped(hearing: Hearing, tap: Tap) -> str | None:
    """Do what the button says. A button that only says a sentence gives the sentence back, to be heard."""
    data = {key: value for key, value in tap.data.items() if isinstance(value, str)}
    hearing.turn.replaces = not {"op", "plan", "ask"}.isdisjoint(data)
    if "op" in data:
        await _on_quote(hearing, data["op"], data.get("do", ""), data.get("to", ""))
    elif "plan" in data:
        await _on_plan(hearing, data["plan"], data.get("do", ""), data.get("to", ""))
    elif "ask" in data:
        await _on_question(hearing, data, tap)
    elif "look" in data:
        await look(hearing, data)
    elif "pay" in data:
        another = {"method": OTHER} if data.get("with") == OTHER else {}
        await hearing.start(Request("payment.pay", {"pick.subscription": data["pay"], **another}))
    elif "request" in data:
        await _on_request(hearing, data["request"], data.get("do", ""))
    elif "quiet" in data:
        await _on_notice(hearing, data["quiet"], data.get("do", ""))
    elif "say" in data:
        return data["say"]
    else:
        _refuse(hearing, "unknown_card")
    return None


async def _on_quote(hearing: Hearing, operation: str, do: str, to: str) -> None:
    try:
        if do in ("confirm", "decline"):
            await hearing.decide(operation, yes=do == "confirm")
        elif do == "adjust":
            await _adjust(hearing, operation, to)
        else:
            _refuse(hearing, "unknown_card")
    except Refused as refused:
        _refuse(hearing, refused.code, **refused.values)


async def _on_notice(hearing: Hearing, kind: str, do: str) -> None:
    try:
        await be_quiet(hearing.turn, kind, do)
    except Refused as refused:
        _refuse(hearing, refused.code, **refused.values)


async def _on_request(hearing: Hearing, request: str, do: str) -> None:
    """Decide about somebody's request: all of it, a part, a license that nobody uses, or no."""
    about: dict[str, Any] = {"pick.request": request}
    match do:
        case "approve":
            await hearing.start(Request("requests.approve", about))
        case "part":
            await hearing.start(Request("requests.approve", about | {PART: True}))
        case "give":
            await _give(hearing, request)
        case "deny" | "decline":
            await hearing.start(Request("requests.deny", about))
        case _:
            _refuse(hearing, "unknown_card")


async def _give(hearing: Hearing, request: str) -> None:
    """Begin to hand a license to whoever asks for one that nobody uses."""
    turn = hearing.turn
    try:
        asked = await turn.record.requests.spare_wish(turn.actor, request)
    except Refused as refused:
        _refuse(hearing, refused.code, **refused.values)
    else:
        about = {"product": asked.product_name, "people": [asked.requester.id], "spare_request": asked.id}
        await hearing.start(Request("licenses.assign", about))


async def _on_plan(hearing: Hearing, plan: str, do: str, to: str) -> None:
    """Yes or no to all of it, or on without a step."""
    frame = hearing.memory.holding(plan)
    try:
        if do == "without" and frame is not None and to in map(str, range(1, len(frame.steps) + 1)):
            await replanning.leave_out(hearing, frame, frozenset({int(to)}))
        elif do in ("confirm", "decline", "without"):
            await planning.decide(hearing, plan, yes=do == "confirm")
        else:
            _refuse(hearing, "unknown_card")
    except Refused as refused:
        _refuse(hearing, refused.code, **refused.values)


async def _adjust(hearing: Hearing, operation: str, to: str) -> None:
    """A smaller button: an open offer is made anew in another way, or gives way to another task."""
    turn = hearing.turn
    outcome = await turn.record.operations.show(turn.actor, operation)
    if outcome is None or outcome.quote is None:
        _refuse(hearing, "unknown_card")
        return
    instead = task_of(outcome.action).adjust(turn, outcome.quote, to)
    if instead is None:
        _refuse(hearing, "unknown_card")
    elif outcome.status is not OperationStatus.OPEN:
        await hearing.decide(operation, yes=False)  # it has ended: the answer is how
    else:
        await _ask_instead(hearing, operation, instead)


async def look(hearing: Hearing, data: dict[str, str]) -> None:
    """Another page of a list, or one thing of it; what the button carries is read like words."""
    task = task_named(data["look"])
    if isinstance(task, Lookup):
        await _look(hearing, task, {name: value for name, value in data.items() if name != "look"})
    else:
        _refuse(hearing, "unknown_card")


async def _ask_instead(hearing: Hearing, operation: str, instead: Instead) -> None:
    """A button of an open offer asks for something else, about the same or in another task."""
    hearing.words, request = instead.words, instead.request
    frame = hearing.memory.holding(operation)
    task = task_for(request.intent)
    if task is None:
        return
    if frame is None or frame.task != task.name:
        await hearing.turn.record.operations.void(hearing.turn.actor, operation)
        if frame is not None:
            hearing.origin = frame.origin
            hearing.memory.drop(frame)
        await hearing.begin(task, Frame(task.name, request.intent), request.slots)
    else:
        frame.heard(hearing.words, hearing.origin)
        await hearing.correct(frame, request.slots, request.intent)


async def _look(hearing: Hearing, task: Lookup, slots: dict[str, Any]) -> None:
    """Answer a tap on a list: another page, or one thing of it. What is open stays open."""
    frame = Frame(task.name, task.intents[0])
    task.hear(frame, slots)
    if await task.advance(hearing.turn, frame):
        hearing.memory.frames.append(frame)
    if (showed := task.showed(frame)) is not None:
        hearing.memory.showed(task.name, showed, hearing.turn.message.at)


async def _on_question(hearing: Hearing, data: dict[str, str], tap: Tap) -> None:
    memory, frame = hearing.memory, hearing.memory.open
    carried = {**data, **tap.inputs}  # Teams puts what is typed and chosen on a card among the button's own data
    picked = carried.get("pick") or None
    if memory.unsure and memory.unsure["ask"] == data["ask"]:
        await hearing.meant(picked if data.get("do") != "leave" else None)
    elif frame is None or frame.ask != data["ask"]:
        hearing.turn.say("small.old_question")
    elif data.get("do") == "leave":
        await hearing.drop()
    else:
        task = task_named(frame.task)
        asked = (await task.asking(hearing.turn, frame)).fields if task else []
        fields = {name: carried[name] for name in asked if carried.get(name)}
        chosen = {} if picked is None else {f"pick.{frame.asked}": picked}
        await hearing.correct(frame, {**fields, **chosen}, None)  # with nothing chosen it is asked again


def _refuse(hearing: Hearing, code: str, **values: str | int) -> None:
    """Say no and leave the card as it is: it may still be good for whom it was made."""
    hearing.turn.replaces = False
    hearing.turn.show(hearing.turn.reader.refused(code, values))
