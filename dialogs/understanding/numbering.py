"""Lines that are numbered: the numbers of "1. Visio to 20" and "2. Copilot -2" count no licenses."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from dialogs.understanding.tokens import Kind

if TYPE_CHECKING:
    from dialogs.understanding.tokens import Token

_CLOSES = frozenset(".):,")  # 1、is read as "1,"
_FEWEST = 2


def without_numbering(tokens: list[Token]) -> list[Token]:
    """The tokens without the numbers that lines begin with, where these count from one."""
    opening = [at for at in range(len(tokens)) if at == 0 or tokens[at - 1].text == "\n"]
    numbered = [at for at in opening if _is_numbered(tokens, at)]
    counts = [tokens[at].value.value for at in numbered]
    if len(numbered) < _FEWEST or counts[0] != 1 or any(after != before + 1 for before, after in pairwise(counts)):
        return tokens
    marks = {at for first in numbered for at in (first, first + 1)}
    return [token for at, token in enumerate(tokens) if at not in marks]


def _is_numbered(tokens: list[Token], at: int) -> bool:
    if tokens[at].kind is not Kind.NUMBER or not tokens[at].text.strip().isdecimal():
        return False
    return tokens[at + 1 : at + 2] != [] and tokens[at + 1].kind is Kind.MARK and tokens[at + 1].text in _CLOSES
