"""No refusal of the policy ends where there is a way on, and none names a way that is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.models import Approver, Cap, Policy
from storage.policy_views import Per, Sale
from storage.views import Term
from tests.small_company import ALICE, BOB, CARA, Company, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.record import Record
    from storage.views import Actor
    from tests.people import Person

WORDS = {
    "en": (
        "disable self-service for Teams Premium",
        "close requests",
        "buy 3 Teams Premium",
        "request 3 Teams Premium",
    ),
    "zh-CN": ("禁用 Teams Premium 的自助购买", "关闭申请", "买3个 Teams Premium", "申请 3 个 Teams Premium"),
}
SEND = {"en": "Send request", "zh-CN": "发出申请"}
WHOM = {"en": "Ask an admin: Bob Marsh.", "zh-CN": "请联系管理员：Bob Marsh。"}


@pytest.fixture
async def company(record: Record) -> Company:
    company = await Company.in_(record)
    await company.has_card(ALICE)
    await company.has_card(BOB)
    return company


async def way(company: Company, who: Actor, name: str = "Visio Plan 2", *, trial: bool = False) -> dict[str, str | int]:
    """What a refused purchase names as the way on."""
    product = company.record.catalog.by_name(name).id
    values = (await refused(company.record.purchases.quote(who, product, 1, trial=trial))).values
    return {key: values[key] for key in ("way", "names") if key in values}


async def test_what_is_blocked_can_be_requested_while_somebody_could_decide(company: Company) -> None:
    await company.adds(Policy(tenant="t1", sale=Sale.DISABLED))
    assert await way(company, ALICE) == {"way": "request"}
    assert await way(company, BOB) == {"way": "decide"}  # the only admin: nobody decides about one's own
    await company.adds(Approver(tenant="t1", person_id=CARA.person))
    assert await way(company, BOB) == {"way": "request"}


async def test_with_requests_closed_the_way_on_is_an_admin(company: Company, record: Record) -> None:
    await company.adds(Policy(tenant="t1", sale=Sale.DISABLED, requests=False))
    assert await way(company, ALICE) == {"way": "ask", "names": "Bob"}
    assert await way(company, BOB) == {"way": "decide"}
    product = record.catalog.by_name("Visio Plan 2").id
    no = await refused(record.requests.quote(ALICE, product, 1, ["alice"]))
    assert (no.code, no.values["way"], no.values["names"]) == ("requests_closed", "ask", "Bob")


async def test_what_has_been_tried_is_not_offered_as_a_trial_again(company: Company, record: Record) -> None:
    await company.adds(Policy(tenant="t1", sale=Sale.TRIALS_ONLY))
    assert await way(company, ALICE) == {"way": "try"}
    product = record.catalog.by_name("Visio Plan 2").id
    await company.does(ALICE, await record.purchases.quote(ALICE, product, 1, trial=True))
    assert await way(company, ALICE) == {"way": "request"}


async def test_what_is_never_sold_is_requested_by_nobody(company: Company, record: Record) -> None:
    await company.adds(Policy(tenant="t1", sale=Sale.DISABLED))
    product = next(each for each in record.catalog.products if each.trial)
    assert await way(company, ALICE, product.name, trial=True) == {"way": "ask", "names": "Bob"}


@pytest.mark.parametrize("language", list(WORDS))
async def test_what_is_switched_off_is_requested_with_the_button_of_the_refusal(
    person: Callable[[int], Person], bob: Person, language: str
) -> None:
    off, _, buy, request = WORDS[language]
    ann = person(5)
    ann.locale = bob.locale = language
    await bob.says(off)
    await bob.says("yes")
    await ann.says(buy)
    ann.sees(f"[{request}]")
    await ann.taps(request)
    ann.sees("3")
    await ann.taps(SEND[language])
    ann.sees("Bob Marsh")
    await bob.says("requests waiting")
    bob.sees("Teams Premium", "Ann Lee")


@pytest.mark.parametrize("language", list(WORDS))
async def test_with_requests_closed_the_refusal_names_whom_to_ask_and_offers_no_request(
    person: Callable[[int], Person], bob: Person, language: str
) -> None:
    off, close, buy, request = WORDS[language]
    ann = person(5)
    ann.locale = bob.locale = language
    for words in (off, close):
        await bob.says(words)
        await bob.says("yes")
    for words in (buy, request):
        await ann.says(words)
        ann.sees(WHOM[language])
        ann.sees_nothing_of(f"[{request}]", f"“{request}”")


async def test_an_offer_that_the_policy_overtakes_ends_with_the_way_on(
    person: Callable[[int], Person], bob: Person
) -> None:
    ann = person(5)
    await ann.says("try Teams Premium")
    await bob.says("disable self-service for Teams Premium")
    await bob.says("yes")
    await ann.taps("Start the trial")
    ann.sees("Nothing was changed", "Teams Premium is switched off", "[request Teams Premium]")


@pytest.mark.parametrize(
    ("words", "asked", "card"),
    [
        (
            "buy 3 Teams Premium for Bo Zhang and Dana",
            "request 3 Teams Premium for Bo Zhang, Dana Ruiz",
            ("Request 3 licenses of Teams Premium?", "For Bo Zhang, Dana Ruiz."),
        ),
        (
            "buy Teams Premium for Bo Zhang",
            "request Teams Premium for Bo Zhang",
            ("Request one license of Teams Premium?", "For Bo Zhang."),
        ),
        ("buy Teams Premium", "request Teams Premium", ("Request one license of Teams Premium?", "For you.")),
        (
            "买3个 Teams Premium 给李华",
            "申请 3 个 Teams Premium 给李华",
            ("申请 3 个 Teams Premium 许可证？", "给李华。"),
        ),
        ("买1个 Teams Premium 给李华", "申请 Teams Premium 给李华", ("申请 1 个 Teams Premium 许可证？", "给李华。")),
    ],
)
async def test_what_is_requested_instead_is_as_much_as_was_wanted(
    ann: Person, bob: Person, words: str, asked: str, card: tuple[str, ...]
) -> None:
    await bob.says("disable self-service for Teams Premium")
    await bob.says("yes")
    await ann.says(words)
    await ann.taps(asked)
    ann.sees(*card)


async def test_an_offer_that_is_overtaken_is_requested_with_its_number_and_people(alice: Person, bob: Person) -> None:
    await alice.says("buy 2 Clipchamp for Bo Zhang")
    await bob.says("disable self-service for Clipchamp")
    await bob.says("yes")
    await alice.taps("Buy")
    await alice.taps("request 2 Clipchamp for Bo Zhang")
    alice.sees("Request 2 licenses of Clipchamp?", "For Bo Zhang.")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            "buy 5 Clipchamp",
            "is 3 for each person, and 3 of yours are left, so nothing was bought. "
            "Up to 3 more are still allowed: say it again with that number. Say “request 5 Clipchamp” to ask for it.",
        ),
        ("买5个 Clipchamp", "最多还能买 3 个：用这个数量再说一次即可。如需使用，请说“申请 5 个 Clipchamp”。"),
    ],
)
async def test_a_cap_that_leaves_room_says_for_how_many(ann: Person, bob: Person, words: str, told: str) -> None:
    await bob.says("no more than 3 Clipchamp licenses per person")
    await bob.says("yes")
    await ann.says(words)
    ann.sees(told)


async def test_a_cap_that_leaves_no_room_offers_no_smaller_number(company: Company) -> None:
    await company.adds(Policy(tenant="t1"))
    product = company.record.catalog.by_name("Visio Plan 2")
    of_each = Cap(tenant="t1", id="c1", per=Per.PERSON, product_id=product.id, licenses=4)
    await company.adds(of_each)

    async def fewer(licenses: int) -> object:
        return (await refused(company.record.purchases.quote(ALICE, product.id, licenses))).values.get("fewer")

    assert await fewer(9) == 4
    each = product.price(Term.MONTH, "USD").amount
    money = Cap(tenant="t1", id="c2", per=Per.ORGANISATION, amount=3 * each, currency="USD")
    await company.adds(money)
    assert (await fewer(9), await fewer(4)) == (3, 3)
    await company.does(ALICE, await company.record.purchases.quote(ALICE, product.id, 3))
    assert await fewer(1) is None
