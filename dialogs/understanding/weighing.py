"""The rules and the learned model weighed against each other: what only one of them sees must be clear."""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile
from math import exp, log
from typing import TYPE_CHECKING

from dialogs.understanding.features import words
from dialogs.understanding.gates import admit
from dialogs.understanding.intents import intents
from dialogs.understanding.languages import lexicon
from dialogs.understanding.meaning import Guard, Tier
from dialogs.understanding.model import NOT_FOR_US, SEVERAL
from dialogs.understanding.tokens import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dialogs.understanding.gates import Verdict
    from dialogs.understanding.intents import Intent
    from dialogs.understanding.meaning import Request
    from dialogs.understanding.model import Model
    from dialogs.understanding.reading import Reading
    from dialogs.understanding.tokens import Token

_MOST_CHOICES = 3
# How far what only the model proposes can be trusted: log-odds, fitted to what it made of the examples of hands that
# were left out of its training (bench/hands.py).
_BAR = 0.8  # the trust it takes to start a change, which its quote still asks about
_BAR_TO_LOOK = 0.8  # the trust it takes to show what is ours, which changes nothing
_BAR_FOR_THE_REST = 0.88
_BAR_FOR_WHAT_IS_TOLD = 0.95  # the same, where somebody's words or a condition are heard
_EASE = 0.25  # trust that a part of a message for us may lack
_BIAS = -1.3
_LIKELY = 0.65  # for the log-odds of the intent
_MORE_THAN_ONE = -0.4  # for those of several requests
_STRANGER = -0.1  # for a word that nobody ever said to us
_STRANGER_TO_NOTHING = -0.9  # the same, where no product is named
_STRANGER_IN_TALK = -0.6
_NO_SUBJECT = -0.3  # where nothing of ours is named
_TOLD = -0.4  # where words of a story, a wish or a reminder are heard
_QUESTION = -0.7  # where a question or a condition is heard
_LEFT = -0.5  # where something was said that the intent has no use for
_UNEXPLAINED = -0.2  # for each piece of a change that no rule explains
_MOST, _LEAST = 5.0, -5.0  # log-odds that count
_MOST_STRANGERS = 3
_FOR_US = 0.04  # likelihood of being meant for somebody else that is still let through
_FOR_US_IN_PART = 0.3
_DOUBT = 0.1  # a rule's reading that the model finds less likely gives way to
_DECIDED = 0.95  # likelihood that decides between two rules
_ANOTHER = 0.7  # one that is as likely as this
_FOREIGN = 0.5  # from here on it is not for us, unless a rule says otherwise
_FOREIGN_TO_NOTHING = 0.25  # the same, where nothing of ours is named
_VERY_FOREIGN = 0.85  # from here on not even a rule for a change says otherwise
_CERTAIN = 0.97  # from here on not even a rule for a question says otherwise
_ASKED = frozenset({Guard.QUESTION, Guard.HYPOTHETICAL})  # guards that a polite request raises as well
_TELLING = frozenset({Guard.REPORTED, Guard.HYPOTHETICAL})
_LONG = 7  # pieces; in fewer, words of a dialogue mean what the rules say
_YES = "confirm.yes"
_ONLY_BY_RULE = (NOT_FOR_US, _YES)  # a yes is never guessed
_WORTH_ASKING = 0.05
_PERHAPS = 0.3  # likelihood of several requests from which a message is asked about rather than declined
_TWO = 0.5  # likelihood of several requests from which the model hears two rather than another one
_OF_PEOPLE = ("licenses.assign", "licenses.unassign")
_SOMEBODY = ("person", "self", "everyone", "department", "person_noun", "left", "license", "ref")
_STORY = ("hypothetical", "reminder", "reported")
_OURS = ("product", "license", "subscription", "method", "bill", "purchase", "invoice", "thing", "renews", "share",
         "catalog", "scheduled", "card_detail", "group_by", "org")  # fmt: skip


def weighed(ruled: Reading, likelihoods: Mapping[str, float], model: Model, *, part: bool = False) -> Reading:
    """The reading of the rules, confirmed, doubted or replaced by what the model finds likely.

    A `part` of a message that is for us needs less: the others speak for it.
    """
    shares = _of_one(likelihoods)
    best = max((name for name in shares if name not in _ONLY_BY_RULE), key=shares.__getitem__)
    if ruled.tier is Tier.ACCEPT:
        reading = _confirmed(ruled, likelihoods, best, model, part=part)
    elif _meant_to_ask(ruled, best, shares[best]) or any(token.has("foreign", "rival") for token in ruled.tokens):
        reading = ruled
    else:
        reading = _learned(ruled, likelihoods, best, model, part=part)
    return replace(reading, several=likelihoods[SEVERAL], foreign=likelihoods[NOT_FOR_US])


