"""What somebody has paid: the invoices of some months, and one invoice line by line."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rapidfuzz.distance import OSA

from dialogs import invoice_cards
from dialogs.elements import Option
from dialogs.invoice_cards import BETWEEN, USUAL, Asked
from dialogs.pages import page_of, paged
from dialogs.questions import MAX_BUTTONS, Choices, Choose, Question, Settled, Unasked
from dialogs.spans import During, span_of
from dialogs.task import Lookup
from dialogs.understanding.invoices import AFTER, BEFORE, LAST_BUT_ONE, OLDEST
from dialogs.which import wanted_products
from storage.links import Purpose
from storage.money import EXPONENTS

if TYPE_CHECKING:
    from dialogs.memory import Frame
    from dialogs.task import Task
    from dialogs.turn import Turn
    from storage.invoice_views import InvoiceView

LONGEST_NUMBER = 20  # characters of what was typed; what comes after them is not read


class OfProducts(Question[list[str]]):
    """Only those for these products, by name; a button carries them in one line."""

    def __init__(self) -> None:
        super().__init__("product", "product_candidates", "products")

    async def settle(self, _task: Task, _turn: Turn, frame: Frame) -> Settled[list[str]]:
        carried = str(frame.slots.get("products", ""))
        return Settled(wanted_products(frame.slots) or [name for name in carried.split(BETWEEN) if name])


class ListInvoices(Lookup):
    """“My invoices”, “invoices from March to May”, “invoices for Visio”: one's own, of the past 3 months by itself."""

    name = "list_invoices"
    intents = ("invoices.list",)

    during = During(USUAL)
    products = OfProducts()
    page = Unasked("page", "1")

    async def show(self, turn: Turn, frame: Frame) -> None:
        span = span_of(frame.answers["during"], turn.today)
        asked = Asked(span, frame.answers["during"], tuple(frame.answers["products"]), turn.today)
        issued = await turn.record.invoices.between(turn.actor, span.first, span.last)
        found = [each for each in issued if not asked.products or not {*asked.products}.isdisjoint(each.products)]
        if not found:
            latest = await turn.record.invoices.between(turn.actor)
            turn.show(*invoice_cards.none_card(turn.reader, asked, latest[:1]))
        elif len(found) == 1 and asked.said != USUAL:
            await _show(turn, found[0], only_one_of=asked)
        else:
            page = page_of(found, frame.answers["page"])
            frame.answers["seen"] = _seen(page.rows)
            text, card = invoice_cards.list_card(turn.reader, asked, page.rows, found)
            turn.show(text, paged(turn, card, page, *invoice_cards.look(asked)))

    def showed(self, frame: Frame) -> str | None:
        """Which were shown: “the second one” is the second of them."""
        return frame.answers.get("seen")


class WhichInvoice(Choose):
    """One of the person's own, by its number, what it comes to or its place; the latest where none of these is said.

    A number that is not there, or not one's own, brings those that it may be: shorter ones, and a slip of the key.
    """

    expects = frozenset({"choice"})
    may_change: frozenset[str] = frozenset()

    def __init__(self) -> None:
        super().__init__("invoice", "amount", "place", "seen")

    async def _options(self, _task: Any, turn: Turn, frame: Frame) -> Choices:
        mine = await turn.record.invoices.between(turn.actor)
        said, amount, picked = (frame.slots.get(slot) for slot in ("invoice", "amount", f"pick.{self.name}"))
        if not mine:
            return Choices(none=turn.reader.text("invoices.none_at_all"))
        if picked or said:
            return _by_number(turn, mine, str(picked or said)[:LONGEST_NUMBER])
        if amount:
            return _by_amount(turn, mine, str(amount)[:LONGEST_NUMBER])
        if place := frame.slots.get("place"):
            return _by_place(turn, mine, str(place), str(frame.slots.get("seen", "")))
        return Choices(_options_of(turn, mine[:1]))


