"""What a decision about the renewal looks like, before the yes and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.elements import Button, Card, Element, Facts, Heading, Line, Price, Style, Tone
from storage.quotes import Renewal

if TYPE_CHECKING:
    from datetime import date

    from dialogs.texts import Reader
    from storage.quotes import RenewalQuote
    from storage.views import Receipt


def quote_card(reader: Reader, quote: RenewalQuote) -> tuple[str, Card]:
    """The card that asks: what goes on or ends, on which day, and what is paid for it."""
    product, renewal = quote.subscription.product_name, quote.renewal
    elements = (
        Heading(reader.text(f"renewal.title.{renewal}", product=product)),
        Line(_what(reader, quote), Tone.STRONG),
        Price(_facts(reader, quote)),
        *_dropped(reader, quote, "scheduled.drops"),
        *([] if renewal is Renewal.OFF else [Line(reader.text("quote.example_price"), Tone.QUIET)]),
    )
    buttons = (
        Button(reader.text(f"button.renewal.{renewal}"), (("op", quote.id), ("do", "confirm")), Style.PRIMARY),
        Button(reader.text("button.not_now"), (("op", quote.id), ("do", "decline"))),
    )
    due, day = quote.amounts.due_now, _day(quote)
    return reader.text(f"renewal.fallback.{renewal}", product=product, date=day, due=due), Card(elements, buttons)


def receipt_card(reader: Reader, receipt: Receipt, quote: RenewalQuote) -> tuple[str, Card]:
    """What was decided, what was charged for it, and how to decide otherwise."""
    product, renewal = quote.subscription.product_name, quote.renewal
    title = reader.text(f"renewal.done.{renewal}", product=product, date=_day(quote))
    done = (reader.text("fact.done"), reader.text("receipt.done", at=receipt.done_at, name=receipt.done_by.name))
    invoice = ((reader.text("fact.invoice"), receipt.invoice_number),) if receipt.invoice_number else ()
    elements = (
        Heading(title),
        Line(reader.text(f"renewal.next.{renewal}", product=product, date=_day(quote)), Tone.GOOD),
        Facts((*invoice, done)),
        Price(_facts(reader, quote, due="fact.charged")),
        *_dropped(reader, quote, "scheduled.replaced"),
        Line(reader.text("receipt.own_record"), Tone.QUIET),
    )
    return title, Card(elements, _back(reader, quote))


def _day(quote: RenewalQuote) -> date:
    """The day that matters: the end, the day of the dropped change, or the next renewal."""
    if quote.ends_on:
        return quote.ends_on
    if quote.renewal is Renewal.KEEP_TOTAL and quote.drops:
        return quote.drops.on
    return quote.subscription.period_end


def _what(reader: Reader, quote: RenewalQuote) -> str:
    total = quote.drops.total if quote.drops else 0
    return reader.text(f"renewal.what.{quote.renewal}", date=_day(quote), count=quote.subscription.total, total=total)


def _facts(reader: Reader, quote: RenewalQuote, due: str = "fact.due_now") -> tuple[tuple[str, str], ...]:
    amounts, subscription, method = quote.amounts, quote.subscription, quote.payment_method
    rows = [(reader.text(due), reader.shown(amounts.due_now))]
    if quote.renewal is Renewal.OFF:
        return tuple(rows)
    day = quote.renews_on if quote.renewal is Renewal.REACTIVATE else subscription.period_end
    if day:
        rows.append((reader.text("fact.next_invoice", date=day), reader.shown(amounts.next_invoice)))
    rows.append((reader.text(f"fact.each_{subscription.term}"), reader.shown(amounts.each_period)))
    if method:
        card = reader.text("fact.card", brand=method.brand, digits=method.last_four)
        rows.append((reader.text("fact.paid_with"), card))
    return tuple(rows)


def _dropped(reader: Reader, quote: RenewalQuote, key: str) -> list[Element]:
    """The scheduled change that will not happen, where that is not what the card is about."""
    drops = None if quote.renewal is Renewal.KEEP_TOTAL else quote.drops
    return [Line(reader.text(key, total=drops.total, date=drops.on), Tone.WARNING)] if drops else []


def _back(reader: Reader, quote: RenewalQuote) -> tuple[Button, ...]:
    """The sentence that takes the decision back."""
    if quote.renewal is not Renewal.OFF:
        return ()
    say = reader.text("example.keep", product=quote.subscription.product_name)
    return (Button(say, (("say", say),)),)
