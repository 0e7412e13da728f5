"""The state machine: people draw, tap and tamper while rights, licenses, cards and the time change under them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, precondition, rule

from storage.actions import ActionName
from storage.errors import Refused
from storage.models import Row
from storage.verify import Finding, verify
from storage.views import Actor, OperationStatus, Outcome, When
from tests.machine.meanwhile import TOGGLES, Meanwhile, events, holders, license_events, money_events, right_events
from tests.machine.model import End, No, Offer, Scheduled, Wish
from tests.machine.world import BOUGHT, PEOPLE, World, modelled

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from storage.quotes import ChangeQuote
    from tests.machine.copies import Fresh

    Tap = Callable[[Actor, str], Coroutine[Any, Any, Outcome]]

NEVER_REWRITTEN = ("ledger", "audit_entries", "invoices", "invoice_lines", "outbox_messages")
NOBODY: frozenset[str] = frozenset()
EVERYBODY = frozenset({"t1", "t2"})
people = st.sampled_from(sorted(PEOPLE)).map(PEOPLE.__getitem__)
anybody = st.none() | st.none() | people  # None: the purchaser
# None: the one of the latest card
subscriptions = st.none() | st.sampled_from([*BOUGHT, "full", "due soon", "due soon"])
everybody = st.permutations([f"person-{number}" for number in range(5)]).map(tuple)
wished = st.none() | st.none() | st.sampled_from(When)
some_people = st.none() | st.lists(holders, max_size=4, unique=True).map(tuple)
totals = st.tuples(st.just("to"), st.integers(-1, 24) | st.just(10_001))
more = st.tuples(st.just("by"), st.integers(1, 6))
as_few_as_are_held = st.tuples(st.just("held"), st.integers(-2, 1))
less = st.tuples(st.just("by"), st.integers(-8, -1)) | as_few_as_are_held


@dataclass
class Card:
    """A card somebody has in front of them, and how it ended if it has."""

    quote: ChangeQuote
    offer: Offer
    outcome: Outcome | None = None

    @property
    def id(self) -> str:
        return self.quote.id

    @property
    def stands(self) -> Outcome:
        return self.outcome or Outcome(self.id, ActionName.CHANGE_TOTAL, OperationStatus.OPEN, self.quote)


class Desk(RuleBasedStateMachine):
    """Compares every answer and every row with the model, and holds the record to its invariants after each step."""

    cards: Bundle[Card] = Bundle("cards")

    def __init__(self, fresh: Fresh) -> None:
        super().__init__()
        self._database = fresh()
        self.world = World.of(*self._database.__enter__())
        self.model = modelled(self.world)
        self.names = {subscription: name for name, subscription in self.world.ids.items()}
        self.rows = self.world.rows()
        self.meanwhile = Meanwhile(self.world, self.model)
        self.latest: Card | None = None
        self.may_change: frozenset[str] = NOBODY  # the tenants whose rows the step was about
        self.tables: tuple[str, ...] | None = None  # the only tables it may have written to

    def teardown(self) -> None:
        self.world.close()
        self._database.__exit__(None, None, None)

    # What people do.

    @rule(target=cards, actor=anybody, name=subscriptions, wish=more | less | totals, release=some_people, when=wished)
    def draw(self, actor: Actor | None, name: str | None, wish: Any, release: Any, when: When | None) -> Any:
        return self._draw(actor or self._purchaser(name), name, wish, release, when)

    @precondition(lambda self: self.latest and self.latest.outcome is None)
    @rule(target=cards)
    def tap_at_once(self) -> Any:
        assert self.latest is not None
        return self._tap(self.latest)

    @rule(target=cards, name=subscriptions, wish=as_few_as_are_held, release=everybody, event=license_events)
    def licenses_move_before_the_tap(self, name: str | None, wish: Any, release: Any, event: Any) -> Any:
        return self._too_late(self._draw(self._purchaser(name), name, wish, release), event)

    @rule(target=cards, name=subscriptions, wish=more | less, event=right_events)
    def a_right_is_lost_before_the_tap(self, name: str | None, wish: Any, event: Any) -> Any:
        """Of the purchaser, or of a deputy who drew the card and is dismissed."""
        this, (kind, actor) = self.model.bought[self._about(name)], event
        if kind == "deputy" and this.tenant == actor.tenant and actor.person not in this.deputies:
            self.meanwhile.happens(event, self._about(name))
        card = self._draw(actor or self._purchaser(name), name, wish, None)
        return self._too_late(card, event)

    @rule(target=cards, name=subscriptions, wish=more | less, release=everybody, event=money_events)
    def money_or_time_runs_out_before_the_tap(self, name: str | None, wish: Any, release: Any, event: Any) -> Any:
        return self._too_late(self._draw(self._purchaser(name), name, wish, release), event)

    @rule(target=cards, card=cards)
    def tap(self, card: Card) -> Any:
        return self._tap(card)

    @rule(target=cards, card=cards)
    def not_now(self, card: Card) -> Any:
        if card.outcome is not None:
            return self._redeliver(card, self.world.record.operations.void)
        self.may_change, self.tables = frozenset({card.offer.actor.tenant}), ("operations",)
        outcome = self.world.run(self.world.record.operations.void(card.offer.actor, card.id))
        return self._ended(card, outcome, End("void"))

    @rule(card=cards, actor=people, change=st.sampled_from(["who", "id", "both"]))
    def tamper(self, card: Card, actor: Actor, change: str) -> None:
        """Somebody else's card, or an id that was never drawn: refused; nothing moves, the card stands as it did."""
        who = card.offer.actor if change == "id" else actor
        identity = card.id if change == "who" else card.id[:-1] + "!"
        if (who, identity) == (card.offer.actor, card.id):
            return
        operations = self.world.record.operations
        codes = {"unknown_card", "not_your_card", "not_a_member"}
        assert self._code(operations.commit(who, identity)) in codes
        assert self._code(operations.void(who, identity)) in codes
        assert self.world.run(operations.show(who, identity)) is None, "I10: someone else's card is shown"
        assert self.world.run(operations.show(card.offer.actor, card.id)) == card.stands, "I4, I15: not as it ended"

    @rule(actor=people, name=subscriptions)
    def look(self, actor: Actor, name: str | None) -> None:
        record, model = self.world.record, self.model
        mine = {name for name in model.bought if model.may_change(actor, name)}
        assert {self.names[view.id] for view in self.world.run(record.subscriptions.owned_by(actor))} == mine
        products = [product.id for product in record.catalog.products]
        others = {
            name
            for name, this in model.bought.items()
            if actor in model.admins & model.members and this.tenant == actor.tenant and this.purchaser != actor.person
        }
        seen = self.world.run(record.subscriptions.of_product(actor, products))
        assert {self.names[view.id] for view in seen} == others, "I11: seen without the right"
        refusal = self._code(record.licenses.idle(actor, self.world.ids[self._about(name)], 3))
        assert (refusal is None) == (self._about(name) in mine), "I11: holders seen without the right"

    # What happens meanwhile.

    @rule(event=events, about=subscriptions)
    def something_happens(self, event: Any, about: str | None) -> None:
        self.may_change = EVERYBODY
        self.meanwhile.happens(event, self._about(about))

    @rule(price=st.none() | st.sampled_from([1399, 2001]))
    def restart(self, price: int | None) -> None:
        """I15: nothing is lost or different, unless everything has got a new price meanwhile."""
        power_bi = self.world.record.catalog.by_name("Power BI Pro").id
        self.world.restart({power_bi: price} if price else None)
        for name, this in self.model.bought.items():
            if price and "product" not in BOUGHT[name]:
                this.price = price

    # What must hold after every step.

    @invariant()
    def everything_holds(self) -> None:
        rows = self.world.rows()
        if rows != self.rows:
            self._only_what_may_change_has(rows)
            assert self.verified() == []
        self._subscriptions_are_the_model_s(rows)
        self.rows, self.may_change, self.tables = rows, NOBODY, None

    def verified(self) -> list[Finding]:
        return self.world.run(verify(self.world.record))

    def _only_what_may_change_has(self, rows: dict[str, Any]) -> None:
        for table, now in rows.items():
            before = self.rows[table]
            moved = {key for key in before.keys() | now.keys() if before.get(key) != now.get(key)}
            assert {key[0] for key in moved} <= self.may_change, f"I10, I14: {table} moved: {moved}"
            assert not moved or self.tables is None or table in self.tables, f"{table} moved: {moved}"
            old = moved & before.keys()
            assert not old or table not in NEVER_REWRITTEN, f"I5: {table} was rewritten: {old}"
            assert table != "operations" or all("open" in map(str, before[key]) for key in old), "I4: an end changed"

    def _subscriptions_are_the_model_s(self, rows: dict[str, Any]) -> None:
        credits_ = [_named("credits", credit) for credit in rows["credits"].values()]
        for name, this in self.model.bought.items():
            key = (this.tenant, self.world.ids[name])
            row = _named("subscriptions", rows["subscriptions"][key])
            scheduled = rows["scheduled_changes"].get(key)
            waiting = scheduled and _named("scheduled_changes", scheduled)
            assert (
                row["total"],
                row["assigned"],
                row["version"],
                waiting and Scheduled(waiting["total"], tuple(waiting["releases"])),
                sum(credit["remaining"] for credit in credits_ if credit["subscription_id"] == key[1]),
            ) == (this.total, len(this.holders), 1 + this.changes, this.scheduled, this.owed), name

    def _about(self, name: str | None) -> str:
        return name or (self.latest.offer.subscription if self.latest else "due soon")

    def _purchaser(self, name: str | None) -> Actor:
        this = self.model.bought[self._about(name)]
        return Actor(this.tenant, this.purchaser)

    def _draw(self, actor: Actor, about: str | None, wish: tuple[str, int], release: Any, when: Any = None) -> Any:
        name, (kind, number) = self._about(about), wish
        held = len(self.model.bought[name].holders) if kind == "held" else 0
        asked: Any = {"by" if kind == "by" else "to": held + number, "when": when}
        drawing = self.world.record.licenses.quote(actor, self.world.ids[name], **asked, release=release)
        try:
            expected = self.model.draw(actor, name, Wish(**asked, release=release))
        except No as no:
            assert self._code(drawing) == str(no)
            return multiple()
        self.may_change, self.tables = frozenset({actor.tenant}), ("operations",)
        return self._handed_over(self.world.run(drawing), expected)

    def _tap(self, card: Card) -> Any:
        if card.outcome is not None:
            return self._redeliver(card, self.world.record.operations.commit)
        self.meanwhile.time("", timedelta(seconds=1))  # at one instant only one thing happens
        expected = self.model.commit(card.offer)
        self.may_change |= {card.offer.actor.tenant}
        outcome = self.world.run(self.world.record.operations.commit(card.offer.actor, card.id))
        return self._ended(card, outcome, expected)

    def _too_late(self, card: Any, event: Any) -> Any:
        """Between the card and the tap something happens that may well matter; what can be undone is, afterwards."""
        self.may_change, self.tables = EVERYBODY, None
        if not isinstance(card, Card):
            return multiple()
        self.meanwhile.happens(event, card.offer.subscription)
        instead = self._tap(card)
        if event[0] in TOGGLES:
            self.meanwhile.happens(event, card.offer.subscription)
        return instead

    def _ended(self, card: Card, outcome: Outcome, expected: End) -> Any:
        card.outcome, refusal = outcome, outcome.refusal
        told = (outcome.status, refusal and refusal.code)
        assert told == (expected.status, expected.code), "told otherwise than the rules say"
        assert outcome.quote == card.quote
        if expected.status == "done":
            assert outcome.receipt is not None and outcome.receipt.quote == card.quote, "preview = commit"
            assert outcome.receipt.done_by.id == card.offer.actor.person
            assert bool(outcome.receipt.invoice_number) == bool(card.quote.amounts.due_now)
        if expected.instead is None:
            return multiple()
        assert refusal is not None and refusal.quote is not None
        return self._handed_over(refusal.quote, expected.instead)

    def _handed_over(self, quote: ChangeQuote, expected: Offer) -> Card:
        assert _shown(quote, expected) == expected, "the quote is not what the rules say"
        self.latest = Card(quote, expected)
        return self.latest

    def _redeliver(self, card: Card, tapping: Tap) -> Any:
        """Nothing may move: `may_change` stays empty."""
        again = self.world.run(tapping(card.offer.actor, card.id))
        assert again == card.outcome, "I14: told differently the second time"
        return multiple()

    def _code(self, asking: Coroutine[Any, Any, object]) -> str | None:
        try:
            self.world.run(asking)
        except Refused as refused:
            return refused.code
        return None


def _shown(quote: ChangeQuote, expected: Offer) -> Offer:
    """The offer with everything in it that the quote shows."""
    amounts = quote.amounts
    return replace(
        expected,
        old=quote.old_total,
        new=quote.new_total,
        when=quote.when,
        amounts=(amounts.due_now.amount, amounts.next_invoice.amount, amounts.each_period.amount, amounts.net.amount),
        releases=tuple(holder.person.id for holder in quote.releases),
        replaces=quote.replaces is not None,
        price=quote.subscription.price.amount,
        expires=quote.expires_at,
    )


def _named(table: str, row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip((column.name for column in Row.metadata.tables[table].columns), row, strict=True))
