"""What a message says to a question that is answered in free words: who, which team, why, anything else to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.understanding.languages import is_chinese
from dialogs.understanding.meaning import Answer
from dialogs.understanding.teams import LONGEST
from dialogs.understanding.tokens import Kind, Token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.understanding.entities import Reader
    from dialogs.understanding.normalise import Text

_COMMANDS = ("abort", "no", "yes", "help", "thanks", "greet", "undo", "support")
_BARELY = ("filler", "polite", "ref", "determiner")
_BESIDES_NAMES = ("filler", "polite", "for", "give", "joint", "to", "license", "measure", "need", "have", "person_noun")
_LONGEST_CHINESE_NAME = 4
_CANCEL = ("cancel",)
_UNITS = {"month": ("month", "月", "一个月"), "year": ("year", "年", "一年")}
_BESIDES_A_TERM = ("filler", "polite", "correct", "set", "total", "replace", "pay", "buy", "to", "for", "by", "yes")


def people_said(tokens: Sequence[Token], ordinary: frozenset[str]) -> Answer:
    """The names, if the message holds nothing but names: then Will, May and 高 are names as well."""
    found: list[str] = []
    last = -2
    for at, token in enumerate(tokens):
        name = _name(token, ordinary)
        if name is None and not _may_stand_by(token):
            return Answer()
        if name and last == at - 1 and found and token.kind is Kind.UNKNOWN and not is_chinese(name[0]):
            found[-1] += f" {name}"  # "ann lee"
        elif name:
            found.append(name)
        last = at if name and token.kind is not Kind.PERSON else last
    return Answer(people=list(dict.fromkeys(found))) if found else Answer()


def are_names(tokens: Sequence[Token], reader: Reader) -> bool:
    """Whether the message holds nothing but names that are known as such: Will, Mark and 高, not "premium", 高级版."""
    return bool(people_said(tokens, reader.names_that_are_words)) and not any(_no_name(each, reader) for each in tokens)


def _no_name(token: Token, reader: Reader) -> bool:
    """Whether it may be something else: a word nobody knows, "me", or a part of a product's Chinese name."""
    longer = len(token.text) > 1
    part = longer and is_chinese(token.text[0]) and bool(reader.products.named_in_part(token.text))
    return token.has("self") or part or (longer and token.kind is Kind.UNKNOWN)


def _name(token: Token, ordinary: frozenset[str]) -> str | None:
    if token.kind is Kind.PERSON:
        return str(token.value)
    if token.kind is Kind.UNKNOWN:
        usable = not is_chinese(token.text[0]) or len(token.text) <= _LONGEST_CHINESE_NAME
        return token.text if usable else None
    if token.has("self") and token.text.lower() != "my":
        return token.text
    return token.text if token.text.lower() in ordinary or token.has("surname") else None


def _may_stand_by(token: Token) -> bool:
    return token.kind is Kind.MARK or (token.kind in (Kind.WORD, Kind.NUMBER) and token.has(*_BESIDES_NAMES))


def team_said(text: Text, tokens: Sequence[Token], reader: Reader) -> Answer:
    """The team's name as written, without "the" and "team"."""
    if only_command(tokens) or "\n" in text.cased or len(text.cased) > LONGEST:
        return Answer()
    words = text.cased.strip(" .!?")
    for opening in ("with ", "the ", "our ", "和", "与"):
        words = words[len(opening) :] if words.lower().startswith(opening) else words
    return Answer(team=reader.teams.plain(words)) if words else Answer()


def reason_said(written: str, text: Text, tokens: Sequence[Token], reader: Reader) -> Answer:
    """The code of the reason; words that name none are "other", and kept."""
    if only_command(tokens) or any(token.kind is Kind.NUMBER for token in tokens[:1]):
        return Answer()
    remark = reader.reasons.remark(text)
    code = reader.reasons.code(text.lower)
    if code:
        return Answer(reason=code, feedback=remark) if remark else Answer(reason=code)
    feedback = remark or written
    return Answer(reason="other", feedback=feedback) if feedback else Answer()


def feedback_said(written: str, tokens: Sequence[Token]) -> Answer:
    """All of the message as it was written, unless the whole of it declines to say anything."""
    if any(token.has("skip") for token in tokens) and only_command(tokens, "skip"):
        return Answer(yes=False)
    if only_command(tokens, "no"):
        return Answer(yes=False)
    if only_command(tokens, "abort") or only_command(tokens, *_CANCEL) or not written:
        return Answer()
    return Answer(feedback=written)


def term_said(tokens: Sequence[Token]) -> Answer:
    """By the month or by the year, where nothing else is said: "make it yearly", 改成按月."""
    words = [token for token in tokens if token.kind is not Kind.MARK]
    terms = {term for token in words if (term := term_of(token))}
    alone = all(term_of(token) or token.has(*_BESIDES_A_TERM) for token in words)
    return Answer(term=terms.pop()) if alone and len(terms) == 1 else Answer()


def term_of(token: Token) -> str | None:
    """ "month" or "year", where the word stands for one of them."""
    if token.kind is Kind.GROUP_BY:
        return "month" if token.value == "month" else None
    said = (sense.removeprefix("term=") for sense in token.senses if sense.startswith("term="))
    return next(said, None) or next((unit for unit, words in _UNITS.items() if token.text.lower() in words), None)


def only_command(tokens: Sequence[Token], *senses: str) -> bool:
    """Whether the whole message is a command of the dialogue: "never mind", 跳过, "no thanks"."""
    words = [token for token in tokens if token.kind is not Kind.MARK]
    commands = [token for token in words if token.has(*(senses or (*_COMMANDS, "skip", *_CANCEL)))]
    return bool(commands) and all(token in commands or token.has(*_BARELY) for token in words)
