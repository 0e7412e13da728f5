"""The learned model: the one that is shipped is the one its examples make, and what it may never do."""

from __future__ import annotations

import json
import os
from datetime import date
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bench.understanding import judged
from bot.app import understander
from bot.understanding import answer_lines
from dialogs.understanding import Context, Request, Tier
from dialogs.understanding.contract import contract, names
from dialogs.understanding.intents import intents
from dialogs.understanding.lines import decided
from dialogs.understanding.model import NOT_FOR_US, SEVERAL, Model, dumps, loads, shipped
from dialogs.understanding.train import examples, fingerprint, train

if TYPE_CHECKING:
    from collections.abc import Iterable

TODAY = date(2026, 11, 22)
BENCHMARKS = sorted((Path(__file__).parents[2] / "bench/data").glob("*.jsonl"))
SAID = [("coffee", "a cup of coffee please"), ("coffee", "coffee"), ("tea", "a pot of tea"), ("tea", "tea please")]


def _words(text: str) -> list[str]:
    return text.split()


def _most_likely(model: Model, words: Iterable[str]) -> str:
    likely = model.likelihoods(words)
    return max(likely, key=likely.__getitem__)


def test_the_shipped_model_was_trained_from_the_examples_that_are_here() -> None:
    assert shipped().examples == fingerprint(examples()), "run `make understand`"


@pytest.mark.skipif("SOAK" not in os.environ, reason="takes a minute; CI runs it")
def test_training_again_gives_the_same_model() -> None:
    again = train(examples(), understander(Model((), {})).features)
    assert again.classes == shipped().classes
    assert again.weights.keys() == shipped().weights.keys()
    steps = [
        abs(one - two)
        for name, row in again.weights.items()
        for one, two in zip(row, shipped().weights[name], strict=True)
    ]
    assert max(steps) <= 1, "a step is the least that is stored; rounding of another machine may turn one"
    rows = [json.loads(line) for line in Path(__file__).with_name("development.jsonl").read_text("utf-8").splitlines()]
    assert [one.decided for one in judged(understander(again), rows)] == [
        one.decided for one in judged(understander(), rows)
    ]


def test_a_model_learns_what_its_examples_say_and_the_same_every_time() -> None:
    model = train(SAID, _words)
    assert (_most_likely(model, ["coffee"]), _most_likely(model, ["tea"])) == ("coffee", "tea")
    assert train(SAID, _words) == model
    assert train([*SAID, ("tea", "coffee")], _words).examples != model.examples


def test_a_model_is_stored_and_read_without_loss() -> None:
    assert loads(dumps(shipped())) == shipped()


def test_the_model_knows_every_intent_that_is_learned_and_what_is_none() -> None:
    learned = {each.id for each in intents().values() if each.learned}
    assert set(shipped().classes) == {*learned, NOT_FOR_US, SEVERAL}


def test_of_words_that_nobody_said_the_model_says_nothing() -> None:
    assert shipped().likelihoods([])[NOT_FOR_US] == 1


@pytest.mark.parametrize(
    "text", ["Affirmative, sort of", "I suppose that would be all right", "成吧大概", "why not, I guess"]
)
def test_a_yes_is_never_guessed(read: Any, text: str) -> None:
    assert not read(text, "confirm").yes


@pytest.mark.parametrize("text", ["hmm not sure", "not sure yet, maybe later", "再想想"])
def test_who_hesitates_has_not_refused(read: Any, text: str) -> None:
    assert read(text, "confirm").tier is not Tier.ACCEPT


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        (
            "We could do with another three Copilot seats",
            Request("licenses.add", {"product": "Microsoft 365 Copilot", "quantity": 3}),
        ),
        ("Copilot席位不够用，再补三个", Request("licenses.add", {"product": "Microsoft 365 Copilot", "quantity": 3})),
        ("whose name is on the Clipchamp seats", Request("licenses.who", {"product": "Clipchamp"})),
    ],
)
def test_words_that_are_in_no_rule_are_understood(read: Any, text: str, request_: Request) -> None:
    assert (read(text).tier, read(text).requests) == (Tier.ACCEPT, (request_,)), read(text).why


def test_on_the_benchmarks_no_change_comes_from_what_is_not_for_us_and_little_is_wrong() -> None:
    lines = [line for file in BENCHMARKS for line in file.read_text("utf-8").splitlines()]
    rows = judged(understander(), [json.loads(line) for line in lines])
    others = [row for row in rows if row.ids == ["out_of_scope"]]
    single = [row for row in rows if row.ids != ["out_of_scope"] and len(row.ids) == 1]
    assert len(others) > 500
    assert not [row for row in others if row.changes]
    assert sum(row.wrong for row in single) <= 0.02 * len(single)
    assert sum(row.right for row in single) >= 0.75 * len(single)


def test_lines_are_answered_in_the_words_of_the_annotation_rules() -> None:
    out, problems = StringIO(), StringIO()
    said = ['{"id": 7, "text": "move Visio Plan 1 from Bo to Ann"}\n', "\n", '{"id": 8, "text": "order a pizza"}\n']
    assert answer_lines(said, out, problems, TODAY) == 0
    assert [json.loads(line) for line in out.getvalue().splitlines()] == [
        {
            "id": 7,
            "decision": "accept",
            "intents": [
                {"intent": "licenses.unassign", "slots": {"product": "Visio Plan 1", "people": ["Bo"]}},
                {"intent": "licenses.assign", "slots": {"product": "Visio Plan 1", "people": ["Ann"]}},
            ],
            "choices": [],
        },
        {"id": 8, "decision": "reject", "intents": [], "choices": []},
    ]


@pytest.mark.parametrize("line", ["no JSON", "[]", '{"id": 1}', '{"text": 5}'])
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    problems = StringIO()
    assert answer_lines(['{"text": "hi"}', line], StringIO(), problems, TODAY) == 1
    assert problems.getvalue().startswith("line 2 ")


def test_what_is_ours_alone_has_a_name_in_the_rules() -> None:
    assert contract([Request("recurring.off", {"product": "Clipchamp"})])[0]["intent"] == "subscription.cancel"
    assert names(["recurring.off", "subscription.cancel", "licenses.add"]) == ["subscription.cancel", "licenses.add"]
    assert decided(understander(), "what can I buy", TODAY)["intents"] == [{"intent": "help", "slots": {}}]
    assert understander().understand("what can I buy", Context(TODAY)).requests == (Request("catalog.list"),)
