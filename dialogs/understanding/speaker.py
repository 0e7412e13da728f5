"""The speaker as one of those whom a message is about: "give it to me", 我和小林, "I never use mine"."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from dialogs.understanding.tokens import CHANGE_WORDS, Kind, Token

if TYPE_CHECKING:
    from dialogs.understanding.meaning import Slots
    from dialogs.understanding.propose import Proposal

_WITH_ME = ("我", "I")  # 我和小林, "Jo and I should be among them": the speaker is one of them
_WISHES = ("need", "polite", "have", "give_up")  # "take it from Jo, and I need one" is about somebody else
_TO_ME = dict.fromkeys(("分我", "派我", "给我分", "给我派", "给我配", "给我挂"), "我")
_SPEAKERS = {"me": "me", "myself": "myself", "我自己": "我自己", "本人": "本人", "给我": "我"} | _TO_ME
_HOLDERS = dict.fromkeys(("my", "mine", "me", "myself", "get me off"), "me") | dict.fromkeys(
    ("我的", "我自己", "本人", "我占的", "我手上的", "我手里的", "我名下的", "我身上的", "我身上挂的"), "我"
)
_HELD_BY = {"i": "me", "我": "我"}  # only with words of giving up: "I never use it", 我用不上
_I_HAVE = "我有"
_ME = frozenset({"me", "myself"})
_SPEAKER = _TO_ME | {"i": "I", "i'm": "I", "i am": "I", "my": "me", "mine": "me", "Me": "me"}


def with_speaker(filled: Slots, tokens: list[Token]) -> Slots:
    """The people, and the speaker among them: "give it to me", "me and Jo", 给我."""
    named = [
        _SPEAKERS.get(token.text.lower(), token.text) if token.kind is Kind.WORD else token.value
        for at, token in enumerate(tokens)
        if token.kind is Kind.PERSON
        or (token.text.lower() in _SPEAKERS and _beside_people(tokens, at, filled))
        or (token.text in _WITH_ME and _among_people(tokens, at))
    ]
    return filled | {"people": list(dict.fromkeys(named))} if named else filled


def with_self(filled: Slots, proposal: Proposal, tokens: list[Token]) -> Slots:
    """The speaker is the person meant where the rule asks for the speaker."""
    if frozenset({"whether_i_have"}) in proposal.rule.needs:
        return {"people": ["我" if any(token.language == "zh-CN" for token in tokens) else "me"]} | filled
    asked = next((sense for sense in ("self", "speaker") if frozenset({sense}) in proposal.rule.needs), None)
    if asked is None or "people" in filled:
        return filled
    named = (token.text for token in tokens if token.text.lower() in _ME)  # "take me off Visio, I never use it"
    speaker = next(named, None) or next(token.text for token in tokens if token.has(asked))
    return filled | {"people": [_SPEAKER.get(speaker.lower(), speaker)]}


def holder(tokens: list[Token]) -> Slots:
    """The speaker, who gives up a license: "take back my seat", 我用不上了."""
    if any(token.has("left") for token in tokens):
        return {}
    held_by = _HOLDERS | (_HELD_BY if any(token.has("give_up") for token in tokens) else {})
    found = next((held_by[token.text.lower()] for token in tokens if token.text.lower() in held_by), None)
    return {"people": [found]} if found else {}


def asks_for_oneself(tokens: list[Token]) -> Slots:
    """我有…吗, "is one assigned to me?": whether the speaker has a license."""
    if any(token.text == _I_HAVE for token in tokens):
        return {"people": ["我"]}
    mine = (one.text.lower() for before, one in pairwise(tokens) if before.has("have"))
    return {"people": ["me"]} if _ME.intersection(mine) else {}


def _among_people(tokens: list[Token], at: int) -> bool:
    """我和小林, 李雷还有我: joined to a name on either side."""
    wishes = any(token.has(*_WISHES) for token in tokens[at + 1 : at + 2])
    if tokens[at].text == "I" and wishes and any(token.has(*CHANGE_WORDS) for token in tokens[:at]):
        return False
    after, before = tokens[at + 1 : at + 3], tokens[max(at - 2, 0) : at][::-1]
    return any(
        [one.kind for one in beside[1:]] == [Kind.PERSON] and beside[0].has("joint")
        for beside in (after, before)
        if beside
    )


def _beside_people(tokens: list[Token], at: int, filled: Slots) -> bool:
    """Whether the speaker is one of those who get something, and does not just ask ("give me Ann's ...")."""
    return "people" not in filled or any(token.has("joint") for token in tokens[at + 1 : at + 2] + tokens[at - 1 : at])
