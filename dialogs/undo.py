"""Undo: the last change that was confirmed is taken back by the opposite one, offered and confirmed like any other.

A plan is taken back by a plan, the last step first. What it costs, and until when it is possible, stands on that offer;
what nothing can take back is said, with what can.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from dialogs import planning
from dialogs.elements import Button, Card, Heading, Line, Style
from dialogs.several_cards import heading
from dialogs.tasks import task_of
from dialogs.understanding import Request
from storage.quotes import ChangeQuote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.hearing import Hearing
    from dialogs.turn import Turn
    from storage.views import Outcome, Receipt

    Done = tuple[Outcome, Receipt]

LONGEST_AGO: Final = timedelta(days=30)  # what is older is history, and said anew where it is to change
UNASKED: Final = timedelta(days=1)  # of what is older, people have often forgotten which was the last
SURE: Final = {"sure": True}


async def undo(hearing: Hearing, slots: dict[str, Any]) -> None:
    """Offer to take back the last change, or all of the last plan; an offer that is still open is put aside instead."""
    frame, turn = hearing.memory.open, hearing.turn
    if frame and frame.operation and frame.operation == hearing.offered:
        await hearing.decline(frame)
        return
    last = await last_done(hearing)
    if not last:
        turn.say("undo.nothing")
        return
    opposite = [_inverse(outcome, receipt) for outcome, receipt in reversed(last)]
    requests = [each for each in opposite if isinstance(each, Request)]
    if requests and turn.message.at - last[-1][1].done_at > UNASKED and slots != SURE:
        _ask(hearing, last)
        return
    for each, (_, receipt) in zip(opposite, reversed(last), strict=True):
        if isinstance(each, str):
            turn.say(each, **receipt.quote.names)
    if requests:
        _say_what(turn, last, requests)
        await planning.start(hearing, requests)


async def last_done(hearing: Hearing) -> list[Done]:
    """What was carried out last in this conversation, step by step; nothing where that is too long ago."""
    done, turn = hearing.memory.done or {}, hearing.turn
    outcomes: Sequence[Outcome | None] = ()
    if "plan" in done:
        plan = await turn.record.plans.show(turn.actor, done["plan"])
        outcomes = plan.steps if plan else ()
    elif "operation" in done:
        outcomes = [await turn.record.operations.show(turn.actor, done["operation"])]
    told = [(outcome, outcome.receipt) for outcome in outcomes if outcome and outcome.receipt]
    return [each for each in told if turn.message.at - each[1].done_at <= LONGEST_AGO]


def _inverse(outcome: Outcome, receipt: Receipt) -> Request | str:
    return task_of(outcome.action).inverse(receipt.quote)


def what_was(turn: Turn, done: Sequence[Done]) -> str:
    """What was carried out, in the words of its receipts; of several steps as they are called there."""
    receipts = [task_of(outcome.action).outcome_card(turn, outcome) for outcome, _ in done]
    if len(receipts) == 1:
        return receipts[0][0]
    return turn.reader.names([turn.reader.text("undo.step", what=heading(card)) for _, card in receipts])


def _say_what(turn: Turn, done: Sequence[Done], requests: Sequence[Request]) -> None:
    taken_back = [each for each in reversed(done) if isinstance(_inverse(*each), Request)]
    turn.say("undo.offer" if len(requests) == 1 else "undo.offer_plan", what=what_was(turn, taken_back))
    if any(isinstance(receipt.quote, ChangeQuote) and receipt.quote.assigns for _, receipt in done):
        turn.say("undo.handed_out")


def _ask(hearing: Hearing, last: Sequence[Done]) -> None:
    reader, ask = hearing.turn.reader, secrets.token_urlsafe(9)
    hearing.memory.unsure = {"ask": ask, "choices": ["flow.undo"], "slots": SURE, "said": hearing.words}
    text = reader.text("undo.which", date=reader.day(last[-1][1].done_at), what=what_was(hearing.turn, last))
    yes = Button(reader.text("button.undo"), (("ask", ask), ("pick", "flow.undo")), Style.PRIMARY)
    no = Button(reader.text("button.leave"), (("ask", ask), ("do", "leave")))
    hearing.turn.show(text, Card((Heading(reader.text("undo.title")), Line(text)), (yes, no)))
