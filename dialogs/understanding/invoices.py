"""Invoice numbers, in the shapes in which they are printed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialogs.understanding.tokens import Kind, Token, entity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogs.understanding.normalise import Text

_NUMBER = re.compile(
    r"(?<![a-z0-9@.-])(?:[a-z]{1,4}-?\d{5,}(?:-\d+)*|[a-z]{2,5}(?:-\d{2,})+|\d{4}-\d{4,}|inv-?\d{3,}|[a-z]\d{3,}[a-z]{1,3}\d{2,})(?![a-z0-9@.-]*@)(?![a-z0-9])"
)
_NAMED = re.compile(
    r"(?:invoice|bill|发票|账单)(?: ?(?:no\.?|number|号码?|编号))? ?[#:]? ?#?"
    r"((?=[a-z]*\d)[a-z0-9]+(?:-?\d{2,})+)(?![a-z0-9])"
)


def find(text: Text, shown: str) -> Iterator[Token]:
    """The invoice numbers in the text."""
    for pattern, group in ((_NUMBER, 0), (_NAMED, 1)):
        for match in pattern.finditer(shown):
            number = text.written(*match.span(group))
            yield entity(Kind.INVOICE, *match.span(group), number, number)
