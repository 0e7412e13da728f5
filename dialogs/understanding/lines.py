"""Messages by the line: what each asks for, in the words of the annotation rules."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dialogs.understanding.contract import contract, names
from dialogs.understanding.meaning import Context, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from dialogs.understanding.understand import Understander


def decided(understander: Understander, text: str, today: date) -> dict[str, Any]:
    """`decision` (accept, clarify or reject), the `intents` of what is accepted, the `choices` of what is asked about.

    The message is read as if a dialogue were under way.
    """
    meaning = understander.understand(text, Context(today))
    accepted = contract(meaning.separate) if meaning.tier is Tier.ACCEPT else []
    decision = meaning.tier if accepted or meaning.tier is not Tier.ACCEPT else Tier.REJECT
    choices = names(meaning.choices) if decision is Tier.CLARIFY else []
    return {"decision": decision.value, "intents": accepted, "choices": choices}


def read_lines(understander: Understander, lines: Iterable[str], today: date) -> Iterator[str]:
    """For every line `{"id", "text"}` one `{"id", "decision", "intents", "choices"}`.

    Raises `ValueError` with the number of the line that is no such object.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row = _row(line, number)
        found = {"id": row.get("id"), **decided(understander, row["text"], today)}
        yield json.dumps(found, ensure_ascii=False)


def _row(line: str, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as wrong:
        raise ValueError(f"line {number} is no JSON: {wrong}") from None
    if isinstance(row, dict) and isinstance(row.get("text"), str):
        return row
    raise ValueError(f'line {number} is no object with a "text"')
