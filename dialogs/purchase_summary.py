"""What people bought, why they cancelled, what they changed: everything for admins, their own for others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dialogs import history_cards, leaving_cards, summary_cards
from dialogs.asked import About, Asked, refines
from dialogs.pages import A_PAGE, Page, page_number, paged
from dialogs.people_question import People
from dialogs.questions import Unasked
from dialogs.scope import Scope
from dialogs.task import Lookup
from storage.links import Purpose
from storage.terms import local_day

if TYPE_CHECKING:
    from dialogs.elements import Card
    from dialogs.memory import Frame
    from dialogs.turn import Turn
    from storage.history import Changes
    from storage.leaving import Reasons
    from storage.summaries import Summary

SAID = ("product", "product_candidates", "period", "group_by", "about", "status")


class Said(Unasked[str]):
    """All that words say about a summary, and what a button or an earlier summary has said before them."""

    def __init__(self) -> None:
        super().__init__("asked", "")
        self.reads = ("asked", *SAID)


class PurchaseSummary(Lookup):
    """“What was bought this quarter”, “by person”, “why do people cancel”, “changes by Ann last week”, “as CSV”."""

    name = "purchase_summary"
    intents = ("admin.summary",)

    people = People(needed=False)
    asked = Said()
    page = Unasked("page", "1")
    file = Unasked("file", "")

    def hear(self, frame: Frame, slots: dict[str, Any], intent: str | None = None) -> None:
        """From the words it is true or not said; a button sends words only."""
        super().hear(frame, {**slots, **({"file": "yes"} if slots.get("file") else {})}, intent)

    def follows(self, showed: str | None, slots: dict[str, Any]) -> dict[str, Any]:
        """“By month”, “only Visio” and “as CSV” are of what was shown last; anything else is asked anew."""
        return {**slots, "asked": showed} if showed and refines(Asked.decoded(showed), slots) else slots

    def showed(self, frame: Frame) -> str | None:
        """All of it, as buttons carry it."""
        return frame.answers.get("asked")

    async def show(self, turn: Turn, frame: Frame) -> None:
        today = local_day(turn.message.at, turn.record.timezone)
        before = Asked.decoded(frame.answers["asked"])
        asked = before.changed(frame.slots, frame.answers["people"], today, turn.record.catalog)
        frame.answers["asked"] = asked.coded()
        number = page_number(frame.answers["page"])
        found = await _SHOWS[asked.about](turn, asked, number)
        if frame.answers["file"]:
            url = await turn.link_to(Purpose.SUMMARY, asked.coded())
            turn.show(*summary_cards.file_card(turn.reader, found.scope, found.count, url))
            return
        page = Page(found.rows, number, A_PAGE, found.total)
        look = (("look", self.name), ("asked", asked.coded()))
        turn.show(found.text, paged(turn, found.card, page, *look))


@dataclass(frozen=True)
class Found:
    """A page of what was asked for."""

    scope: Scope
    count: int  # of all that a file would hold
    text: str
    card: Card
    rows: list[object]
    total: int  # rows of all pages


async def _bought(turn: Turn, asked: Asked, number: int) -> Found:
    summary = await turn.record.summaries.of(
        turn.actor, asked.wanted, order=asked.order, group_by=asked.group_by, page=number, size=A_PAGE
    )
    scope = await _scope(turn, asked, summary)
    rows = summary.groups if asked.group_by else summary.lines
    count = summary.totals.subscriptions
    text, card = summary_cards.summary_card(turn.reader, summary_cards.Shown(summary, scope))
    return Found(scope, count, text, card, [*rows], summary.grouped if asked.group_by else count)


async def _reasons(turn: Turn, asked: Asked, number: int) -> Found:
    reasons = await turn.record.leaving.of(turn.actor, asked.wanted, page=number, size=A_PAGE)
    scope = await _scope(turn, asked, reasons)
    text, card = leaving_cards.reasons_card(turn.reader, scope, reasons)
    return Found(scope, reasons.count, text, card, [*reasons.page], reasons.said)


async def _changes(turn: Turn, asked: Asked, number: int) -> Found:
    changes = await turn.record.history.by(turn.actor, asked.wanted, page=number, size=A_PAGE)
    scope = await _scope(turn, asked, changes)
    text, card = history_cards.changes_card(turn.reader, scope, changes)
    return Found(scope, changes.count, text, card, [*changes.page], changes.count)


_SHOWS = {About.BOUGHT: _bought, About.REASONS: _reasons, About.CHANGES: _changes}


async def _scope(turn: Turn, asked: Asked, seen: Summary | Reasons | Changes) -> Scope:
    """Who is named counts for whoever sees everything, and where it limits one's own."""
    named = seen.everything or asked.about is About.BOUGHT
    people = [await turn.record.people.find(turn.actor.tenant, who) for who in asked.wanted.purchasers if named]
    names = tuple(each.name for each in people if each)
    return Scope(asked, names, turn.record.catalog, seen.as_of, seen.everything)