def _meant_to_ask(ruled: Reading, best: str, likely: float) -> bool:
    """Whether the rules ask on purpose: two of them fit equally to the model too, or a yes is not quite one."""
    if _YES in ruled.choices:
        return ruled.undecided or len(ruled.tokens) < _LONG
    talk = any(intents()[name].risk == "talk" for name in ruled.choices)
    return ruled.undecided and (talk or best not in ruled.choices or likely < _DECIDED)


def _of_one(likelihoods: Mapping[str, float]) -> dict[str, float]:
    rest = 1 - likelihoods[SEVERAL] or 1
    return {name: share / rest for name, share in likelihoods.items() if name != SEVERAL}


def _confirmed(ruled: Reading, likely: Mapping[str, float], best: str, model: Model, *, part: bool) -> Reading:
    """What a rule reads, unless the model is all but certain of something else."""
    shares, several = _of_one(likely), likely[SEVERAL]
    intent = ruled.requests[0].intent
    # an order for people says both: bought, and handed out
    both = several >= _TWO and best == "licenses.assign" and "people" in ruled.requests[0].slots
    said_by_rule = any(token.has("correction", "howto") for token in ruled.tokens)
    if intents()[intent].risk == "talk" or both or said_by_rule:
        return ruled
    if shares[NOT_FOR_US] >= (_VERY_FOREIGN if intents()[intent].changes else _CERTAIN):
        return replace(ruled, tier=Tier.CLARIFY, choices=(intent,), gates=(*ruled.gates, "the model doubts it"))
    if shares[intent] > _DOUBT or shares[best] < _ANOTHER:
        return ruled
    learned = _learned(ruled, likely, best, model, part=part)
    if learned.tier is Tier.ACCEPT:
        return learned
    return replace(
        ruled, tier=Tier.CLARIFY, choices=(best, intent), gates=(*ruled.gates, "the model reads something else")
    )


def _clear(ruled: Reading, verdict: Verdict, likely: Mapping[str, float], model: Model, *, part: bool) -> bool:
    """Whether what only the model proposes can be trusted: likely, and in words that people use with us."""
    shares = _of_one(likely)
    guards = {guard for guard in (ruled.guard, verdict.guard) if guard}
    ours = part or "topic" in verdict.request.slots  # help with one of its topics does nothing
    if shares[NOT_FOR_US] > (_FOR_US_IN_PART if ours else _FOR_US) or Guard.REMINDER in guards:
        return False
    intent = intents()[verdict.request.intent]
    if verdict.tier is not Tier.ACCEPT or verdict.refused:
        return False
    strange = not part and (_begins_strangely(ruled.tokens, model) or _of_nobody(verdict.request))
    if intent.changes and (strange or not _about_ours(ruled, intent, model)):
        return False
    if "quantity" in intent.slots and any(map(_cannot_be_used, ruled.tokens)):
        return False
    looks = "topic" in verdict.request.slots or (
        intent.risk == "read" and any(token.has(*_OURS) for token in ruled.tokens)
    )
    bar = _BAR if intent.changes else _BAR_TO_LOOK if looks else _BAR_FOR_THE_REST
    supposed = intent.id == "help" and not any(token.has("reported") for token in ruled.tokens)  # "how …, if …?"
    bar = bar if supposed or guards.isdisjoint(_TELLING) else _BAR_FOR_WHAT_IS_TOLD
    return not verdict.asked and _trust(ruled, verdict, guards, likely, model) >= bar - _EASE * part


def _cannot_be_used(token: Token) -> bool:
    """ "make Visio 1.5": more or fewer? Only words can tell."""
    return token.kind is Kind.NUMBER and bool(token.value.unusable)


def _of_nobody(request: Request) -> bool:
    """Whether licenses would be taken from nobody who is named: most who say so tell what others did."""
    return request.intent == "licenses.unassign" and "people" not in request.slots


def _begins_strangely(tokens: Sequence[Token], model: Model) -> bool:
    """Whether nobody ever said the first word to us, or what follows a department: "sales cries for ten"."""
    clause = list(takewhile(lambda token: token.kind is not Kind.MARK, tokens))
    goes_on = any(token.kind is not Kind.MARK for token in tokens[len(clause) :])
    if goes_on and not any(token.kind in (Kind.NUMBER, Kind.PRODUCT) for token in clause):
        return False  # it says why: who acts is us
    first = next((token for token in clause if not token.has("filler", "department")), None)
    said = [model.ours(word) for word in words([first])] if first else []
    return 2 * sum(said) < len(said)


