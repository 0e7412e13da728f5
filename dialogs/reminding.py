"""What is open is said again after something else: once, and only while it can still be answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.task import Change, Lookup
from dialogs.tasks import task_named, task_of
from dialogs.which import product_of, wanted_products
from storage.quotes import CancelQuote
from storage.views import OperationStatus, When

if TYPE_CHECKING:
    from dialogs.hearing import Hearing
    from dialogs.memory import Frame
    from dialogs.turn import Turn
    from storage.views import Outcome


async def remind(hearing: Hearing, frame: Frame) -> None:
    """Say what waits for an answer after something else was said, so that nobody answers what they no longer see."""
    task = task_named(frame.task)
    if isinstance(task, Lookup):  # whoever speaks of something else no longer waits for it
        hearing.memory.drop(frame)
        return
    if frame.shown or frame.reminded:
        return
    offered = frame.operation if isinstance(task, Change) else None
    outcome = await hearing.turn.record.operations.show(hearing.turn.actor, offered) if offered else None
    if outcome is None or outcome.quote is None or outcome.receipt:
        await hearing.correct(frame, {}, None)
    elif outcome.status is OperationStatus.OPEN and hearing.turn.message.at <= outcome.quote.expires_at:
        offer, _ = task_of(outcome.action).quote_card(hearing.turn, outcome.quote)
        hearing.turn.say("next.still_open", offer=offer)
        frame.shown = True
    frame.reminded = True


async def resume(hearing: Hearing, *, once: bool) -> None:
    """Go on with what was put aside for a task that has ended; `once`: as a reminder, which is not said again."""
    frame = hearing.memory.open
    if frame is None or (once and frame.reminded):
        return
    hearing.turn.say("next.resumed", what=await called(hearing.turn, frame))
    await hearing.correct(frame, {}, None)
    frame.shown = False  # nobody asked for it just now: a second yes to the first is none to it
    frame.reminded = once


async def called(turn: Turn, frame: Frame) -> str:
    """What somebody wanted, in a few words: a question that comes back alone does not say what it is for."""
    if frame.steps:
        return turn.reader.text("next.plan", count=len(frame.steps))
    named = wanted_products(frame.slots)
    product = await product_of(turn, frame) or (named[0] if len(named) == 1 else "")
    return turn.reader.names([turn.reader.text(f"intents.{frame.intent}"), *([product] if product else [])])


async def forget_ended(hearing: Hearing, outcome: Outcome) -> None:
    """Nothing is asked any more about a subscription that has just ended."""
    quote = outcome.receipt.quote if outcome.receipt else None
    if not isinstance(quote, CancelQuote) or quote.when is not When.NOW:
        return
    for frame in [*hearing.memory.frames]:
        task = task_named(frame.task)
        if task is not None and frame.operation != outcome.operation and task.subject(frame) == quote.subscription.id:
            await hearing.forget(frame)
