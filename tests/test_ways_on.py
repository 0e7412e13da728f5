"""No refusal of the policy ends where there is a way on, and none names a way that is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.models import Approver, Policy
from storage.policy_views import Sale
from tests.small_company import ALICE, BOB, CARA, Company, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.record import Record
    from storage.views import Actor
    from tests.people import Person

WORDS = {
    "en": ("disable self-service for Teams Premium", "close requests", "buy 3 Teams Premium", "request Teams Premium"),
    "zh-CN": ("禁用 Teams Premium 的自助购买", "关闭申请", "买3个 Teams Premium", "申请 Teams Premium"),
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
    ann.sees(f"[{request}]", request.split()[-1])
    await ann.taps(request)
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
