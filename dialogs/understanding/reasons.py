"""Why someone cancels, in the eight codes, and words offered as feedback; read before numbers, guards and names.

"kill Clipchamp, 2 people left" holds a number that is no quantity, and 没人用 holds a negation that negates nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialogs.understanding.languages import whole_word
from dialogs.understanding.tokens import Kind, Token, entity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogs.understanding.languages import Lexicon
    from dialogs.understanding.normalise import Text

_CLAUSE = re.compile(r"[^,.;:!?\n]+")
_INSTEAD = "switched_service"  # whoever names another maker's product while cancelling has gone over to it
_CHINESE_CANCEL = ("取消", "退订", "停", "终止")


class Reasons:
    """Finds the clause that gives the reason, where a message cancels something."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._codes = lexicon.reasons
        self._cancel = [phrase.text for phrase in lexicon.phrases.values() if "cancel" in phrase.senses]
        self._rivals = [phrase.text for phrase in lexicon.phrases.values() if "rival" in phrase.senses]
        files = lexicon.data.values()
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
        if not any(cue in shown and self._stands(shown, cue) for cue in self._cancel):
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
            found = next((phrase for phrase in (*self._codes, *self._rivals) if self._stands(words, phrase)), None)
            if found is None or any(self._stands(words, cue) for cue in self._cancel):
                continue
            start, end = clause.span()
            if "\0" in words:
                start = shown.index(found, start)
                end = start + len(found)
            yield entity(Kind.REASON, start, end, text.written(start, end), self._codes.get(found, _INSTEAD))

    def remark(self, text: Text) -> str | None:
        """What is said after "feedback:", as it was typed."""
        remark = self._remark.search(text.lower)
        return text.typed(*_said(remark)) if remark else None

    def code(self, clause: str) -> str | None:
        """The code of the reason that this clause names, if it names one."""
        code = next((code for phrase, code in self._codes.items() if self._stands(clause, phrase)), None)
        return code or (_INSTEAD if any(self._stands(clause, rival) for rival in self._rivals) else None)

    def _stands(self, text: str, phrase: str) -> bool:
        at = text.find(phrase)
        return at >= 0 and whole_word(text, at, at + len(phrase))


def _said(remark: re.Match[str]) -> tuple[int, int]:
    return remark.span("quoted" if remark["quoted"] else "plain")