class ShowInvoice(Lookup):
    """“Show G000000048”, “the last invoice”, and a tap on one of the list."""

    name = "show_invoice"
    intents = ("invoice.show",)

    invoice = WhichInvoice()

    async def show(self, turn: Turn, frame: Frame) -> None:
        invoice = await turn.record.invoices.numbered(turn.actor, frame.answers["invoice"])
        if invoice is not None:
            frame.answers["seen"] = _seen([invoice])
            await _show(turn, invoice)

    def showed(self, frame: Frame) -> str | None:
        """Which it was: “the previous one” is the one before it."""
        return frame.answers.get("seen")


async def _show(turn: Turn, invoice: InvoiceView, only_one_of: Asked | None = None) -> None:
    """The invoice, with a link to its PDF where we have pages."""
    pdf = await turn.link_to(Purpose.INVOICE, invoice.number) if turn.address else ""
    turn.show(*invoice_cards.invoice_card(turn.reader, invoice, pdf, only_one_of))


def _seen(invoices: list[InvoiceView]) -> str:
    """Their numbers, as short as can be: they are remembered."""
    return BETWEEN.join(each.number[1:].lstrip("0") for each in invoices)


def _options_of(turn: Turn, invoices: list[InvoiceView]) -> tuple[Option, ...]:
    reader, shown = turn.reader, invoices[:MAX_BUTTONS]
    titles = [reader.text("invoices.option", number=each.number, date=reader.day(each.issued_at)) for each in shown]
    return tuple(Option(each.number, title) for each, title in zip(shown, titles, strict=True))


def _by_number(turn: Turn, mine: list[InvoiceView], said: str) -> Choices:
    """The one with this number, else those with a number like it: its last digits, or all but a slip of the key."""
    digits = "".join(re.findall("[0-9]", said))
    exact = [each for each in mine if digits and int(each.number[1:]) == int(digits)]
    near = [each for each in mine if digits and _is_like(each.number[1:], digits)]
    text = turn.reader.text("invoices.which_number", number=said)
    none = turn.reader.text("invoices.unknown", number=said)
    return Choices(_options_of(turn, exact or near), text, none, settles=bool(exact))


def _is_like(number: str, typed: str) -> bool:
    return number.endswith(typed) or OSA.distance(number, typed) < 2


def _by_place(turn: Turn, mine: list[InvoiceView], place: str, seen: str) -> Choices:
    """The nth of those in view, or else of all; the one before or after the one in view, or else the latest."""
    shown = [each for number in seen.split(BETWEEN) for each in mine if each.number[1:].lstrip("0") == number]
    at = mine.index(shown[0]) if len(shown) == 1 else 0
    wanted = {OLDEST: len(mine) - 1, LAST_BUT_ONE: 1, BEFORE: at + 1, AFTER: at - 1}
    in_order = shown if len(shown) > 1 else mine[::-1]
    rows, where = (mine, wanted[place]) if place in wanted else (in_order, int(place) - 1)
    if 0 <= where < len(rows):
        return Choices(_options_of(turn, rows[where : where + 1]))
    return Choices(_options_of(turn, mine), turn.reader.text("invoices.none_there"), settles=False)


def _by_amount(turn: Turn, mine: list[InvoiceView], said: str) -> Choices:
    found = [each for each in mine if _comes_to(each, said)]
    none = turn.reader.text("invoices.none_of_amount", amount=said)
    return Choices(_options_of(turn, found), turn.reader.text("invoices.which"), none)


def _comes_to(invoice: InvoiceView, said: str) -> bool:
    """Whether its total, or a line of it, is this amount, said in major units: “49”, “1,050.00”."""
    amount = re.fullmatch(r"\d{1,9}(?:\.\d{1,3})?", said.replace(",", ""), re.ASCII)
    if amount is None:
        return False
    minor = Decimal(amount[0]).scaleb(EXPONENTS[invoice.total.currency])
    return minor in {abs(each.amount) for each in (invoice.total, *(line.amount for line in invoice.lines))}
