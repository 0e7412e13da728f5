"""The data files hold what they promise: every example and test of every intent is played."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dialogs.understanding import Context, Tier, Understander
from dialogs.understanding.contract import contract
from dialogs.understanding.explain import explain
from dialogs.understanding.intents import Intent, intents
from dialogs.understanding.languages import spellings
from dialogs.understanding.rules import rules
from storage.catalog import Catalog

EXAMPLES = [
    (one.id, text) for one in intents().values() for said in (*one.examples.values(), one.accept) for text in said
]
REJECTS = [(one.id, text) for one in intents().values() for text in one.reject]


@pytest.mark.parametrize(("intent", "text"), EXAMPLES)
def test_every_example_is_accepted_as_its_intent(read: Any, intent: str, text: str) -> None:
    meaning = read(text)
    assert (meaning.tier, [request.intent for request in meaning.requests]) == (Tier.ACCEPT, [intent]), meaning.why


@pytest.mark.parametrize(("intent", "text"), REJECTS)
def test_every_counterexample_is_not_accepted_as_its_intent(read: Any, intent: str, text: str) -> None:
    meaning = read(text)
    assert meaning.tier is not Tier.ACCEPT or intent not in [request.intent for request in meaning.requests]


@pytest.mark.parametrize("intent", intents().values(), ids=lambda intent: intent.id)
def test_every_intent_has_examples_in_both_languages(intent: Intent) -> None:
    assert all(len(intent.examples[language]) >= 3 for language in ("en", "zh-CN"))
    assert intent.risk in ("talk", "read", "write", "money")


def test_every_rule_asks_for_a_known_intent_and_every_intent_that_is_learned_has_a_rule() -> None:
    assert {rule.intent for rule in rules()} == {one.id for one in intents().values() if one.learned}


def test_a_pattern_of_only_optional_words_is_refused() -> None:
    assert list(spellings("take back/away the/")) == ["take back the", "take back", "take away the", "take away"]
    with pytest.raises(ValueError, match="nothing is left"):
        list(spellings("the/ a/"))


@pytest.mark.parametrize(
    "phrasing",
    [
        "add 7 licenses to {}",
        "{} +7",
        "7 more {} licenses please",
        "给{}加7个许可证",
        "{}再来七个",
        "请为 {} 增加 7 个席位",
    ],
)
def test_every_name_of_every_product_is_understood_in_every_phrasing(read: Any, phrasing: str) -> None:
    for product in Catalog().products:
        for alias in (product.name, *(alias for aliases in product.aliases.values() for alias in aliases)):
            meaning = read(phrasing.format(alias))
            assert meaning.tier is Tier.ACCEPT, (alias, meaning.why)
            (request,) = meaning.requests
            named = request.slots.get("product_candidates") or [request.slots["product"]]
            assert request.intent == "licenses.add"
            assert product.name in named, (alias, named)
            # "7 more Visio 2 licenses": the 7 is certain there, and so must be said
            assert request.slots["quantity"] == 7, alias


def test_the_explanation_is_json_with_what_was_said_and_why(understander: Understander) -> None:
    found = explain(understander, "add 5 licenses to Visio Plan 2", Context(date(2026, 11, 22)))
    assert json.loads(json.dumps(found)) == found
    assert found["requests"] == [{"intent": "licenses.add", "slots": {"product": "Visio Plan 2", "quantity": 5}}]
    assert found["why"]["masked"] == "add <number> licenses to <product>"
    assert found["why"]["rules"] == ["licenses.add: add + number + product|license"]


def test_the_development_set_is_understood_as_well_as_promised(read: Any) -> None:
    lines = (Path(__file__).parent / "development.jsonl").read_text("utf-8").splitlines()
    counts = {"right": 0, "exact": 0, "wrong": 0, "declined": 0}
    ours = others = 0
    for row in map(json.loads, lines):
        expected = row.get("intents") or [{"intent": row["intent"], "slots": row["slots"]}]
        meaning = read(row["text"])
        done = contract(meaning.separate) if meaning.tier is Tier.ACCEPT else []
        if expected[0]["intent"] == "out_of_scope":
            others += 1
            counts["declined"] += not done
        else:
            ours += 1
            same = [one["intent"] for one in done] == [one["intent"] for one in expected]
            counts["right"] += same
            counts["wrong"] += bool(done) and not same
            counts["exact"] += done == expected
    assert counts["declined"] == others
    assert counts["wrong"] == 0
    assert counts["right"] >= 0.98 * ours
    assert counts["exact"] >= 0.98 * counts["right"]
