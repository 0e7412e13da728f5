"""Chinese numbers: 十五, 两百五十, 两百五, 廿五, 1千2百, 一万二, 半打, 俩, 仨."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_MYRIAD = 10_000
_NEIGHBOURS = {(low, low + 1) for low in range(1, 9)} | {(3, 5), (3, 2)}


def read(text: str, at: int, digits: Mapping[str, int], scales: Mapping[str, int]) -> tuple[int, int] | None:
    """(end, value) of the Chinese number that begins here (Arabic digits may be mixed in); None if there is none."""
    end = at
    while end < len(text) and (text[end] in digits or text[end] in scales or text[end].isdecimal()):
        end += 1
    number = text[at:end]
    if not number or number.isdecimal() or number[0] in "百千万亿":
        return None
    if all(char in digits for char in number) and len(number) > 1:
        return end, int("".join(str(digits[char]) for char in number))
    return end, _value(number, digits, scales)


def roughly(number: str, digits: Mapping[str, int]) -> bool:
    """Whether neighbouring digits say an amount only roughly: 五六个, 十五六个, 七八十个; 一二三四 is spelled out."""
    runs = [list(run) for known, run in groupby(number, digits.__contains__) if known]
    return any(len(run) == 2 and (digits[run[0]], digits[run[1]]) in _NEIGHBOURS for run in runs)


def _value(number: str, digits: Mapping[str, int], scales: Mapping[str, int]) -> int:
    total = section = digit = 0
    scale = 1
    for char in number:
        if char.isdecimal() or char in digits:
            digit = digit * 10 + int(char) if char.isdecimal() else digits[char]
            scale = 1 if char in "零〇" else scale
        elif scales[char] >= _MYRIAD:
            scale = scales[char]
            total, section, digit = (total + section + digit) * scale, 0, 0
        else:
            scale = scales[char]
            section, digit = section + (digit or 1) * scale, 0
    # 两百五 is 250 and 一万二 is 12000: a last digit without a unit counts the next smaller one
    shorthand = digit * scale // 10 if scale >= 100 and 0 < digit < 10 else digit
    return total + section + shorthand
