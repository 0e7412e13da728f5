"""Why someone cancels, in the eight codes, and words offered as feedback; read before numbers, guards and names.

"kill Clipchamp, 2 people left" holds a number that is no quantity, and 没人用 holds a negation that negates nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from dialogs.understanding.languages import whole_word
from dialogs.understanding.tokens import Kind, Token, entity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogs.understanding.languages import Lexicon
    from dialogs.understanding.normalise import Text

_CLAUSE = re.compile(r"(?:(?! so (?!that))[^,.;:!?\n])+")
_Words = tuple[int, str, str]  # place in the language files, words, code
_INSTEAD = "switched_service"  # whoever names another maker's product while cancelling has gone over to it
_ENDS = frozenset({"cancel", "end_renewing"})
_CHINESE_CANCEL = ("取消", "退订", "停", "终止")


class Reasons:
    """Finds the clause that gives the reason, where a message cancels something."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        rivals = (phrase.text for phrase in lexicon.phrases.values() if "rival" in phrase.senses)
        codes = {**lexicon.reasons, **dict.fromkeys(rivals, _INSTEAD)}
        self._codes: dict[str, list[_Words]] = defaultdict(list)  # first two characters → words that begin so
        for place, (words, code) in enumerate(codes.items()):
            self._codes[words[:2]].append((place, words, code))
        files = lexicon.data.values()
        self._reason = re.compile("|".join(file["reason_clauses"]["reason"] for file in files))
        because = "|".join(word for file in files for word in file["reason_clauses"]["because"])
        remark = "|".join(word for file in files for word in file["reason_clauses"]["feedback"])
        # 因为太贵取消Visio has no comma: the clause ends where the cancelling begins
        self._because = re.compile(rf"(?<![a-z])(?:{because})(?![a-z])(.+?)(?=[,.;\n]|{'|'.join(_CHINESE_CANCEL)}|$)")
        then = "|".join(word for file in files for word in file["reason_clauses"]["then"])
        self._remark = re.compile(
            rf"(?:{remark})[^,.:;\n\"]{{0,20}}: ?(?:\"(?P<quoted>[^\"]+)\"?|(?P<plain>.+?)(?=[.;\n] ?(?:{then})|$))"
        )

    def find(self, text: Text, shown: str) -> Iterator[Token]:
        """The clauses that say why, and the remark, if the text cancels something."""
        if not (self._cancels(shown) or self._reason.search(shown)):
            return
        if remark := self._remark.search(shown):
            yield entity(Kind.FEEDBACK, *remark.span(), remark.group(), text.typed(*_said(remark)))
            shown = shown[: remark.start()] + "\0" * len(remark.group()) + shown[remark.end() :]
        if because := self._because.search(shown):
            code = self.code(because.group(1)) or "other"
            yield entity(Kind.REASON, *because.span(), text.written(*because.span()), code)
            return
        yield from self._clauses(text, shown)

    def _clauses(self, text: Text, shown: str) -> Iterator[Token]:
        """The clauses that give a reason; of one that names something besides, only the words of the reason."""
        for clause in _CLAUSE.finditer(shown):
            words = clause.group()
            found = self._named(words)
            if found is None or self._cancels(words):
                continue
            start, end = clause.span()
            _, named, code = found
            if "\0" in words:
                start = shown.index(named, start)
                end = start + len(named)
            yield entity(Kind.REASON, start, end, text.written(start, end), code)

    def remark(self, text: Text) -> str | None:
        """What is said after "feedback:", as it was typed."""
        remark = self._remark.search(text.lower)
        return text.typed(*_said(remark)) if remark else None

    def code(self, clause: str) -> str | None:
        """The code of the reason that this clause names, if it names one."""
        found = self._named(clause)
        return found[2] if found else None

    def _named(self, text: str) -> _Words | None:
        """The words of a reason that stand here; those that come first in the language files."""
        standing = (
            entry
            for at in range(len(text))
            for entry in self._codes.get(text[at : at + 2], ())
            if text.startswith(entry[1], at) and whole_word(text, at, at + len(entry[1]))
        )
        return min(standing, default=None)

    def _cancels(self, text: str) -> bool:
        return any(
            not phrase.senses.isdisjoint(_ENDS)
            for at in range(len(text))
            for phrase in self._lexicon.starting_at(text, at)
        )


def _said(remark: re.Match[str]) -> tuple[int, int]:
    return remark.span("quoted" if remark["quoted"] else "plain")
