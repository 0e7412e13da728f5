"""What is shown of licenses that others don't use: how many there are, and the request for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.elements import Button, Card, Facts, Heading, Line, Style, Tone

if TYPE_CHECKING:
    from dialogs.texts import Reader
    from storage.quotes import ChangeQuote, PurchaseQuote, SpareQuote
    from storage.views import Receipt


def unused(reader: Reader, quote: PurchaseQuote | ChangeQuote) -> list[Line]:
    """On an offer to buy: how many others have that nobody uses."""
    product = quote.subscription.product_name
    return [Line(reader.text("spare.unused", count=quote.spare, product=product))] if quote.spare else []


def ask_instead(reader: Reader, quote: PurchaseQuote | ChangeQuote) -> list[Button]:
    """The button for asking instead of buying."""
    data = (("op", quote.id), ("do", "adjust"), ("to", "spare"))
    return [Button(reader.text("button.ask_for_spare"), data)] if quote.spare else []


def quote_card(reader: Reader, quote: SpareQuote) -> tuple[str, Card]:
    """The card that asks whether to send it: who learns of whom, and when it ends."""
    title = reader.text("spare.title", product=quote.product_name)
    elements = (
        Heading(title),
        Line(reader.text("spare.unused", count=quote.unused, product=quote.product_name)),
        Line(reader.text("spare.named", count=quote.owners)),
        Line(reader.text("spare.until", date=reader.day(quote.lapses_at)), Tone.QUIET),
    )
    send = Button(reader.text("button.send_request"), (("op", quote.id), ("do", "confirm")), Style.PRIMARY)
    not_now = Button(reader.text("button.not_now"), (("op", quote.id), ("do", "decline")))
    return title, Card(elements, (send, not_now))


def receipt_card(reader: Reader, receipt: Receipt, quote: SpareQuote) -> tuple[str, Card]:
    """That it was sent, and what comes of it."""
    title = reader.text("spare.sent", product=quote.product_name)
    done = reader.text("receipt.done", at=receipt.done_at, name=receipt.done_by.name)
    elements = (
        Heading(title),
        Facts(((reader.text("fact.done"), done),)),
        Line(reader.text("spare.hear"), Tone.GOOD),
    )
    says = (reader.text("example.my_requests"), reader.text("example.withdraw", product=quote.product_name))
    return title, Card(elements, tuple(Button(say, (("say", say),)) for say in says))
