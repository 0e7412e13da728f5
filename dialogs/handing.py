"""What handing licenses out, taking them back and moving them have in common: twenty people a step, and the cards."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from dialogs import seat_cards
from dialogs.people_question import AT_ONCE, names_in, who
from dialogs.putting_right import OfPeople
from dialogs.understanding import Request
from dialogs.which import OfOneSubscription, WhichSubscription, of, product_of
from storage.quotes import SeatsQuote
from storage.views import Held

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.elements import Card
    from dialogs.memory import Frame
    from dialogs.questions import Choices, Question
    from dialogs.task import Task
    from dialogs.turn import Turn
    from dialogs.which import Whose
    from storage.views import Quote, Receipt, SubscriptionView


class WhichHeld(WhichSubscription):
    """Of the subscriptions whose licenses one may hand out, those of which the people named hold one."""

    def __init__(self, holders: str = "people") -> None:
        super().__init__(assignable)
        self._holders = holders

    async def _options(self, task: Task, turn: Turn, frame: Frame) -> Choices:
        choices = await super()._options(task, turn, frame)
        held = await self._held(turn, await self._named(turn, frame))
        fitting = tuple(option for option in choices.options if option.value in held)
        return replace(choices, options=fitting) if fitting and choices.settles else choices

    async def others(self, turn: Turn, frame: Frame) -> Sequence[Whose]:
        """Of those, what the people named have bought or hold a license of; where that is none, all of them."""
        others, named = await super().others(turn, frame), await self._named(turn, frame)
        held = await self._held(turn, named)
        return [each for each in others if each.purchaser.id in named or _subscription(each) in held] or others

    async def _named(self, turn: Turn, frame: Frame) -> set[str]:
        found = await who(turn, names_in(frame.slots.get(self._holders))[:AT_ONCE])
        return {person.id for fitting in found.values() for person in fitting}

    async def _held(self, turn: Turn, people: set[str]) -> set[str]:
        assignments = turn.record.assignments
        return {each.subscription for person in people for each in await assignments.held_by(turn.actor, person)}


class Handing(OfPeople[SeatsQuote], OfOneSubscription[SeatsQuote]):
    """A change of who holds a license. Its people are told one by one, on the offer and on the receipt."""

    follows: ClassVar[str]  # the request that goes on with the people whom one step could not hold

    async def ask(self, turn: Turn, frame: Frame, question: Question[Any]) -> str:
        product = await product_of(turn, frame)
        return turn.reader.text(f"seats.{question.name}.{self.name}", product=product)

    def quote_card(self, turn: Turn, quote: SeatsQuote) -> tuple[str, Card]:
        return seat_cards.quote_card(turn.reader, quote, turn.person)

    def receipt_card(self, turn: Turn, receipt: Receipt, quote: SeatsQuote) -> tuple[str, Card]:
        return seat_cards.receipt_card(turn.reader, receipt, quote)

    def inverse(self, quote: SeatsQuote) -> Request:
        """From whom they went to, to whom they came from."""
        given, taken = [person.id for person in quote.given], [holder.person.id for holder in quote.takes]
        if given and taken:
            return Request("licenses.move", of(quote.subscription, from_people=given, people=taken))
        return Request(
            "licenses.unassign" if given else "licenses.assign", of(quote.subscription, people=given or taken)
        )

    def rest(self, frame: Frame, quote: Quote) -> Request | None:
        return rest_of(frame, self.follows, quote)


def _subscription(whose: Whose) -> str:
    return whose.subscription if isinstance(whose, Held) else whose.id


async def assignable(turn: Turn) -> list[SubscriptionView]:
    """The subscriptions whose licenses the person may hand out."""
    return await turn.record.subscriptions.assignable_by(turn.actor)


def tell_of_rest(turn: Turn, frame: Frame) -> None:
    """Where one step has no room for all of the people, it is said that the others follow."""
    count = len(frame.answers["people"])
    if count > AT_ONCE:
        turn.say("people.first", count=count, first=AT_ONCE, rest=count - AT_ONCE)


def rest_of(frame: Frame, intent: str, quote: Quote) -> Request | None:
    """The request for the people beyond the first twenty, about what the quote was about."""
    rest = frame.answers.get("people", [])[AT_ONCE:]
    return Request(intent, {"pick.subscription": quote.about.id, "people": rest}) if rest and quote.about else None
