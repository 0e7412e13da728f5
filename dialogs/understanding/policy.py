"""What admins decide about buying: “disable self-service for Copilot”, “cap Sales at $500 a month”, 查看策略.

“Allow”, “limit” and 停用 are everyday words, so a message says one of these things as a whole or not at all, and no
word of it has a sense of its own.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from dialogs.understanding.languages import is_chinese
from dialogs.understanding.meaning import Request, Tier
from dialogs.understanding.reading import Reading
from dialogs.understanding.slots import named
from dialogs.understanding.tokens import Kind
from dialogs.understanding.whole import Whole

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from dialogs.understanding.languages import Lexicon
    from dialogs.understanding.meaning import Slots
    from dialogs.understanding.normalise import Text
    from dialogs.understanding.tokens import Token

_PRODUCT = "\x01"  # each letter of a product's name becomes one, so that places stay the same
_SALES = ("enabled", "trials_only", "disabled")
_PERS = {"each": "person", "team": "team", "organisation": "organisation"}
_THOUSAND = 1000


class Policy:
    """Finds the message that asks for the policy, or decides about it."""

    def __init__(self, lexicon: Lexicon) -> None:
        files = [file["policy"] for file in lexicon.data.values()]
        self._whole = Whole(files, product=f"{_PRODUCT}+")
        self._currencies = {word: codes for file in files for word, codes in file["currencies"].items()}

    def read(self, text: Text, tokens: list[Token]) -> Reading | None:
        """The reading of such a message; None for any other."""
        if not self._whole.may_be(text):
            return None
        masked, written = _masked(text, tokens)
        for does, pattern in self._whole.patterns:
            if found := pattern.fullmatch(masked):
                requests = self._requests(does, found, written, tokens)
                return Reading(tokens, Tier.ACCEPT, requests, rule=f"policy: {does} as a whole")
        return None

    def _requests(self, does: str, found: re.Match[str], written: str, tokens: list[Token]) -> tuple[Request, ...]:
        products = [token.value for token in tokens if token.kind is Kind.PRODUCT]
        if does in _SALES:
            about = [named(each) for each in products] or [{"everything": True}]
            return tuple(Request("policy.sale", {**each, "sale": does}) for each in about)
        match does:
            case "cap" | "lift":
                slots = self._cap(found, written) | (named(products[0]) if products else {})
                return (Request("policy.cap" if does == "cap" else "policy.uncap", slots),)
            case "approver" | "no_approver":
                people = [_person(written[slice(*found.span("who"))], tokens)]
                return (Request("policy.approvers", {"people": people, "withdraw": does == "no_approver"}),)
            case "open" | "closed":
                return (Request("policy.requests", {"opens": does == "open"}),)
        return (Request("policy.show"),)

    def _cap(self, found: re.Match[str], written: str) -> Slots:
        said = {name: value for name, value in found.groupdict().items() if value}
        slots: Slots = {}
        if whose := [per for name, per in _PERS.items() if name in said]:
            slots["per"] = whose[0]
        if "team" in said:
            slots["team"] = written[slice(*found.span("team"))].strip()
        if "count" in said:
            slots["quantity"] = int(said["count"])
        if "amount" in said:
            amount = Decimal(said["amount"].replace(",", "")) * (_THOUSAND if "thousands" in said else 1)
            slots["amount"] = f"{amount:f}"
            slots["currency"] = self._currencies.get(said.get("symbol") or said.get("unit") or "", [])
        return slots


def _person(name: str, tokens: Sequence[Token]) -> str:
    """Who that is: somebody who was picked from Teams' list is known for certain."""
    known = (token for token in tokens if token.kind is Kind.PERSON and token.text == name)
    return next((str(token.value) for token in known), name)


def _masked(text: Text, tokens: Sequence[Token]) -> tuple[str, str]:
    """The message with its products masked, and as it is written; Chinese without the spaces around it."""
    shown = text.lower
    for token in tokens:
        if token.kind is Kind.PRODUCT:
            shown = f"{shown[: token.start]}{_PRODUCT * (token.end - token.start)}{shown[token.end :]}"
    end = len(shown.rstrip(" .?!"))
    places = [at for at in range(len(shown) - len(shown.lstrip()), end) if not _needless(shown, at)]
    return "".join(shown[at] for at in places), "".join(text.cased[at] for at in places)


def _needless(text: str, at: int) -> bool:
    """A space beside Chinese, or beside a name in Chinese."""
    if text[at] != " " or not any(map(is_chinese, text)):
        return False
    beside = text[at - 1 : at] + text[at + 1 : at + 2]
    return any(is_chinese(char) or char == _PRODUCT or char.isdecimal() for char in beside)
