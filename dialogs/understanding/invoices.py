"""Invoice numbers: in the shapes in which they are printed, and whatever is named as one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialogs.understanding.tokens import Kind, Token, entity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogs.understanding.normalise import Text

_ENDS = r"(?![a-z0-9@.-]*@)(?![a-z0-9]|[-_/.][a-z0-9])"
_NUMBER = re.compile(
    r"(?<![a-z0-9@./_-])(?:"
    r"[a-z]{1,4}[-_]?\d{5,}(?:[-_/]\d+)*"  # G012345678
    r"|[a-z]{2,5}(?:[-_/]\d{2,})+(?:[-_/][a-z])?"  # INV-2026-0301
    r"|[a-z]{1,3}\d{3,}(?:-\d{2,})+"  # G000-44-1812
    r"|\d{4}-\d{4,}"
    r"|inv[-_#]?\d{3,}"
    r"|g\d{2,4}"  # as short as some type it
    r"|(?=[a-z0-9]{8,16}(?![a-z0-9]))[a-z]{1,2}\d{3,}[a-z][a-z0-9]*"  # E0800QX7T1
    r")" + _ENDS
)
_ANY = r"(?P<number>(?=(?:[a-z_/-]*\d){3})[a-z0-9]+(?:[-_/][a-z0-9]+)*)"
_NAMED = re.compile(
    r"(?:(?<![a-z])(?:invoice|bill|receipt|document)|发票|账单|帐单|票据|票号|单号)"
    r"(?: ?(?:id|no\.?|nr\.?|number|号码?|编号|单号))? ?(?:是|为)?[#:]? ?#?" + _ANY + _ENDS
)
_BEFORE = re.compile(r"(?<![a-z0-9.-])" + _ANY + r" ?(?:号|这张|那张|这一张)?的?(?:发票|账单|帐单)")
_SHORT = re.compile(r"(?<![a-z])(?:invoice|receipt)s? ?(?:no\.?|nr\.?|number|#)? ?#?(?P<number>\d{1,2})(?![\w/.-])")
_DATE = re.compile(r"(?:19|20)\d\d(?:[-/]\d\d?){0,2}|\d\d?[-/]\d\d?(?:[-/]\d+)?|\d+(?:st|nd|rd|th)")


def find(text: Text, shown: str) -> Iterator[Token]:
    """The invoice numbers in the text; a year or a date is none."""
    for pattern, group in ((_NUMBER, 0), (_NAMED, "number"), (_BEFORE, "number"), (_SHORT, "number")):
        for match in pattern.finditer(shown):
            if not _DATE.fullmatch(match.group(group)):
                number = text.written(*match.span(group))
                yield entity(Kind.INVOICE, *match.span(group), number, number)
