"""What a change of licenses looks like: the quote that asks for a yes, and what takes its place afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.elements import Button, Card, Element, Facts, Heading, Line, Price, Style, Tone
from dialogs.seat_cards import left_out
from dialogs.spare_cards import ask_instead, unused
from storage.views import When

if TYPE_CHECKING:
    from dialogs.texts import Reader, Value
    from storage.quotes import ChangeQuote
    from storage.views import Receipt


def action(quote: ChangeQuote) -> str:
    """What the quote does, in a word: buy or reduce now, or at the renewal add (later) or reduce (schedule)."""
    if quote.when is When.RENEWAL:
        return "later" if quote.change > 0 else "schedule"
    return "buy" if quote.change > 0 else "reduce"


def quote_card(reader: Reader, quote: ChangeQuote) -> tuple[str, Card]:
    """The card that asks: totals, the four amounts, when and why, who is affected, how it is paid."""
    elements = (
        Heading(reader.text(f"quote.title.{action(quote)}", product=quote.subscription.product_name)),
        Line(change(reader, quote), Tone.STRONG),
        Line(_when(reader, quote)),
        Price(_amounts(reader, quote)),
        *_people(reader, quote, f"people.release.{quote.when}"),
        *_assigned(reader, quote, "will"),
        *_scheduled(reader, quote),
        *unused(reader, quote),
        Line(reader.text("quote.example_price"), Tone.QUIET),
    )
    buttons = (
        Button(reader.text(f"button.{action(quote)}"), (("op", quote.id), ("do", "confirm")), Style.PRIMARY),
        *_smaller(reader, quote),
        *ask_instead(reader, quote),
        Button(reader.text("button.not_now"), (("op", quote.id), ("do", "decline"))),
    )
    fallback = reader.text(
        f"quote.fallback.{action(quote)}",
        product=quote.subscription.product_name,
        change=change(reader, quote),
        due=quote.amounts.due_now,
        net=reader.signed(quote.amounts.net),
        date=quote.effective_on,
    )
    return fallback, Card(elements, buttons)


def change(reader: Reader, quote: ChangeQuote) -> str:
    """20 → 25 (+5)"""
    return reader.text("quote.change", old=quote.old_total, new=quote.new_total, change=reader.signed(quote.change))


def receipt_card(reader: Reader, receipt: Receipt, quote: ChangeQuote) -> tuple[str, Card]:
    """What was done and charged, and what comes next."""
    done = action(quote)
    title = reader.text(
        f"receipt.title.{done}",
        product=quote.subscription.product_name,
        count=abs(quote.change),
        date=quote.effective_on,
    )
    facts = [
        (
            reader.text("fact.done"),
            reader.text("receipt.done", at=receipt.done_at, name=receipt.done_by.name),
        ),
    ]
    if receipt.invoice_number:
        facts.insert(0, (reader.text("fact.invoice"), receipt.invoice_number))
    elements = (
        Heading(title),
        Line(change(reader, quote), Tone.GOOD),
        Line(reader.text(f"receipt.next.{done}", date=quote.effective_on)),
        Facts(tuple(facts)),
        Price(_amounts(reader, quote, due="fact.charged")),
        *_people(reader, quote, f"people.released.{quote.when}"),
        *_assigned(reader, quote, "did"),
        *_scheduled(reader, quote, "scheduled.replaced"),
        Line(reader.text("receipt.own_record"), Tone.QUIET),
    )
    fallback = reader.text("receipt.fallback", title=title, change=change(reader, quote))
    if receipt.invoice_number:
        fallback = reader.text("receipt.fallback_invoice", text=fallback, number=receipt.invoice_number)
    return fallback, Card(elements, _undone(reader, quote))


def _when(reader: Reader, quote: ChangeQuote) -> str:
    """When it takes effect, and why then."""
    if quote.why == "outside_window" and quote.returnable:
        return reader.text("quote.why.partly", date=quote.effective_on, count=quote.returnable)
    values: dict[str, Value] = {
        "date": quote.subscription.period_end,
        "left": quote.days_left,
        "days": quote.days_in_period,
    }
    if quote.why == "within_window" and quote.window_closes_at:
        return reader.text("quote.why.within_window", closes=quote.window_closes_at, **values)
    return reader.text(f"quote.why.{quote.why}", **values)


def _amounts(reader: Reader, quote: ChangeQuote, due: str = "fact.due_now") -> tuple[tuple[str, str], ...]:
    amounts, term = quote.amounts, quote.subscription.term
    rows = [
        (reader.text(due), reader.shown(amounts.due_now)),
        (
            reader.text("fact.next_invoice", date=quote.subscription.period_end),
            reader.shown(amounts.next_invoice),
        ),
        (reader.text(f"fact.each_{term}"), reader.shown(amounts.each_period)),
        (reader.text("fact.net"), reader.signed(amounts.net)),
    ]
    if quote.payment_method:
        method = reader.text("fact.card", brand=quote.payment_method.brand, digits=quote.payment_method.last_four)
        rows.append((reader.text("fact.paid_with"), method))
    return tuple(rows)


def _people(reader: Reader, quote: ChangeQuote, key: str) -> list[Element]:
    """Who gives up a license, or has, and since when they have not used it: they must be seen before the yes."""
    if not quote.releases:
        return []
    rows = tuple(
        (
            holder.person.name,
            reader.text("people.last_used", date=reader.day(holder.last_used_at))
            if holder.last_used_at
            else reader.text("people.never_used"),
        )
        for holder in quote.releases
    )
    text = reader.text(key, count=len(rows), date=quote.effective_on)
    return [Line(text, Tone.WARNING), Facts(rows)]


def _assigned(reader: Reader, quote: ChangeQuote, tense: str) -> list[Element]:
    """Who gets one of the new licenses at once, and who was named and gets none."""
    if not quote.assigns:
        return []
    names = reader.names([person.name for person in quote.assigns])
    text = reader.text(f"people.assign.{tense}", count=len(quote.assigns), names=names)
    tone = Tone.STRONG if tense == "will" else Tone.PLAIN
    return [Line(text, tone), *left_out(reader, quote.left_out, tense)]


def _undone(reader: Reader, quote: ChangeQuote) -> tuple[Button, ...]:
    """What is scheduled can be dropped until its day."""
    if quote.when is not When.RENEWAL:
        return ()
    said = reader.text("example.drop", product=quote.subscription.product_name)
    return (Button(reader.text("button.drop"), (("say", said),)),)


def _scheduled(reader: Reader, quote: ChangeQuote, replaces: str = "scheduled.replaces") -> list[Element]:
    """What becomes of the change that was already scheduled."""
    notes = [(replaces, quote.replaces), ("scheduled.keeps", quote.keeps)]
    return [Line(reader.text(key, total=each.total, date=each.on)) for key, each in notes if each]


def without_releases(quote: ChangeQuote) -> int | None:
    """The lowest total that takes a license from nobody, where that is still a reduction."""
    lowest = quote.new_total + len(quote.releases)
    return lowest if quote.releases and lowest < quote.old_total else None


def _smaller(reader: Reader, quote: ChangeQuote) -> list[Button]:
    """Where people would lose a license: the reduction that takes it from nobody, of equal weight."""
    lowest = without_releases(quote)
    if lowest is None:
        return []
    data = (("op", quote.id), ("do", "adjust"), ("to", "keep_people"))
    return [Button(reader.text("button.keep_people", total=lowest), data)]
