"""Taps with anything in them: refused, or what an honest tap does; no row of anybody else ever moves."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from storage import operations
from storage.demo import TENANT, person_id, seed
from storage.models import Operation, Row
from storage.record import Record
from storage.verify import verify
from storage.views import Actor, OperationStatus
from tests.office import open_office
from tests.small_company import ELSEWHERE, Company

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.clock import FrozenClock
    from storage.transaction import Transaction
    from tests.people import Person

Json = dict[str, Any]
Rows = dict[tuple[str, ...], Json]

SOAK = bool(os.environ.get("SOAK"))
ALICE, LI_HUA = Actor(TENANT, person_id(1)), Actor(TENANT, person_id(3))
BOB = Actor(TENANT, person_id(2))  # an admin
ANN = Actor(TENANT, person_id(5))
MANY = Actor("t1", person_id(1))  # has more subscriptions than fit on buttons
VISIO_1 = "55555555-0000-4000-8000-000000000005"
PRODUCTS = ("Power BI Pro", "Visio Plan 1", "Visio Plan 2", "Teams Premium", "Clipchamp", "Microsoft 365 Copilot")

MAY_GO = ("scheduled_changes", "caps", "approvers")
# Every kind of card that the desk makes, and what has to be said for it; other words where those have been heeded.
OTHERWISE = {
    "Power BI Pro down to 18": "Power BI Pro down to 19",
    "Power BI Pro down to 16": "Power BI Pro down to 15",
    "give Power BI Pro to Bo Zhang": "take Power BI Pro from Bo Zhang",
    "cancel Visio Plan 2, too expensive": "turn recurring billing back on for Visio Plan 2",
    "share Power BI Pro with Sales": "stop sharing Power BI Pro with Sales",
    "disable self-service for Clipchamp": "allow Clipchamp again",
    "cap Sales at $100 a month": "remove the cap for Sales",
    "Dana approves requests": "remove Dana as approver",
    "pay Power BI Pro with the Mastercard": "pay Power BI Pro with the Visa",
    "查看发票G000000046": "我的发票",
    "付清欠款": "我的发票",
    "requests waiting": "what have I bought",
}
CARDS = {
    "an offer to buy": (ALICE, "add 5 licenses to Power BI Pro"),
    "an offer to schedule": (ALICE, "Power BI Pro down to 18"),
    "an offer that takes a license from somebody": (ALICE, "Power BI Pro down to 16"),
    "a question with buttons": (ALICE, "add 5 licenses"),
    "a question with a list": (MANY, "add 5 licenses"),
    "a question what was meant": (ALICE, "licenses visio"),
    "suggestions": (ALICE, "help"),
    "an offer to buy something new": (ALICE, "buy 3 Clipchamp"),
    "an offer to hand out": (ALICE, "give Power BI Pro to Bo Zhang"),
    "an offer to cancel": (ALICE, "cancel Visio Plan 2, too expensive"),
    "an offer to share": (ALICE, "share Power BI Pro with Sales"),
    "an offer to switch a product off": (BOB, "disable self-service for Clipchamp"),
    "an offer to set a cap": (BOB, "cap Sales at $100 a month"),
    "an offer to name an approver": (BOB, "Dana approves requests"),
    "an offer to ask for an unused license": (LI_HUA, "申请一个空闲的Clipchamp许可证"),
    "a request for an unused license": (ALICE, "requests waiting"),
    "a question which team is meant": (BOB, "cap Marketing at $100 a month"),
    "a question with people": (ALICE, "give Power BI Pro to Ann"),
    "a plan": (ALICE, "add 5 licenses to Power BI Pro and turn off renewal for Visio Plan 2"),
    "a question which step is meant": (ALICE, "add 5 to Power BI Pro and add 2 to Visio Plan 2"),
    "a list": (ALICE, "what have I bought"),
    "a list of invoices": (ALICE, "my invoices"),
    "an invoice": (ALICE, "show G000000048"),
    "a question which invoice is meant": (ALICE, "show G000000055"),
    "an invoice that is not paid": (LI_HUA, "查看发票G000000046"),
    "an offer to pay what is open": (LI_HUA, "付清欠款"),
    "a question which card": (ALICE, "pay Power BI Pro with another card"),
    "an offer to pay with another card": (ALICE, "pay Power BI Pro with the Mastercard"),
    "the cards on file": (ALICE, "how am I paying"),
    "a summary with its file": (ALICE, "what have I bought this year by month"),
}


@dataclass(frozen=True)
class Scene:
    """The desk, who talks to it, a look at its record, and what a forger might know of others."""

    people: dict[Actor, Person]
    record: Record
    ids: list[str]

    async def rows(self) -> Rows:
        """Every row of every table, by table and key."""

        async def everything(session: AsyncSession) -> Rows:
            found: Rows = {}
            for table in Row.metadata.sorted_tables:
                for row in (await session.execute(select(table))).mappings():
                    found[table.name, *(str(row[column.name]) for column in table.primary_key)] = dict(row)
            return found

        return await self.record.database.read(everything)


@pytest.fixture(params=["postgres", "sqlite"] if SOAK else ["postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """PostgreSQL, which refuses more of what a forger may send; in `make soak` SQLite as well."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def scene(database_url: str, valkey_url: str, clock: FrozenClock) -> AsyncIterator[Scene]:
    zone = ZoneInfo("UTC")
    record = await Record.open(database_url, clock, timezone=zone, currency="USD")
    ids = await others(record)
    await record.close()
    async with open_office(database_url, valkey_url, clock) as anybody:
        alice, li_hua, many = anybody(1), anybody(3), anybody(1)
        many.tenant = MANY.tenant
        looking = await Record.open(database_url, clock, timezone=zone, currency="USD", looking=True)
        known = await verify(looking)
        yield Scene({ALICE: alice, BOB: anybody(2), LI_HUA: li_hua, MANY: many}, looking, ids)
        assert await verify(looking) == known
        await looking.close()


