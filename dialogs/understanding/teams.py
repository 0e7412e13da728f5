"""Teams and departments by name, where a message shares something: "with Sales", "the design team", 销售部."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from dialogs.understanding.tokens import Kind, entity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogs.understanding.languages import Lexicon
    from dialogs.understanding.normalise import Text
    from dialogs.understanding.tokens import Token

_BEFORE = "[和与跟给到于由对]"
_ENDS = "部门|部|团队|小组|组|中心|科"
_CHINESE = re.compile(rf"(?<={_BEFORE})[一-鿿]{{1,6}}?(?:{_ENDS})(?![一-鿿]?门)")
LONGEST = 60  # characters of a team's name


class Teams:
    """Finds the team that something is shared with; elsewhere "sales" is an ordinary word."""

    def __init__(self, lexicon: Lexicon) -> None:
        english = lexicon.data["en"]["teams"]
        self._suffix = re.compile(rf" (?:{'|'.join(english['suffixes'])})$")
        names = "|".join(map(re.escape, english["names"]))
        ends = "|".join(english["suffixes"])
        self._english = re.compile(
            rf"(?<![a-z])(?:with|to|from|by) (?:(?:the|our|my|all of) )?"
            rf"(?P<name>(?:{names})(?![a-z])(?: (?:{ends})(?![a-z]))?|[\w&-]+(?: [\w&-]+)?? (?:{ends})(?![a-z]))"
        )
        self._mixed = re.compile(
            rf"(?<={_BEFORE}) ?(?P<name>(?:{names})(?![a-z])|[a-z][\w&-]*(?= ?(?:{_ENDS})))"
            rf"(?: ?(?:{_ENDS}))?"
        )
        self._share = [phrase.text for phrase in lexicon.phrases.values() if phrase.senses & {"share", "unshare"}]

    def find(self, text: Text, shown: str) -> Iterator[Token]:
        """The teams in a text that shares something."""
        if not any(word in shown for word in self._share):
            return
        for match in chain(self._english.finditer(shown), self._mixed.finditer(shown)):
            start, end = match.span("name")
            yield entity(Kind.TEAM, start, end, text.written(start, end), self.plain(text.written(start, end)))
        for match in _CHINESE.finditer(shown):
            yield entity(Kind.TEAM, *match.span(), text.written(*match.span()), text.written(*match.span()))

    def plain(self, name: str) -> str:
        """A team's name without "team": as people look for it."""
        found = self._suffix.search(name.lower())
        return name[: found.start()] if found else name
