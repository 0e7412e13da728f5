"""Card numbers: found before anything is understood, logged or kept (PCI SSC FAQ 1157, 1310), and by `verify`."""

from __future__ import annotations

import re
import unicodedata

# 13 to 19 digits, however they are grouped; anything longer is no card number.
_DIGITS = re.compile(r"(?<!\d)\d(?:[ .\-\u00a0]?\d){12,18}(?![ .\-\u00a0]?\d)")

# Object ids are known to be none, though some of their groups would pass for one.
_OBJECT_ID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)


def has_card_number(text: str) -> bool:
    """True when the text holds 13 to 19 digits with a valid check digit, in any script and grouping."""
    plain = "".join(
        str(unicodedata.digit(char)) if unicodedata.digit(char, None) is not None else char
        for char in _OBJECT_ID.sub("", text)
    )
    return any(_luhn([int(d) for d in match.group() if d.isdigit()]) for match in _DIGITS.finditer(plain))


def _luhn(digits: list[int]) -> bool:
    """ISO/IEC 7812-1: from the right, every second digit doubled, the sum divisible by ten."""
    doubled = [d if place % 2 == 0 else sum(divmod(2 * d, 10)) for place, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0
