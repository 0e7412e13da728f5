"""Reads a JSON object from bytes, and nothing that another reader would understand differently."""

from __future__ import annotations

import json
from math import isfinite
from typing import NoReturn

DEEPEST = 40  # levels; an Adaptive Card with its data stays under 20
MOST_KEYS = 2_000
LONGEST_NUMBER = 18  # digits, so that every number fits 64 bits


def parse(body: bytes) -> dict[str, object]:
    """The one object in `body`. Raises ValueError for anything else: wrong or marked (BOM) UTF-8, lone
    surrogates, NaN and infinities, a key given twice, or more keys, levels or digits than any activity has.
    """
    keys = 0

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        nonlocal keys
        keys += len(pairs)
        if keys > MOST_KEYS:
            raise ValueError(f"more than {MOST_KEYS} keys")
        named = dict(pairs)
        if len(named) != len(pairs):
            raise ValueError("a key is given twice")
        return named

    text = body.decode()
    try:
        parsed = json.loads(text, object_pairs_hook=unique, parse_int=_int, parse_float=_float, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    match parsed:
        case dict():
            _check(parsed)
            return parsed
        case _:
            raise ValueError("not an object")


def _int(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError("a number is too long")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise ValueError("a number is too large")
    return number


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _check(parsed: dict[str, object]) -> None:
    """Looks at every string and level; without recursion, so that no depth can exhaust the stack."""
    level: list[object] = [parsed]
    for _ in range(DEEPEST):
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return
    raise ValueError(f"more than {DEEPEST} levels")


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, list):
        return value
    if isinstance(value, str) and not value.isascii():
        value.encode()  # an escaped lone surrogate could be read, but never be stored or answered
    return []
