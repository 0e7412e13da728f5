"""“Without the second”, “only the first”, 不要Visio那个: which of the things on a card are not wanted."""

from __future__ import annotations

import re
from typing import Final

_PLACES: Final = {
    "first": 1, "1st": 1, "one": 1, "second": 2, "2nd": 2, "two": 2, "third": 3, "3rd": 3, "three": 3,
    "fourth": 4, "4th": 4, "four": 4, "last": -1, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4,
}  # fmt: skip
_PLACE: Final = r"(?P<place>[1-9]|first|1st|one|second|2nd|two|third|3rd|three|fourth|4th|four|last)"
_THING: Final = r"(?:the |number |no\.? |step |part |item )*" + _PLACE + r"(?: (?:one|step|part|item|change|thing))?"
_PLEASE: Final = r"(?:,? ?please)?[.! ]*"
_STEP: Final = r"(?:第 ?(?P<place>[1-9一二两三四])|(?P<end>最后一)) ?(?:个|步|项|条|件)?"
_NOT: Final = r"(?:不要|去掉|删掉|去除|跳过|略过|不做|别做|拿掉)"
_NOT_STEP: Final = rf"(?:{_NOT}|删除|取消)"  # of what has a name these may be requests of their own: 取消Visio
_WITHOUT: Final = (
    rf"(?:but )?(?:without|leave out|drop|skip|not|remove|forget|everything but|all but) {_THING}{_PLEASE}",
    rf"(?:leave|take) {_THING} out{_PLEASE}",
    rf"(?:请|把)?{_NOT_STEP}{_STEP}(?:了|吧)?[。！ ]*",
    rf"(?:把|请)?{_STEP}(?:就|先|都|给)?(?:{_NOT_STEP}|算了)(?:了|吧)?[。！ ]*",
)
_ONLY: Final = (rf"(?:just|only) {_THING}{_PLEASE}", rf"只(?:要|做|执行|留){_STEP}(?:就行|就好|吧)?[。！ ]*")
_NAME: Final = r"(?P<name>.+?)(?: (?:one|step|part|item|change|thing|license))?"
_THAT: Final = r"(?:的?(?:那|这)(?:个|步|一步|项|一项|条|份)|的)?"
_CALLED: Final = (
    rf"(?:but )?(?:without|leave out|skip|not) (?:the |for |to )*{_NAME}{_PLEASE}",
    rf"(?:leave|take) (?:the )?{_NAME} out{_PLEASE}",
    rf"(?:请|先)?(?:{_NOT}|别给|不给)给?(?P<name>.+?){_THAT}(?:了|吧)?[。！ ]*",
    rf"(?:把|请)?(?P<name>.+?){_THAT}(?:就|先|都)?(?:{_NOT}|算了)(?:了|吧)?[。！ ]*",
)


def called(words: str) -> str | None:
    """What is not wanted, as it is called: “Visio”, “Dana”; None where nothing of it is said."""
    said = " ".join(words.split())
    found = next((each for pattern in _CALLED if (each := re.fullmatch(pattern, said, re.IGNORECASE))), None)
    return found["name"] if found else None


def left_out(words: str, count: int) -> frozenset[int]:
    """The places, counted from one, of those that are not wanted, of `count`; none where nothing of it is said."""
    said = " ".join(words.casefold().split())
    for patterns, only in ((_WITHOUT, False), (_ONLY, True)):
        for pattern in patterns:
            if (found := re.fullmatch(pattern, said)) and (place := _place(found, count)):
                return frozenset({*range(1, count + 1)} - {place}) if only else frozenset({place})
    return frozenset()


def _place(found: re.Match[str], count: int) -> int | None:
    """Which of them, where there are as many."""
    said = found["place"]
    place = _PLACES.get(said, 0) or int(said) if said else -1
    place = count if place == -1 else place
    return place if place <= count else None
