"""What follows a step that had no room for everybody: the same for those who were left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.putting_right import OF_PEOPLE
from dialogs.tasks import task_named
from storage.quotes import PurchaseQuote
from storage.views import OperationStatus

if TYPE_CHECKING:
    from dialogs.memory import Frame, Memory
    from storage.views import Outcome


def keep_rest(memory: Memory, frame: Frame, outcome: Outcome) -> None:
    """What one step could not hold comes next: once it is done, declined, or nobody of the first can be helped."""
    task = task_named(frame.task)
    not_bought = isinstance(outcome.quote, PurchaseQuote)  # then there is nothing to hand out
    declined = outcome.status is OperationStatus.VOID and not not_bought
    ended = outcome.receipt or declined or (outcome.refusal and outcome.refusal.code in OF_PEOPLE)
    rest = task.rest(frame, outcome.quote) if task and ended and outcome.quote else None
    if rest is not None:
        said = frame.said[-1] if frame.said else ""
        waiting = {"intent": rest.intent, "slots": rest.slots, "said": said, "origin": frame.origin}
        memory.waiting.insert(0, waiting)
