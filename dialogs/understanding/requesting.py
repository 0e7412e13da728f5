"""Requests for approval: “request 2 Copilot for Ann”, 批准李雷的申请; read as a whole or not at all.

“Request” and 申请 are also how formal people say anything: so a message must say nothing else, and no word of it has a
sense of its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialogs.understanding.languages import is_chinese
from dialogs.understanding.meaning import Request, Tier
from dialogs.understanding.reading import Reading
from dialogs.understanding.slots import named
from dialogs.understanding.tokens import ENTITIES, Kind, Token
from dialogs.understanding.whole import Whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogs.understanding.languages import Lexicon
    from dialogs.understanding.meaning import Slots
    from dialogs.understanding.normalise import Text

_ARTICLES = ("a", "an")  # no numbers here
_WHO = re.compile("<person>|myself|me|我自己|我")
_BECAUSE = "_because"  # the end of those that say something only with a remark
_PLAIN_REMARK = "requests.deny"  # the only one after which a comma may be followed by words of one's own


class Asked:
    """Finds the message that makes a request, looks at requests, withdraws one, or decides about one."""

    def __init__(self, lexicon: Lexicon) -> None:
        files = [file["requests"] for file in lexicon.data.values()]
        self._whole = Whole(files)
        self._because = re.compile("|".join(file["because"] for file in files))
        self._goes_on = re.compile("|".join(file["goes_on"] for file in files))

    def read(self, text: Text, tokens: list[Token], *, offered: bool) -> Reading | None:
        """The reading of such a message; None for any other. While something is `offered`, “it” is no request."""
        if not self._whole.may_be(text):
            return None
        whole = len(text.lower.rstrip(" .?!"))
        for end, begins in ((whole, whole), *self._remarks(text.lower)):
            remark = text.typed(begins, len(text.lower)).strip() if begins < whole else ""
            for does, pattern in self._whole.patterns:
                if does.endswith(_BECAUSE) and (offered or not remark):
                    continue
                name = f"requests.{does.removesuffix(_BECAUSE)}"
                plain = begins > end and not self._because.match(text.lower, end)
                if plain and name != _PLAIN_REMARK:
                    continue
                said = _said([token for token in tokens if token.start < end], text.lower[:end], pattern)
                if said is not None:
                    request = Request(name, said | ({"feedback": remark} if remark else {}))
                    return Reading(tokens, Tier.ACCEPT, (request,), rule=f"{name}: as a whole")
        return None

    def _remarks(self, text: str) -> Iterator[tuple[int, int]]:
        """Where what is asked for may end, and where words of one's own begin."""
        for found in re.finditer(rf"{self._because.pattern}|[,;:.] ?", text):
            if self._because.fullmatch(found.group()) or not self._goes_on.match(text, found.end()):
                yield found.start(), found.end()


def _said(tokens: list[Token], text: str, pattern: re.Pattern[str]) -> Slots | None:
    """What is said in these words if the pattern is all of them, its entities by their kinds."""
    tokens = [token for token in tokens if token.kind in ENTITIES and token.text.lower() not in _ARTICLES]
    masked = text
    for token in reversed(tokens):
        masked = f"{masked[: token.start]}<{token.kind}>{masked[token.end :]}"
    if found := pattern.fullmatch(_bare(masked)):
        return _slots(tokens, found)
    return {} if pattern.fullmatch(_bare(text)) else None  # 查看待 could be somebody's name


def _bare(text: str) -> str:
    """Without marks around it, and in Chinese without the spaces that some put beside names."""
    return (text.replace(" ", "") if any(map(is_chinese, text)) else text).strip(" .?!")


def _slots(tokens: list[Token], found: re.Match[str]) -> Slots | None:
    slots: Slots = {}
    people = [token.value for token in tokens if token.kind is Kind.PERSON]
    if "who" in found.groupdict():
        named_here = iter(people[found.string[: max(found.start("who"), 0)].count("<person>") :])
        people = [next(named_here) if each == "<person>" else each for each in _WHO.findall(found["who"] or "")]
    if people:
        slots["people"] = people
    products = [token.value for token in tokens if token.kind is Kind.PRODUCT]
    numbers = [token.value.value for token in tokens if token.kind is Kind.NUMBER]
    if None in numbers or len(numbers) > 1 or len(products) > 1:
        return None
    return slots | (named(products[0]) if products else {}) | ({"quantity": numbers[0]} if numbers else {})
