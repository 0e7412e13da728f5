"""Undo: the last change that was confirmed is taken back by the opposite one, offered and confirmed like any other.

What it costs, and until when it is possible, stands on that offer; what nothing can take back is said, with what can.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from dialogs.elements import Button, Card, Heading, Line, Style
from dialogs.tasks import task_of
from storage.quotes import ChangeQuote

if TYPE_CHECKING:
    from dialogs.hearing import Hearing
    from storage.views import Outcome

LONGEST_AGO: Final = timedelta(days=30)  # what is older is history, and said anew where it is to change
UNASKED: Final = timedelta(days=1)  # of what is older, people have often forgotten which was the last
SURE: Final = {"sure": True}


async def undo(hearing: Hearing, slots: dict[str, Any]) -> None:
    """Offer to take back the last change; an offer that nobody has confirmed yet is put aside instead."""
    frame, turn = hearing.memory.open, hearing.turn
    if frame and frame.operation and frame.operation == hearing.offered:
        await hearing.decline(frame)
        return
    outcome = await _last(hearing)
    if outcome is None or outcome.receipt is None:
        turn.say("undo.nothing")
        return
    what, _ = task_of(outcome.action).outcome_card(turn, outcome)
    request = task_of(outcome.action).inverse(outcome.receipt.quote)
    if isinstance(request, str):
        turn.say(request, product=outcome.receipt.quote.subscription.product_name)
    elif turn.message.at - outcome.receipt.done_at > UNASKED and slots != SURE:
        _ask(hearing, outcome, what)
    else:
        turn.say("undo.offer", what=what)
        if isinstance(outcome.receipt.quote, ChangeQuote) and outcome.receipt.quote.assigns:
            turn.say("undo.handed_out")
        await hearing.start(request)


async def _last(hearing: Hearing) -> Outcome | None:
    """The last change that was confirmed in this conversation, unless it is too long ago."""
    done = hearing.memory.done
    outcome = await hearing.turn.record.operations.show(hearing.turn.actor, done["operation"]) if done else None
    recent = outcome and outcome.receipt and hearing.turn.message.at - outcome.receipt.done_at <= LONGEST_AGO
    return outcome if recent else None


def _ask(hearing: Hearing, outcome: Outcome, what: str) -> None:
    reader, ask = hearing.turn.reader, secrets.token_urlsafe(9)
    hearing.memory.unsure = {"ask": ask, "choices": ["flow.undo"], "slots": SURE, "said": hearing.words}
    assert outcome.receipt is not None  # noqa: S101
    day = outcome.receipt.done_at
    text = reader.text("undo.which", date=reader.day(day), what=what)
    yes = Button(reader.text("button.undo"), (("ask", ask), ("pick", "flow.undo")), Style.PRIMARY)
    no = Button(reader.text("button.leave"), (("ask", ask), ("do", "leave")))
    hearing.turn.show(text, Card((Heading(reader.text("undo.title")), Line(text)), (yes, no)))
