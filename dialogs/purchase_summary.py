"""Everything bought in the organization, for admins: filtered, added up, sorted and paged. Others see their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialogs import summary_cards
from dialogs.asked import Asked, refines
from dialogs.pages import A_PAGE, Page, page_number, paged
from dialogs.people_question import People
from dialogs.questions import Unasked
from dialogs.task import Lookup
from storage.links import Purpose
from storage.terms import local_day

if TYPE_CHECKING:
    from dialogs.memory import Frame
    from dialogs.turn import Turn

SAID = ("product", "product_candidates", "period", "group_by", "about", "status")


class Said(Unasked[str]):
    """All that words say about a summary, and what a button or an earlier summary has said before them."""

    def __init__(self) -> None:
        super().__init__("asked", "")
        self.reads = ("asked", *SAID)


class PurchaseSummary(Lookup):
    """“What was bought this quarter”, “by person”, “who bought Visio since July”, “what expires this month”."""

    name = "purchase_summary"
    intents = ("admin.summary",)

    people = People(needed=False)
    asked = Said()
    page = Unasked("page", "1")
    file = Unasked("file", "")

    def follows(self, showed: str | None, slots: dict[str, Any]) -> dict[str, Any]:
        """“By month” and “only Visio” change what was shown last; anything else is asked anew."""
        return {**slots, "asked": showed} if showed and refines(slots) else slots

    def showed(self, frame: Frame) -> str | None:
        """All of it, as buttons carry it."""
        return frame.answers.get("asked")

    async def show(self, turn: Turn, frame: Frame) -> None:
        record, today = turn.record, local_day(turn.message.at, turn.record.timezone)
        before = Asked.decoded(frame.answers["asked"])
        asked = before.changed(frame.slots, frame.answers["people"], today, record.catalog)
        frame.answers["asked"] = asked.coded()
        number = page_number(frame.answers["page"])
        summary = await record.summaries.of(
            turn.actor, asked.wanted, order=asked.order, group_by=asked.group_by, page=number, size=A_PAGE
        )
        names = [(await record.people.find(turn.actor.tenant, who)) for who in asked.wanted.purchasers]
        shown = summary_cards.Shown(summary, asked, [each.name for each in names if each], record.catalog)
        if frame.answers["file"]:
            url = await turn.link_to(Purpose.SUMMARY, asked.coded())
            turn.show(*summary_cards.file_card(turn.reader, shown, url))
            return
        text, card = summary_cards.summary_card(turn.reader, shown)
        rows = summary.groups if asked.group_by else summary.lines
        total = summary.grouped if asked.group_by else summary.totals.subscriptions
        page = Page([*rows], number, A_PAGE, total)
        turn.show(text, paged(turn.reader, card, page, ("look", self.name), ("asked", asked.coded())))
