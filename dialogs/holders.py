"""Who holds a license, who does not use one, and what somebody holds; within the asker's rights, and never a price."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from dialogs.elements import Card, Heading, Line, Table
from dialogs.pages import page_of, paged
from dialogs.people_question import People
from dialogs.questions import Settled, Unasked
from dialogs.task import Lookup
from dialogs.which import WhichSubscription, wanted_products

if TYPE_CHECKING:
    from datetime import datetime

    from dialogs.memory import Frame
    from dialogs.questions import Asking, Impossible
    from dialogs.task import Task
    from dialogs.turn import Turn
    from storage.views import Held, Seated, SubscriptionView

UNUSED: Final = timedelta(days=30)  # Microsoft's usage reports count whoever did nothing for 30 days as inactive
SETTLING_IN: Final = timedelta(days=7)  # nobody is said not to use what they have had for less
A_PAGE: Final = 15  # rows of one line each


async def seen(turn: Turn) -> list[SubscriptionView]:
    """The subscriptions whose holders the person may see."""
    return await turn.record.subscriptions.seen_by(turn.actor)


class OfWhich(WhichSubscription):
    """The subscription whose holders are asked about: none where it is asked what somebody holds."""

    only = "which.owner_knows"

    async def settle(self, task: Task, turn: Turn, frame: Frame) -> Settled[str] | Asking | Impossible:
        return Settled("") if frame.slots.get("people") else await super().settle(task, turn, frame)


class WhoHolds(Lookup):
    """“Who has Power BI Pro?”, “who hasn't used Visio?”, “what does Bo have?”."""

    name = "who_holds"
    intents = ("licenses.who",)

    subscription = OfWhich(seen)
    people = People(needed=False)
    unused = Unasked("unused", "")
    page = Unasked("page", "1")

    def hear(self, frame: Frame, slots: dict[str, Any], intent: str | None = None) -> None:
        """From the words it is true or not said; a button sends words only."""
        super().hear(frame, {**slots, **({"unused": "yes"} if slots.get("unused") else {})}, intent)

    async def show(self, turn: Turn, frame: Frame) -> None:
        if frame.answers["subscription"]:
            await self._holders(turn, frame)
        for person in frame.answers["people"]:
            await _held(turn, person, wanted_products(frame.slots))

    async def _holders(self, turn: Turn, frame: Frame) -> None:
        chosen, unused = frame.answers["subscription"], bool(frame.answers["unused"])
        [view] = [each for each in await seen(turn) if each.id == chosen]
        found = await turn.record.assignments.of(turn.actor, chosen)
        shown = [each for each in found if not unused or _unused(each, turn.message.at)]
        kind = "unused" if unused else "holders"
        reader = turn.reader
        if not shown:
            turn.say(f"who_holds.none.{kind}", product=view.product_name)
            return
        title = reader.text(f"who_holds.{kind}", product=view.product_name, count=len(shown))
        seats = reader.text("who_holds.seats", assigned=view.assigned, total=view.total, free=view.free)
        page = page_of(shown, frame.answers["page"], A_PAGE)
        card = Card((Heading(title), Line(seats), _table(turn, page.rows)))
        look = (("look", self.name), ("pick.subscription", chosen), ("unused", frame.answers["unused"]))
        turn.show(f"{title} {seats}", paged(turn, card, page, *look))


def _unused(holder: Seated, now: datetime) -> bool:
    if holder.last_used_at is None:
        return holder.assigned_at <= now - SETTLING_IN
    return holder.last_used_at < now - UNUSED


def _table(turn: Turn, holders: list[Seated]) -> Table:
    reader = turn.reader
    columns = tuple(reader.text(f"who_holds.column.{name}") for name in ("person", "department", "last_used"))
    rows = tuple((each.person.name, each.person.department, _used(turn, each.last_used_at)) for each in holders)
    return Table(columns, rows)


async def _held(turn: Turn, person_id: str, wanted: list[str]) -> None:
    """What one person holds, of all that the asker may see."""
    reader, person = turn.reader, await turn.record.people.find(turn.actor.tenant, person_id)
    held = await turn.record.assignments.held_by(turn.actor, person_id)
    shown = [each for each in held if not wanted or each.product_name in wanted]
    own = "own" if person_id == turn.actor.person else "of"
    name = person.name if person else ""
    if not shown:
        turn.say(f"who_holds.none.{own}", name=name)
        return
    title = reader.text(f"who_holds.{own}", name=name, count=len(shown))
    columns = tuple(reader.text(f"who_holds.column.{name}") for name in ("product", "owner", "last_used"))
    rows = tuple((each.product_name, each.purchaser.name, _used(turn, each.last_used_at)) for each in shown)
    turn.show(_in_words(turn, title, shown), Card((Heading(title), Table(columns, rows))))


def _in_words(turn: Turn, title: str, held: list[Held]) -> str:
    return f"{title} {turn.reader.names([each.product_name for each in held])}"


def _used(turn: Turn, last: datetime | None) -> str:
    return turn.reader.shown(turn.reader.day(last)) if last else turn.reader.text("people.never_used")
