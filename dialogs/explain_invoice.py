"""Why an invoice, or a month, comes to what it does: against the one before, cause by cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs import cause_cards
from dialogs.invoices import WhichInvoice
from dialogs.questions import Settled
from dialogs.spans import During, span_of
from dialogs.task import Lookup

if TYPE_CHECKING:
    from dialogs.memory import Frame
    from dialogs.questions import Asking, Impossible
    from dialogs.task import Task
    from dialogs.turn import Turn


class WhichExplained(WhichInvoice):
    """An invoice, unless it is a month that was asked about."""

    async def settle(self, task: Task, turn: Turn, frame: Frame) -> Settled[str] | Asking | Impossible:
        named = {*self.reads, f"pick.{self.name}"} & frame.slots.keys()
        return await super().settle(task, turn, frame) if named or not frame.answers["during"] else Settled("")


class ExplainInvoice(Lookup):
    """“Why is October higher?”, “why did I pay $49?”, and the button on an invoice."""

    name = "explain_invoice"
    intents = ("invoice.explain",)

    during = During("")
    invoice = WhichExplained()

    async def show(self, turn: Turn, frame: Frame) -> None:
        if frame.answers["invoice"]:
            await self._show_invoice(turn, frame.answers["invoice"])
        else:
            await self._show_days(turn, frame.answers["during"])

    async def _show_invoice(self, turn: Turn, number: str) -> None:
        why = await turn.record.explanations.of_invoice(turn.actor, number)
        if why is not None:
            turn.show(*cause_cards.invoice_card(turn.reader, why))

    async def _show_days(self, turn: Turn, during: str) -> None:
        these = span_of(during, turn.today)
        before = these.before()
        found = await turn.record.explanations.of_days(
            turn.actor, (these.first, these.last), (before.first, before.last)
        )
        shown, earlier = these.shown(turn.reader, turn.today), before.shown(turn.reader, turn.today)
        if not found:
            turn.say("explain.nothing", this=shown, before=earlier)
        for why in found:
            turn.show(*cause_cards.days_card(turn.reader, why, shown, earlier, during))
