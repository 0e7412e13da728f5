"""Which subscription is meant: the question that nearly every task begins with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from dialogs.elements import Option
from dialogs.questions import Choices, Choose
from dialogs.task import Change
from storage.views import Held, Quote, SubscriptionView

if TYPE_CHECKING:
    from dialogs.memory import Frame
    from dialogs.task import Task
    from dialogs.texts import Reader
    from dialogs.turn import Turn

Q = TypeVar("Q", bound=Quote)
Find = Callable[["Turn"], Awaitable[list[SubscriptionView]]]
Fits = Callable[[SubscriptionView, "Frame"], bool]
Whose = SubscriptionView | Held


async def own(turn: Turn) -> list[SubscriptionView]:
    """What the person may change: bought, or looked after as a deputy."""
    return await turn.record.subscriptions.owned_by(turn.actor)


async def standing(turn: Turn) -> str:
    """“owner” of subscriptions, or “member” who has none to change: what is suggested is what the person can do."""
    return "owner" if await own(turn) else "member"


async def bought(turn: Turn) -> list[SubscriptionView]:
    """What the person alone decides about: bought, not looked after for somebody else."""
    return [each for each in await own(turn) if each.purchaser.id == turn.actor.person]


class WhichSubscription(Choose):
    """One of the subscriptions that `find` finds, by the product that was said; a single one is not asked for.

    `fits` tells those that the task can do something with. They go first; where none fits, the record says why not.
    """

    only: ClassVar = "which.only_the_purchaser"  # what is said of those that are somebody else's

    def __init__(self, find: Find = own, fits: Fits = lambda _subscription, _frame: True) -> None:
        super().__init__("product", "product_candidates")
        self._find = find
        self._fits = fits

    async def _options(self, _task: Task, turn: Turn, frame: Frame) -> Choices:
        found = await self._find(turn)
        wanted = wanted_products(frame.slots)
        named = [each for each in found if not wanted or each.product_name in wanted]
        if not named:
            return self._not_theirs(turn, wanted, found, await self.others(turn, frame))
        picked = frame.slots.get(f"pick.{self.name}")  # whoever has picked one is told of that one why not
        fitting = [each for each in named if each.id == picked or self._fits(each, frame)]
        return Choices(options(turn, fitting or named), turn.reader.text("which.subscription"))

    async def others(self, turn: Turn, frame: Frame) -> Sequence[Whose]:
        """What somebody else has bought of what was said, as far as the person may know."""
        return await _others(turn, wanted_products(frame.slots))

    def _not_theirs(
        self, turn: Turn, wanted: list[str], found: list[SubscriptionView], others: Sequence[Whose]
    ) -> Choices:
        """Whose it is, for those who may know; else what there is instead."""
        if others:
            return Choices(none=_whose(turn.reader, others, self.only))
        if not found:
            return Choices(none=turn.reader.text("which.nothing_bought"))
        text = turn.reader.text("which.not_owned", product=turn.reader.either(wanted))
        return Choices(options(turn, found), text, settles=False)


class WhichBought(WhichSubscription):
    """One of those that the person has bought: nobody else cancels, renews or shares them."""

    only = "which.only_owner_decides"

    def __init__(self, fits: Fits = lambda _subscription, _frame: True) -> None:
        super().__init__(bought, fits)


class OfOneSubscription(Change[Q]):
    """A change of the one subscription that its question `subscription` settles."""

    def subject(self, frame: Frame) -> str | None:
        subscription: str | None = frame.answers.get("subscription")
        return subscription

    async def continues(self, _turn: Turn, frame: Frame, slots: dict[str, Any]) -> bool:
        return not wanted_products(slots) or wanted_products(slots) == wanted_products(frame.slots)


def wanted_products(slots: dict[str, Any]) -> list[str]:
    """The product names that the words fit: one, several when ambiguous, none when not said."""
    one = slots.get("product")
    return [one] if one else list(slots.get("product_candidates", ()))


async def product_of(turn: Turn, frame: Frame) -> str:
    """The product whose subscription is settled; empty while none is."""
    chosen = frame.answers.get("subscription")
    found = await turn.record.subscriptions.assignable_by(turn.actor) if chosen else []
    return next((each.product_name for each in found if each.id == chosen), "")


def of(subscription: SubscriptionView, **slots: Any) -> dict[str, Any]:
    """Slots of a request about this subscription and no other, also when it can no longer be chosen."""
    return {"product": subscription.product_name, "pick.subscription": subscription.id, **slots}


def options(turn: Turn, subscriptions: list[SubscriptionView]) -> tuple[Option, ...]:
    """Subscriptions to choose from; those of one product are told apart by whose they are, or by size and renewal."""
    return tuple(
        Option(each.id, _title(turn.reader, each, subscriptions), turn.reader.text("choose.hint", count=each.total))
        for each in subscriptions
    )


def _title(reader: Reader, one: SubscriptionView, among: list[SubscriptionView]) -> str:
    alike = [each for each in among if each.product_name == one.product_name]
    if len(alike) == 1:
        return one.product_name
    each_ones = len({each.purchaser.id for each in alike}) == len(alike)
    key = "choose.of" if each_ones else "choose.subscription"
    owner, size = one.purchaser.name, one.total
    return reader.text(key, product=one.product_name, owner=owner, count=size, date=one.period_end)


async def _others(turn: Turn, wanted: list[str]) -> Sequence[Whose]:
    """What somebody else bought of these products: an admin knows all, others what is shared with them or they hold."""
    subscriptions = turn.record.subscriptions
    products = [turn.record.catalog.by_name(name).id for name in wanted]
    shared = [each for each in await subscriptions.assignable_by(turn.actor) if each.product in products]
    others = await subscriptions.of_product(turn.actor, products)
    if others := others or [each for each in shared if each.purchaser.id != turn.actor.person]:
        return others
    held = await turn.record.assignments.held_by(turn.actor, turn.actor.person)
    return [each for each in held if each.product in products and each.purchaser.id != turn.actor.person]


def _whose(reader: Reader, subscriptions: Sequence[Whose], only: str) -> str:
    """Who bought what, a sentence a product, and that only they can change it."""
    owners: dict[str, set[str]] = {}
    for each in subscriptions:
        owners.setdefault(each.product_name, set()).add(each.purchaser.name)
    bought = [
        reader.text("which.bought_by", product=product, owner=reader.names(sorted(names)))
        for product, names in sorted(owners.items())
    ]
    everybody = reader.either(sorted(set().union(*owners.values())))
    return "\n".join([*bought, reader.text(only, product=subscriptions[0].product_name, owner=everybody)])
