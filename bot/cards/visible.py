"""What every rendering does alike: takes out of a text what would steer the screen around it instead of being seen."""

from __future__ import annotations

import re
from typing import Final

LONGEST_TYPED: Final = 1_000  # characters in a field of a card, whoever draws it

# Control characters but the line feed, and the marks that force a direction on what follows: with one of them in a
# name, the amount behind it would be read backwards. Arabic and Hebrew run from right to left without them.
_STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """`text` without control characters and direction marks."""
    return _STEERING.sub("", text)
