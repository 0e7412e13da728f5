"""From words to a quote through the whole desk: every name of every product, and nothing that is not for us."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage.catalog import Catalog

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.catalog import Product
    from tests.people import Person

SOAK = "SOAK" in os.environ
BUYING = {
    "en": ("buy 3 {} licenses", "we need to order three {} licenses please", "could you buy 3 licenses of {} for us"),
    "zh": ("买3个{}", "请帮我订购三个{}许可证", "我想买 3 个 {}"),
}
CHANGING = {
    "en": ("add 3 licenses to {}", "{} +3", "3 more {} licenses please"),
    "zh": ("给{}加3个许可证", "{}再来三个", "请为 {} 增加 3 个席位"),
}
TITLES = {"en": ("Buy {}?", "3 licenses"), "zh": ("购买 {}？", "3 个许可证")}
OWNED = ("Power BI Pro", "Visio Plan 2")
LANGUAGES = {"en": 8, "zh": 3}
BENCHMARKS = [Path(__file__).parents[1] / "bench/data" / name for name in ("own.jsonl", "traps.jsonl")]
FOREIGN = [
    row["text"]
    for file in BENCHMARKS
    for row in map(json.loads, file.read_text("utf-8").splitlines())
    if row.get("intent") == "out_of_scope" and row["text"].strip()
]


def _names(product: Product, at: int) -> list[str]:
    """All that the product is called; in a small run one of them, another one for each phrasing."""
    named = [product.name, *(alias for aliases in product.aliases.values() for alias in aliases)]
    return named if SOAK else [named[at % len(named)]]


@pytest.mark.parametrize("phrasing", range(3))
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_name_of_a_product_buys_that_product(
    person: Callable[[int], Person], language: str, phrasing: int
) -> None:
    buyer = person(LANGUAGES[language])
    for product in Catalog().products:
        if product.trial:
            continue
        for name in _names(product, phrasing + 1):
            await buyer.says(BUYING[language][phrasing].format(name))
            if any(product.name in seen.buttons for seen in buyer.latest):  # the name means several
                await buyer.taps(product.name)
            buyer.sees(*(words.format(product.name) for words in TITLES[language]))


@pytest.mark.parametrize("phrasing", range(3))
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_name_of_a_subscription_leads_to_its_new_total(alice: Person, language: str, phrasing: int) -> None:
    for product in (each for each in Catalog().products if each.name in OWNED):
        total = "20 → 23" if product.name == "Power BI Pro" else "10 → 13"
        for name in _names(product, phrasing + 2):
            await alice.says(CHANGING[language][phrasing].format(name))
            alice.sees(product.name, total)


@pytest.mark.parametrize("part", range(4))
async def test_nothing_that_is_not_for_us_leads_to_a_quote(alice: Person, part: int) -> None:
    said = FOREIGN[part :: 4 if SOAK else 40]
    assert said
    for words in said:
        await alice.says(words)
        assert not any("op" in button for seen in alice.latest for button in seen.buttons.values()), words


async def test_what_is_for_us_does_lead_to_one(alice: Person) -> None:
    await alice.says("add 3 licenses to Visio Plan 2")
    assert any("op" in button for seen in alice.latest for button in seen.buttons.values())
