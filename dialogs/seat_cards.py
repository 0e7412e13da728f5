"""What handing licenses out, back and on looks like: each person by name, before the yes and after it; no price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.elements import Button, Card, Element, Facts, Heading, Line, Style, Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.texts import Reader, Value
    from storage.quotes import SeatResult, SeatsQuote
    from storage.views import PersonView, Receipt


def quote_card(reader: Reader, quote: SeatsQuote, asker: PersonView) -> tuple[str, Card]:
    """The card that asks: what becomes of each person, how many licenses are free then, and what stays paid."""
    kind, values = _kind(quote, asker), _values(reader, quote)
    elements: list[Element] = [
        Heading(reader.text(f"seats.title.{kind}", **values)),
        Facts((*_people(reader, quote, "will"), *_free(reader, quote, asker))),
    ]
    elements += _what_stays(reader, quote, asker)
    buttons = (
        Button(reader.text(f"button.{kind}"), (("op", quote.id), ("do", "confirm")), Style.PRIMARY),
        Button(reader.text("button.not_now"), (("op", quote.id), ("do", "decline"))),
    )
    return reader.text(f"seats.fallback.{kind}", **values), Card(tuple(elements), buttons)


def receipt_card(reader: Reader, receipt: Receipt, quote: SeatsQuote) -> tuple[str, Card]:
    """What became of each person; not what is free, for others hand out meanwhile and the card holds all the same.

    A license taken back stays paid: its purchaser is offered to pay for fewer.
    """
    kind = _kind(quote, receipt.done_by)
    title = reader.text(f"seats.done.{kind}", **_values(reader, quote))
    done = reader.text("receipt.done", at=receipt.done_at, name=receipt.done_by.name)
    facts = (*_people(reader, quote, "did"), (reader.text("fact.done"), done))
    elements: list[Element] = [Heading(title), Facts(facts), *_what_stays(reader, quote, receipt.done_by)]
    elements.append(Line(reader.text("receipt.own_record"), Tone.QUIET))
    return title, Card(tuple(elements), _fewer(reader, quote, receipt.done_by))


def _kind(quote: SeatsQuote, asker: PersonView) -> str:
    """Which sentences speak of it."""
    if quote.gives:
        return "move" if quote.takes else "assign"
    return "own" if [holder.person.id for holder in quote.takes] == [asker.id] else "unassign"


def _values(reader: Reader, quote: SeatsQuote) -> dict[str, Value]:
    return {
        "product": quote.subscription.product_name,
        "count": len(quote.given) or len(quote.takes),
        "names": reader.names([person.name for person in quote.given]),
        "givers": reader.names([holder.person.name for holder in quote.takes]),
    }


def left_out(reader: Reader, people: Sequence[SeatResult], tense: str) -> list[Element]:
    """A row for each who was named and gets no license, with the reason."""
    rows = tuple((each.person.name, reader.text(f"seats.{tense}.{each.seat}")) for each in people)
    return [Facts(rows)] if rows else []


def _people(reader: Reader, quote: SeatsQuote, tense: str) -> list[tuple[str, str]]:
    """A row a person: nobody who was named is missing."""
    rows = []
    for holder in quote.takes:
        used = holder.last_used_at
        key = "taken" if used or tense == "did" else "taken_unused"
        values = {"date": reader.day(used)} if used else {"date": ""}
        rows.append((holder.person.name, reader.text(f"seats.{tense}.{key}", **values)))
    rows += [(each.person.name, reader.text(f"seats.{tense}.{each.seat}")) for each in quote.gives]
    return rows


def _free(reader: Reader, quote: SeatsQuote, asker: PersonView) -> list[tuple[str, str]]:
    """Nothing for somebody who gives back their own: how many others could have one is none of their business."""
    if _kind(quote, asker) == "own" and quote.subscription.purchaser.id != asker.id:
        return []
    return [(reader.text("seats.free"), reader.shown(quote.free))]


def _what_stays(reader: Reader, quote: SeatsQuote, asker: PersonView) -> list[Element]:
    """Taking a license back saves nothing by itself: what it is paid until, or whose it is."""
    subscription = quote.subscription
    if quote.gives:
        return []
    if subscription.purchaser.id != asker.id:
        return [Line(reader.text("seats.back_to", owner=subscription.purchaser.name), Tone.QUIET)]
    return [Line(reader.text("seats.stays_paid", count=subscription.total, date=subscription.period_end))]


def _fewer(reader: Reader, quote: SeatsQuote, asker: PersonView) -> tuple[Button, ...]:
    subscription, count = quote.subscription, len(quote.takes)
    if (
        quote.gives
        or subscription.purchaser.id != asker.id
        or not subscription.recurring
        or count >= subscription.total
    ):
        return ()
    said = reader.text("seats.reduce", count=count, product=subscription.product_name)
    return (Button(reader.text("button.reduce_by", count=count), (("say", said),)),)
