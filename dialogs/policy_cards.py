"""What the policy looks like, and what a change of it means, before the yes and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.elements import Button, Card, Element, Facts, Heading, Line, Style, Table, Tone
from storage.money import Money
from storage.policy_views import ApproverQuote, CapQuote, CapView, PolicyView, RequestsQuote, Sale, SaleQuote

if TYPE_CHECKING:
    from dialogs.texts import Reader
    from storage.views import Quote, Receipt


def quote_card(reader: Reader, quote: Quote) -> tuple[str, Card]:
    """The card that asks: what is to hold from now on, for whom, and what stays as it is."""
    title = reader.text("policy.offer", title=_title(reader, quote))
    buttons = (
        Button(reader.text("button.decide"), (("op", quote.id), ("do", "confirm")), Style.PRIMARY),
        Button(reader.text("button.not_now"), (("op", quote.id), ("do", "decline"))),
    )
    text = reader.text("policy.fallback", title=title)
    return text, Card(
        (Heading(title), *_means(reader, quote), Line(reader.text("policy.only_here"), Tone.QUIET)), buttons
    )


def receipt_card(reader: Reader, receipt: Receipt, quote: Quote) -> tuple[str, Card]:
    """What holds now."""
    title = reader.text("policy.done", title=_title(reader, quote))
    done = reader.text("receipt.done", at=receipt.done_at, name=receipt.done_by.name)
    facts = Facts(((reader.text("fact.done"), done),))
    show = (("say", reader.text("example.policy")),)
    only_here = Line(reader.text("policy.only_here"), Tone.QUIET)
    card = Card(
        (Heading(title), *_means(reader, quote), facts, only_here), (Button(reader.text("example.policy"), show),)
    )
    return title, card


def policy_card(reader: Reader, policy: PolicyView) -> tuple[str, Card]:
    """The policy as it stands, for an admin or for whom it concerns."""
    title = reader.text(f"policy.title.{'all' if policy.everything else 'own'}")
    default = reader.text(f"policy.{'others' if policy.products else 'every'}.{policy.sale}")
    elements: list[Element] = [Heading(title), Line(default)]
    if policy.products:
        columns = reader.text("policy.column.product"), reader.text("policy.column.rule")
        rows = tuple((name, reader.text(f"policy.rule.{sale}")) for name, sale in policy.products)
        elements.append(Table(columns, rows))
    if policy.caps:
        columns = reader.text("policy.column.cap"), reader.text("policy.column.left")
        elements.append(Table(columns, tuple((allows(reader, cap), _left(reader, cap)) for cap in policy.caps)))
    else:
        elements.append(Line(reader.text("policy.no_caps")))
    if any(cap.money for cap in policy.caps):
        elements.append(Line(reader.text("policy.counts.money"), Tone.QUIET))
    elements += _people(reader, policy)
    elements.append(Line(reader.text("policy.only_here"), Tone.QUIET))
    return reader.text("policy.shown", title=title, default=default), Card(tuple(elements))


def allows(reader: Reader, cap: CapView) -> str:
    """What the cap allows, and whom."""
    team = cap.team.name if cap.team else ""
    if cap.money:
        return reader.text(f"policy.cap.money.{cap.per}", cap=cap.money, team=team)
    return reader.text(f"policy.cap.licenses.{cap.per}", total=cap.licenses or 0, product=cap.product or "", team=team)


def _title(reader: Reader, quote: Quote) -> str:
    """What is decided, in a line."""
    match quote:
        case SaleQuote():
            key = f"policy.sale.{'one' if quote.product_name else 'all'}.{quote.after}"
            return reader.text(key, product=quote.product_name or "")
        case CapQuote():
            return (
                reader.text("policy.lifts", cap=allows(reader, quote.cap)) if quote.lifts else allows(reader, quote.cap)
            )
        case ApproverQuote():
            return reader.text(f"policy.approver.{'ends' if quote.withdraws else 'named'}", name=quote.person.name)
        case RequestsQuote():
            return reader.text(f"policy.requests.{'open' if quote.opens else 'closed'}")
    raise TypeError(quote)


def _means(reader: Reader, quote: Quote) -> list[Element]:
    """What follows from it."""
    match quote:
        case SaleQuote():
            return _of_sale(reader, quote)
        case CapQuote():
            return _of_cap(reader, quote)
        case ApproverQuote():
            names = reader.names([person.name for person in quote.others])
            how = "also" if names else "admins" if quote.withdraws else "alone"
            return [Line(reader.text(f"policy.approvers.{how}", names=names or quote.person.name))]
    return [Line(reader.text("policy.requests.means"))]


def _of_sale(reader: Reader, quote: SaleQuote) -> list[Element]:
    lines: list[Element] = [Line(reader.text(f"policy.sale.means.{quote.after}"))]
    if quote.own:
        lines.append(Line(reader.text("policy.sale.own", names=reader.names([*quote.own]))))
    before = reader.text(f"policy.rule.{quote.before}")
    untouched = reader.text("policy.sale.untouched", count=quote.untouched)
    if quote.after is not Sale.ENABLED:
        lines.append(Line(untouched, Tone.QUIET))
    return [*lines, Facts(((reader.text("policy.before"), before),))]


def _of_cap(reader: Reader, quote: CapQuote) -> list[Element]:
    before = quote.before_money or quote.before
    shown = reader.text("policy.none") if before is None else reader.shown(before)
    concerns = reader.text("policy.people", count=quote.people)
    facts = Facts(((reader.text("policy.before"), shown), (reader.text("policy.for"), concerns)))
    counts = Line(reader.text(f"policy.counts.{'money' if quote.cap.money else 'licenses'}"), Tone.QUIET)
    return [facts] if quote.lifts else [facts, counts]


def _left(reader: Reader, cap: CapView) -> str:
    """What is left of it; of what each person has of their own nothing is said to others."""
    if cap.left is None:
        return reader.text("policy.each_own")
    return reader.shown(Money(cap.left, cap.money.currency) if cap.money else cap.left)


def _people(reader: Reader, policy: PolicyView) -> list[Element]:
    """Who decides about requests, whether there may be any, and who can change the policy."""
    deciding = [person.name for person in policy.approvers or policy.admins]
    requests = "open" if policy.requests else "closed"
    lines: list[Element] = [Line(reader.text(f"policy.asking.{requests}", names=reader.names(deciding)))]
    if not policy.everything:
        admins = reader.names([person.name for person in policy.admins])
        lines.append(Line(reader.text("policy.admins", names=admins), Tone.QUIET))
    return lines
