"""Words that turn the page of a list in view, or sort it: “next page”, “by price”, 下一页, 按到期日排序."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LONGEST: Final = 60  # characters; who writes more says something else


class To(StrEnum):
    """Which page, as seen from the one in view."""

    NEXT = "next"
    BACK = "back"
    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True)
class Leaf:
    """What is to be seen of the list: another page, by its place or number, or all of it in another order.

    `bare` words say so only to whoever has a list before their eyes and nothing else open: “more”, 更多.
    """

    page: To | int | None = None
    order: str | None = None  # as `storage.wanted.Order` names it
    bare: bool = False


_END: Final = r"(?:,? ?please|吧|呢)?[.!?。！？ ]*"
_SHOW: Final = r"(?:please )?(?:(?:show|give|see|turn|go|get)(?: me| to)? )?(?:the )?"
_ZH_SHOW: Final = r"(?:请|再)?(?:给我)?(?:看看?|显示|翻到?|转到|去|到)?"
_PAGES: Final = {
    To.NEXT: (
        rf"{_SHOW}(?:next|following) (?:page|ones|ten|lines|entries)",
        rf"{_ZH_SHOW}[下后]一?页|(?:往[下后])?翻页|往[下后]翻",
    ),
    To.BACK: (
        rf"{_SHOW}(?:previous|prior) page|(?:one )?page back|back (?:a|one) page",
        rf"{_ZH_SHOW}[上前]一?页|往[上前回]翻",
    ),
    To.FIRST: (r"back to the (?:start|beginning|top)", rf"{_ZH_SHOW}首页"),
    To.LAST: (rf"{_SHOW}(?:last|final) page", rf"{_ZH_SHOW}(?:最后一页|末页)"),
}
_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth")
_NUMBERS: Final = {word: n for words in (_ORDINALS, "一二三四五") for n, word in enumerate(words, 1)}
_NUMBERED: Final = (
    rf"{_SHOW}page (?:number |no\. ?)?(\d{{1,5}})|{_SHOW}({'|'.join(_ORDINALS)}) page",
    rf"{_ZH_SHOW}第 ?(\d{{1,5}}|[一二三四五]) ?页",
)
_BARE: Final = {
    To.NEXT: r"more|show (?:me )?(?:some )?more|next|the rest|go on|更多|还有(?:吗|呢)?|继续(?:看)?|接着看|下面的",
    To.BACK: r"back|go back|previous|上面的",
}
_BY: Final = (
    r"(?:please )?(?:(?:sort|order|arrange|rank|list)(?:ed)?(?: (?:it|them|this|that|these|all))? )?by (?:the )?"
)
_SORT_BY: Final = r"(?:please )?(?:sort|order|arrange|rank)(?:ed)?(?: (?:it|them|this|that|these|all))? by (?:the )?"
_ZH_BY: Final = r"(?:请)?(?:按照?|依|根据)"
_SORTED: Final = r"(?:来?排(?:序|列)?(?:一下)?|从[高大]到[低小](?:排[序列]?)?)"
_ORDERS: Final = {
    "price": (
        rf"{_BY}(?:purchase )?(?:price|cost|amount)s?",
        r"(?:the )?(?:most expensive|dearest|priciest|highest price) (?:ones? )?first",
        rf"{_ZH_BY}(?:购买)?(?:价格|价钱|金额|费用)(?:高低)?{_SORTED}?|最?贵的(?:排)?在?[前先]面?",
    ),
    "expiry": (
        rf"{_BY}(?:expiry|expiration|renewal|end)(?: dates?| days?)?",
        r"(?:the )?(?:next|first|soonest) to (?:expire|renew|end) first",
        rf"{_ZH_BY}(?:到期|续订)(?:日期?|时间)?{_SORTED}?|(?:最?先|最早|快)到期的(?:排)?在?[前先]面?",
    ),
    "purchaser": (rf"{_SORT_BY}(?:purchaser|buyer|owner)s?", rf"{_ZH_BY}(?:购买|采购)[人者]{_SORTED}"),
    "product": (rf"{_SORT_BY}(?:product|app|name)s?|alphabetically", rf"{_ZH_BY}(?:产品|名称|产品名称?){_SORTED}"),
    "bought": (
        rf"{_BY}(?:purchase |buying )?date(?: of purchase)?|(?:the )?(?:latest|newest|most recent) (?:ones? )?first",
        rf"{_ZH_BY}(?:购买|采购)(?:日期|时间){_SORTED}?|最[近新](?:购买)?的(?:排)?在?[前先]面?",
    ),
    "unused": (
        rf"{_BY}unused(?: licenses| cost)?|(?:the )?most unused first",
        rf"{_ZH_BY}闲置(?:许可证|费用|金额|数量)?{_SORTED}?|闲置最多的(?:排)?在?[前先]面?",
    ),
}


def leaf(words: str) -> Leaf | None:
    """What the words want to see of a list, where they say nothing else."""
    said = " ".join(words.casefold().split())
    if len(said) > LONGEST:
        return None
    if numbered := _whole(_NUMBERED, said):
        number = next(filter(None, numbered.groups()))
        return Leaf(_NUMBERS.get(number) or int(number))
    if page := next((to for to, patterns in _PAGES.items() if _whole(patterns, said)), None):
        return Leaf(page)
    if order := next((by for by, patterns in _ORDERS.items() if _whole(patterns, said)), None):
        return Leaf(order=order)
    bare = next((to for to, pattern in _BARE.items() if _whole((pattern,), said)), None)
    return Leaf(bare, bare=True) if bare else None


def _whole(patterns: tuple[str, ...], said: str) -> re.Match[str] | None:
    found = (re.fullmatch(rf"(?:{pattern}){_END}", said) for pattern in patterns)
    return next(filter(None, found), None)
