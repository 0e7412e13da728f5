"""What is on sale: products, what people call them, and what a license costs."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any

from storage.errors import Refused
from storage.money import Money
from storage.views import Term

if TYPE_CHECKING:
    from collections.abc import Mapping

MONTHS = {Term.MONTH: 1, Term.YEAR: 12}


@dataclass(frozen=True)
class Product:
    """One row of data/products.toml, which explains the fields."""

    id: str
    name: str
    family: str
    aliases: Mapping[str, tuple[str, ...]]  # language ("en", "zh-CN") → other names
    ordinary_words: tuple[str, ...]
    prices: Mapping[str, int]  # currency → minor units for one license and one month, without tax
    price_source: str
    min_licenses: int
    max_licenses: int
    trial: bool

    def price(self, term: Term, currency: str) -> Money:
        """What one license costs for one period, without tax.

        Raises Refused("no_price") when it is not on sale in that currency; trial products never are.
        """
        if currency not in self.prices:
            raise Refused("no_price", product=self.name, currency=currency)
        return Money(self.prices[currency], currency) * MONTHS[term]


@cache
def _load() -> tuple[Product, ...]:
    text = resources.files("storage").joinpath("data/products.toml").read_text("utf-8")
    return tuple(_product(row) for row in tomllib.loads(text)["product"])


def _product(row: dict[str, Any]) -> Product:
    return Product(
        id=row["id"],
        name=row["name"],
        family=row["family"],
        aliases={language: tuple(names) for language, names in row["aliases"].items()},
        ordinary_words=tuple(row.get("ordinary_words", ())),
        prices=row.get("prices", {}),
        price_source=row["price_source"],
        min_licenses=row.get("min_licenses", 1),
        max_licenses=row.get("max_licenses", 10_000),
        trial=row.get("trial", False),
    )


@dataclass(frozen=True)
class Catalog:
    """All products, in the order in which people are asked to choose among them."""

    products: tuple[Product, ...] = field(default_factory=_load)

    def product(self, product_id: str) -> Product:
        """The product of this id; raises Refused("unknown_product")."""
        return _known(self._by_id, product_id)

    def by_name(self, name: str) -> Product:
        """The product of exactly this `Product.name`; raises Refused("unknown_product")."""
        return _known(self._by_name, name)

    def called(self, name: str) -> frozenset[str]:
        """The `Product.name` of every product that goes by this name, of its own, of its family, or another."""
        return self._by_any_name.get(_key(name), frozenset())

    @cached_property
    def _by_any_name(self) -> dict[str, frozenset[str]]:
        names: dict[str, frozenset[str]] = {}
        for product in self.products:
            for name in (product.name, product.family, *(each for known in product.aliases.values() for each in known)):
                names[_key(name)] = names.get(_key(name), frozenset()) | {product.name}
        return names

    @cached_property
    def _by_id(self) -> dict[str, Product]:
        return {product.id: product for product in self.products}

    @cached_property
    def _by_name(self) -> dict[str, Product]:
        return {product.name: product for product in self.products}


def _key(name: str) -> str:
    """A name without what people write in many ways: capitals, spaces, hyphens."""
    return "".join(filter(str.isalnum, name.casefold()))


def _known(products: Mapping[str, Product], key: str) -> Product:
    if key not in products:
        raise Refused("unknown_product", product=key)
    return products[key]
