"""Gates between what a message may mean and what is done: a change passes only when nothing speaks against it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from dialogs.understanding.intents import intents
from dialogs.understanding.meaning import Guard, Request, Tier
from dialogs.understanding.slots import slots
from dialogs.understanding.tokens import Kind, Token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.understanding.intents import Intent
    from dialogs.understanding.meaning import Slots
    from dialogs.understanding.propose import Proposal

_CHANGE_WORDS = (
    "add", "reduce", "remove", "set", "buy", "give", "take", "cancel", "replace", "update", "save",
    "move", "renews", "switch_off", "switch_on", "renew_again", "reactivate", "share", "unshare", "deputy", "drop_it",
)  # fmt: skip
_GUARDED = frozenset(Guard)
_NEVER_NEGATED = frozenset({"flow.abort", "flow.undo", "flow.correct", "confirm.yes"})
_WITH_ME = ("我", "I")  # 我和小林, "Jo and I should be among them": the speaker is one of them
_WISHES = ("need", "polite", "have", "give_up")  # "take it from Jo, and I need one" is about somebody else
_TO_ME = dict.fromkeys(("分我", "派我", "给我分", "给我派", "给我配", "给我挂"), "我")
_SPEAKERS = {"me": "me", "myself": "myself", "我自己": "我自己", "本人": "本人", "给我": "我"} | _TO_ME
_OF_PEOPLE = ("licenses.assign", "licenses.unassign")
_HOLDERS = dict.fromkeys(("my", "mine", "me", "myself", "get me off"), "me") | dict.fromkeys(
    ("我的", "我自己", "本人", "我占的", "我手上的", "我手里的", "我名下的", "我身上的", "我身上挂的"), "我"
)
_HELD_BY = {"i": "me", "我": "我"}  # only with words of giving up: "I never use it", 我用不上
_I_HAVE = "我有"
_SPEAKER = _TO_ME | {"i": "I", "i'm": "I", "i am": "I", "my": "me", "mine": "me", "Me": "me"}
_EVIDENCE = ("product", "license", "subscription", "method", "bill", "purchase")
_WHETHER = ("要不要", "是不是", "是否", "该不该")
_OPENS_ORDER = ("把", "将")
_HESITANT = ("hold", "no", "not", "abort", "correct", "negation", "question", "ref", "or")
QUESTION_MARKS = ("?", "吗", "么")
_NO_QUESTION = ("filler", "have", "give")
_CLEARLY_OURS = ("product", "license", "subscription", "bill")
# what may be told besides without changing what is asked for
_CIRCUMSTANCES = ("person", "reason", "feedback", "group_by", "team")
_DECIDES = ("confirm.no", "flow.abort")  # "hmm, not sure" decides nothing
_COUNTLESS = ("licenses.assign", "licenses.unassign", "licenses.move", "payment.add", "payment.edit", "payment.replace")
_SAID_BY_NEGATION = ("share.take", "recurring.off", "recurring.on", "schedule.drop")
_NEAR = 3  # pieces before an order within which a word denies it
_TOLERATED = 1  # unknown words in a question that is otherwise clear
_HOPELESS = 3  # unknown words that leave nothing to ask about


@dataclass(frozen=True)
class Verdict:
    """What the gates make of one proposal; of one that no rule makes, also whether every order in it is one not to
    do something (`refused`), ends as a question (`asked`), and whether something is said besides (`left`)."""

    tier: Tier
    request: Request
    guard: Guard | None = None
    fired: tuple[str, ...] = field(default_factory=tuple)
    refused: bool = False
    asked: bool = False
    left: bool = False


@dataclass(frozen=True)
class _Said:
    """What every proposal for the same tokens is judged by."""

    tokens: list[Token]
    senses: frozenset[str]
    unknown: list[Token]
    foreign: bool


def judge(proposals: Sequence[Proposal], tokens: list[Token]) -> list[tuple[Proposal, Verdict]]:
    """Whether each proposal is to be done, asked about or declined, and which gates said so."""
    said = _Said(
        tokens,
        frozenset[str]().union(*(token.senses for token in tokens)),
        [token for token in tokens if token.kind is Kind.UNKNOWN],
        any(token.has("foreign", "rival") and not token.has("filler") for token in tokens),
    )
    named = {one.intent: slots(tokens, intents()[one.intent]) for one in proposals}
    return [(one, _judged(one, said, *named[one.intent])) for one in proposals]


def _judged(proposal: Proposal, said: _Said, filled: Slots, surplus: list[str]) -> Verdict:
    intent, tokens, unknown = intents()[proposal.intent], said.tokens, said.unknown
    filled = _with_self(filled, proposal, tokens) | {**proposal.rule.says}
    if intent.id in _OF_PEOPLE:
        filled = _with_speaker(filled, tokens)
    request = Request(intent.id, filled)
    if intent.id == "confirm.yes" and wavers(tokens):
        return Verdict(Tier.CLARIFY, request, None, ("not a plain yes",))
    if _only_pauses(intent, tokens):
        return Verdict(Tier.CLARIFY, request, None, ("not a plain no",))
    if not intent.changes:
        surplus = [kind for kind in surplus if kind not in proposal.rule.may]
    fired = [f"left over: {token.text}" for token in proposal.unexplained]
    fired += [f"does not fit: {kind}" for kind in surplus]
    fired += [f"unknown: {token.text}" for token in unknown]
    if guard := _guard(intent, tokens, frozenset[str]().union(*proposal.rule.needs)):
        asked = intent.changes and guard in (Guard.QUESTION, Guard.HYPOTHETICAL) and not unknown and not said.foreign
        return Verdict(Tier.CLARIFY if asked else Tier.REJECT, request, guard, (*fired, f"guard: {guard}"))
    if said.foreign or len(unknown) >= _HOPELESS:
        return Verdict(Tier.REJECT, request, None, (*fired, "not ours"))
    return Verdict(_tier(intent, proposal, said, surplus), request, None, tuple(fired))


def _tier(intent: Intent, proposal: Proposal, said: _Said, surplus: list[str]) -> Tier:
    evidence, unknown = not said.senses.isdisjoint(_EVIDENCE), said.unknown
    reads = intent.risk == "read"
    left = [
        token
        for token in proposal.unexplained
        if token.kind is not Kind.UNKNOWN and not (reads and token.has("several"))  # "the first invoice"
    ]
    tolerated = _TOLERATED if reads and not said.senses.isdisjoint(_CLEARLY_OURS) else 0
    if not left and not surplus and len(unknown) <= tolerated:
        return Tier.ACCEPT
    if intent.id == "confirm.yes":
        hesitant = not unknown and all(token.has(*_HESITANT) for token in left)
        return Tier.CLARIFY if hesitant else Tier.REJECT
    return Tier.CLARIFY if (evidence and intent.risk != "talk") or not unknown else Tier.REJECT


def _guard(intent: Intent, tokens: list[Token], needed: frozenset[str]) -> Guard | None:
    """Why these words start nothing; "don't cancel" must not drop the open task either."""
    if not any(token.has(*_GUARDED) or token.text in QUESTION_MARKS for token in tokens):
        return None
    free = [token for token in tokens if not token.has(*needed)]
    if intent.id in _NEVER_NEGATED and _negated(tokens, free):
        return Guard.NEGATION
    if not intent.changes:
        return None
    for guard in (Guard.REMINDER, Guard.REPORTED, Guard.HYPOTHETICAL):
        if any(token.has(guard.value) and not token.has("polite") for token in free):
            return guard
    if _negated(tokens, free):
        return Guard.NEGATION
    return Guard.QUESTION if _asks(tokens, free) else None


def admit(intent_id: str, tokens: list[Token]) -> Verdict:
    """What the gates make of an intent that no rule proposes; how far it can be trusted is weighed."""
    intent = intents()[intent_id]
    filled, surplus = slots(tokens, intent)
    unknown = [token.text for token in tokens if token.kind is Kind.UNKNOWN]
    fired = [*(f"does not fit: {kind}" for kind in surplus), *(f"unknown: {text}" for text in unknown)]
    plain = _without_courtesy(tokens)
    guard = _guard(intent, plain, frozenset())
    if intent_id in _OF_PEOPLE:
        filled = _with_speaker(filled, tokens)
    if intent_id == "licenses.unassign" and "people" not in filled:
        filled = filled | _holder(tokens)
    if intent_id == "licenses.who" and "people" not in filled and any(token.text == _I_HAVE for token in tokens):
        filled = filled | {"people": ["我"]}
    refused = guard is Guard.NEGATION and intent_id not in _SAID_BY_NEGATION and _refused(tokens)
    asked = (
        intent.changes
        and guard in (Guard.QUESTION, Guard.HYPOTHETICAL)
        and any(token.text in QUESTION_MARKS for token in plain[-3:])
    )
    over = any(token.has("elsewhere") for token in tokens) or any(
        kind not in _CIRCUMSTANCES and not (kind == "number" and intent_id in _COUNTLESS) for kind in surplus
    )
    unfit = (over and "quantity" in intent.slots) or _says_two(intent, surplus) or _only_pauses(intent, tokens)
    tier = Tier.CLARIFY if unfit else Tier.ACCEPT
    left = over or _said_besides(intent, tokens)
    return Verdict(tier, Request(intent_id, filled), guard, tuple(fired), refused, asked, left)


def _only_pauses(intent: Intent, tokens: list[Token]) -> bool:
    """ "no, wait": something else is to come, and the offer stands until then."""
    return intent.id == "confirm.no" and any(token.has("pause") for token in tokens)


def _says_two(intent: Intent, surplus: list[str]) -> bool:
    """Whether two products are named for what takes one: the request would be about neither."""
    return Kind.PRODUCT in surplus and "product" in intent.slots


def _said_besides(intent: Intent, tokens: list[Token]) -> bool:
    """Whether it is to be done later, or is about somebody else's."""
    later = any(token.has("hold") and not token.has("filler") for token in tokens)
    whose = intent.id == "payment.show" and any(token.has("person", "department") for token in tokens)
    return whose or (later and (intent.changes or intent.id in _DECIDES))


