"""What is no task: a yes or no, dropping and correcting, hello and thanks, and what was not understood."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from dialogs import small_talk
from dialogs.help import help_card, support_card
from dialogs.quiet import be_quiet_about_the_latest
from dialogs.task import Lookup
from dialogs.tasks import task_for
from dialogs.understanding import Request, invoices
from dialogs.undo import last_done, undo, what_was
from dialogs.which import standing

if TYPE_CHECKING:
    from dialogs.hearing import Hearing
    from dialogs.turn import Turn
    from dialogs.understanding import Understanding


async def aside(hearing: Hearing, request: Request, slots: dict[str, Any]) -> None:
    """Everything that is not a task: answers to the desk, flow and small talk. The open task stays as it is."""
    frame = hearing.memory.open
    match request.intent:
        case "confirm.yes" if frame and frame.operation and frame.operation == hearing.offered:
            await hearing.accept(frame)
        case "confirm.no" if frame and frame.operation:
            await hearing.decline(frame)
        case "confirm.yes" if frame:
            if frame.operation:
                hearing.turn.say("next.this_one")
            await hearing.correct(frame, {}, None)  # what a yes would mean is shown first
        case "confirm.yes":
            hearing.turn.say("small.nothing_to_confirm")
        case "confirm.no" | "flow.abort":
            await hearing.drop()
        case "flow.correct" if frame:
            await hearing.put_right(frame, slots)
        case "flow.correct":
            hearing.turn.say("small.nothing_to_correct")
        case "flow.undo":
            await undo(hearing, slots)
        case _:
            await _small_talk(hearing, request)


async def _small_talk(hearing: Hearing, request: Request) -> None:
    match request.intent:
        case "help":
            await help_card(hearing.turn, hearing.support, hearing.memory.open, request.slots.get("topic"))
        case "support.contact":
            support_card(hearing.turn, hearing.support, hearing.memory.open)
        case "greet":
            whose = "member" if hearing.turn.public else await standing(hearing.turn)  # who pays is no public matter
            hearing.turn.aloud(f"small.hello.{whose}", name=hearing.turn.person.name)
        case "thanks":
            hearing.turn.aloud("small.thanks")
        case "notices.later" | "notices.stop":
            await be_quiet_about_the_latest(hearing.turn, request.intent.removeprefix("notices."))
        case _:
            what = hearing.turn.reader.text(f"intents.{request.intent}")
            hearing.turn.say("small.not_yet", what=what)


async def switch(turn: Turn, language: str) -> None:
    """Answer in this language from now on, here and everywhere."""
    turn.reader = turn.reader.in_language(language)
    await turn.record.people.prefer_language(turn.actor.tenant, turn.actor.person, language)
    turn.aloud("small.language")


async def where_were_we(hearing: Hearing) -> None:
    """Show again what waits for an answer, with a price of now; else what was done last, else what can be done."""
    turn, memory, frame = hearing.turn, hearing.memory, hearing.memory.open
    if frame is not None:
        behind = len(memory.frames) + len(memory.waiting) - 1
        turn.say("where.open_and_more" if behind else "where.open", count=behind)
        await hearing.correct(frame, {}, None)
        return
    done = await last_done(hearing)
    if done:
        turn.say("where.done", date=turn.reader.day(done[-1][1].done_at), what=what_was(turn, done))
        return
    turn.say("where.nothing")
    await help_card(turn, hearing.support)


async def ask_meaning(hearing: Hearing, understood: Understanding) -> None:
    """Ask which of a few meanings is meant; without any that could be, say that it was not understood.

    “By month” alone could mean much, but not while a list is in view that can be shown by month.
    """
    if (refined := _of_what_is_shown(hearing, understood)) is not None:
        await hearing.ask(refined)
        return
    idle = hearing.memory.open is None
    choices = [each for each in understood.choices if not (idle and each.startswith(("flow.", "confirm.")))]
    if not choices:
        await _missed(hearing)
        return
    best = understood.requests[0].slots if understood.requests else dict(understood.answer or {})
    ask = secrets.token_urlsafe(9)
    hearing.memory.unsure = {"ask": ask, "choices": choices, "slots": best, "said": hearing.words}
    small_talk.unsure_card(hearing.turn, ask, choices)


def narrowed(hearing: Hearing, request: Request) -> Request:
    """The same, but “only Visio” of a summary in view asks for it of Visio alone, and “the first” for an invoice."""
    if (of_invoices := _by_place(hearing, request)) is not None:
        return of_invoices
    products = {slot: value for slot, value in request.slots.items() if slot in ("product", "product_candidates")}
    only = request.intent == "subscriptions.show" and request.slots.get("only") and products
    shown = hearing.memory.showing("purchase_summary", hearing.turn.message.at)
    return Request("admin.summary", products) if only and shown is not None else request


def _by_place(hearing: Hearing, request: Request) -> Request | None:
    """An invoice that is meant by its place, with those that are in view; None for anything else."""
    place = invoices.place(hearing.words)
    asks = request.intent in ("invoice.show", "invoice.explain") or request == Request("invoices.list", {})
    if place is None or not asks or {"invoice", "amount"} & request.slots.keys():
        return None
    at = hearing.turn.message.at
    seen = (hearing.memory.showing(lookup, at) for lookup in ("show_invoice", "list_invoices"))
    intent = "invoice.show" if request.intent == "invoices.list" else request.intent
    return Request(intent, {**request.slots, "place": place, "seen": next(filter(None, seen), "")})


def _of_what_is_shown(hearing: Hearing, understood: Understanding) -> Request | None:
    """The likeliest meaning where it changes a list that is in view."""
    if not understood.requests or understood.choices[:1] != (understood.requests[0].intent,):
        return None
    guess = narrowed(hearing, understood.requests[0])
    if guess is not understood.requests[0]:
        return guess
    task = task_for(guess.intent)
    if not isinstance(task, Lookup):
        return None
    showed = hearing.memory.showing(task.name, hearing.turn.message.at)
    return guess if task.follows(showed, guess.slots) != guess.slots else None


async def _missed(hearing: Hearing) -> None:
    """Asked about once with examples, the second time with the menu and whom to ask."""
    hearing.memory.misses += 1
    if hearing.memory.misses == 1:
        hearing.turn.say(f"missed.first.{await standing(hearing.turn)}")
        return
    hearing.turn.say("missed.second")
    await help_card(hearing.turn, hearing.support, hearing.memory.open)
