"""Taps: a quote's buttons, a question's buttons, a sentence to say. Nothing in them is trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.license_cards import without_releases
from dialogs.memory import Frame
from dialogs.tasks import task_named
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
        await _on_quote(hearing, data["op"], data.get("do", ""))
    elif "ask" in data:
        await _on_question(hearing, data, tap)
    elif "say" in data:
        return data["say"]
    else:
        _refuse(hearing, "unknown_card")
    return None


async def _on_quote(hearing: Hearing, operation: str, do: str) -> None:
    try:
        if do in ("confirm", "decline"):
            await hearing.decide(operation, yes=do == "confirm")
        elif do == "keep_people":
            await _keep_people(hearing, operation)
        else:
            _refuse(hearing, "unknown_card")
    except Refused as refused:
        _refuse(hearing, refused.code, **refused.values)


async def _keep_people(hearing: Hearing, operation: str) -> None:
    """“Only down to 9”: an open offer is made anew with the total that takes a license from nobody."""
    turn = hearing.turn
    outcome = await turn.record.operations.show(turn.actor, operation)
    if outcome is None or outcome.quote is None:
        _refuse(hearing, "unknown_card")
        return
    total = without_releases(outcome.quote)
    if outcome.status is not OperationStatus.OPEN or total is None:
        await hearing.decide(operation, yes=False)  # it has ended: the answer is how
        return
    frame = hearing.memory.holding(operation) or Frame("change_licenses", "licenses.set", operation=operation)
    frame.heard(turn.reader.text("button.keep_people", total=total))
    slots = {"pick.subscription": outcome.quote.subscription.id, "quantity": total}
    await hearing.correct(frame, slots, "licenses.set")


async def _on_question(hearing: Hearing, data: dict[str, str], tap: Tap) -> None:
    memory, frame = hearing.memory, hearing.memory.open
    picked = data.get("pick") or tap.inputs.get("pick")
    if memory.unsure and memory.unsure["ask"] == data["ask"]:
        await hearing.meant(picked if data.get("do") != "leave" else None)
    elif frame is None or frame.ask != data["ask"]:
        hearing.turn.say("small.old_question")
    elif data.get("do") == "leave":
        await hearing.drop()
    else:
        task = task_named(frame.task)
        if task is not None and picked is not None:
            await hearing.correct(frame, {f"pick.{frame.asked}": picked}, None)


def _refuse(hearing: Hearing, code: str, **values: str | int) -> None:
    """Say no and leave the card as it is: it may still be good for whom it was made."""
    hearing.turn.replaces = False
    hearing.turn.say(f"refused.{code}", **values)
