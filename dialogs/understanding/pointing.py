"""Words that point back: “give it to Bo”, “the same for Visio”, 刚才那个再加3个, and “where were we?”."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LONGEST: Final = 400  # characters; who writes more points to nothing, and the search stays short

_END: Final = r"(?:,? ?please|吧|啊|呢|了)?[.!?。！？ ]*"
_ONE: Final = r"(?:of (?:them|these|those|it)|(?:that|this|the same|the last) (?:one|subscription|product)|it)"
_THAT: Final = r"that(?=[.!?]*$| (?:to|from|for|with) )"
_ZH_ONE: Final = (
    r"(?:刚才|刚刚|上面|之前)(?:的|说的|买的|加的|看的)?那?(?:个|款)(?:产品|订阅)?"
    r"|(?:那|这|同一)(?:个|款)(?:产品|订阅)?|它们?|其中的?"
)
_THING: Final = rf"\b(?:{_ONE}|{_THAT})\b|{_ZH_ONE}"
_THEM: Final = r"\b(?:(?:both|all) of )?them\b"
_PEOPLE: Final = r"\b(?:him|her)\b|(?<!其)(?:他|她)(?:们|俩)?|[这那](?:些|两个|几个)人"
_POINTER: Final = re.compile(rf"(?P<thing>{_THING})|(?P<them>{_THEM})|(?P<people>{_PEOPLE})", re.IGNORECASE)

_SAME: Final = (
    r"(?:(?:and|now|then|please|also|do|make|exactly)[, ]+)*(?:the )?same(?: thing| number| amount| change| again)*"
    rf" (?:for|to|with|on|of) (?P<other>.+?){_END}",
    rf"(?:请|也|再)*(?:对|给|把|为)?(?P<other>.+?)也?(?:要|来|做|是)?(?:一样|同样|照样|照做|照办)(?:的|处理|操作|办|做|加)*{_END}",
    rf"(?:同样|一样)(?:的|也|处理|操作|做)*(?:对|给|为|用于)?(?P<other>.+?){_END}",
)
_WHAT_OF: Final = (
    rf"(?:and|what about|how about|and what about|and for)(?: with| for)? (?P<other>.+?){_END}",
    r"(?:那|那么)?(?P<other>.+?)呢[。？?！ ]*",
)
_ALSO: Final = re.compile(r"\b(?:also|too|as well|another|one more|more)\b|^(?:也|再|还|又)|也(?:给|要)|再(?:给|加|来)")
_WHERE: Final = (
    r"(?:so |ok |okay |now )*where (?:were|was|are) (?:we|i)(?: again| now)?(?: before)?",
    r"where did (?:we|i) (?:leave off|stop)",
    r"what (?:were|was) (?:we|i) (?:doing|talking about|on|up to|asking)",
    r"(?:what(?:'s| is| was)|is anything|anything)(?: still)? (?:open|pending|unfinished|waiting)",
    r"(?:我们|咱们|刚才|刚刚|我|之前)*(?:说|讲|聊|谈|办|做|进行)到(?:哪|什么地方)(?:里|儿|一?步|了)*",
    r"(?:我们|咱们|刚才|刚刚|我|之前)*在?(?:说|讲|聊|谈|办|做)(?:的是|到)?什么(?:来着|了)?",
    r"还有什么(?:没办完|没做完|没完成|没确认)的?(?:吗|么)?",
)


class To(StrEnum):
    """What a word points to."""

    THING = "thing"  # the subscription
    PEOPLE = "people"


@dataclass(frozen=True)
class Pointer:
    """A word that stands for something said or shown before: its place in the message."""

    start: int
    end: int
    to: To


def pointers(words: str, *, thing: bool, people: bool) -> list[Pointer]:
    """The words that stand for the `thing` or the `people` that the message itself does not name, in order.

    “Them” are people; where people are named besides, or known to be none, they are licenses.
    """
    found: list[Pointer] = []
    for match in _POINTER.finditer(words) if len(words) <= LONGEST else ():
        to = To.PEOPLE if match["people"] or (match["them"] and people) else To.THING
        if (to is To.THING and thing) or (to is To.PEOPLE and people):
            found.append(Pointer(*match.span(), to))
    return found


def same_for(words: str) -> tuple[int, int] | None:
    """Where what the same is to be done for stands: “the same for …”, …也一样."""
    return _other(_SAME, words)


def what_of(words: str) -> tuple[int, int] | None:
    """Where what the same is asked about stands: “and …?”, …呢."""
    return _other(_WHAT_OF, words)


def also(words: str) -> bool:
    """Whether something is to be done besides what was done: “one more for Bo”, 也给李雷一个."""
    return _ALSO.search(words.casefold()) is not None


def asks_where(words: str) -> bool:
    """Whether it is asked what was under way: “where were we?”, 说到哪了."""
    said = " ".join(words.casefold().replace("’", "'").split())
    return len(said) <= LONGEST and any(re.fullmatch(rf"{pattern}{_END}", said) for pattern in _WHERE)


def _other(patterns: tuple[str, ...], words: str) -> tuple[int, int] | None:
    if len(words) > LONGEST:
        return None
    found = next((match for each in patterns if (match := re.fullmatch(each, words, re.IGNORECASE))), None)
    return found.span("other") if found else None
