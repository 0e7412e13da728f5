"""What a plan looks like: its steps in order and one price, before the yes; a result for each of them, after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialogs.elements import Button, Card, Element, Facts, Heading, Line, Price, Style, Tone
from dialogs.several_price import due_now, price
from storage.views import OperationStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialogs.task import Change
    from dialogs.texts import Reader
    from dialogs.turn import Turn
    from storage.plans import Plan
    from storage.views import Outcome

BESIDES = 4  # buttons there is room for between yes and no; Teams folds what is beyond them


def titles(turn: Turn, plan: Plan, actions: Mapping[str, Change[Any]]) -> list[str]:
    """What each step does, in a few words."""
    return [_statement(_offered(turn, step, actions)) for step in plan.steps]


def heading(card: Card) -> str:
    """What stands first on a card."""
    return next(element.text for element in card.elements if isinstance(element, Heading))


def offer(turn: Turn, plan: Plan, actions: Mapping[str, Change[Any]]) -> tuple[str, Card]:
    """The card that asks: each step as on an offer of its own, the price of them all, one yes."""
    reader, count, quotes = turn.reader, len(plan.steps), [step.quote for step in plan.steps]
    elements: list[Element] = [Heading(reader.text("several.title", count=count))]
    for number, step in enumerate(plan.steps, 1):
        card = _offered(turn, step, actions)
        elements.append(Line(_numbered(reader, number, _statement(card)), Tone.STRONG))
        elements += _body(reader, card)
    elements += price(reader, quotes)
    said = reader.names([_numbered(reader, *each) for each in enumerate(titles(turn, plan, actions), 1)])
    due = due_now(quotes)
    fallback = (
        reader.text("several.fallback_free", steps=said)
        if due is None
        else reader.text("several.fallback", steps=said, due=due)
    )
    return fallback, Card(tuple(elements), _buttons(reader, plan))


def outcome(turn: Turn, plan: Plan, actions: Mapping[str, Change[Any]]) -> tuple[str, Card]:
    """The card that tells: what was done of each step or why it was not, and what was charged for all of them."""
    reader, ends = turn.reader, {step.status for step in plan.steps}
    if ends <= {OperationStatus.VOID, OperationStatus.EXPIRED}:
        text = reader.text("receipt.expired" if OperationStatus.EXPIRED in ends else "receipt.void")
        return text, Card((Heading(reader.text("receipt.unchanged")), Line(text, Tone.QUIET)))
    done = [step for step in plan.steps if step.receipt]
    title = _result(reader, len(done), len(plan.steps))
    elements: list[Element] = [Heading(title)]
    for number, step in enumerate(plan.steps, 1):
        elements += _told(turn, number, step, actions)
    if done:
        elements += [*price(reader, [step.quote for step in done], done=True)]
        elements.append(Line(reader.text("receipt.own_record"), Tone.QUIET))
    return title, Card(tuple(elements))


def _result(reader: Reader, done: int, count: int) -> str:
    if not done:
        return reader.text("receipt.unchanged")
    return reader.text("several.done", count=done, total=count)


def _told(turn: Turn, number: int, step: Outcome, actions: Mapping[str, Change[Any]]) -> list[Element]:
    """One result."""
    reader = turn.reader
    if step.receipt:
        _, card = actions[step.action].outcome_card(turn, step)
        return [Line(_numbered(reader, number, heading(card)), Tone.GOOD), *_body(reader, card)]
    title = Line(_numbered(reader, number, _statement(_offered(turn, step, actions))), Tone.WARNING)
    if step.refusal:
        return [title, Line(reader.refused(step.refusal.code, step.refusal.values), Tone.WARNING)]
    key = "receipt.expired" if step.status is OperationStatus.EXPIRED else "receipt.void"
    return [title, Line(reader.text(key), Tone.QUIET)]


def _offered(turn: Turn, step: Outcome, actions: Mapping[str, Change[Any]]) -> Card:
    _, card = actions[step.action].quote_card(turn, step.quote)
    return card


def _statement(card: Card) -> str:
    """The question that heads an offer, as one of several things that are asked for."""
    return heading(card).rstrip("?？")


def _numbered(reader: Reader, number: int, title: str) -> str:
    return reader.text("several.step", number=number, title=title)


def _body(reader: Reader, card: Card) -> list[Element]:
    """What a card says besides its heading, its price, and what stands once below all of the steps."""
    once = {reader.text("quote.example_price"), reader.text("receipt.own_record")}
    kept: list[Element] = []
    for element in card.elements:
        match element:
            case Heading() | Price():
                pass
            case Facts(rows):
                told = tuple(row for row in rows if row[0] != reader.text("fact.done"))
                kept += [Facts(told)] if told else []
            case Line(text) if text in once:
                pass
            case _:
                kept.append(element)
    return kept


def _buttons(reader: Reader, plan: Plan) -> tuple[Button, ...]:
    without = [
        Button(
            reader.text("several.without", number=number), (("plan", plan.id), ("do", "without"), ("to", str(number)))
        )
        for number in range(1, len(plan.steps) + 1)
    ]
    return (
        Button(reader.text("button.confirm"), (("plan", plan.id), ("do", "confirm")), Style.PRIMARY),
        *without[:BESIDES],
        Button(reader.text("button.leave_it"), (("plan", plan.id), ("do", "decline"))),
        *without[BESIDES:],
    )
