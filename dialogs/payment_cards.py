"""What paying looks like: cards on file, another card before the yes and after it, and the way to a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.elements import Button, Card, Element, Facts, Heading, Line, Link, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.texts import Reader
    from storage.quotes import SwitchQuote
    from storage.views import BillingView, CardView, PaymentMethodView, Receipt


def quote_card(reader: Reader, quote: SwitchQuote) -> tuple[str, Card]:
    """The card that asks: what is paid with what from now on."""
    kind, values = _kind(quote), _values(quote)
    title = reader.text(f"method.title.{kind}", **values)
    elements = (Heading(title), Facts(_facts(reader, quote)), Line(reader.text(f"method.means.{kind}")))
    buttons = (
        Button(reader.text("button.confirm"), (("op", quote.id), ("do", "confirm")), Style.PRIMARY),
        Button(reader.text("button.not_now"), (("op", quote.id), ("do", "decline"))),
    )
    return title, Card(elements, buttons)


def receipt_card(reader: Reader, receipt: Receipt, quote: SwitchQuote) -> tuple[str, Card]:
    """What is paid with what from now on, by whose word."""
    title = reader.text(f"method.done.{_kind(quote)}", **_values(quote))
    done = reader.text("receipt.done", at=receipt.done_at, name=receipt.done_by.name)
    facts = (*_facts(reader, quote), (reader.text("fact.done"), done))
    return title, Card((Heading(title), Facts(facts)))


def file_card(reader: Reader, cards: Sequence[CardView], profile: BillingView | None) -> tuple[str, Card]:
    """The cards on file with what each pays, and whom invoices name."""
    title = reader.text("method.show.title")
    rows = [(_called(reader, each.method), _standing(reader, each)) for each in cards]
    if profile:
        rows.append((reader.text("method.show.billed_to"), f"{profile.name}\n{profile.address}"))
    shown: Element = Facts(tuple(rows)) if rows else Line(reader.text("method.show.none"))
    steps = ("add", "replace", "edit") if any(each.pays for each in cards) else ("add", "edit") if cards else ("add",)
    buttons = tuple(_say(reader.text(f"method.show.{step}")) for step in steps)
    names = reader.names([_called(reader, each.method) for each in cards])
    return f"{title}: {names}" if names else reader.text("method.show.none"), Card((Heading(title), shown), buttons)


def link_card(reader: Reader, kind: str, address: str, **values: str) -> tuple[str, Card]:
    """The way to a page that only this person can open."""
    text = reader.text(f"method.link.{kind}", **values)
    opens = Link(reader.text(f"method.open.{kind.partition('_')[0]}"), address)
    return text, Card((Line(text),), (opens,))


def _kind(quote: SwitchQuote) -> str:
    return "all" if quote.others else "one"


def _values(quote: SwitchQuote) -> dict[str, str]:
    method = quote.payment_method
    return {"product": quote.subscription.product_name, "brand": method.brand, "digits": method.last_four}


def _facts(reader: Reader, quote: SwitchQuote) -> tuple[tuple[str, str], ...]:
    paid = (quote.subscription, *quote.others)
    products = reader.names([each.product_name for each in paid])
    former = list(dict.fromkeys(_called(reader, each.payment_method) for each in paid if each.payment_method))
    rows = [("product", products), ("now", reader.names(former)), ("then", _called(reader, quote.payment_method))]
    return tuple((reader.text(f"method.fact.{name}"), value) for name, value in rows if value)


def _standing(reader: Reader, card: CardView) -> str:
    if card.expired:
        return reader.text("method.show.expired", date=card.good_until)
    products = reader.names([each.product_name for each in card.pays])
    return reader.text(f"method.show.{'pays' if products else 'spare'}", products=products, date=card.good_until)


def _called(reader: Reader, method: PaymentMethodView) -> str:
    return reader.text("fact.card", brand=method.brand, digits=method.last_four)


def _say(words: str) -> Button:
    return Button(words, (("say", words),))
