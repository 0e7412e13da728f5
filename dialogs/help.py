"""Help: the step that is open first, answers to what people ask about, and whom to turn to."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from dialogs.elements import Button, Card, Element, Facts, Heading, Line, Tone
from dialogs.handing import assignable
from dialogs.which import own, standing
from storage.views import Status

if TYPE_CHECKING:
    from dialogs.memory import Frame
    from dialogs.texts import Reader
    from dialogs.turn import Turn
    from storage.views import SubscriptionView

# What Microsoft's questions and answers on self-service purchases are about, each with sentences to go on with.
TOPICS: dict[str, tuple[str, ...]] = {
    "buy": ("catalog", "buy"),
    "change": ("add", "set"),
    "reduce": ("remove",),
    "assign": ("assign", "who"),
    "unassign": ("who",),
    "cancel": ("cancel",),
    "refund": ("show",),
    "payment": ("show",),
    "invoice": ("invoices",),
    "trial": ("try", "catalog"),
    "rights": ("list",),
    "who_pays": ("list",),
    "admin": ("summary", "policy", "list"),
    "data": ("show",),
    "share": ("share",),
    "renewals": ("stop_renewal", "keep"),
}
ALL = {"owner": ("list", "catalog", "add", "assign", "cancel"), "member": ("list", "catalog", "try", "assign")}
SEATS = frozenset({"assign", "who"})  # sentences for whoever hands out what is shared with them, too
NOT_THEIRS = frozenset({"buy", "catalog", "invoices", "list", "policy", "try"})  # sentences that anybody can say


async def help_card(turn: Turn, support: str, frame: Frame | None = None, topic: str | None = None) -> None:
    """What is asked about, or all there is; while a task is open, what it is waiting for comes first."""
    reader, whose = turn.reader, await standing(turn)
    if topic in TOPICS:
        title, text = reader.text(f"topic.{topic}.title"), reader.text(f"topic.{topic}.text")
        lines: tuple[Element, ...] = (Line(text), *_step(reader, frame, Tone.PLAIN))
        buttons = await sayable(turn, TOPICS[topic])
        turn.show(f"{title}. {text}", Card((Heading(title), *lines), buttons))
        return
    lines = (
        *_step(reader, frame, Tone.STRONG),
        Line(reader.text("help.text")),
        *(Line(reader.text(f"help.{part}.{whose}")) for part in ("money", "people")),
        Line(reader.text("help.anytime")),
        Line(contact(reader, support), Tone.QUIET),
    )
    buttons = await sayable(turn, ALL[whose])
    turn.show(reader.text(f"help.fallback.{whose}"), Card((Heading(reader.text("help.title")), *lines), buttons))


def support_card(turn: Turn, support: str, frame: Frame | None) -> None:
    """Whom to ask, and a reference to tell them: when this was, and the beginning of the open offer's id."""
    reader, at = turn.reader, turn.message.at.astimezone(UTC)
    offer = f"-{frame.operation[:8]}" if frame and frame.operation else ""
    reference = f"{at:%Y%m%d-%H%M%S}{offer}"
    facts = Facts(((reader.text("help.reference"), reference),))
    lines = (Line(contact(reader, support)), facts, Line(reader.text("help.reference_is"), Tone.QUIET))
    text = reader.text("help.fallback_support", contact=contact(reader, support), reference=reference)
    turn.show(text, Card((Heading(reader.text("help.support_title")), *lines)))


def contact(reader: Reader, support: str) -> str:
    """Whom to ask."""
    return reader.text("help.support", support=support) if support else reader.text("help.no_support")


def _step(reader: Reader, frame: Frame | None, tone: Tone) -> tuple[Element, ...]:
    """What the open task is waiting for, and how to answer it."""
    if frame is None or not (frame.asked or frame.operation):
        return ()
    return (Line(reader.text(f"help.step.{frame.asked or 'offer'}"), tone),)


async def sayable(turn: Turn, examples: tuple[str, ...]) -> tuple[Button, ...]:
    """Sentences to say, about what this person really has; those that need a subscription only to whoever has one."""
    mine = await own(turn)
    shared = mine or await assignable(turn)
    about = [
        (example, shared if example in SEATS else [each for each in mine if _fits(example, each)])
        for example in examples
    ]
    texts = [_example(turn.reader, each, have) for each, have in about if have or each in NOT_THEIRS]
    return tuple(Button(text, (("say", text),)) for text in texts)


def _fits(example: str, subscription: SubscriptionView) -> bool:
    """Whether the sentence would do something about it: only what was cancelled can be kept after all."""
    going_on = subscription.status is Status.ACTIVE and not subscription.trial
    match example:
        case "keep":
            return going_on and subscription.cancelled
        case "stop_renewal":
            return going_on and subscription.recurring
    return True


def _example(reader: Reader, example: str, mine: list[SubscriptionView]) -> str:
    if example in NOT_THEIRS:
        return reader.text(f"example.{example}")
    return reader.text(f"example.{example}", product=mine[0].product_name, total=mine[0].total + 2)