async def others(record: Record) -> list[str]:
    """Two companies at work; ids of offers and subscriptions that are not Alice's to touch. Ann has asked for one."""
    await seed(record)
    company = await Company.in_(record)
    await company.does(ANN, await record.requests.quote_spare(ANN, record.catalog.by_name("Teams Premium").id))
    await record.people.seen(MANY.tenant, MANY.person, name="Many", member=True)
    for product in PRODUCTS:
        await company.buys(product, who=MANY, ago=timedelta(days=40))
    elsewhere = await company.buys(who=ELSEWHERE)
    offers = [
        await record.licenses.quote(LI_HUA, VISIO_1, by=3),
        await record.licenses.quote(ELSEWHERE, elsewhere, by=3),
    ]
    return [*(each.id for each in offers), VISIO_1, elsewhere]


def values(ids: list[str]) -> st.SearchStrategy[Any]:
    """What a forger puts in: others' ids, words of ours, numbers past every bound, other types, anything."""
    ours = ["confirm", "decline", "adjust", "keep_people", "leave", "yes", "25", "-5", "999999", "00", "٢٥"]
    hostile = ["", "\0", "\ud800", "x" * 5_000, "'; DROP TABLE operations; --", "../..", "{{op}}", "[Buy](x)"]
    odd = [None, True, False, 0, -1, 2**63, 10**40, 1e308, [], {}, ["confirm"], {"op": ids[0]}]
    anything = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=5,
    )
    return st.sampled_from([*ids, *ours, *hostile, *odd]) | anything


ANY = st.integers(0, 59)  # which one, whatever their number: examples must not depend on what was done before
NAMES = ["op", "plan", "do", "to", "ask", "pick", "look", "people", "say", "by", "tenant", "price"]


@st.composite
def tampered(draw: st.DrawFn, honest: Json, ids: list[str]) -> Any:
    """The button's data with one leaf changed or missing, with something added, or something else altogether."""
    value = draw(values(ids))
    leaf = sorted(honest)[draw(ANY) % len(honest)]
    match draw(st.sampled_from(["change", "change", "delete", "add", "replace"])):
        case "change":
            return {**honest, leaf: value}
        case "delete":
            return {name: each for name, each in honest.items() if name != leaf}
        case "add":
            return {**honest, draw(st.sampled_from(NAMES)): value}
        case _:
            return value


