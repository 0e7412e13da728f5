"""What a message says to the task that is open, besides what it asks for by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialogs.tasks import task_named
from dialogs.understanding.adding_on import adds_on

if TYPE_CHECKING:
    from dialogs.elements import Option
    from dialogs.memory import Frame
    from dialogs.turn import Turn
    from dialogs.understanding import Request, Understanding


# Different words for the same: whichever was meant, nothing happens.
LETTING_GO = frozenset({"confirm.no", "flow.abort"})


def lets_go(frame: Frame, understood: Understanding) -> bool:
    """Whether what could be a reason of one's own, as anything could, rather says to leave things as they are."""
    task, answer = task_named(frame.task), understood.answer or {}
    if task is None or answer.get("reason") != "other" or not understood.choices:
        return False
    return set(understood.choices) <= LETTING_GO | task.let_go_by


def speaks_to(frame: Frame, intent: str) -> str | None:
    """The slot of the open task that such a request puts right, where it is no request of its own."""
    task = task_named(frame.task)
    return task.corrected_by.get(intent) if task else None


def answers(frame: Frame, understood: Understanding) -> bool:
    """Whether the message says something to what is open: any answer to a question, a number to an offer."""
    answer = understood.answer or {}
    return bool((answer and frame.asked) or {"quantity", *frame.expects} & answer.keys() or understood.unusable)


def picks(frame: Frame, understood: Understanding) -> bool:
    """Whether it names one of the people, cards or teams that were listed, and so corrects nothing: “the second one”.

    “And Bo too” is a correction also while it is asked which Ann was meant.
    """
    only_corrects = [request.intent for request in understood.requests] == ["flow.correct"]
    if only_corrects and {"also", "not_people"} & understood.requests[0].slots.keys():
        return False
    return only_corrects and "choice" in frame.expects and "quantity" not in frame.expects and bool(understood.answer)


def in_addition(words: str, request: Request) -> tuple[dict[str, Any], str | None]:
    """The slots and intent by which a request puts the open task right.

    “And give Bo one too” only adds Bo to those who were named; they stay.
    """
    people = request.slots.get("people")
    if people and request.intent in ("licenses.assign", "licenses.unassign") and adds_on(words):
        return {"people": people, "also": True}, None
    return request.slots, request.intent


def remarks(understood: Understanding) -> dict[str, Any]:
    """What was said about a number besides the number: why it cannot be used, or that it is the total."""
    unusable = {"unusable": str(understood.unusable)} if understood.unusable else {}
    return {**unusable, "altogether": True} if understood.altogether else unusable


def picked(answer: dict[str, Any], options: tuple[Option, ...], frame: Frame) -> dict[str, Any]:
    """The answer with “the second one” made a choice. A name that is offered goes before a place in the list."""
    choice = int(answer.pop("choice", 0))
    named = [answer["product"]] if "product" in answer else answer.get("product_candidates", [])
    offered = any(option.title.startswith(name) for option in options for name in named)
    if offered or not 0 < abs(choice) <= len(options):
        return answer
    said = {slot: value for slot, value in answer.items() if not slot.startswith("product")}
    return {**said, f"pick.{frame.asked}": options[choice - 1 if choice > 0 else choice].value}


async def title_of(turn: Turn, frame: Frame, words: str) -> dict[str, Any]:
    """Who types what stands on a button, or in a list, has chosen it, whatever else it could mean."""
    task = task_named(frame.task)
    if task is None or frame.asked is None:
        return {}
    said = words.strip(" .。").casefold()
    options = (await task.asking(turn, frame)).options
    chosen = [option.value for option in options if option.title.casefold() == said]
    return {f"pick.{frame.asked}": chosen[0]} if len(chosen) == 1 else {}