def _refused(tokens: list[Token]) -> bool:
    """Whether all it orders is not to do something: "don't add any", but not 卡不换，改个地址."""
    orders = [at for at, token in enumerate(tokens) if _is_order(token) and not token.has("negation")]
    return all(any(token.has("negation") for token in _just_before(tokens, at)) for at in orders)


def _just_before(tokens: list[Token], at: int) -> list[Token]:
    near = tokens[max(at - _NEAR, 0) : at][::-1]
    return list(takewhile(lambda token: token.kind is not Kind.MARK, near))


def _holder(tokens: list[Token]) -> Slots:
    """The speaker, who gives up a license: "take back my seat", 我用不上了."""
    if any(token.has("left") for token in tokens):
        return {}
    held_by = _HOLDERS | (_HELD_BY if any(token.has("give_up") for token in tokens) else {})
    found = next((held_by[token.text.lower()] for token in tokens if token.text.lower() in held_by), None)
    return {"people": [found]} if found else {}


def _without_courtesy(tokens: list[Token]) -> list[Token]:
    """The tokens without what makes "could X be lowered by two?" look like a question."""
    asks = any(token.has("asking") for token in tokens) and not any(
        token.has("what", "how", "many") for token in tokens
    )
    if not asks:
        return tokens
    return [token for token in tokens if not token.has("asking") and token.text not in QUESTION_MARKS]