@pytest.mark.parametrize("card", CARDS)
@settings(
    max_examples=200 if SOAK else 10,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
async def test_a_tampered_tap_is_refused_or_does_what_an_honest_one_does(
    scene: Scene, card: str, data: st.DataObject
) -> None:
    actor, words = CARDS[card]
    person = scene.people[actor]
    await person.says("never mind")
    await person.says(words)
    if not any(each.buttons for each in person.latest):  # an honest tap has scheduled just that
        await person.says(OTHERWISE[words])
    buttons = [button for each in person.latest for button in each.buttons.values()]
    honest = buttons[data.draw(ANY) % len(buttons)]
    forged = data.draw(tampered(honest, scene.ids))
    before = await scene.rows()
    await tap(person, forged)
    only_what_an_honest_tap_does(actor, before, await scene.rows())


async def tap(person: Person, data: Any) -> None:
    """Sends it however wrong its shape is: a fault of ours would be answered 500."""
    action = {"type": "Action.Execute", "verb": "desk", "data": data}
    invoke = {"type": "invoke", "name": "adaptiveCard/action", "replyToId": "card", "value": {"action": action}}
    body = json.dumps(person.activity(invoke))
    async with person.http.post(person.url, data=body, headers={"Content-Type": "application/json"}) as response:
        text = await response.text()
        assert response.status in (200, 400), text
        assert "support this number" not in text, text


def only_what_an_honest_tap_does(actor: Actor, before: Rows, after: Rows) -> None:
    """Rows are of the actor's company and of the actor's own operations; what was done is what an offer said."""
    changed = {key: after[key] for key in after if after[key] != before.get(key)}
    assert not {key for key in before.keys() - after.keys() if key[0] not in MAY_GO}
    assert {row["tenant"] for row in changed.values()} <= {actor.tenant}
    mine = {row["id"]: row for key, row in changed.items() if key[0] == "operations"}
    assert {row["person_id"] for row in mine.values()} <= {actor.person}
    done = [row for row in mine.values() if row["status"] is OperationStatus.DONE]
    assert len(done) <= 1 or of_one_plan({row["id"] for row in done}, after)  # one tap, one change or one plan's
    subscriptions = {row["subscription_id"]: row["quote"] for row in done}
    for key, row in changed.items():
        if key[0] == "subscriptions":
            quote = subscriptions[row["id"]]
            now = "new_total" in quote and quote["when"] == "now"
            assert row["total"] == (quote["new_total"] if now else quote["subscription"]["total"])
        elif key[0] == "charges" and key in before:  # what was open is paid
            assert row["subscription_id"] in subscriptions
        elif key[0] in ("ledger", "charges", "invoices", "audit_entries", "outbox_messages", "scheduled_changes"):
            assert row["operation_id"] in {each["id"] for each in done}


def of_one_plan(operations: set[str], rows: Rows) -> bool:
    """Whether all of them are steps of the same plan."""
    plans = {
        row["plan_id"] for key, row in rows.items() if key[0] == "plan_steps" and row["operation_id"] in operations
    }
    steps = {row["operation_id"] for key, row in rows.items() if key[0] == "plan_steps" and row["plan_id"] in plans}
    return len(plans) == 1 and operations <= steps


async def test_a_desk_that_does_not_ask_whose_offer_it_is_is_caught(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: somebody else's offer, and nobody looks whose."""

    async def anybodys(tx: Transaction, operation_id: str, _offered: object) -> Operation:
        found = await tx.session.scalars(select(Operation).where(Operation.id == operation_id))
        return found.one()

    monkeypatch.setattr(operations, "_claim", anybodys)
    before = await scene.rows()
    await tap(scene.people[ALICE], {"op": scene.ids[0], "do": "confirm"})
    with pytest.raises(AssertionError):
        only_what_an_honest_tap_does(ALICE, before, await scene.rows())
