"""Gates between what a message may mean and what is done: a change passes only when nothing speaks against it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from dialogs.understanding.intents import intents
from dialogs.understanding.languages import lexicon
from dialogs.understanding.meaning import Guard, Request, Tier
from dialogs.understanding.slots import slots
from dialogs.understanding.speaker import asks_for_oneself, holder, with_self, with_speaker
from dialogs.understanding.tokens import CHANGE_WORDS, Kind, Token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.understanding.intents import Intent
    from dialogs.understanding.meaning import Slots
    from dialogs.understanding.propose import Proposal

_GUARDED = frozenset(Guard)
_NEVER_NEGATED = frozenset({"flow.abort", "flow.undo", "flow.correct", "confirm.yes"})
_OF_PEOPLE = ("licenses.assign", "licenses.unassign")
_FOR_PEOPLE = ("licenses.add", "purchase.new")
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
_PARTICLES = ("off", "away", "out", "down", "up", "back", "over", "on")
_NEAR = 3  # pieces before an order within which a word denies it, or says that it was suffered
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
    filled = with_self(filled, proposal, tokens) | {**proposal.rule.says}
    if intent.id in _OF_PEOPLE or (intent.id in _FOR_PEOPLE and "people" in filled):
        filled = with_speaker(filled, tokens)
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
    if intent.changes and _only_told(tokens):
        return Guard.REPORTED
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
        filled = with_speaker(filled, tokens)
    if intent_id == "licenses.unassign" and "people" not in filled:
        filled = filled | holder(tokens)
    if intent_id == "licenses.who" and "people" not in filled:
        filled = filled | asks_for_oneself(tokens)
    refused = guard is Guard.NEGATION and intent_id not in _SAID_BY_NEGATION and _refused(tokens)
    refused = refused or (intent.changes and _only_told(tokens))
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


def _only_told(tokens: list[Token]) -> bool:
    """Whether all it names was done to somebody: "Bob has been removed from Visio", 他的许可证被收回了."""
    said = {token.text.lower() for token in tokens}
    suffered = {
        at
        for passive in (file["passive"] for file in lexicon().data.values())
        if not said.isdisjoint(passive["after"])
        for at, token in enumerate(tokens)
        if _is_verb(token, passive["verbs"])
        and any(one.text.lower() in passive["after"] for one in _just_before(tokens, at, within=passive["within"]))
    }
    return bool(suffered) and all(
        at in suffered or token.text in _PARTICLES for at, token in enumerate(tokens) if token.has(*CHANGE_WORDS)
    )


def _is_verb(token: Token, verbs: Sequence[str]) -> bool:
    return token.text.lower().split(" ")[0] in verbs if verbs else token.has(*CHANGE_WORDS)


def _just_before(tokens: list[Token], at: int, within: int = _NEAR) -> list[Token]:
    near = tokens[max(at - within, 0) : at][::-1]
    return list(takewhile(lambda token: token.kind is not Kind.MARK, near))


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
    return token.has(*CHANGE_WORDS, "correct") or token.text in _OPENS_ORDER


def _asks(tokens: Sequence[Token], free: list[Token]) -> bool:
    """A question about a change is no order, unless it is a polite one ("can we get …?", 可以…吗)."""
    if any(token.has("polite") for token in tokens):
        return any(token.text in _WHETHER for token in tokens)
    words = [token for token in tokens if token.kind is not Kind.MARK]
    opens = bool(words) and words[0].has("question") and words[0] in free
    marked = any(token.text in QUESTION_MARKS for token in tokens[-3:])
    acting = _acting(tokens)
    return (
        opens
        or marked
        or any(token.has("question") and not token.has(*_NO_QUESTION) for token in free if token in acting)
    )


def _acting(tokens: Sequence[Token]) -> list[Token]:
    """The clauses that order something, of which 财务已经同意了 is none; all there is where none does."""
    clauses: list[list[Token]] = [[]]
    for token in tokens:
        clauses[-1].append(token)
        if token.kind is Kind.MARK:
            clauses.append([])
    return [token for clause in clauses if any(map(_is_order, clause)) for token in clause] or list(tokens)
