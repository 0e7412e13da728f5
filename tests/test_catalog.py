"""The catalog: twenty products, each with one name, and a price or a reason why not."""

from __future__ import annotations

from collections import Counter

import pytest

from storage.catalog import Catalog
from storage.errors import Refused
from storage.money import EXPONENTS, Money
from storage.views import Term

CATALOG = Catalog()


def test_the_catalog_has_twenty_products_and_no_name_or_id_twice() -> None:
    names = {product.name.casefold() for product in CATALOG.products}
    assert len(names) == len({product.id for product in CATALOG.products}) == len(CATALOG.products) == 20


def test_a_bare_family_name_is_ambiguous_for_exactly_five_families() -> None:
    families = Counter(product.family for product in CATALOG.products)
    assert {family for family, size in families.items() if size > 1} == {
        "Power BI",
        "Power Automate",
        "Project",
        "Visio",
        "Windows 365",
    }


def test_an_alias_of_several_products_never_crosses_a_family() -> None:
    families: dict[str, set[str]] = {}
    for product in CATALOG.products:
        for alias in [product.name, *product.aliases["en"], *product.aliases["zh-CN"]]:
            families.setdefault(alias.casefold().replace(" ", ""), set()).add(product.family)
    assert {alias: owners for alias, owners in families.items() if len(owners) > 1} == {}


def test_ordinary_words_are_names_of_their_product() -> None:
    for product in CATALOG.products:
        names = {product.family.casefold(), *product.aliases["en"]}
        assert set(product.ordinary_words) <= names, product.name


@pytest.mark.parametrize(
    ("name", "cents"),
    [
        ("Power BI Pro", 1400),
        ("Visio Plan 2", 1500),
        ("Planner and Project Plan 3", 3000),
        ("Visio Plan 1", 500),
        ("Microsoft 365 Copilot", 3000),
    ],
)
def test_a_month_of_a_license_costs_what_contoso_pays(name: str, cents: int) -> None:
    assert CATALOG.by_name(name).price(Term.MONTH, "USD") == Money(cents, "USD")


def test_a_year_costs_twelve_months() -> None:
    assert CATALOG.by_name("Visio Plan 2").price(Term.YEAR, "USD") == Money(18_000, "USD")


def test_every_price_is_whole_minor_units_of_a_known_currency_and_says_that_it_is_an_example() -> None:
    for product in CATALOG.products:
        assert set(product.prices) <= set(EXPONENTS), product.name
        assert all(type(price) is int and price > 0 for price in product.prices.values()), product.name
        assert product.trial or product.price_source.startswith("example price"), product.name


def test_a_trial_product_is_not_on_sale() -> None:
    assert [product.name for product in CATALOG.products if not product.prices] == ["Teams Exploratory"]
    with pytest.raises(Refused) as refused:
        CATALOG.by_name("Teams Exploratory").price(Term.MONTH, "USD")
    assert (refused.value.code, refused.value.values["product"]) == ("no_price", "Teams Exploratory")


def test_a_currency_without_a_price_is_refused_by_name() -> None:
    with pytest.raises(Refused) as refused:
        CATALOG.by_name("Power BI Pro").price(Term.MONTH, "EUR")
    assert (refused.value.code, refused.value.values["currency"]) == ("no_price", "EUR")


def test_a_product_is_found_by_its_id_and_an_unknown_id_is_refused() -> None:
    assert CATALOG.product("CFQ7TTC0H9MP").name == "Power BI Pro"
    with pytest.raises(Refused, match="unknown_product"):
        CATALOG.product("CFQ7TTC0HDB9")
