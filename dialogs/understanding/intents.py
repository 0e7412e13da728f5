"""What can be asked for: one file an intent with its slots, its risk, examples in every language and tests.

risk    talk: answers the desk · read: looks something up · write: changes who or how · money: changes what is paid
slots   what the request may carry; anything else that is said is left over
learned whether the model learns it, as it does if not said otherwise; what is not is read by rules alone
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Intent:
    """One file of intents/; `accept` must be understood as this intent, `reject` must never be accepted as it."""

    id: str
    risk: str
    slots: frozenset[str]
    examples: Mapping[str, tuple[str, ...]]
    accept: tuple[str, ...]
    reject: tuple[str, ...]
    learned: bool

    @property
    def changes(self) -> bool:
        """Whether the record may change in the end."""
        return self.risk in ("write", "money")


@cache
def intents() -> Mapping[str, Intent]:
    """All intents by id, read once."""
    files = resources.files(__package__).joinpath("intents").iterdir()
    found = (_intent(file.read_text("utf-8")) for file in files if file.name.endswith(".toml"))
    return {intent.id: intent for intent in sorted(found, key=lambda intent: intent.id)}


def _intent(text: str) -> Intent:
    row = tomllib.loads(text)
    examples = {language: tuple(said) for language, said in row["examples"].items()}
    tests = row["tests"]
    played = tuple(tests["accept"]), tuple(tests["reject"])
    return Intent(row["id"], row["risk"], frozenset(row["slots"]), examples, *played, row.get("learned", True))
