"""What sharing looks like: who may do what with it then, before the yes and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.elements import Button, Card, Facts, Heading, Line, Style, Tone

if TYPE_CHECKING:
    from dialogs.texts import Reader, Value
    from storage.quotes import ShareQuote
    from storage.views import Receipt


def quote_card(reader: Reader, quote: ShareQuote) -> tuple[str, Card]:
    """The card that asks: with whom, and what they may do then, or no longer."""
    kind, values = _kind(quote), _values(reader, quote)
    elements = (
        Heading(reader.text(f"share.title.{kind}", **values)),
        Line(reader.text(f"share.means.{kind}", **values)),
    )
    buttons = (
        Button(reader.text(f"button.{_does(quote)}"), (("op", quote.id), ("do", "confirm")), Style.PRIMARY),
        Button(reader.text("button.not_now"), (("op", quote.id), ("do", "decline"))),
    )
    return reader.text(f"share.fallback.{kind}", **values), Card(elements, buttons)


def receipt_card(reader: Reader, receipt: Receipt, quote: ShareQuote) -> tuple[str, Card]:
    """With whom it is shared now, what they may do, and how to end that."""
    kind, values = _kind(quote), _values(reader, quote)
    title = reader.text(f"share.done.{kind}", **values)
    done = reader.text("receipt.done", at=receipt.done_at, name=receipt.done_by.name)
    elements = (
        Heading(title),
        Line(reader.text(f"share.means.{kind}", **values), Tone.GOOD),
        Facts(((reader.text("fact.done"), done),)),
        Line(reader.text("receipt.own_record"), Tone.QUIET),
    )
    ends = (("say", reader.text("example.stop_sharing", **values)),)
    return title, Card(elements, () if quote.withdraws else (Button(reader.text("button.stop_sharing"), ends),))


def _does(quote: ShareQuote) -> str:
    if quote.withdraws:
        return "stop_sharing"
    return "share" if quote.team else "make_deputy"


def _kind(quote: ShareQuote) -> str:
    """Which sentences speak of it."""
    if quote.team:
        return "team_ends" if quote.withdraws else "team"
    return "deputy_ends" if quote.withdraws else "deputy"


def _values(reader: Reader, quote: ShareQuote) -> dict[str, Value]:
    whom = quote.team or quote.deputy
    owners = [owner.name for owner in quote.team.owners] if quote.team else []
    return {
        "product": quote.subscription.product_name,
        "name": whom.name if whom else "",
        "owners": reader.names(owners) or reader.text("share.no_owner"),
    }
