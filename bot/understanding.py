"""`license-desk understand` for programs and developers: messages by the line, what was unclear, and training anew."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from bot.app import record_of, understander
from dialogs.understanding import lines, model, train
from storage.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from typing import TextIO

    from bot.settings import Settings


def answer_lines(said: Iterable[str], out: TextIO, problems: TextIO, today: date) -> int:
    """Writes what each line asks for; 1 with one line of complaint where a line cannot be read."""
    try:
        for line in lines.read_lines(understander(), said, today):
            out.write(f"{line}\n")
    except ValueError as wrong:
        problems.write(f"{wrong}\n")
        return 1
    return 0


async def say_unclear(settings: Settings, out: TextIO) -> int:
    """Writes what was not understood, a line a message, in words where LEARN_FROM allows it; 0. Raises as `run`."""
    async with record_of(settings, SystemClock(), looking=True) as record:
        for message in await record.unclear.all():
            row = {"at": message.at.isoformat(), "tenant": message.tenant, "decision": message.decision}
            line = {**row, "choices": message.choices, "words": message.words}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
    return 0


def learn(progress: TextIO) -> int:
    """Trains the model from the examples of the package and writes it into the package."""
    said = train.examples()
    progress.write(f"Learning from {len(said)} examples: this takes about a minute.\n")
    untaught = understander(model.Model((), {}))
    learned = train.train(said, untaught.features)
    Path(str(resources.files("dialogs.understanding") / model.FILE)).write_text(model.dumps(learned), "utf-8")
    progress.write(f"{len(learned.weights)} features of {len(learned.classes)} classes written.\n")
    return 0