def _about_ours(ruled: Reading, intent: Intent, model: Model) -> bool:
    """Whether a change is about something of ours: a product of ours, or a license, and no name of anything else."""
    tokens = ruled.tokens
    if intent.id in _OF_PEOPLE and not any(token.has(*_SOMEBODY) for token in tokens):
        return False
    if any(token.has("product", "method", "card_detail") for token in tokens):
        return True
    if any(map(_says_what_is_wrong_with_others, tokens)):
        return False
    if intent.id == "licenses.move" and not any(token.has("license", "ref") for token in tokens):
        return False
    others = any(token.kind is Kind.UNKNOWN and not all(map(model.ours, words([token]))) for token in tokens)
    strange = any(token.kind is Kind.UNKNOWN and token.text[0].isupper() for token in tokens[1:])
    people = "quantity" in intent.slots and any(token.has("person") for token in tokens)
    return any(token.has(*_OURS, "ref", "deputy") for token in tokens) and not (others or strange or people)


def _says_what_is_wrong_with_others(token: Token) -> bool:
    """ "our Mailchimp costs too much, end it": the reason names another maker's product, not as what is used now."""
    if token.kind is not Kind.REASON or token.value == "switched_service":
        return False
    return any("rival" in lexicon().words(word) for word in token.text.lower().split())


def _trust(ruled: Reading, verdict: Verdict, guards: set[Guard], likely: Mapping[str, float], model: Model) -> float:
    tokens, intent = ruled.tokens, intents()[verdict.request.intent]
    talk = intent.id if intent.risk == "talk" else None
    strangers = sum(not all(model.ours(word, talk) for word in words([token])) for token in tokens)
    named = any(token.has("product") for token in tokens)
    odds = (
        _BIAS
        + _LIKELY * _log_odds(_of_one(likely)[intent.id])
        + _MORE_THAN_ONE * _log_odds(likely[SEVERAL])
        + (_STRANGER_IN_TALK if talk else _STRANGER if named else _STRANGER_TO_NOTHING)
        * min(strangers, _MOST_STRANGERS)
        + _NO_SUBJECT * (not talk and not any(token.has(*_OURS) for token in tokens))
        + _TOLD * any(token.has(*_STORY) and not token.has("asking") for token in tokens)
        + _QUESTION * (not guards.isdisjoint(_ASKED))
        + _LEFT * verdict.left
        + _UNEXPLAINED * len(verdict.fired) * intent.changes
    )
    return 1 / (1 + exp(-odds))


def _log_odds(likely: float) -> float:
    return max(_LEAST, min(_MOST, log(max(likely, exp(_LEAST)) / max(1 - likely, exp(_LEAST)))))


def _learned(ruled: Reading, likely: Mapping[str, float], best: str, model: Model, *, part: bool) -> Reading:
    shares, verdict = _of_one(likely), admit(best, ruled.tokens)
    if _clear(ruled, verdict, likely, model, part=part):
        return _done(ruled, verdict, best)
    sure = ruled.guard is Guard.QUESTION and shares[best] >= _ANOTHER and shares[NOT_FOR_US] <= _FOR_US
    if ruled.guard and not sure:
        return ruled
    named = any(token.has("product") for token in ruled.tokens)
    foreign = shares[NOT_FOR_US] >= (_FOREIGN if named else _FOREIGN_TO_NOTHING) and likely[SEVERAL] < _PERHAPS
    if foreign or not any(_means_something(token, model) for token in ruled.tokens):
        return replace(ruled, tier=Tier.REJECT, requests=(), choices=())
    return _asked(ruled, shares, verdict)


def _means_something(token: Token, model: Model) -> bool:
    """Whether the language files know the word, or anybody ever said it to us: "bananas" is worth no question."""
    if token.kind is not Kind.UNKNOWN:
        return token.kind is not Kind.MARK
    return any(word in model.weights for word in words([token]))


def _asked(ruled: Reading, shares: Mapping[str, float], verdict: Verdict) -> Reading:
    likely = sorted((name for name in shares if name != NOT_FOR_US), key=shares.__getitem__, reverse=True)
    choices = [name for name in likely[:_MOST_CHOICES] if shares[name] >= _WORTH_ASKING] or likely[:1]
    if _YES in choices or choices[0] == "confirm.no":  # what is no plain no is no answer at all
        return replace(ruled, tier=Tier.CLARIFY, requests=(), choices=(_YES, "confirm.no"))
    gates = (*verdict.fired, *ruled.gates)
    guess = () if verdict.request.intent not in choices else (verdict.request,)
    return replace(ruled, tier=Tier.CLARIFY, requests=guess, choices=tuple(choices), guard=verdict.guard, gates=gates)


def _done(ruled: Reading, verdict: Verdict, best: str) -> Reading:
    return replace(
        ruled,
        tier=Tier.ACCEPT,
        requests=(verdict.request,),
        choices=(),
        rule=f"{best}: learned",
        guard=None,
        learned=True,
        gates=verdict.fired,
    )
