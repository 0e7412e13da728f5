"""`python -m bench.understanding [FILE…]`: how well messages are understood, how fast, and in how much memory.

Without files: the project's own benchmarks (by six hands that have not seen the examples), the development set and
the practice set, which is among the examples.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import quantiles
from time import process_time
from typing import TYPE_CHECKING, Any

from bot.app import understander
from dialogs.understanding.intents import intents
from dialogs.understanding.lines import decided

if TYPE_CHECKING:
    from dialogs.understanding import Understander

ROOT = Path(__file__).parents[1]
FILES = (
    ROOT / "bench/data/own.jsonl",
    ROOT / "bench/data/second.jsonl",
    ROOT / "bench/data/third.jsonl",
    ROOT / "bench/data/fourth.jsonl",
    ROOT / "bench/data/fifth.jsonl",
    ROOT / "bench/data/traps.jsonl",
    ROOT / "tests/understanding/development.jsonl",
    ROOT / "dialogs/understanding/training/practice/multi.jsonl",
)
TODAY = date(2026, 11, 22)
NOT_FOR_US = "out_of_scope"
LANGUAGES = ("en", "zh", "mixed", "all")

Row = dict[str, Any]


@dataclass(frozen=True)
class Judged:
    """One message: what was meant, what was decided, and in how many seconds of one core."""

    language: str
    meant: list[Row]
    decided: Row
    seconds: float

    @property
    def ids(self) -> list[str]:
        return [one["intent"] for one in self.meant]

    @property
    def done(self) -> list[str]:
        return [one["intent"] for one in self.decided["intents"]]

    @property
    def right(self) -> bool:
        return self.done == self.ids

    @property
    def wrong(self) -> bool:
        return bool(self.done) and not self.right

    @property
    def within_a_tap(self) -> bool:
        return self.right or (self.decided["decision"] == "clarify" and self.ids[0] in self.decided["choices"])

    @property
    def exact(self) -> bool:
        return self.decided["intents"] == self.meant

    @property
    def changes(self) -> bool:
        return any(intents()[name].changes for name in self.done)


def judged(reader: Understander, rows: list[Row]) -> list[Judged]:
    """Every row, read once."""
    return [_judged(reader, row) for row in rows]


def _judged(reader: Understander, row: Row) -> Judged:
    meant = row.get("intents") or [{"intent": row["intent"], "slots": row["slots"]}]
    start = process_time()
    found = decided(reader, row["text"], TODAY)
    return Judged(row["lang"], meant, found, process_time() - start)


def table(rows: list[Judged]) -> dict[str, str]:
    """The figures of the issue for these messages."""
    others = [row for row in rows if row.ids == [NOT_FOR_US]]
    ours = [row for row in rows if row.ids != [NOT_FOR_US]]
    single = [row for row in ours if len(row.ids) == 1]
    several = [row for row in ours if len(row.ids) > 1]
    acted = [row for row in ours if row.right]
    times = quantiles([row.seconds * 1000 for row in rows], n=100) if len(rows) > 1 else [0.0] * 99
    return {
        "a change accepted from what is not for us": str(sum(row.changes for row in others)),
        "not for us, acted on at all": _share(sum(bool(row.done) for row in others), len(others)),
        "ours, right and acted on": _share(sum(row.right for row in single), len(single)),
        "right within one tap": _share(sum(row.within_a_tap for row in single), len(single)),
        "wrong": _share(sum(row.wrong for row in single), len(single)),
        "slots exact where acted on": _share(sum(row.exact for row in acted), len(acted)),
        "two requests, both right": _share(sum(row.right for row in several), len(several)),
        "per message p50 / p99": f"{times[49]:.1f} / {times[98]:.1f} ms",
    }


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} % of {whole}" if whole else "-"


def show(name: str, rows: list[Judged]) -> None:
    """Prints the table of these messages, a column a language."""
    tables = [table([row for row in rows if language in (row.language, "all")]) for language in LANGUAGES]
    lines = [f"| {what} | {' | '.join(one[what] for one in tables)} |" for what in tables[0]]
    sys.stdout.write(
        f"\n{name}, {len(rows)} messages\n\n| | {' | '.join(LANGUAGES)} |\n|---|{'---|' * len(LANGUAGES)}\n"
    )
    sys.stdout.write("\n".join(lines) + "\n")


def main(files: list[Path]) -> None:
    """Prints a table a file, and the memory that understanding takes."""
    before = _peak()
    reader = understander()
    decided(reader, "add 5 licenses to Visio", TODAY)
    sys.stdout.write(f"understanding takes {_peak() - before:.0f} MB beside the program's own {before:.0f} MB\n")
    for file in files:
        rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        show(file.name, judged(reader, rows))


def _peak() -> float:
    """The most memory so far, in MB."""
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]] or list(FILES))
