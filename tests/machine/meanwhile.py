"""What happens beside the desk, to the record and to the model alike: licenses, rights, the bank, and time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import strategies as st

from storage.errors import Refused
from storage.views import Actor
from tests.machine.world import PEOPLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.machine.model import Model
    from tests.machine.world import World

colleagues = st.sampled_from([actor for actor in PEOPLE.values() if actor.tenant == "t1"])
PERSONS = [f"person-{number}" for number in range(6)]
holders = st.sampled_from(PERSONS)
minutes = st.sampled_from([timedelta(minutes=7), timedelta(minutes=15), timedelta(minutes=15, seconds=1)])
days = st.sampled_from([timedelta(hours=5), timedelta(days=1), timedelta(days=4, seconds=1)])

TOGGLES = ("deputy", "account", "purchaser", "card", "paying")  # done twice, these are undone
# the name of a method below, and whom or what it is about
license_events = st.tuples(st.just("someone_takes_a_license"), st.none()) | st.tuples(
    st.sampled_from(["someone_gives_one_back", "a_license_moves"]), holders
)
right_events = st.tuples(st.just("deputy"), colleagues) | st.tuples(st.just("purchaser"), st.none())
money_events = st.tuples(st.sampled_from(["card", "paying"]), st.none()) | st.tuples(st.just("time"), minutes)
events = (
    license_events
    | money_events
    | st.tuples(st.sampled_from(["account", "admin", "deputy"]), colleagues)
    | st.tuples(st.just("time"), days)
)


@dataclass
class Meanwhile:
    """Every method is an event around one subscription."""

    world: World
    model: Model

    def happens(self, event: tuple[str, Any], name: str) -> None:
        kind, argument = event
        getattr(self, kind)(name, argument)

    def someone_takes_a_license(self, name: str, _nothing: None) -> None:
        """The first who holds none, if one is free."""
        this = self.model.bought[name]
        if (without := self._without(name)) and len(this.holders) < this.total:
            self._moves(name, give=without[:1])

    def someone_gives_one_back(self, name: str, person: str) -> None:
        if person in self.model.bought[name].holders:
            self._moves(name, take=[person])

    def a_license_moves(self, name: str, person: str) -> None:
        """To the first who holds none, although none may be free."""
        if (without := self._without(name)) and person in self.model.bought[name].holders:
            self._moves(name, give=without[:1], take=[person])

    def _without(self, name: str) -> list[str]:
        this = self.model.bought[name]
        return [person for person in PERSONS if person not in this.holders] if this.tenant == "t1" else []

    def _moves(self, name: str, give: Sequence[str] = (), take: Sequence[str] = ()) -> None:
        """The purchaser hands them out, in one operation; a disabled account can't."""
        this = self.model.bought[name]
        if (purchaser := Actor(this.tenant, this.purchaser)) not in self.model.members:
            return
        if this.too_many_stay(give, take):
            with pytest.raises(Refused, match="reduction_waits"):
                self.world.seats(name, purchaser, give, take)
        else:
            self.world.seats(name, purchaser, give, take)
            this.holders = (this.holders - set(take)) | set(give)

    def deputy(self, name: str, actor: Actor) -> None:
        """Named, or dismissed again."""
        this = self.model.bought[name]
        if this.tenant == actor.tenant:
            named = actor.person in this.deputies
            (self.world.dismiss_deputy if named else self.world.name_deputy)(name, actor)
            this.deputies ^= {actor.person}

    def account(self, _name: str, actor: Actor) -> None:
        """Disabled, or enabled again; the guest is made a member, or a guest again."""
        self.model.members ^= {actor}
        column = "member" if actor.person == "evan" else "enabled"
        self.world.set_account(actor, **{column: actor in self.model.members})

    def purchaser(self, name: str, _nothing: None) -> None:
        """The account of whoever bought it is disabled, or enabled again."""
        this = self.model.bought[name]
        self.account(name, Actor(this.tenant, this.purchaser))

    def admin(self, _name: str, actor: Actor) -> None:
        self.model.admins ^= {actor}
        self.world.appoint({each.person for each in self.model.admins})

    def card(self, name: str, _nothing: None) -> None:
        """The bank thinks otherwise about it from now on."""
        this = self.model.bought[name]
        if this.card is not None:
            this.card = "sandbox:works" if this.card == "sandbox:declined" else "sandbox:declined"
            self.world.set_card(name, this.card)

    def paying(self, name: str, _nothing: None) -> None:
        """What it was bought with turns out to be unpaid, or paid after all."""
        if self.world.has_returned(name):
            return
        this = self.model.bought[name]
        this.unpaid, this.changes = not this.unpaid, this.changes + 1
        first = this.licenses[0]
        first.unpaid, first.left = this.unpaid, 0 if this.unpaid else first.price * this.licenses.count(first)
        self.world.fail_to_pay(name, unpaid=this.unpaid)

    def time(self, _name: str, by: timedelta) -> None:
        self.world.clock.advance(by)
        self.model.now += by
