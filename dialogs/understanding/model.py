"""The learned part: a linear model over n-grams, trained by `make understand` and scored in plain Python."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import exp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NOT_FOR_US = "not_for_us"
SEVERAL = "several"
FILE = "model.json"
SCALE = 16  # steps a weight of 1.0 is stored in
_MIDDLE = ord("O")  # the sign of the weight 0


@dataclass(frozen=True)
class Model:
    """Weights of every feature for every class; immutable."""

    classes: tuple[str, ...]
    weights: Mapping[str, tuple[int, ...]]
    examples: str = ""  # the fingerprint of what it was trained from

    def likelihoods(self, features: Iterable[str]) -> dict[str, float]:
        """How likely each class is; they sum up to 1."""
        rows = [row for feature in features if (row := self.weights.get(feature))]
        if not rows:
            return {name: float(name == NOT_FOR_US) for name in self.classes}
        scores = [total / SCALE for total in map(sum, zip(*rows, strict=True))]
        highest = max(scores)
        raised = [exp(score - highest) for score in scores]
        whole = sum(raised)
        return {name: share / whole for name, share in zip(self.classes, raised, strict=True)}

    def ours(self, feature: str, name: str | None = None) -> bool:
        """Whether people said this to us in training (with this intent), rather than in messages not for us."""
        row = self.weights.get(feature)
        if row is None:
            return False
        return row[self.classes.index(NOT_FOR_US)] < (max(row) if name is None else row[self.classes.index(name)])

    def others(self, feature: str) -> bool:
        """Whether this was said above all in messages not for us."""
        row = self.weights.get(feature)
        return row is not None and row[self.classes.index(NOT_FOR_US)] == max(row)


@cache
def shipped() -> Model:
    """The model of this package, read once."""
    return loads(resources.files(__package__).joinpath(FILE).read_text("utf-8"))


def dumps(model: Model) -> str:
    """The model as text: a line a feature, a sign a class."""
    lines = [
        feature + "\t" + "".join(chr(_MIDDLE + weight) for weight in row) for feature, row in model.weights.items()
    ]
    return (
        json.dumps(
            {"examples": model.examples, "classes": model.classes, "weights": lines}, ensure_ascii=False, indent=0
        )
        + "\n"
    )


def loads(text: str) -> Model:
    data = json.loads(text)
    lines = (line.split("\t") for line in data["weights"])
    rows = {feature: tuple(sign - _MIDDLE for sign in signs.encode("ascii")) for feature, signs in lines}
    return Model(tuple(data["classes"]), rows, data["examples"])


def stored(weights: Sequence[float]) -> tuple[int, ...]:
    """Weights as they are stored: whole steps, within the printable signs."""
    return tuple(max(-45, min(45, round(weight * SCALE))) for weight in weights)
