"""What somebody has bought, or may see: the list, and one subscription with its people and what can be done next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialogs import history_cards, subscription_cards
from dialogs.pages import A_PAGE, Page, page_number, page_of, paged
from dialogs.questions import Settled, Unasked
from dialogs.subscription_cards import Detail, Rights, Row
from dialogs.task import Lookup
from dialogs.which import WhichSubscription, options, wanted_products
from storage.views import Status

if TYPE_CHECKING:
    from dialogs.memory import Frame
    from dialogs.questions import Asking, Impossible
    from dialogs.task import Task
    from dialogs.turn import Turn
    from storage.views import SubscriptionView


async def seen(turn: Turn) -> list[SubscriptionView]:
    """What the person may see, own ones first."""
    return await turn.record.subscriptions.seen_by(turn.actor)


class ListSubscriptions(Lookup):
    """“What have I bought”, “show my expired subscriptions”; and the licenses one holds of what others bought."""

    name = "list_subscriptions"
    intents = ("subscriptions.list",)

    status = Unasked("status", "")
    page = Unasked("page", "1")

    async def show(self, turn: Turn, frame: Frame) -> None:
        await show_all(turn, frame.answers["status"], frame.answers["page"])


async def show_all(turn: Turn, status: str = "", number: str = "1") -> None:
    """A page of the subscriptions of this status, of all where it is empty."""
    found = await seen(turn)
    held = () if status else await turn.record.assignments.held_by(turn.actor, turn.actor.person)
    if not found:
        turn.show(*subscription_cards.held_card(turn.reader, held))
        return
    fitting = [each for each in found if _is(each, status)]
    if not fitting:
        turn.say(f"subscriptions.none.{status}")
        return
    page = page_of(fitting, number)
    priced = await turn.record.subscriptions.priced_for(turn.actor, page.rows)
    rows = [Row(each, each.id in priced) for each in page.rows]
    mine = all(each.purchaser.id == turn.actor.person for each in fitting)
    kind = "found" if status else "mine" if mine else "all"
    choices = options(turn, page.rows)
    others = list(dict.fromkeys(each.product_name for each in held if each.purchaser.id != turn.actor.person))
    text, card = subscription_cards.list_card(
        turn.reader, rows, choices, total=len(fitting), kind=kind, own=mine, held=others
    )
    turn.show(text, paged(turn, card, page, ("look", ListSubscriptions.name), ("status", status)))


class ShownOne(WhichSubscription):
    """The one that is named or picked; none where no product is said and there are several: then all are shown."""

    async def settle(self, task: Task, turn: Turn, frame: Frame) -> Settled[str] | Asking | Impossible:
        said = wanted_products(frame.slots) or frame.slots.get(f"pick.{self.name}")
        several = not said and len(await seen(turn)) > 1
        return Settled("") if several else await super().settle(task, turn, frame)


class ShowSubscription(Lookup):
    """“Show Visio”, and a tap on one of the list; “how many are free” shows the list."""

    name = "show_subscription"
    intents = ("subscriptions.show",)

    subscription = ShownOne(seen)
    page = Unasked("page", "1")
    past = Unasked("past", "")

    def hear(self, frame: Frame, slots: dict[str, Any], intent: str | None = None) -> None:
        """From the words it is true or not said; a button sends words only."""
        super().hear(frame, {**slots, **({"past": "yes"} if slots.get("past") else {})}, intent)

    async def show(self, turn: Turn, frame: Frame) -> None:
        record, actor, wanted = turn.record, turn.actor, frame.answers["subscription"]
        if not wanted:
            await show_all(turn)
            return
        view = next((each for each in await seen(turn) if each.id == wanted), None)
        if view is None:
            turn.say("refused.unknown_subscription")
            return
        if frame.answers["past"]:
            await _happened(turn, view, page_number(frame.answers["page"]))
            return
        page = page_of(list(await record.assignments.of(actor, view.id)), frame.answers["page"])
        row = Row(view, view.id in await record.subscriptions.priced_for(actor, [view]))
        detail = Detail(row, tuple(page.rows), await record.sharing.of(actor, view.id), await _rights(turn, view))
        text, card = subscription_cards.detail_card(turn.reader, detail)
        turn.show(text, paged(turn, card, page, ("look", self.name), ("pick.subscription", view.id)))


async def _happened(turn: Turn, view: SubscriptionView, number: int) -> None:
    """Every change of it, the latest first."""
    changes, count = await turn.record.history.of(turn.actor, view.id, page=number, size=A_PAGE)
    text, card = history_cards.history_card(turn.reader, view, changes, count)
    look = (("look", ShowSubscription.name), ("pick.subscription", view.id), ("past", "yes"))
    turn.show(text, paged(turn, card, Page([*changes], number, A_PAGE, count), *look))


def _is(view: SubscriptionView, status: str) -> bool:
    """Whether it is one of those asked for; "" asks for all."""
    match status:
        case "canceled":
            return view.status is Status.ACTIVE and view.cancelled and not view.trial
        case "scheduled":
            return view.scheduled is not None
        case "trial":
            return view.trial
        case _:
            return status in ("", view.status)


async def _rights(turn: Turn, view: SubscriptionView) -> Rights:
    """What this person may do with it, so that no button leads to a refusal."""
    subscriptions = turn.record.subscriptions
    return Rights(
        buys=view.purchaser.id == turn.actor.person,
        changes=any(each.id == view.id for each in await subscriptions.owned_by(turn.actor)),
        assigns=any(each.id == view.id for each in await subscriptions.assignable_by(turn.actor)),
    )
