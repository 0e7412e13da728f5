"""What admins decide about buying, and the policy as it stands for whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialogs import policy_cards
from dialogs.elements import Option
from dialogs.questions import Choices, Choose, Impossible, Question, Settled, Unasked
from dialogs.task import Change, Lookup, Q
from dialogs.understanding import Request
from dialogs.which import wanted_products
from storage.actions import ActionName
from storage.caps import CapWish
from storage.money import major_units
from storage.policy_views import ApproverQuote, CapQuote, Per, RequestsQuote, Sale, SaleQuote

if TYPE_CHECKING:
    from dialogs.elements import Card
    from dialogs.memory import Frame
    from dialogs.questions import Asking
    from dialogs.task import Task
    from dialogs.turn import Turn
    from storage.policy_views import CapView
    from storage.views import Receipt

NONE = ""  # in place of a product or team: it is about no single one


class Admin(Question[bool]):
    """Whether whoever asks may decide at all: nobody is asked anything that cannot count."""

    async def settle(self, _task: Task, turn: Turn, _frame: Frame) -> Settled[bool] | Asking | Impossible:
        policy = await turn.record.policies.of(turn.actor)
        if policy.everything:
            return Settled(value=True)
        names = turn.reader.names([admin.name for admin in policy.admins])
        return Impossible(turn.reader.refused("admins_decide", {"names": names}))


class OfWhich(Choose):
    """The product that is decided about; where `everything` was said, or only `money`, it is about none."""

    def __init__(self, *without: str) -> None:
        super().__init__("product", "product_candidates", *without)
        self._without = without

    async def settle(self, task: Task, turn: Turn, frame: Frame) -> Settled[str] | Asking | Impossible:
        none = not wanted_products(frame.slots) and any(name in frame.slots for name in self._without)
        return Settled(NONE) if none else await super().settle(task, turn, frame)

    async def _options(self, _task: Any, turn: Turn, frame: Frame) -> Choices:
        wanted = wanted_products(frame.slots)
        fitting = [each for each in turn.record.catalog.products if not wanted or each.name in wanted]
        options = tuple(Option(each.id, each.name) for each in fitting)
        return Choices(options, turn.reader.text("policy.which"), kind="product")


class OfWhom(Choose):
    """Whose purchases a cap adds up: a team's, by its name, or those that were said."""

    expects = frozenset({"team", "choice"})
    may_change = frozenset({"team"})

    async def settle(self, task: Task, turn: Turn, frame: Frame) -> Settled[str] | Asking | Impossible:
        return await super().settle(task, turn, frame) if frame.answers["per"] == Per.TEAM else Settled(NONE)

    async def _options(self, _task: Any, turn: Turn, frame: Frame) -> Choices:
        said, teams = str(frame.slots.get("team", "")), turn.record.teams
        if found := await teams.named(turn.actor.tenant, said):
            return Choices(tuple(Option(team.id, team.name) for team in found), turn.reader.text("policy.team"))
        known = tuple(Option(team.id, team.name) for team in await teams.every(turn.actor.tenant))
        text, none = (turn.reader.text(f"policy.{key}", name=said) for key in ("unknown_team", "no_team"))
        return Choices(known, text, none=none, settles=False)


class WhichCap(Choose):
    """The cap that goes, of those that there are, by whom and by product."""

    async def _options(self, _task: Any, turn: Turn, frame: Frame) -> Choices:
        caps = [cap for cap in (await turn.record.policies.of(turn.actor)).caps if _meant(cap, frame)]
        options = tuple(Option(_key(turn, cap), policy_cards.allows(turn.reader, cap)) for cap in caps)
        text, none = turn.reader.text("policy.which_cap"), turn.reader.refused("no_such_cap", {})
        return Choices(options, text, none=none)


class Who(Choose):
    """Who decides about requests, by name."""

    expects = frozenset({"people", "choice"})
    may_change = frozenset({"people"})

    async def _options(self, _task: Any, turn: Turn, frame: Frame) -> Choices:
        names = list(frame.slots.get("people", ()))[:1]
        found = (await turn.record.people.resolve_all(turn.actor.tenant, names)).get(names[0], ()) if names else ()
        options = tuple(Option(each.id, each.name, each.mail) for each in found)
        none = turn.reader.text("policy.nobody", name=turn.reader.names(names))
        return Choices(options, turn.reader.text("policy.who"), none=none)


class Decision(Change[Q]):
    """A change of the policy: of its offers one does not speak against another."""

    async def continues(self, _turn: Turn, frame: Frame, slots: dict[str, Any]) -> bool:
        return frame.asked is not None and slots.keys() <= {"product", "product_candidates", "team", "people"}

    def quote_card(self, turn: Turn, quote: Q) -> tuple[str, Card]:
        return policy_cards.quote_card(turn.reader, quote)

    def receipt_card(self, turn: Turn, receipt: Receipt, quote: Q) -> tuple[str, Card]:
        return policy_cards.receipt_card(turn.reader, receipt, quote)


