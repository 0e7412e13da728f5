"""What a cancellation looks like: what it means for whom, before the yes, and how to take it back, after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.elements import Button, Card, Element, Facts, Heading, Line, Tone
from dialogs.pay_cards import pay_buttons
from storage.views import When

if TYPE_CHECKING:
    from dialogs.texts import Reader
    from storage.quotes import CancelQuote
    from storage.views import Receipt

MOST_NAMED = 10  # of those who lose a license; the rest are counted

# Reasons to which fewer licenses are an answer.
COST = frozenset({"too_expensive", "unused"})


def quote_card(reader: Reader, quote: CancelQuote) -> tuple[str, Card]:
    """The card that asks: when it ends, what comes back, who loses access, and the one thing that may do instead.

    To cancel, to keep and the third way weigh the same: no button is the primary one.
    """
    product, how = quote.subscription.product_name, _how(quote)
    elements = (
        Heading(reader.text("cancel.title", product=product)),
        Line(_when(reader, quote), Tone.STRONG),
        Facts(_facts(reader, quote)),
        *_people(reader, quote, f"people.release.{quote.when}"),
        *_dropped(reader, quote, "scheduled.drops"),
        Line(reader.text("cancel.data", date=quote.data_until), Tone.QUIET),
    )
    buttons = (
        Button(reader.text("button.cancel"), (("op", quote.id), ("do", "confirm"))),
        *_instead(reader, quote),
        Button(reader.text("button.keep"), (("op", quote.id), ("do", "decline"))),
    )
    amounts = {"refund": quote.refund, **({"still_open": quote.still_open} if quote.still_open else {})}
    said = "owing" if quote.still_open else how
    fallback = reader.text(f"cancel.fallback.{said}", product=product, date=quote.ends_on, **amounts)
    return fallback, Card(elements, buttons)


def receipt_card(reader: Reader, receipt: Receipt, quote: CancelQuote) -> tuple[str, Card]:
    """What has ended or will end, and until when and with what words it can be taken back."""
    product, how = quote.subscription.product_name, _how(quote)
    title = reader.text(f"cancel.done.{how}", product=product, date=quote.ends_on)
    elements = (
        Heading(title),
        Line(reader.text(f"cancel.back.{how}", product=product, date=quote.ends_on), Tone.GOOD),
        Facts(
            (
                (reader.text("fact.done"), reader.text("receipt.done", at=receipt.done_at, name=receipt.done_by.name)),
                *_facts(reader, quote),
            )
        ),
        *_people(reader, quote, f"people.released.{quote.when}"),
        *_dropped(reader, quote, "scheduled.replaced"),
        Line(reader.text("cancel.data", date=quote.data_until), Tone.QUIET),
        Line(reader.text("receipt.own_record"), Tone.QUIET),
    )
    return title, Card(elements, _next(reader, quote))


def enough(quote: CancelQuote) -> int | None:
    """How many licenses would do where the reason is the cost: those that somebody holds; None if fewer cannot be."""
    subscription = quote.subscription
    kept = max(subscription.assigned, 1)
    planned = subscription.scheduled.total if subscription.scheduled else subscription.total
    possible = subscription.recurring and not subscription.trial and not subscription.unpaid
    return kept if quote.reason in COST and possible and kept < planned else None


def _how(quote: CancelQuote) -> str:
    if quote.subscription.trial:
        return "trial"
    return "now" if quote.when is When.NOW else "later"


def _next(reader: Reader, quote: CancelQuote) -> tuple[Button, ...]:
    """What can be done about it: take back what has not ended yet, pay what is still open."""
    if _how(quote) == "later":
        say = reader.text("example.keep", product=quote.subscription.product_name)
        return (Button(say, (("say", say),)),)
    return pay_buttons(reader, quote.subscription.id) if quote.still_open else ()


def _when(reader: Reader, quote: CancelQuote) -> str:
    """When it ends, and why then."""
    closes = quote.window_closes_at or quote.quoted_at
    return reader.text(f"cancel.when.{_how(quote)}", date=quote.ends_on, closes=closes)


def _facts(reader: Reader, quote: CancelQuote) -> tuple[tuple[str, str], ...]:
    rows = [(reader.text("cancel.fact.reason"), reader.text(f"cancel.reason_{quote.reason}"))]
    if quote.feedback:
        rows.append((reader.text("cancel.fact.feedback"), quote.feedback))
    if quote.subscription.trial:
        return tuple(rows)
    method = quote.payment_method
    back = reader.shown(quote.refund)
    if quote.refund.amount and method:
        back = reader.text("cancel.to_card", refund=quote.refund, brand=method.brand, digits=method.last_four)
    return (
        _last_day(reader, quote),
        (reader.text("cancel.fact.refund"), back),
        *_still_open(reader, quote),
        *rows,
    )


def _still_open(reader: Reader, quote: CancelQuote) -> list[tuple[str, str]]:
    """What was used and never paid; where all is paid, or all goes back, nothing is said of it."""
    amount = quote.still_open
    if not amount:
        return []
    return [(reader.text("cancel.fact.still_open"), reader.text("cancel.still_open", still_open=amount))]


def _last_day(reader: Reader, quote: CancelQuote) -> tuple[str, str]:
    """The last day that is paid for; what is cancelled on the day it began has none."""
    if quote.last_paid_day < quote.subscription.period_start:
        return reader.text("cancel.fact.ends"), reader.text("cancel.today", date=quote.ends_on)
    return reader.text("cancel.fact.last_paid_day"), reader.shown(quote.last_paid_day)


def _people(reader: Reader, quote: CancelQuote, key: str) -> list[Element]:
    """Who loses a license, or has lost it: they must be seen before the yes."""
    if not quote.loses:
        return [Line(reader.text("cancel.nobody"))]
    text = reader.text(key, count=len(quote.loses), date=quote.ends_on)
    rows = tuple(
        (
            holder.person.name,
            reader.text("people.last_used", date=reader.day(holder.last_used_at))
            if holder.last_used_at
            else reader.text("people.never_used"),
        )
        for holder in quote.loses[:MOST_NAMED]
    )
    more = len(quote.loses) - len(rows)
    rest = [Line(reader.text("cancel.more_people", count=more), Tone.QUIET)] if more else []
    return [Line(text, Tone.WARNING), Facts(rows), *rest]


def _dropped(reader: Reader, quote: CancelQuote, key: str) -> list[Element]:
    """The scheduled change that will not happen."""
    drops = quote.drops
    return [Line(reader.text(key, total=drops.total, date=drops.on))] if drops else []


def _instead(reader: Reader, quote: CancelQuote) -> list[Button]:
    """At most one thing that may do instead, with what it saves, of equal weight."""
    total = enough(quote)
    if total is None:
        return []
    subscription = quote.subscription
    saving = subscription.price * (subscription.total - total)
    title = reader.text(f"cancel.instead.{subscription.term}", total=total, saving=saving)
    return [Button(title, (("op", quote.id), ("do", "adjust"), ("to", "reduce")))]
