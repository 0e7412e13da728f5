"""What paying an open invoice looks like, before the yes and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.elements import Button, Card, Facts, Heading, Line, Price, Style, Tone
from dialogs.pay_with import OTHER
from storage.views import Status

if TYPE_CHECKING:
    from dialogs.texts import Reader
    from storage.quotes import PayQuote
    from storage.views import Receipt


def quote_card(reader: Reader, quote: PayQuote) -> tuple[str, Card]:
    """The card that asks: what is open, of which invoice, with which card, and what that brings."""
    view, due = quote.subscription, quote.amounts.due_now
    elements = (
        Heading(reader.text("pay.title", product=view.product_name)),
        Line(reader.text("pay.what", due=due, number=quote.invoice), Tone.STRONG),
        Line(_brings(reader, quote)),
        Price(_facts(reader, quote, "fact.due_now")),
        Line(reader.text("quote.example_price"), Tone.QUIET),
    )
    other = Button(reader.text("button.other_card"), (("op", quote.id), ("do", "adjust"), ("to", "card")))
    buttons = (
        Button(reader.text("button.pay"), (("op", quote.id), ("do", "confirm")), Style.PRIMARY),
        *([other] if quote.other_methods else []),
        Button(reader.text("button.not_now"), (("op", quote.id), ("do", "decline"))),
    )
    return reader.text("pay.fallback", product=view.product_name, due=due), Card(elements, buttons)


def receipt_card(reader: Reader, receipt: Receipt, quote: PayQuote) -> tuple[str, Card]:
    """What was paid, and that all is well again."""
    view = quote.subscription
    title = reader.text("pay.done", product=view.product_name, due=quote.amounts.due_now)
    done = (reader.text("fact.done"), reader.text("receipt.done", at=receipt.done_at, name=receipt.done_by.name))
    elements = (
        Heading(title),
        Line(_brings(reader, quote), Tone.GOOD),
        Facts(((reader.text("fact.invoice"), quote.invoice), done)),
        Price(_facts(reader, quote, "fact.charged")),
        Line(reader.text("receipt.own_record"), Tone.QUIET),
    )
    return title, Card(elements)


def pay_buttons(reader: Reader, subscription: str) -> tuple[Button, Button]:
    """To pay what is open of a subscription: with the card on file, or with another one."""
    pays = ("pay", subscription)
    return (
        Button(reader.text("button.pay"), (pays,), Style.PRIMARY),
        Button(reader.text("button.other_card"), (pays, ("with", OTHER))),
    )


def _brings(reader: Reader, quote: PayQuote) -> str:
    """What is different once it is paid."""
    view = quote.subscription
    if view.status is Status.DISABLED:
        return reader.text("pay.brings.disabled", product=view.product_name)
    if view.period_end <= reader.day(quote.quoted_at):
        return reader.text("pay.brings.nothing_more", product=view.product_name)
    return reader.text(
        f"pay.brings.{'back' if quote.goes_on else 'on'}", product=view.product_name, date=view.period_end
    )


def _facts(reader: Reader, quote: PayQuote, due: str) -> tuple[tuple[str, str], ...]:
    amounts, view, method = quote.amounts, quote.subscription, quote.payment_method
    rows = [(reader.text(due), reader.shown(amounts.due_now))]
    if amounts.each_period:
        label = reader.text("fact.next_invoice", date=view.period_end)
        rows.append((label, reader.shown(amounts.next_invoice)))
        rows.append((reader.text(f"fact.each_{view.term}"), reader.shown(amounts.each_period)))
    if method:
        card = reader.text("fact.card", brand=method.brand, digits=method.last_four)
        rows.append((reader.text("fact.paid_with"), card))
    return tuple(rows)