def wavers(tokens: Sequence[Token]) -> bool:
    """Whether a yes is asked, trails off or is given unwillingly: 可以吗, "fine...", 好吧; 是不是 asks in one word."""
    words = [token for token in tokens if token.kind is not Kind.MARK]
    asks = any(token.text in QUESTION_MARKS for token in tokens) or any(
        token.has("yes_or_no", "reluctant") for token in words
    )
    return asks or [token.text for token in tokens[-2:]] == [".", "."]


def _negated(tokens: Sequence[Token], free: list[Token]) -> bool:
    if any(token.has("negation") and not token.has("filler", "no", "not") for token in free):
        return True
    return any(
        token.has("negation") and not token.has("correct") and _is_order(following)
        for token, following in pairwise(tokens)
    )


def _is_order(token: Token) -> bool:
    return token.has(*_CHANGE_WORDS, "correct") or token.text in _OPENS_ORDER


def _asks(tokens: Sequence[Token], free: list[Token]) -> bool:
    """A question about a change is no order, unless it is a polite one ("can we get …?", 可以…吗)."""
    if any(token.has("polite") for token in tokens):
        return any(token.text in _WHETHER for token in tokens)
    words = [token for token in tokens if token.kind is not Kind.MARK]
    opens = bool(words) and words[0].has("question") and words[0] in free
    marked = any(token.text in QUESTION_MARKS for token in tokens[-3:])
    return opens or marked or any(token.has("question") and not token.has(*_NO_QUESTION) for token in free)


def _with_speaker(filled: Slots, tokens: list[Token]) -> Slots:
    """The people, and the speaker among them: "give it to me", "me and Jo", 给我."""
    named = [
        _SPEAKERS.get(token.text.lower(), token.text) if token.kind is Kind.WORD else token.value
        for at, token in enumerate(tokens)
        if token.kind is Kind.PERSON
        or (token.text.lower() in _SPEAKERS and _beside_people(tokens, at, filled))
        or (token.text in _WITH_ME and _among_people(tokens, at))
    ]
    return filled | {"people": list(dict.fromkeys(named))} if named else filled


def _among_people(tokens: list[Token], at: int) -> bool:
    """我和小林, 李雷还有我: joined to a name on either side."""
    wishes = any(token.has(*_WISHES) for token in tokens[at + 1 : at + 2])
    if tokens[at].text == "I" and wishes and any(token.has(*_CHANGE_WORDS) for token in tokens[:at]):
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


def _with_self(filled: Slots, proposal: Proposal, tokens: list[Token]) -> Slots:
    """The speaker is the person meant where the rule asks for the speaker."""
    if frozenset({"whether_i_have"}) in proposal.rule.needs:
        return {"people": ["我" if any(token.language == "zh-CN" for token in tokens) else "me"]} | filled
    asked = next((sense for sense in ("self", "speaker") if frozenset({sense}) in proposal.rule.needs), None)
    if asked is None or "people" in filled:
        return filled
    speaker = next(token.text for token in tokens if token.has(asked))
    return filled | {"people": [_SPEAKER.get(speaker.lower(), speaker)]}
