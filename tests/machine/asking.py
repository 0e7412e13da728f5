"""The state machine of requests and the policy: people ask, decide and buy while rules, rights and the time change."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from bot.upkeep import RequestUpkeep
from storage.actions import ActionName
from storage.caps import CapWish
from storage.clock import FrozenClock
from storage.errors import Refused
from storage.models import LicenseRequest, Operation, Subscription
from storage.verify import verify
from storage.views import Actor, OperationStatus, Outcome
from tests.databases import NOW
from tests.machine.deeds import NAMES, PRODUCTS, deeds, events
from tests.machine.permits import VALID_FOR, Asked, Bought, Permits
from tests.machine.world import World, opened
from tests.small_company import Company

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from storage.policy_views import Sale
    from storage.verify import Finding
    from storage.views import Quote
    from tests.machine.copies import Fresh


PEOPLE = {name: Actor("t1", name) for name in NAMES}
BOUGHT = ("approved", "partly")
KEPT = 4  # every fourth card is not tapped at once


async def hire(url: str) -> dict[str, str]:
    """Two admins and two others in an empty database, each with a card; nothing is bought yet."""
    record = await opened(url, FrozenClock(NOW))
    company = await Company.in_(record)
    await record.people.seen("t1", "dora", name="Dora", member=True)
    await record.people.appoint("t1", ["bob", "dora"])
    for actor in PEOPLE.values():
        await company.has_card(actor)
    await record.close()
    return {}


@dataclass
class Card:
    """A card somebody has in front of them: whether a yes to it works now, what comes of it, and how it ended."""

    who: str
    quote: Quote
    may: Callable[[], bool]
    then: Callable[[Quote], None]
    outcome: Outcome | None = None


class Asking(RuleBasedStateMachine):
    """Compares what is refused and what is done with the rules, and every request with what became of it."""

    cards: Bundle[Card] = Bundle("cards")

    def __init__(self, fresh: Fresh) -> None:
        super().__init__()
        self._database = fresh()
        self.world = World.of(*self._database.__enter__())
        self.model = Permits(NOW, {*NAMES}, {"bob", "dora"})
        self.drawn = 0  # cards
        self.decided: Counter[str] = Counter()  # purchases for each request
        self.moved = False  # whether anything but a new card has come about since it was all verified

    def teardown(self) -> None:
        self.world.close()
        self._database.__exit__(None, None, None)

    # Few rules with much to choose from: of many, Hypothesis would leave most out of a run.

    @rule(target=cards, deed=deeds)
    def somebody_acts(self, deed: Any) -> Any:
        kind, *about = deed
        return getattr(self, f"_{kind}")(*about)

    @rule(card=cards)
    def tap(self, card: Card) -> None:
        """The first tap works if the rules let it; every other one is answered alike, and nothing moves."""
        self._later(timedelta(seconds=1))
        self.moved = True
        operations, before = self.world.record.operations, card.outcome
        outcome = self._try(operations.commit(PEOPLE[card.who], card.quote.id))
        if before is not None:
            assert outcome == before, "I14: told differently the second time"
            return
        fresh = self.model.now < card.quote.expires_at
        done = outcome is not None and outcome.status is OperationStatus.DONE
        assert done is (fresh and card.may()), f"told otherwise than the rules say: {outcome}"
        if done:
            card.then(card.quote)
        card.outcome = outcome

    @rule(event=events)
    def something_happens(self, event: Any) -> None:
        kind, *about = event
        getattr(self, f"_{kind}")(*about)

    # What people do.

    def _buy(self, name: str, product: str, licenses: int) -> Any:
        cents = PRODUCTS[product] * licenses

        def may() -> bool:
            return self.model.allows(name, product, licenses, cents)

        def then(_quote: Quote) -> None:
            self.model.bought.append(Bought(name, product, licenses, cents, self.model.now))

        record = self.world.record
        return self._drawn(name, record.purchases.quote(PEOPLE[name], self._id(product), licenses), may, then)

    def _ask(self, name: str, people: tuple[str, ...], product: str, licenses: int) -> Any:
        """Whoever is away is left out; where nobody else is named, it is refused."""
        model, licenses = self.model, max(licenses, len(people))
        gets = tuple(each for each in people if each in model.members)
        shown, until = model.deciders(name, gets), model.now + VALID_FOR

        def may() -> bool:
            there = model.members.issuperset(gets) and bool(gets or not people)
            return there and model.may_ask(name, product, gets) and model.deciders(name, gets) == shown

        def then(quote: Quote) -> None:
            model.asked[quote.id] = Asked(name, gets, product, licenses, until, model.now)

        drawing = self.world.record.requests.quote(PEOPLE[name], self._id(product), licenses, people)
        return self._drawn(name, drawing, may, then)

    def _decide(self, how: str, anybody: str | None, which: int, licenses: int, to_self: bool) -> Any:
        if not self.model.asked:
            return multiple()
        request = [*self.model.asked][-1 - which % len(self.model.asked)]
        asked = self.model.asked[request]
        if how == "approve":
            return self._approves(anybody or self._decider(asked), request, asked, licenses, to_self)
        name = anybody or (asked.by if how == "withdraw" else self._decider(asked))
        requests = self.world.record.requests
        if how == "withdraw":
            drawing, rule_of = requests.quote_withdrawal(PEOPLE[name], request), self.model.may_withdraw
        else:
            drawing, rule_of = requests.quote_denial(PEOPLE[name], request, "no"), self.model.may_decide

        def then(_quote: Quote) -> None:
            asked.status = {"withdraw": "withdrawn", "deny": "denied"}[how]

        return self._drawn(name, drawing, lambda: rule_of(name, asked), then)

    def _approves(self, name: str, request: str, asked: Asked, licenses: int, to_self: bool) -> Any:
        """By buying all of it, a part or more; with a license for whoever approves it is refused."""

        def may() -> bool:
            return self.model.may_decide(name, asked) and licenses <= asked.licenses and not to_self

        def then(_quote: Quote) -> None:
            asked.status = "approved" if licenses == asked.licenses else "partly"
            cents = PRODUCTS[asked.product] * licenses
            self.model.bought.append(Bought(name, asked.product, licenses, cents, self.model.now))
            self.decided[request] += 1

        gets = [name] if to_self else []
        product, purchases = self._id(asked.product), self.world.record.purchases
        drawing = purchases.quote(PEOPLE[name], product, licenses, assign=gets, request=request)
        return self._drawn(name, drawing, may, then)

    def _rule(self, anybody: str | None, decision: Any) -> Any:
        """The policy changes: by an admin, and not where it is so already, or is no longer as it was shown."""
        kind, *about = decision
        name = anybody or min(self.model.admins & self.model.members, default="bob")
        drawing, so, shown, then = getattr(self, f"_{kind}")(PEOPLE[name], *about)
        before = shown()
        return self._drawn(
            name, drawing, lambda: self.model.decides_policy(name) and not so() and shown() == before, then
        )

    def _sale(self, actor: Actor, product: str | None, sale: Sale) -> Any:
        def then(_quote: Quote) -> None:
            if product:
                self.model.own[product] = sale
            else:
                self.model.default = sale

        drawing = self.world.record.policies.sell(actor, self._id(product) if product else None, sale)
        return drawing, lambda: self.model.sale(product) is sale, lambda: None, then

    def _cap(self, actor: Actor, whose: Any, most: int | None) -> Any:
        """Of licenses, or of ten dollars each; with None it goes."""
        caps, (per, product) = self.model.caps, whose
        number = most and (most if product else most * 1000)

        def then(_quote: Quote) -> None:
            caps.pop(whose, None)
            if number:
                caps[whose] = number

        of = {"product": self._id(product)} if product else {}
        says = {"lifts": True} if most is None else {"licenses": most} if product else {"amount": f"{most * 10}"}
        drawing = self.world.record.policies.cap(actor, CapWish(per, **of, **says))
        return drawing, lambda: caps.get(whose) == number, lambda: caps.get(whose), then

    def _approver(self, actor: Actor, approver: str, ends: bool) -> Any:
        model = self.model

        def so() -> bool:
            return (approver in model.approvers & model.members) is not ends or not (ends or approver in model.members)

        def then(_quote: Quote) -> None:
            (model.approvers.discard if ends else model.approvers.add)(approver)

        drawing = self.world.record.policies.approver(actor, approver, withdraw=ends)
        return drawing, so, lambda: model.approvers & model.members - {approver}, then

    def _requests(self, actor: Actor, opens: bool) -> Any:
        def then(_quote: Quote) -> None:
            self.model.takes_requests = opens

        drawing = self.world.record.policies.requests(actor, opens=opens)
        return drawing, lambda: self.model.takes_requests is opens, lambda: None, then

    # What happens meanwhile.

    def _time(self, days: int, works: bool) -> None:
        self._later(timedelta(days=days))
        if works:
            self.moved = True
            self.model.time_does_its_part()
            while self.world.run(RequestUpkeep(self.world.record.requests).run()):
                pass

    def _appoint(self, another: str) -> None:
        self.model.admins = {"bob", another}
        self.world.appoint(self.model.admins)

    def _away(self, name: str | None) -> None:
        """With None everybody is there."""
        for each in NAMES:
            if (each in self.model.members) is (each == name):
                self.model.members ^= {each}
                self.world.set_account(PEOPLE[each], enabled=each != name)

    # What must hold after every step.

    @invariant()
    def requests_and_purchases_are_the_model_s(self) -> None:
        company = Company(self.world.record)
        rows = {row.id: row for row in self.world.run(company.rows(LicenseRequest))}
        assert {key: row.status for key, row in rows.items()} == {
            key: asked.status for key, asked in self.model.asked.items()
        }
        for key, row in rows.items():
            theirs = row.status == "withdrawn"
            assert theirs or row.decided_by not in (row.person_id, *row.people), "somebody decided their own"
            assert self.decided[key] == (row.status in BOUGHT), "a request was not bought just once"
        bought = [row.total for row in self.world.run(company.rows(Subscription))]
        assert sorted(bought) == sorted(each.licenses for each in self.model.bought)
        done = [row for row in self.world.run(company.rows(Operation)) if row.status is OperationStatus.DONE]
        assert sum(row.action == ActionName.BUY for row in done) == len(bought)
        assert not self.moved or self.verified() == []
        self.moved = False

    def verified(self) -> list[Finding]:
        return self.world.run(verify(self.world.record))

    def _id(self, product: str) -> str:
        return self.world.record.catalog.by_name(product).id

    def _later(self, step: timedelta) -> None:
        self.world.clock.advance(step)
        self.model.now += step

    def _decider(self, asked: Asked) -> str:
        return min(self.model.deciders(asked.by, asked.people, passed_on=asked.passed_on), default="bob")

    def _drawn(self, name: str, drawing: Coroutine[Any, Any, Quote], may: Any, then: Any) -> Any:
        """The card, or nothing where the rules refuse it already."""
        quote = self._try(drawing)
        assert (quote is not None) is may(), "offered otherwise than the rules say"
        if quote is None:
            return multiple()
        card, self.drawn = Card(name, quote, may, then), self.drawn + 1
        if self.drawn % KEPT:
            self.tap(card)
        return card

    def _try(self, doing: Coroutine[Any, Any, Any]) -> Any:
        try:
            return self.world.run(doing)
        except Refused:
            return None
