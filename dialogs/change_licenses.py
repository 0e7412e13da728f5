"""Change how many licenses a subscription has: which one, how many, a look at the price, yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialogs import license_cards, spare_licenses
from dialogs.elements import Option
from dialogs.giving_up import GivingUp
from dialogs.handing import rest_of, tell_of_rest
from dialogs.people_question import AT_ONCE, OneEach, People, one_each
from dialogs.questions import Question, Unasked
from dialogs.task import Instead
from dialogs.understanding import Request
from dialogs.which import WhichSubscription, of, own, wanted_products
from storage.actions import ActionName
from storage.errors import Refused
from storage.views import When

if TYPE_CHECKING:
    from dialogs.elements import Card
    from dialogs.memory import Frame
    from dialogs.turn import Turn
    from storage.quotes import ChangeQuote
    from storage.views import Quote, Receipt, SubscriptionView

NOT_THAT_WAY = ("not_fewer", "not_more")


class ChangeLicenses(GivingUp):
    """“Add 5 licenses to Power BI Pro”, “add one for Ann”, “Visio down to 8”, “set Teams Premium to 12 at renewal”."""

    name = "change_licenses"
    actions = (ActionName.CHANGE_TOTAL,)
    intents = ("licenses.add", "licenses.remove", "licenses.set")

    subscription = WhichSubscription()
    people = People(needed=False)
    quantity = OneEach(
        "quantity",
        "way",
        again=("zero", "at_least_one", "above_maximum", "no_change", *NOT_THAT_WAY),
    )
    when = Unasked("when", "")
    spare_request = Unasked("spare_request", "")  # that it answers

    def hear(self, frame: Frame, slots: dict[str, Any], intent: str | None = None) -> None:
        """Once the direction is said, “change to 5” puts it right; “5 in total” and “down to 5” ask for a total."""
        if "altogether" in slots:
            intent = intent or "licenses.set"
        elif intent == "licenses.set" and frame.slots and not (wanted_products(slots) or "way" in slots):
            intent = None
        if intent is None and "quantity" in slots and "way" in frame.slots:
            slots = {**slots, "way": frame.slots["way"]}
        super().hear(frame, slots, intent)

    async def ask(self, turn: Turn, frame: Frame, question: Question[Any]) -> str:
        chosen = await self._chosen(turn, frame)
        product = chosen.product_name if chosen else ""
        if question is ChangeLicenses.people:
            return turn.reader.text("seats.people.assign_licenses", product=product)
        return turn.reader.text(f"change_licenses.{question.name}.{self._direction(frame)}", product=product)

    def would_do(self, turn: Turn, refused: Refused) -> tuple[Option, ...]:
        """“Reduce to 30” with 20 licenses: the increase has a button, and is not what was asked for."""
        if refused.code not in NOT_THAT_WAY:
            return ()
        wanted = refused.values["wanted"]
        return (Option(str(wanted), turn.reader.text(f"change_licenses.instead.{refused.code}", total=wanted)),)

    def subject(self, frame: Frame) -> str | None:
        subscription: str | None = frame.answers.get("subscription")
        return subscription

    async def continues(self, turn: Turn, frame: Frame, slots: dict[str, Any]) -> bool:
        wanted, chosen = wanted_products(slots), await self._chosen(turn, frame)
        return not wanted or chosen is None or chosen.product_name in wanted

    async def quote(self, turn: Turn, frame: Frame) -> ChangeQuote:
        try:
            quote = await self._quote(turn, frame, release=None)
        except Refused as refused:
            if refused.code != "below_assigned":
                raise
            people = int(refused.values["to_free"])
        else:
            tell_of_rest(turn, frame)
            return quote
        # Not “unassign first, goodbye”: propose who could give one up, and do both as one operation.
        return await self._quote(turn, frame, release=(await self.could_leave(turn, frame))[:people])

    def rest(self, frame: Frame, quote: Quote) -> Request | None:
        return rest_of(frame, "licenses.add" if one_each(frame) else "licenses.assign", quote)

    def quote_card(self, turn: Turn, quote: ChangeQuote) -> tuple[str, Card]:
        return license_cards.quote_card(turn.reader, quote)

    def receipt_card(self, turn: Turn, receipt: Receipt, quote: ChangeQuote) -> tuple[str, Card]:
        return license_cards.receipt_card(turn.reader, receipt, quote)

    def inverse(self, quote: ChangeQuote) -> Request:
        """So many fewer, from whom they went to; so many more, for whom they came from; or no longer scheduled."""
        view, before = quote.subscription, quote.replaces
        if quote.when is When.RENEWAL and before:
            return Request("licenses.set", of(view, quantity=before.total, when=When.RENEWAL.value))
        if quote.when is When.RENEWAL:
            return Request("schedule.drop", of(view))
        if quote.change > 0:
            given = [person.id for person in quote.assigns]
            return Request("licenses.remove", of(view, quantity=quote.change, leaving=given))
        people = [holder.person.id for holder in quote.releases]
        return Request("licenses.add", of(view, quantity=-quote.change, people=people))

    def handed_out(self, quote: ChangeQuote) -> int:
        return len(quote.assigns)

    def adjust(self, turn: Turn, quote: ChangeQuote, to: str) -> Instead | None:
        """“Only down to 9”: the total that takes a license from nobody; or to ask for one that others don't use."""
        if to == spare_licenses.SPARE:
            return spare_licenses.instead(turn.reader, quote.subscription.product_name)
        total = license_cards.without_releases(quote)
        if to != "keep_people" or total is None:
            return None
        slots = {"pick.subscription": quote.subscription.id, "quantity": total}
        return Instead(turn.reader.text("button.keep_people", total=total), Request("licenses.set", slots))

    async def _quote(self, turn: Turn, frame: Frame, release: list[str] | None) -> ChangeQuote:
        direction, quantity = self._direction(frame), frame.answers["quantity"]
        if direction == "set":
            await self._check_way(turn, frame)
        elif quantity == 0:
            raise Refused("zero")
        by = None if one_each(frame) else -quantity if direction == "remove" else quantity
        amount = {"by": by} if direction != "set" else {"to": quantity}
        return await turn.record.licenses.quote(
            turn.actor,
            frame.answers["subscription"],
            **amount,
            release=release,
            assign=frame.answers["people"][:AT_ONCE] if direction == "add" else (),
            when=When(frame.answers["when"]) if frame.answers["when"] in list(When) else None,
            spare_request=frame.answers["spare_request"],
            **frame.trail,
        )

    async def _check_way(self, turn: Turn, frame: Frame) -> None:
        """Raises Refused where the total is to be lower, as was said, and would be higher; or the other way round."""
        chosen, wanted, way = await self._chosen(turn, frame), frame.answers["quantity"], frame.slots.get("way")
        if chosen and way == "down" and wanted > chosen.total:
            raise Refused("not_fewer", product=chosen.product_name, total=chosen.total, wanted=wanted)
        if chosen and way == "up" and wanted < chosen.total:
            raise Refused("not_more", product=chosen.product_name, total=chosen.total, wanted=wanted)

    async def _chosen(self, turn: Turn, frame: Frame) -> SubscriptionView | None:
        """The subscription that is settled; None while none is, or when it is gone."""
        mine = await own(turn) if "subscription" in frame.answers else []
        return next((each for each in mine if each.id == frame.answers["subscription"]), None)

    def _direction(self, frame: Frame) -> str:
        return {"licenses.remove": "remove", "licenses.set": "set"}.get(frame.intent, "add")
