"""`python -m bench.hands [--mistakes]`: how well people are understood whose examples were left out of training.

The hands are left out in turn, a group at a time, a minute each. Thresholds, features and rules are tuned by this,
never by a benchmark. With `--mistakes` every message that was not read right is printed as a line of JSON.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from bench.understanding import NOT_FOR_US, Judged, judged, show
from bot.app import understander
from dialogs.understanding import train
from dialogs.understanding.contract import contract
from dialogs.understanding.languages import is_chinese
from dialogs.understanding.meaning import Request
from dialogs.understanding.model import Model

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from importlib.resources.abc import Traversable

    from bench.understanding import Row

GROUPS = (
    ("maple", "rowan", "alder"),
    ("birch", "practice"),
    ("hazel", "bamboo", "willow"),
    ("cedar",),
    ("juniper", "larch", "sorrel", "aspen", "elm"),
    ("hawthorn", "medlar", "linden", "rowanberry"),
)


def taught_without(hands: Collection[str]) -> Model:
    """The model of all examples but those of these hands."""
    return train.train(train.examples(without=hands), understander(Model((), {})).features)


def annotated(hands: Collection[str]) -> list[Row]:
    """What these hands have written with intents and slots."""
    files = (hand / "multi.jsonl" for hand in train.hands() if hand.name in hands)
    rows = [json.loads(line) for file in files if file.is_file() for line in file.read_text("utf-8").splitlines()]
    return [row | {"intents": contract(Request(**one) for one in row["intents"])} for row in rows]


def lines(hands: Collection[str]) -> list[Row]:
    """What these hands have written a line a message: the intent is known, the slots are not."""
    folders = (folder for hand in train.hands() if hand.name in hands for folder in hand.iterdir() if folder.is_dir())
    return [row for folder in folders for file in folder.iterdir() for row in _rows(file)]


def _rows(file: Traversable) -> Iterator[Row]:
    name = file.name.removesuffix(".txt")
    meant = contract([Request(NOT_FOR_US if name == "not_for_us" else name)])
    for line in filter(str.strip, file.read_text("utf-8").splitlines()):
        language = "zh" if any(map(is_chinese, line)) else "en"
        yield {"text": line.replace("\\n", "\n"), "lang": language, "intents": meant}


def _mistakes(rows: list[Row], found: list[Judged], *, slots: bool) -> Iterator[Row]:
    for row, one in zip(rows, found, strict=True):
        if not (one.exact if slots else one.right):
            yield {"text": row["text"], "meant": one.meant, "decided": one.decided}


def main(*, mistakes: bool) -> None:
    """Prints two tables a group of hands; slots count only where they were annotated."""
    for hands in GROUPS:
        reader = understander(taught_without(hands))
        for kind, rows in (("annotated", annotated(hands)), ("lines", lines(hands))):
            found = judged(reader, rows)
            if rows:
                show(f"without {', '.join(hands)}: {kind}", found)
            for mistake in _mistakes(rows, found, slots=kind == "annotated") if mistakes else ():
                sys.stdout.write(json.dumps(mistake, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(mistakes="--mistakes" in sys.argv)
