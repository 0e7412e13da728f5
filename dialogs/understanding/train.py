"""Trains the model from the examples of this package: `make understand`, about a minute, the same every time."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from hashlib import sha256
from importlib import resources
from math import exp, sqrt
from operator import attrgetter
from random import Random
from typing import TYPE_CHECKING

from dialogs.understanding.intents import intents
from dialogs.understanding.languages import is_chinese
from dialogs.understanding.model import NOT_FOR_US, SEVERAL, Model, stored

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from importlib.resources.abc import Traversable

_ROUNDS = 10
_LAST = 5  # rounds of which the mean is taken
_STEP = 0.3  # how far the first examples move the weights
_FORGET = 0.5  # share of the features that each example does without, so that no single word decides
_KEPT = 0.6  # so much of the weights makes the likelihoods as likely as they say
_SEEN = 2  # examples that must have a feature before it gets a weight
_USUAL = 30  # features of an example; longer ones move the weights less
_NEGLIGIBLE = 0.01
_TOO_LITTLE = 2  # steps of a weight that are not worth shipping
_SEED = 5
_PAIRS = 1200  # in each language
_SHORT = {False: 60, True: 24}  # characters
_TRAPS = 5
_TRAP = frozenset({"<product>", "#license", "#subscription", "#method", "#bill"})
_TASKS = (
    "licenses",
    "purchase",
    "subscription",
    "subscriptions",
    "payment",
    "invoice",
    "invoices",
    "admin",
    "support",
    "help",
    "recurring",
    "share",
)
_JOINTS = {
    False: (" and ", ", and ", ", then ", ". Also ", " and also ", ". Then ", "; ", ", plus ", ". "),
    True: ("，然后", "，再", "，顺便", "。另外", "，并", "，同时", "；", "。", "，还有", "，接着"),
}

_OUT_OF_SCOPE = "out_of_scope"  # what the annotation rules call it

Example = tuple[str, str]  # class, text


def examples(without: Collection[str] = ()) -> list[Example]:
    """The examples of all hands but these, in a fixed order: `<hand>/<language>/<intent>.txt`, `<hand>/multi.jsonl`."""
    said = sorted(one for hand in hands() if hand.name not in without for one in _under(hand))
    return [*said, *_in_pairs(said), *_of_intents()]


def hands() -> list[Traversable]:
    """The folders of those who wrote examples."""
    return sorted(resources.files(__package__).joinpath("training").iterdir(), key=attrgetter("name"))


def _of_intents() -> Iterator[Example]:
    """The examples and counterexamples of intents/*.toml."""
    for intent in (each for each in intents().values() if each.learned):
        yield from ((intent.id, text) for said in (*intent.examples.values(), intent.accept) for text in said)
        yield from ((NOT_FOR_US, text) for text in intent.reject if not intent.id.startswith("confirm"))


def _under(folder: Traversable) -> Iterator[Example]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _under(entry)
        elif entry.name == "multi.jsonl":
            yield from map(_of_row, entry.read_text("utf-8").splitlines())
        elif entry.name.endswith(".txt"):
            said = (line for line in entry.read_text("utf-8").splitlines() if line.strip())
            yield from ((entry.name.removesuffix(".txt"), line.replace("\\n", "\n")) for line in said)


def _of_row(line: str) -> Example:
    """A message with its annotation: several requests, one that only looks like several, or none for us."""
    row = json.loads(line)
    first, *others = (one["intent"] for one in row["intents"])
    return SEVERAL if others else NOT_FOR_US if first == _OUT_OF_SCOPE else first, row["text"]


def _in_pairs(said: Sequence[Example]) -> Iterator[Example]:
    """Two messages of one language in one, so that several requests are told from one that is long."""
    random = Random(_SEED)  # noqa: S311 – which examples are paired is no secret
    for chinese, joints in _JOINTS.items():
        short = [
            (name, text.strip(" .。!！"))
            for name, text in said
            if name.split(".")[0] in _TASKS and len(text) <= _SHORT[chinese] and any(map(is_chinese, text)) == chinese
        ]
        for _ in range(_PAIRS):
            (one, first), (two, second) = random.sample(short, 2)
            if one != two:
                yield SEVERAL, first + random.choice(joints) + second


def train(said: Sequence[Example], features: Callable[[str], list[str]]) -> Model:
    """The model of these examples: logistic regression by stochastic descent, deterministic."""
    rows = [(name, found) for name, text in said for found in _as_often_as_it_matters(name, features(text))]
    learner = _Learner(tuple(sorted({name for name, _ in rows})))
    return replace(learner.learn(rows), examples=fingerprint(said))


def fingerprint(said: Sequence[Example]) -> str:
    """What changes when any example does: tells a model that was trained from others."""
    return sha256("\n".join(f"{name}\t{text}" for name, text in said).encode()).hexdigest()


def _as_often_as_it_matters(name: str, found: list[str]) -> list[list[str]]:
    """What names a product or a license of ours and still is not for us is rare, and the mistake that costs most."""
    return [found] * (_TRAPS if name == NOT_FOR_US and not _TRAP.isdisjoint(found) else 1)


@dataclass
class _Learner:
    classes: tuple[str, ...]
    weights: dict[str, list[float]] = field(default_factory=dict)
    random: Random = field(default_factory=lambda: Random(_SEED))  # noqa: S311

    def learn(self, rows: Sequence[tuple[str, list[str]]]) -> Model:
        seen = Counter(feature for _, found in rows for feature in found)
        self.weights = {feature: [0.0] * len(self.classes) for feature, count in seen.items() if count >= _SEEN}
        place = {name: at for at, name in enumerate(self.classes)}
        known = [(place[name], [one for one in found if one in self.weights]) for name, found in rows]
        mean = {feature: [0.0] * len(self.classes) for feature in self.weights}
        for round_ in range(_ROUNDS):
            self.random.shuffle(known)
            for right, found in known:
                kept = [one for one in found if self.random.random() >= _FORGET]
                if kept:
                    self._learn_from(right, kept, _STEP / (1 + round_ * 0.5))
            if round_ >= _ROUNDS - _LAST:  # the mean of the last rounds depends less on the order of the examples
                for feature, row in self.weights.items():
                    mean[feature] = [one + weight / _LAST for one, weight in zip(mean[feature], row, strict=True)]
        # a message is scored with all of its features, of which each example had but a share
        rounded = {feature: stored([weight * _KEPT for weight in row]) for feature, row in mean.items()}
        return Model(
            self.classes, {feature: row for feature, row in sorted(rounded.items()) if max(map(abs, row)) > _TOO_LITTLE}
        )

    def _learn_from(self, right: int, found: list[str], step: float) -> None:
        step /= sqrt(len(found) / _USUAL)
        moves = [
            (at, step * (share - (at == right)))
            for at, share in enumerate(self._shares(found))
            if share > _NEGLIGIBLE or at == right
        ]
        for one in found:
            row = self.weights[one]
            for at, move in moves:
                row[at] -= move

    def _shares(self, found: list[str]) -> list[float]:
        scores = list(map(sum, zip(*(self.weights[one] for one in found), strict=True)))
        highest = max(scores)
        raised = [exp(score - highest) for score in scores]
        whole = sum(raised)
        return [share / whole for share in raised]
