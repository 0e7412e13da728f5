"""Card numbers: found before anything is understood, logged or kept (PCI SSC FAQ 1157, 1310), and by `verify`."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 19

# Digits, however people group them; not by the colons and plus signs of an instant.
_RUN = re.compile(r"\d(?:[\s.,/_\-\u2010-\u2015\u2212\u200b-\u200f\u2060\ufeff]{0,3}\d)*")
_GROUP = re.compile(r"\d+")
# ISO/IEC 7812-1: 13 to 19 digits; the first ones say who issued the card, and no scheme we know begins otherwise.
_CARD = re.compile(r"(?:[3-6]\d|2[2-7]|8[12]|97)\d{11,17}")
# Object ids are known to be none, though some of their groups would pass for one.
_OBJECT_ID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)


def has_card_number(text: str) -> bool:
    """True when the text holds 13 to 19 digits with a valid check digit, in any script and grouping."""
    plain = "".join(_plain(char) for char in _OBJECT_ID.sub("", text))
    return any(_has_card(_GROUP.findall(run)) for run in _RUN.findall(plain))


def _plain(char: str) -> str:
    digit = unicodedata.digit(char, None)
    return char if digit is None else str(digit)


def _has_card(groups: list[str]) -> bool:
    # neighbours count as well: in "add 5 4242 4242 4242 4242" the 5 is none of the card's
    starts, lengths = range(len(groups)), range(1, LONGEST + 1)
    windows = ("".join(groups[start : start + length]) for start in starts for length in lengths)
    return any(_CARD.fullmatch(digits) and _luhn(digits) for digits in windows)


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1: from the right, every second digit doubled, the sum divisible by ten."""
    places = enumerate(map(int, reversed(digits)))
    return sum(digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in places) % 10 == 0
