"""What is answered at once, without a task: hello, and which of several meanings is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.elements import Button, Card, Heading, Line, Option, Tone
from dialogs.help import ALL, sayable
from dialogs.which import own, standing

if TYPE_CHECKING:
    from dialogs.turn import Turn


async def welcome(turn: Turn) -> None:
    """Who this is, how to begin, and that the record is our own."""
    reader = turn.reader
    card = Card(
        (
            Heading(reader.text("welcome.title")),
            Line(reader.text("welcome.text")),
            Line(reader.text("welcome.own_record"), Tone.QUIET),
        ),
        await _examples(turn),
    )
    turn.show(reader.text(f"welcome.fallback.{await standing(turn)}"), card)


def unsure_card(turn: Turn, ask: str, intents: list[str]) -> None:
    """Ask which of at most three meanings is meant, or none of them."""
    reader = turn.reader
    titles = [Option(intent, reader.text(f"intents.{intent}")) for intent in intents]
    buttons = [Button(o.title, (("ask", ask), ("pick", o.value))) for o in titles]
    other = Button(reader.text("button.something_else"), (("ask", ask), ("do", "leave")))
    text = reader.text("missed.unsure")
    turn.show(text, Card((Heading(text),), (*buttons, other)))


async def _examples(turn: Turn) -> tuple[Button, ...]:
    """Buttons that say a sentence, as if it had been typed: ones that this person can really say."""
    mine = (await own(turn))[:2]
    if not mine:
        return await sayable(turn, ALL["member"])
    texts = [
        turn.reader.text("example.add", product=each.product_name)
        if place == 0
        else turn.reader.text("example.set", product=each.product_name, total=each.total + 2)
        for place, each in enumerate(mine)
    ]
    return tuple(Button(text, (("say", text),)) for text in texts)
