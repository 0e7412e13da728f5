"""Many clients on one subscription at once: what each asked and was told, and the rules for one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from storage.errors import RecordUnavailable, Refused
from storage.models import Operation
from tests.linearizable import Call

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.quotes import ChangeQuote
    from storage.record import Record
    from storage.views import Actor, Outcome

Answer = tuple[Any, ...]


@dataclass(frozen=True)
class OneByOne:
    """The subscription if nothing ever happened at the same time. Everything can be given back: it is all new."""

    total: int
    maximum: int
    held: frozenset[str]
    version: int = 1

    def step(self, asked: Answer) -> tuple[OneByOne, Answer]:
        """The state after the call, and the answer to it."""
        kind, *what = asked
        step: Callable[..., tuple[OneByOne, Answer]] = getattr(self, kind)
        return step(*what)

    def look(self) -> tuple[OneByOne, Answer]:
        return self, (self.total, len(self.held))

    def draw(self, by: int, named: tuple[str, ...]) -> tuple[OneByOne, Answer]:
        new = self.total + by
        needed = max(len(self.held) - new, 0)
        if code := self._refusal(new, needed, named):
            return self, ("refused", code)
        return self, ("offered", self.total, new, self.version)

    def put_aside(self) -> tuple[OneByOne, Answer]:
        return self, ("void",)

    def tap(self, by: int, named: tuple[str, ...], releases: tuple[str, ...], version: int) -> tuple[OneByOne, Answer]:
        if version != self.version:
            kind, *shown = self.draw(by, named)[1]
            return self, (kind if kind == "refused" else "void", *shown)
        new, held = self.total + by, self.held.difference(releases)
        return replace(self, total=new, held=held, version=version + 1), ("done", self.total, new)

    def _refusal(self, new: int, needed: int, named: tuple[str, ...]) -> str | None:
        if new < 1:
            return "at_least_one"
        if new > self.maximum:
            return "above_maximum"
        if needed > len(named):
            return "below_assigned"
        return None if not needed or self.held.issuperset(named) else "holds_no_license"


@dataclass(frozen=True)
class Card:
    """Whose it is, what was wanted (by how many, and who would give a license up for it), and what it shows."""

    actor: Actor
    by: int
    named: tuple[str, ...]
    quote: ChangeQuote

    @property
    def releases(self) -> tuple[str, ...]:
        return tuple(holder.person.id for holder in self.quote.releases)


@dataclass
class Deliveries:
    """Every tap on one card: when each began and ended, and what it was told. It may take effect in any of them."""

    card: Card
    began: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    told: list[Outcome] = field(default_factory=list)

    @property
    def unequal(self) -> bool:
        return any(outcome != self.told[0] for outcome in self.told)


@dataclass
class History:
    """Records what everybody is told about one subscription, in whichever process."""

    subscription: str
    moments: int = 0
    seen: list[Call] = field(default_factory=list)
    cards: dict[str, Deliveries] = field(default_factory=dict)

    async def draw(self, record: Record, actor: Actor, by: int, named: tuple[str, ...]) -> Card | None:
        """The card, or None when there is none."""
        began, asked = self._moment(), ("draw", by, named)
        try:
            quote = await record.licenses.quote(actor, self.subscription, by=by, release=named)
        except RecordUnavailable:
            return None
        except Refused as refused:
            self.seen.append(Call(began, self._moment(), asked, ("refused", refused.code)))
            return None
        self.seen.append(Call(began, self._moment(), asked, ("offered", quote.old_total, quote.new_total, quote.id)))
        return self._handed_over(Card(actor, by, named, quote))

    async def tap(self, record: Record, card: Card) -> Card | None:
        """The card that came in its place, if it no longer holds."""
        outcome = await self._delivered(card, record.operations.commit)
        fresh = outcome and outcome.refusal and outcome.refusal.quote
        return self._handed_over(replace(card, quote=fresh)) if fresh else None

    async def put_aside(self, record: Record, card: Card) -> None:
        await self._delivered(card, record.operations.void)

    async def look(self, record: Record, actor: Actor) -> Answer:
        """Total and assigned licenses."""
        began = self._moment()
        mine = await record.subscriptions.owned_by(actor)
        [view] = [each for each in mine if each.id == self.subscription]
        self.seen.append(Call(began, self._moment(), ("look",), (view.total, view.assigned)))
        return (view.total, view.assigned)

    async def calls(self, record: Record) -> list[Call]:
        """Everything, with the version of the subscription that each card was made for instead of its id."""
        versions = await self._versions(record)
        seen = [replace(call, answered=tuple(versions.get(part, part) for part in call.answered)) for call in self.seen]
        return seen + [_one_call(deliveries, versions) for deliveries in self.cards.values() if deliveries.began]

    def _handed_over(self, card: Card) -> Card:
        return self.cards.setdefault(card.quote.id, Deliveries(card)).card

    async def _delivered(self, card: Card, deliver: Callable[[Actor, str], Awaitable[Outcome]]) -> Outcome | None:
        deliveries = self.cards[card.quote.id]
        deliveries.began.append(self._moment())
        try:
            outcome = await deliver(card.actor, card.quote.id)
        except RecordUnavailable:  # it may have happened all the same
            return None
        deliveries.ended.append(self._moment())
        deliveries.told.append(outcome)
        return outcome

    async def _versions(self, record: Record) -> dict[str, int]:
        async def question(session: AsyncSession) -> dict[str, int]:
            these = select(Operation.id, Operation.subscription_version)
            rows = await session.execute(these.where(Operation.subscription_id == self.subscription))
            return {row.id: row.subscription_version for row in rows}

        return await record.database.read(question)

    def _moment(self) -> int:
        self.moments += 1
        return self.moments


def _one_call(deliveries: Deliveries, versions: dict[str, int]) -> Call:
    """All deliveries of a card are one call: it took effect after one of them began, and before any was answered."""
    card = deliveries.card
    asked: Answer = ("tap", card.by, card.named, card.releases, versions[card.quote.id])
    if not deliveries.told:
        return Call(deliveries.began[0], None, asked)
    answer = _answer(deliveries.told[0], versions)
    return Call(deliveries.began[0], min(deliveries.ended), ("put_aside",) if answer == ("void",) else asked, answer)


def _answer(outcome: Outcome, versions: dict[str, int]) -> Answer:
    status, refusal = outcome.status.value, outcome.refusal
    if outcome.receipt is not None:
        return (status, outcome.receipt.quote.old_total, outcome.receipt.quote.new_total)
    if refusal is None:
        return (status,)
    if refusal.quote is None:
        return (status, refusal.code)
    return (status, refusal.quote.old_total, refusal.quote.new_total, versions[refusal.quote.id])
