"""What buying looks like: the catalog, the quote with its defaults and what can be changed about them, the receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.elements import Button, Card, Element, Facts, Heading, Line, Price, Style, Table, Tone
from dialogs.request_cards import approving
from dialogs.seat_cards import left_out
from dialogs.spare_cards import ask_instead, unused
from storage.views import Term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.texts import Reader
    from storage.quotes import PurchaseQuote
    from storage.views import Offer, Receipt


def quote_card(reader: Reader, quote: PurchaseQuote, *, sold: bool) -> tuple[str, Card]:
    """The card that asks: what nobody was asked for stands on it, and is changed with its buttons.

    What is not `sold` can be tried, but not kept.
    """
    how, view = _how(quote), quote.subscription
    elements = (
        Heading(reader.text(f"buy.title.{how}", product=view.product_name)),
        *(approving(reader, quote.request, view.total) if quote.request else []),
        Line(reader.text(f"buy.what.{how}", count=view.total), Tone.STRONG),
        Line(_starts(reader, quote, sold=sold)),
        *_facts(reader, quote),
        *_people(reader, quote, "will"),
        *_owned(reader, quote),
        *unused(reader, quote),
        *([] if quote.trial_ends else [Line(reader.text("quote.example_price"), Tone.QUIET)]),
    )
    buttons = (
        Button(reader.text(f"button.{_does(quote)}"), _data(quote, "confirm"), Style.PRIMARY),
        *_other_ways(reader, quote),
        *ask_instead(reader, quote),
        Button(reader.text("button.not_now"), _data(quote, "decline")),
    )
    due = quote.amounts.due_now
    fallback = reader.text(f"buy.fallback.{how}", product=view.product_name, count=view.total, due=due)
    return fallback, Card(elements, buttons)


def receipt_card(reader: Reader, receipt: Receipt, quote: PurchaseQuote, *, sold: bool) -> tuple[str, Card]:
    """What was bought and charged, when it renews or ends, and what comes next."""
    how, view = _how(quote), quote.subscription
    title = reader.text(f"buy.done.{how}", product=view.product_name, count=view.total)
    asker = quote.request.requester.name if quote.request else ""
    done = (reader.text("fact.done"), reader.text("receipt.done", at=receipt.done_at, name=receipt.done_by.name))
    invoice = ((reader.text("fact.invoice"), receipt.invoice_number),) if receipt.invoice_number else ()
    elements = (
        Heading(title),
        Line(_starts(reader, quote, sold=sold), Tone.GOOD),
        *([Line(reader.text("request.told", name=asker))] if asker else []),
        Facts((*invoice, done)),
        *_facts(reader, quote, "fact.charged"),
        *_people(reader, quote, "did"),
        Line(reader.text("receipt.own_record"), Tone.QUIET),
    )
    say = reader.text("example.assign", product=view.product_name)
    buttons = (Button(say, (("say", say),)),) if view.free else ()
    if receipt.invoice_number:
        title = reader.text("receipt.fallback_invoice", text=f"{title}.", number=receipt.invoice_number)
    return title, Card(elements, buttons)


def catalog_card(reader: Reader, offers: Sequence[Offer], *, total: int) -> tuple[str, Card]:
    """A page of the catalog: prices, what can be tried, what the reader has, and what is not on sale."""
    columns = tuple(reader.text(f"catalog.column.{name}") for name in ("product", "month", "year"))
    dash = reader.text("catalog.no_price")
    rows = tuple(
        (
            each.name,
            reader.shown(each.month) if each.month else dash,
            reader.shown(each.year) if each.year else dash,
        )
        for each in offers
    )
    title, buy = reader.text("catalog.title", count=total), reader.text("example.buy")
    example = Line(reader.text("quote.example_price"), Tone.QUIET)
    names = reader.names([each.name for each in offers])
    text = reader.text("subscriptions.fallback", title=title, names=names)
    elements = (Heading(title), Table(columns, rows), *_remarks(reader, offers), example)
    return text, Card(elements, (Button(buy, (("say", buy),)),))


def _remarks(reader: Reader, offers: Sequence[Offer]) -> list[Element]:
    """What the policy blocks, what can be tried, and what the reader has."""
    triable = [each.name for each in offers if each.trial]
    not_triable = [each.name for each in offers if not each.trial]
    owned = [each.name for each in offers if each.owned]
    lines: list[Element] = [
        Line(reader.text(f"catalog.blocked.{why_not}", names=reader.names(blocked)), Tone.WARNING)
        for why_not in ("product_disabled", "only_trials")
        if (blocked := [each.name for each in offers if each.why_not == why_not])
    ]
    if triable and not_triable:
        text = reader.text("catalog.trial_except", product=triable[-1], names=reader.names(not_triable))
        lines.append(Line(text, Tone.QUIET))
    elif triable:
        lines.append(Line(reader.text("catalog.trial", product=triable[-1]), Tone.QUIET))
    if owned:
        lines.append(Line(reader.text("catalog.owned", names=reader.names(owned)), Tone.QUIET))
    return lines


def price(reader: Reader, offer: Offer) -> str:
    """What one license costs a month; nothing where it is only given away."""
    return reader.text("subscriptions.price.month", price=offer.month) if offer.month else ""


def _does(quote: PurchaseQuote) -> str:
    if quote.request:
        return "approve_and_buy"
    return "try" if quote.trial_ends else "buy"


def _how(quote: PurchaseQuote) -> str:
    return "trial" if quote.trial_ends else quote.subscription.term


def _data(quote: PurchaseQuote, do: str) -> tuple[tuple[str, str], ...]:
    return ("op", quote.id), ("do", do)


def _starts(reader: Reader, quote: PurchaseQuote, *, sold: bool) -> str:
    """When it begins, and how it goes on."""
    if quote.trial_ends:
        return reader.text(
            "buy.ends" if sold else "buy.ends_for_good", product=quote.subscription.product_name, date=quote.trial_ends
        )
    return reader.text("buy.renews", date=quote.subscription.period_end)


def _facts(reader: Reader, quote: PurchaseQuote, due: str = "fact.due_now") -> list[Element]:
    amounts, view, method = quote.amounts, quote.subscription, quote.payment_method
    rows = [(reader.text(due), reader.shown(amounts.due_now))]
    if method:
        rows += [
            (reader.text("fact.next_invoice", date=view.period_end), reader.shown(amounts.next_invoice)),
            (reader.text(f"fact.each_{view.term}"), reader.shown(amounts.each_period)),
            (reader.text("fact.paid_with"), reader.text("fact.card", brand=method.brand, digits=method.last_four)),
        ]
    return [Price(tuple(rows))]


def _people(reader: Reader, quote: PurchaseQuote, tense: str) -> list[Element]:
    """Who gets one of the licenses at once, and who was named and gets none."""
    if not quote.assigns:
        return []
    names = reader.names([person.name for person in quote.assigns])
    text = reader.text(f"buy.for.{tense}", count=len(quote.assigns), names=names)
    return [Line(text), *left_out(reader, quote.left_out, tense)]


def _owned(reader: Reader, quote: PurchaseQuote) -> list[Element]:
    """What the buyer has of it already: a second subscription of one product is seldom what is meant."""
    if not quote.owned or quote.request:
        return []
    text = reader.text("buy.owned", count=quote.owned, product=quote.subscription.product_name)
    return [Line(text, Tone.WARNING)]


def _other_ways(reader: Reader, quote: PurchaseQuote) -> list[Button]:
    """The defaults, changed where they are seen: all of equal weight."""
    if quote.trial_ends:
        return []
    other = Term.YEAR if quote.subscription.term is Term.MONTH else Term.MONTH
    ways = [(other.value, reader.text(f"button.pay_{other}"))]
    if quote.owned and not quote.request:
        ways.insert(0, ("add", reader.text("button.add_instead", count=quote.owned)))
    if quote.other_methods:
        ways.append(("card", reader.text("button.other_card")))
    return [Button(title, (*_data(quote, "adjust"), ("to", to))) for to, title in ways]
