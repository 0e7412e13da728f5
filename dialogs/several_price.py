"""The one price of several changes: what is due now, and what comes after once all of them are done."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING

from dialogs.elements import Element, Line, Price, Tone
from storage.quotes import CancelQuote, ChangeQuote, PurchaseQuote, Renewal, RenewalQuote
from storage.views import Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dialogs.texts import Reader
    from storage.money import Money
    from storage.views import Quote

Paid = ChangeQuote | PurchaseQuote | RenewalQuote


def price(reader: Reader, quotes: Sequence[Quote | None], *, done: bool = False) -> list[Element]:
    """What all of it costs; nothing where no money moves."""
    paid = [quote for quote in quotes if isinstance(quote, Paid)]
    refunds = [quote.refund for quote in quotes if isinstance(quote, CancelQuote) and quote.refund]
    due = due_now(quotes)
    if due is None:
        return []
    rows = [(reader.text("fact.charged" if done else "fact.due_now"), reader.shown(due))]
    if refunds:
        rows.append((reader.text("cancel.fact.refund"), reader.shown(_sum(refunds))))
    rows += _later(reader, quotes)
    net = _sum([*(quote.amounts.net for quote in paid), *(-refund for refund in refunds)])
    rows.append((reader.text("fact.net"), reader.signed(net)))
    rows += _methods(reader, paid)
    example = [] if done else [Line(reader.text("quote.example_price"), Tone.QUIET)]
    return [Line(reader.text("several.together"), Tone.STRONG), Price(tuple(rows)), *example]


def due_now(quotes: Iterable[Quote | None]) -> Money | None:
    """What is charged at once; None where no money moves at all."""
    charged = [quote.amounts.due_now for quote in quotes if isinstance(quote, Paid)]
    returned = [quote.refund * 0 for quote in quotes if isinstance(quote, CancelQuote) and quote.refund]
    return _sum([*charged, *returned]) if charged or returned else None


def _later(reader: Reader, quotes: Iterable[Quote | None]) -> list[tuple[str, str]]:
    """The next invoices and each period after: of a subscription what its last step says."""
    last: dict[str, Paid] = {}
    for quote in quotes:
        if quote is not None and isinstance(quote, Paid | CancelQuote):
            last.pop(quote.subscription.id, None)
            if isinstance(quote, Paid) and _goes_on(quote):
                last[quote.subscription.id] = quote
    rows = []
    for day in sorted({quote.subscription.period_end for quote in last.values()}):
        then = [quote.amounts.next_invoice for quote in last.values() if quote.subscription.period_end == day]
        rows.append((reader.text("fact.next_invoice", date=day), reader.shown(_sum(then))))
    for term in Term:
        each = [quote.amounts.each_period for quote in last.values() if quote.subscription.term is term]
        rows += [(reader.text(f"fact.each_{term}"), reader.shown(_sum(each)))] if each else []
    return rows


def _goes_on(quote: Paid) -> bool:
    """Whether it is paid for again: a trial and what is not renewed is not."""
    renews = quote.renewal is not Renewal.OFF if isinstance(quote, RenewalQuote) else quote.subscription.recurring
    return renews and not quote.subscription.trial


def _methods(reader: Reader, paid: Iterable[Paid]) -> list[tuple[str, str]]:
    """The cards that something is charged to now or later, each once."""
    methods = dict.fromkeys(quote.payment_method for quote in paid if quote.payment_method)
    cards = [reader.text("fact.card", brand=method.brand, digits=method.last_four) for method in methods]
    return [(reader.text("fact.paid_with"), reader.names(cards))] if cards else []


def _sum(amounts: Sequence[Money]) -> Money:
    return reduce(add, amounts)
