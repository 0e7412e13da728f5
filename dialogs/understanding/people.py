"""People by the names that are written: mentions, e-mail addresses, English and Chinese names."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dialogs.understanding.languages import is_chinese
from dialogs.understanding.tokens import Kind, Token, entity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogs.understanding.languages import Lexicon
    from dialogs.understanding.normalise import Text

# whoever speaks, as a name in a list of people
SPEAKER = frozenset({"i", "me", "my", "mine", "myself", "我", "我自己", "自己", "本人"})
_MAIL = re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}")
_AT = re.compile(r"@([A-ZÀ-Þ][\w'-]*(?: [A-ZÀ-Þ][a-zß-ÿ'-]+)?|[一-鿿]{2,3}|[a-z][\w.-]*)", re.ASCII)
# a capital within a name follows a hyphen, an apostrophe or a prefix; other words like that are makers' names
_WORD = (
    r"(?:(?:Mc|Mac|De|Di|Du|La|Le|Van|Von|Fitz|[OD]')?[A-ZÀ-Þ][a-zß-ÿ]+"
    r"(?:'[A-ZÀ-Þ][a-zß-ÿ]+|-[A-ZÀ-Þ]?[a-zß-ÿ]{2,})*(?![A-Z]))"
)
_OURSELVES = re.compile(r"(?<![a-z])(?:bot|licen[sc]e desk)(?![a-z])|机器人|助手")
_POSSESSIVE = ("'s", "s", "的", "'")
_FROM = ("from", "从", "由")
_BEFORE_NAMES = ("to", "for", "from")
_LISTING = frozenset({",", "和", "与", "跟", "以及", "还有"})
_CHINESE_NAME = range(2, 5)  # characters
_NAME, _FAMILIAR = 1.5, 1.4  # what it costs to cut a name: 小林 is likelier than somebody of the family 林
_ASKING_ABOUT = ("does", "has", "did")
_HANDING = ("give", "take", "move", "share")
_INITIAL = r"[A-Z](?:\.|(?![\w']))"


def certain(text: Text, shown: str) -> Iterator[Token]:
    """People named beyond doubt: by mention, by @ or by e-mail address."""
    for start, end in text.mentions:
        if _OURSELVES.search(text.lower[start:end]):
            yield Token(Kind.WORD, start, end, text.written(start, end), frozenset({"filler"}))
            continue
        yield entity(Kind.PERSON, start, end, text.written(start, end), text.written(start, end).lstrip("@"))
    for match in _MAIL.finditer(shown):
        yield entity(Kind.PERSON, *match.span(), text.written(*match.span()), text.written(*match.span()))
    for match in _AT.finditer(text.cased):
        if (
            match.start() == 0
            or not text.lower[match.start() - 1].isalnum()
            or is_chinese(text.lower[match.start() - 1])
        ):
            yield entity(Kind.PERSON, *match.span(), match.group(), match.group(1))


class Names:
    """Reads names of people who are in no directory; the language files say what names look like."""

    def __init__(self, lexicon: Lexicon) -> None:
        english, chinese = lexicon.data["en"]["names"], lexicon.data["zh-CN"]["names"]
        self._lexicon = lexicon
        titles = "|".join(map(re.escape, english["titles"]))
        particles = "|".join(english["particles"])
        part = rf"(?:{_WORD}|{_INITIAL}|(?:{particles}) {_WORD})"
        self._english = re.compile(rf"(?:(?:{titles})\.? )*{_WORD}(?: {part})*|{_INITIAL} ?{_WORD}")
        self._also_words: frozenset[str] = frozenset(english["ordinary"])
        self._openings: frozenset[str] = frozenset(english["opening"])
        self._before_places: tuple[str, ...] = tuple(f"{words} " for words in english["before_places"])
        self._family: frozenset[str] = self._also_words | frozenset(english["family"])
        self._surnames: frozenset[str] = frozenset(chinese["surnames"]) | frozenset(chinese["double_surnames"])
        self._word_ends: tuple[str, ...] = tuple(chinese["word_ends"])
        self._word_starts: tuple[str, ...] = tuple(chinese["word_starts"])
        self._never: frozenset[str] = frozenset(chinese["never_in_names"])
        self._never_last: frozenset[str] = frozenset(chinese["never_last_in_names"])
        self._familiar = re.compile(rf"(?:{'|'.join(chinese['familiar'])})")
        self._honorifics: tuple[str, ...] = tuple(chinese["honorifics"])

    def starting_at(self, text: Text, at: int) -> Iterator[tuple[int, float]]:
        """(end, cost) of each way to read a name that begins here; a name that is also a word costs more."""
        if is_chinese(text.lower[at]):
            yield from ((end, _FAMILIAR) for end in self._called(text.lower, at))
            yield from ((end, _NAME) for end in self._chinese(text.lower, at))
        elif text.cased[at].isupper() and (
            at == 0 or not text.cased[at - 1].isalnum() or is_chinese(text.cased[at - 1])
        ):
            yield from self._latin(text, at)

    def _latin(self, text: Text, at: int) -> Iterator[tuple[int, float]]:
        match = self._english.match(text.cased, at)
        if not match or text.lower.endswith(self._before_places, 0, at):
            return
        words = match.group().split(" ")
        for count in range(len(words), 0, -1):
            name = " ".join(words[:count])
            first, *others = [word.lower() for word in words[:count]]
            known = [word for word in others if self._lexicon.words(word)]
            opens = first not in self._openings and not self._lexicon.words(first)
            if opens and not known:
                yield at + len(name), _NAME
            elif (opens or (at > 0 and first in self._also_words)) and self._family.issuperset(known):
                yield at + len(name), 0.9
                return

    def _called(self, text: str, at: int) -> Iterator[int]:
        """老周, 小美, 阿凯."""
        if familiar := self._familiar.match(text, at):
            yield from self._titled(text, familiar.end())

    def _chinese(self, text: str, at: int) -> Iterator[int]:
        if text.endswith(self._word_ends, 0, at + 1) or text.startswith(self._word_starts, at):
            return
        for length in (1, 2):
            if text[at : at + length] not in self._surnames:
                continue
            yield from (end for end in self._titled(text, at + length) if end > at + length)
            for given in (1, 2):
                end = at + length + given
                rest = text[at + length : end]
                if self._given(rest, given):
                    yield from self._titled(text, end)

    def _given(self, rest: str, length: int) -> bool:
        titled = any(rest.startswith(title) for title in self._honorifics)  # 张工李工 are two
        if titled or len(rest) < length or not all(is_chinese(char) and char not in self._never for char in rest):
            return False
        return length == 1 or rest[-1] not in self._never_last

    def _titled(self, text: str, end: int) -> Iterator[int]:
        """Where the name ends, without and with the title that follows."""
        yield end
        yield from (end + len(title) for title in self._honorifics if text.startswith(title, end))


def people(tokens: list[Token]) -> list[Any]:
    """The names among these tokens, each once, in the order named."""
    return list(dict.fromkeys(token.value for token in tokens if token.kind is Kind.PERSON))


def with_sides(tokens: list[Token]) -> list[Token]:
    """The tokens with people as those who give ("from Bo", "Bo's", 王芳的) and those who take."""
    sided = list(tokens)
    giving = False
    for at, token in enumerate(tokens):
        if token.kind is Kind.PERSON:
            after = tokens[at + 1].text if at + 1 < len(tokens) else ""
            side = "giver" if giving or after in _POSSESSIVE else "taker"
            sided[at] = replace(token, senses=token.senses | {side})
        elif not token.has("joint"):
            giving = token.text.lower() in _FROM
    return sided


def without_makers(tokens: list[Token]) -> list[Token]:
    """The tokens with what looks like a name and is a product nobody here has as unknown: "the SketchUp license"."""
    found = list(tokens)
    for at in range(1, len(tokens) - 1):
        before, token, after = tokens[at - 1 : at + 2]
        name = token.kind is Kind.PERSON and token.text[0].isascii() and "@" not in token.text
        if name and before.has("determiner") and after.has("license", "subscription"):
            found[at] = Token(Kind.UNKNOWN, token.start, token.end, token.text, frozenset({"rival"}))
    return found


def with_plain_names(tokens: list[Token], given: frozenset[str], never: frozenset[str]) -> list[Token]:
    """The tokens with names in small letters as people: known first names, and unknown words where names belong.

    `never` are words that open sentences: "… from Bo, they moved".
    """
    business = any(token.has("product", "license") for token in tokens)
    handing = business and any(token.has(*_HANDING) for token in tokens)
    found: list[Token] = []
    for at, token in enumerate(tokens):
        last = found[-1] if found else None
        if token.kind is Kind.UNKNOWN and handing and is_chinese(token.text[0]) and _goes_on_a_list(found, token):
            found.append(entity(Kind.PERSON, token.start, token.end, token.text, token.text))
        elif token.kind is not Kind.UNKNOWN or not token.text.isalpha() or is_chinese(token.text[0]):
            found.append(token)
        elif (
            last
            and last.kind is Kind.PERSON
            and last.end == token.start - 1
            and last.text.isalpha()
            and last.text.islower()
        ):
            whole = f"{last.text} {token.text}"
            found[-1] = entity(Kind.PERSON, last.start, token.end, whole, whole)
        elif token.text.lower() in given or (
            business
            and token.text.lower() not in never
            and not token.text.istitle()  # which is no name, or it had been read as one
            and (_is_asked_about(tokens, at) or (handing and _names_belong(tokens, at, last)))
        ):
            found.append(entity(Kind.PERSON, token.start, token.end, token.text, token.text))
        else:
            found.append(token)
    return found


def _is_asked_about(tokens: list[Token], at: int) -> bool:
    """ "does harish have Copilot?" """
    asks = at > 0 and tokens[at - 1].text.lower() in _ASKING_ABOUT
    return asks and any(token.has("have") for token in tokens[at + 1 : at + 3])


def _goes_on_a_list(before: list[Token], token: Token) -> bool:
    """李雷、杰克: a name of a family name that nobody here has, after another name."""
    linked = len(before) > 1 and before[-1].text in _LISTING
    return linked and before[-2].kind is Kind.PERSON and len(token.text) in _CHINESE_NAME


def _names_belong(tokens: list[Token], at: int, last: Token | None) -> bool:
    """After "to", "for" and "from", before "'s", and after another name and "and"."""
    if last is None:
        return False
    if last.text.lower() in _BEFORE_NAMES or (at + 1 < len(tokens) and tokens[at + 1].text == "'s"):
        return True
    joined = last.has("joint") or last.text in (",", "\n", "&")
    return joined and at > 1 and tokens[at - 2].kind in (Kind.PERSON, Kind.UNKNOWN)
