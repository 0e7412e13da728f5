"""Taps: a quote's buttons, a question's, a list's, a sentence to say. Nothing in them is trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.task import Lookup
from dialogs.tasks import task_named, task_of
from storage.errors import Refused
from storage.views import OperationStatus

if TYPE_CHECKING:
    from dialogs.hearing import Hearing
    from dialogs.turn import Tap


async def tapped(hearing: Hearing, tap: Tap) -> str | None:
    """Do what the button says. A button that only says a sentence gives the sentence back, to be heard."""
    data = {key: value for key, value in tap.data.items() if isinstance(value, str)}
    hearing.turn.replaces = "op" in data or "ask" in data
    if "op" in data:
        await _on_quote(hearing, data["op"], data.get("do", ""), data.get("to", ""))
    elif "ask" in data:
        await _on_question(hearing, data, tap)
    elif "look" in data:
        await _on_list(hearing, data)
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
        await hearing.ask_instead(operation, instead)


async def _on_list(hearing: Hearing, data: dict[str, str]) -> None:
    """Another page of a list, or one thing of it; what the button carries is read like words."""
    task = task_named(data.pop("look"))
    if isinstance(task, Lookup):
        await hearing.look(task, dict(data))
    else:
        _refuse(hearing, "unknown_card")


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
