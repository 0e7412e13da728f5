"""Invoice numbers, in the shapes in which they are printed; and which one is meant by its place among others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

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

OLDEST, BEFORE, AFTER, LAST_BUT_ONE = "oldest", "before", "after", "last but one"
_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth")
_NUMBERS: Final = {word: str(n) for words in (_ORDINALS, "一二三四五", "12345") for n, word in enumerate(words, 1)}
_THING: Final = r"(?:invoice|bill|receipt|one)\b"
_PLACES: Final = {
    OLDEST: rf"\b(?:oldest|earliest|very first) {_THING}|最(?:早|初|开始)的?(?:那|一)*(?:张|份|笔|期|发票|账单)",
    LAST_BUT_ONE: rf"\b(?:last but one|second[- ](?:to )?last|penultimate) {_THING}|倒数第[二2] ?(?:张|份|笔|期)",
    BEFORE: rf"\bprevious {_THING}|\b(?:invoice|bill|receipt|one) before\b|[上前]一?(?:张|份|笔|期)",
    AFTER: rf"\b(?:next|following) {_THING}|\b(?:invoice|bill|receipt|one) after\b|[下后]一?(?:张|份|笔|期)",
}
_NTH: Final = re.compile(rf"\b({'|'.join(_ORDINALS)}) {_THING}|第 ?([一二三四五1-5]) ?(?:张|份|笔|期)")


def place(words: str) -> str | None:
    """Which invoice is meant by its place: OLDEST, LAST_BUT_ONE, BEFORE or AFTER the one in view, or the nth: "1"."""
    said = " ".join(words.casefold().split())
    if named := next((each for each, pattern in _PLACES.items() if re.search(pattern, said)), None):
        return named
    nth = _NTH.search(said)
    return _NUMBERS[nth[1] or nth[2]] if nth else None


def find(text: Text, shown: str) -> Iterator[Token]:
    """The invoice numbers in the text; a year or a date is none."""
    for pattern, group in ((_NUMBER, 0), (_NAMED, "number"), (_BEFORE, "number"), (_SHORT, "number")):
        for match in pattern.finditer(shown):
            if not _DATE.fullmatch(match.group(group)):
                number = text.written(*match.span(group))
                yield entity(Kind.INVOICE, *match.span(group), number, number)
