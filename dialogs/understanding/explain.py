"""What a message was taken to mean and why, as plain JSON for operators."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dialogs.understanding.meaning import Context
    from dialogs.understanding.understand import Understander


def explain(understander: Understander, text: str, context: Context) -> dict[str, Any]:
    """The understanding of `text` as JSON-able values: what it means first, then why."""
    meaning = understander.understand(text, context)
    return {
        "text": text,
        **asdict(meaning),
        "choices": list(meaning.choices),
        "requests": list(map(asdict, meaning.requests)),
        "separate": list(map(asdict, meaning.separate)),
    }