class SellProducts(Decision[SaleQuote]):
    """“Disable self-service for Copilot”, “allow trials only for Visio”, “allow Power BI again”."""

    name = "sell_products"
    actions = (ActionName.SELL,)
    intents = ("policy.sale",)

    admin = Admin()
    product = OfWhich("everything")
    sale = Unasked("sale", Sale.ENABLED.value)

    async def quote(self, turn: Turn, frame: Frame) -> SaleQuote:
        product, sale = frame.answers["product"], Sale(frame.answers["sale"])
        return await turn.record.policies.sell(turn.actor, product or None, sale, **frame.trail)

    def inverse(self, quote: SaleQuote) -> Request:
        """The rule that was there before."""
        about = {"pick.product": quote.product} if quote.product else {"everything": True}
        return Request("policy.sale", {**about, "sale": quote.before.value})


class SetCap(Decision[CapQuote]):
    """“Cap Sales at $500 a month”, “no more than 20 Visio licenses per person”."""

    name = "set_cap"
    actions = (ActionName.CAP,)
    intents = ("policy.cap",)

    admin = Admin()
    product = OfWhich("amount")
    per = Unasked("per", Per.ORGANISATION.value)
    team = OfWhom("team")
    licenses = Unasked("quantity", 0)
    amount = Unasked("amount", "")
    currency = Unasked[list[str]]("currency", [])

    async def quote(self, turn: Turn, frame: Frame) -> CapQuote:
        said = frame.answers
        wish = CapWish(
            per=Per(said["per"]),
            team=said["team"] or None,
            product=said["product"] or None,
            licenses=said["licenses"] if said["product"] else None,
            amount=said["amount"] or None,
            currencies=tuple(said["currency"]),
        )
        return await turn.record.policies.cap(turn.actor, wish, **frame.trail)

    def inverse(self, quote: CapQuote) -> Request:
        """The cap that was there before, or none."""
        cap = quote.cap
        whose: dict[str, Any] = {"per": cap.per.value} | (
            {"pick.team": cap.team.id, "team": cap.team.name} if cap.team else {}
        )
        about = {"pick.product": quote.product, "product": cap.product} if quote.product else {}
        before = quote.before_money
        if quote.before is None:
            return Request("policy.uncap", whose | about)
        if before is None:
            return Request("policy.cap", whose | about | {"quantity": quote.before})
        return Request("policy.cap", whose | {"amount": major_units(before), "currency": [before.currency]})


class LiftCap(Decision[CapQuote]):
    """“Remove the cap for Sales”."""

    name = "lift_cap"
    actions = ()  # a cap that goes is shown as one that is set
    intents = ("policy.uncap",)

    admin = Admin()
    cap = WhichCap("per", "team", "product", "product_candidates")

    async def quote(self, turn: Turn, frame: Frame) -> CapQuote:
        per, team, product = frame.answers["cap"].split(":")
        wish = CapWish(Per(per), team or None, product or None, lifts=True)
        return await turn.record.policies.cap(turn.actor, wish, **frame.trail)


class NameApprover(Decision[ApproverQuote]):
    """“Bob approves requests”, “remove Bob as approver”."""

    name = "name_approver"
    actions = (ActionName.APPROVERS,)
    intents = ("policy.approvers",)

    admin = Admin()
    person = Who("people")
    ends = Unasked("withdraw", default=False)

    async def quote(self, turn: Turn, frame: Frame) -> ApproverQuote:
        said = frame.answers
        policies = turn.record.policies
        return await policies.approver(turn.actor, said["person"], withdraw=said["ends"], **frame.trail)

    def inverse(self, quote: ApproverQuote) -> Request:
        return Request("policy.approvers", {"people": [quote.person.id], "withdraw": not quote.withdraws})


class TakeRequests(Decision[RequestsQuote]):
    """“Close requests”, “take requests again”."""

    name = "take_requests"
    actions = (ActionName.REQUESTS,)
    intents = ("policy.requests",)

    admin = Admin()
    opens = Unasked("opens", default=True)

    async def quote(self, turn: Turn, frame: Frame) -> RequestsQuote:
        return await turn.record.policies.requests(turn.actor, opens=frame.answers["opens"], **frame.trail)

    def inverse(self, quote: RequestsQuote) -> Request:
        return Request("policy.requests", {"opens": not quote.opens})


class ShowPolicy(Lookup):
    """“Show the policy”, “who may approve?”: all of it for an admin, for others what holds for them."""

    name = "show_policy"
    intents = ("policy.show",)

    async def show(self, turn: Turn, _frame: Frame) -> None:
        turn.show(*policy_cards.policy_card(turn.reader, await turn.record.policies.of(turn.actor)))


def _meant(cap: CapView, frame: Frame) -> bool:
    """Whether the words fit this cap; what was not said fits all."""
    said, team = frame.slots, str(frame.slots.get("team", "")).casefold()
    products = wanted_products(said)
    fits_team = not team or (cap.team is not None and team in cap.team.name.casefold())
    return said.get("per", cap.per) == cap.per and fits_team and (not products or cap.product in products)


def _key(turn: Turn, cap: CapView) -> str:
    product = turn.record.catalog.by_name(cap.product).id if cap.product else NONE
    return f"{cap.per}:{cap.team.id if cap.team else NONE}:{product}"
