"""What the policy lets people buy: products, and caps of money and licenses, for the quote and when it is confirmed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from storage.models import Cap, Policy, ProductPolicy, TeamMember
from storage.policy_views import Per, Sale
from storage.quotes import Renewal
from storage.views import OperationStatus, When
from tests.small_company import ALICE, BOB, CARA, Company, refused

if TYPE_CHECKING:
    from storage.record import Record

POWER_BI, VISIO = "Power BI Pro", "Visio Plan 2"  # $14 and $15 a month


@pytest.fixture
async def company(record: Record) -> Company:
    company = await Company.in_(record)
    for actor in (ALICE, BOB, CARA):
        await company.has_card(actor)
    return company


async def decides(company: Company, sale: Sale = Sale.ENABLED, **products: Sale) -> None:
    await company.adds(Policy(tenant="t1", sale=sale))
    for name, own in products.items():
        product = company.record.catalog.by_name(name.replace("_", " ")).id
        await company.adds(ProductPolicy(tenant="t1", product_id=product, sale=own))


async def caps(company: Company, per: Per, *, team: str | None = None, **most: Any) -> None:
    """For `amount` cents a month, or so many `licenses` of Power BI Pro."""
    of = {"currency": "USD"} if "amount" in most else {"product_id": company.record.catalog.by_name(POWER_BI).id}
    await company.adds(Cap(tenant="t1", id=f"{per}{team}{most}", per=per, team_id=team, **of, **most))


async def buys(company: Company, who: Any, licenses: int, product: str = POWER_BI, **how: Any) -> Any:
    return await company.record.purchases.quote(who, company.record.catalog.by_name(product).id, licenses, **how)


async def test_what_is_switched_off_is_neither_bought_nor_tried_and_what_is_not_stays_on_sale(company: Company) -> None:
    await decides(company, Power_BI_Pro=Sale.DISABLED)

    for trial in (False, True):
        no = await refused(buys(company, ALICE, 1, trial=trial))
        assert (no.code, no.values) == ("product_disabled", {"product": POWER_BI, "way": "request", "licenses": 1})
    assert (await company.does(ALICE, await buys(company, ALICE, 1, VISIO))).invoice_number


async def test_with_trials_only_a_product_is_tried_and_not_bought(company: Company) -> None:
    await decides(company, Power_BI_Pro=Sale.TRIALS_ONLY)

    assert (await refused(buys(company, ALICE, 1))).code == "only_trials"
    await company.does(ALICE, await buys(company, ALICE, 1, trial=True))


async def test_a_product_that_is_not_named_goes_by_the_default(company: Company) -> None:
    await decides(company, Sale.DISABLED, Power_BI_Pro=Sale.ENABLED)

    assert (await refused(buys(company, ALICE, 1, VISIO))).code == "product_disabled"
    await company.does(ALICE, await buys(company, ALICE, 1))


async def test_what_was_bought_before_goes_on_and_only_more_of_it_is_a_purchase(
    company: Company, record: Record
) -> None:
    subscription = await company.buys(total=5, ago=timedelta(days=3))
    ended = await company.buys(VISIO, total=5, status="expired", recurring=False)
    await decides(company, Sale.DISABLED)

    assert (await refused(record.licenses.quote(ALICE, subscription, by=1))).code == "product_disabled"
    later = await refused(record.licenses.quote(ALICE, subscription, by=1, when=When.RENEWAL))
    assert later.code == "product_disabled"
    await company.does(ALICE, await record.licenses.quote(ALICE, subscription, by=-1))
    await company.does(ALICE, await record.renewals.quote(ALICE, subscription, Renewal.OFF))
    await company.does(ALICE, await record.renewals.quote(ALICE, subscription, Renewal.ON))
    await company.does(ALICE, await record.renewals.quote(ALICE, ended, Renewal.REACTIVATE))


async def test_a_policy_that_changes_between_the_card_and_the_tap_decides(company: Company, record: Record) -> None:
    subscription = await company.buys(total=5)
    bought, more = await buys(company, ALICE, 1), await record.licenses.quote(ALICE, subscription, by=1)
    await decides(company, Sale.DISABLED)

    for quote in (bought, more):
        outcome = await record.operations.commit(ALICE, quote.id)
        assert outcome.status is OperationStatus.REFUSED and outcome.refusal
        assert (outcome.refusal.code, outcome.refusal.values) == (
            "product_disabled",
            {"product": POWER_BI, "way": "request", "licenses": 1},
        )


async def test_a_month_of_a_person_has_room_until_the_cap_and_again_in_the_next(
    company: Company, record: Record, clock: Any
) -> None:
    await decides(company)
    await caps(company, Per.PERSON, amount=5_000)
    await company.does(ALICE, await buys(company, ALICE, 3))  # $42

    no = await refused(buys(company, ALICE, 1))
    amounts = {"cap": 5_000, "room": 800, "cost": 1_400, "currency": "USD"}
    assert (no.code, no.values) == ("over_own_money", {"product": POWER_BI, **amounts, "way": "request", "licenses": 1})
    await company.does(ALICE, await buys(company, ALICE, 1, trial=True))  # costs nothing
    await company.does(CARA, await buys(company, CARA, 3))
    clock.advance(timedelta(days=10))
    await company.does(ALICE, await buys(company, ALICE, 3))


async def test_what_was_given_back_counts_no_more(company: Company, record: Record) -> None:
    await decides(company)
    await caps(company, Per.PERSON, amount=5_000)
    receipt = await company.does(ALICE, await buys(company, ALICE, 3))
    await company.does(ALICE, await record.cancellations.quote(ALICE, receipt.quote.id, "other"))

    await company.does(ALICE, await buys(company, ALICE, 3))


async def test_renewals_and_what_was_bought_in_another_month_do_not_count(company: Company) -> None:
    await company.buys(total=50, ago=timedelta(days=40))  # its renewal, of $700, was this month
    await decides(company)
    await caps(company, Per.PERSON, amount=1_400)

    await company.does(ALICE, await buys(company, ALICE, 1))


async def test_what_waits_for_a_renewal_counts_already(company: Company, record: Record) -> None:
    subscription = await company.buys(total=5)
    await decides(company)
    await caps(company, Per.PERSON, amount=5_000)
    await caps(company, Per.PERSON, licenses=9)
    await company.does(ALICE, await record.licenses.quote(ALICE, subscription, by=2, when=When.RENEWAL))  # $28

    assert (await refused(buys(company, ALICE, 2))).values["room"] == 2_200
    assert (await refused(record.licenses.quote(ALICE, subscription, by=5))).code == "over_own_licenses"
    await company.does(ALICE, await buys(company, ALICE, 1))


async def test_a_team_and_the_whole_organisation_buy_together(company: Company) -> None:
    await decides(company)
    team = await company.has_team("Sales", ALICE)
    await company.adds(TeamMember(tenant="t1", team_id=team, person_id="cara"))
    await caps(company, Per.TEAM, team=team, amount=5_000)
    await caps(company, Per.ORGANISATION, amount=10_000)
    await company.does(ALICE, await buys(company, ALICE, 3))

    no = await refused(buys(company, CARA, 1))
    assert (no.code, no.values["team"], no.values["room"]) == ("over_team_money", "Sales", 800)
    await company.does(BOB, await buys(company, BOB, 4))  # is in no team
    assert (await refused(buys(company, BOB, 1))).values["room"] == 200


async def test_a_cap_of_licenses_counts_one_product_and_every_subscription_of_it(
    company: Company, record: Record
) -> None:
    subscription = await company.buys(total=5)
    await company.names_deputy(subscription, CARA)
    await decides(company)
    await caps(company, Per.PERSON, licenses=7)

    no = await refused(buys(company, ALICE, 3))
    numbers = {"total": 7, "left": 2, "licenses": 3, "fewer": 2}
    assert (no.code, no.values) == ("over_own_licenses", {"product": POWER_BI, "way": "request", **numbers})
    assert (await refused(record.licenses.quote(CARA, subscription, by=3))).code == "over_own_licenses"
    await company.does(ALICE, await buys(company, ALICE, 9, VISIO))
    await company.does(CARA, await buys(company, CARA, 7))
    await company.does(ALICE, await record.licenses.quote(ALICE, subscription, by=2))
