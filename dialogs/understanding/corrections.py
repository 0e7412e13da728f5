"""What somebody takes back while speaking: "not X but Y", "X, no, Y", "don't do X, do Y". Only Y counts."""

from __future__ import annotations

from dataclasses import replace

from dialogs.understanding.tokens import ENTITIES, Kind, Token

_INERT = frozenset({"filler"})
_DENIED = frozenset({"denied"})
_NOT_THEM = _INERT | {"not_person"}
_ALSO = frozenset({"correct", "also=true"})
_OPENING = frozenset({"filler", "correction"})
_CHANGE = ("add", "reduce", "remove", "set", "buy", "cancel")
_DIRECTION = ("add", "reduce", "remove")
_SAYS_NOTHING = ("filler", "polite", "greet", "no", "ref")
_NEAR = 4  # pieces
_TOLD = ("reminder", "reported", "hypothetical")


def corrected(tokens: list[Token]) -> list[Token]:
    """The tokens with all that is taken back made inert."""
    return _without_denied(
        without_contrast(_without_opening(_without_retracted(_without_refused(_with_retorts(_with_addition(tokens))))))
    )


def _with_addition(tokens: list[Token]) -> list[Token]:
    """ "and Bo too", 还有李雷: people who come to those named before."""
    opening = next((at for at, token in enumerate(tokens) if token.kind is not Kind.MARK), 0)
    others = tokens[opening + 1 :]
    named = any(token.kind is Kind.PERSON for token in others)
    if not named or not tokens[opening].has("joint") or not all(map(_names_people, others)):
        return tokens
    also = replace(tokens[opening], kind=Kind.WORD, senses=_ALSO)
    return [*tokens[:opening], also, *(_inert(one) if one.has("add") else one for one in others)]


def _names_people(token: Token) -> bool:
    return token.kind in (Kind.PERSON, Kind.MARK) or token.has("joint", "add", "filler", "polite")


def _with_retorts(tokens: list[Token]) -> list[Token]:
    """ "no, Visio" and "no 7" put right what was said; 不要Visio and 不加 deny what follows them."""
    return [
        replace(token, senses=token.senses | {"retort"})
        if token.has("no") and not (_denies(token) and not _stops(tokens, at + 1))
        else token
        for at, token in enumerate(tokens)
    ]


def _without_refused(tokens: list[Token]) -> list[Token]:
    """ "don't reduce Visio, add 2 instead" asks for what comes second, about the product that came first."""
    end = _end(tokens, 0)
    refused, wanted = tokens[:end], tokens[end:]
    denied = next((word for word in refused if _denies(word)), None)
    if denied is None or not any(map(_changes, refused)) or any(word.has(*_TOLD) for word in refused):
        return tokens
    if any(map(_denies, wanted)) or not any(map(_changes, wanted)):
        return tokens
    named = any(word.kind is Kind.PRODUCT for word in wanted)
    subject = [] if named else [word for word in refused if word.kind is Kind.PRODUCT]
    opening = [replace(denied, kind=Kind.WORD, senses=_OPENING), *subject]
    return opening + [word.meaning(*_INERT) if word.has("correct", "rejoin") else word for word in wanted]


def without_contrast(tokens: list[Token]) -> list[Token]:
    """ "not the invoices, just my subscriptions", 减三个，不是减到三个: what is set against the rest asks nothing."""
    result = list(tokens)
    starts = [0, *(at + 1 for at, token in enumerate(tokens) if token.kind is Kind.MARK)]
    for at in starts:
        opening = next((place for place in range(at, len(tokens)) if not tokens[place].has("filler", "ref")), at)
        end = _mark(tokens, at)
        if not _is_contrast(tokens[opening:end], tokens[:at] + tokens[end:]):
            continue
        instead = any(token.has("rejoin", "only") for token in tokens[end : end + _NEAR])
        if (at == 0 and instead) or _says_something(tokens[:at]):
            result[opening:end] = map(_inert, tokens[opening:end])
    return result


def _is_contrast(clause: list[Token], rest: list[Token]) -> bool:
    """Whether it only says what is not meant: more than names, which may put right what was said before, and nothing
    that the rest is about and does not name itself."""
    if not clause or not clause[0].has("not") or _only_names(clause[1:]) or not _says_something(clause[1:]):
        return False
    known = not any(token.kind is Kind.UNKNOWN for token in clause)
    return known and {token.kind for token in clause} & ENTITIES <= {token.kind for token in rest}


def _says_something(tokens: list[Token]) -> bool:
    return any(token.kind is not Kind.MARK and not token.has(*_SAYS_NOTHING) for token in tokens)


def _mark(tokens: list[Token], at: int) -> int:
    return next((place for place in range(at, len(tokens)) if tokens[place].kind is Kind.MARK), len(tokens))


def _without_retracted(tokens: list[Token]) -> list[Token]:
    """ "add 3 to Visio, no, 2": of each kind that is said again, only what was said last."""
    for at in range(len(tokens) - 1, 1, -1):
        if not tokens[at].has("correct", "retort") or tokens[at].has("total") or not _stops(tokens, at - 1):
            continue
        before, after = tokens[:at], tokens[at + 1 :]
        again = {token.kind for token in after if token.kind in ENTITIES}
        wrong = not tokens[at].has("not")  # "not Jon, Jo" is denied, "wrong Jon, I meant Jo" is put right
        said = any(_changes(token) or (wrong and token.has("wrong")) for token in before)
        if said and again and _only_names(after) and again <= {token.kind for token in before}:
            kept = [
                _inert(token) if token.kind in again or token.has("correct", "retort") else token for token in before
            ]
            return [*kept, _inert(tokens[at]), *(_inert(word) if word.has("correct") else word for word in after)]
    return tokens


def _without_opening(tokens: list[Token]) -> list[Token]:
    """ "wait, add 3" and 不，是加: the words before the change only say that something is put right."""
    verb = next((at for at, token in enumerate(tokens) if token.kind is Kind.WORD and token.has(*_DIRECTION)), 0)
    opening = [token for token in tokens[:verb] if token.kind is not Kind.MARK]
    marks = any(token.has("correct", "retort") for token in opening)
    if not marks or not all(_only_corrects(token) for token in opening):
        return tokens
    return [replace(token, kind=Kind.WORD, senses=_OPENING) for token in opening] + tokens[verb:]


def _only_corrects(token: Token) -> bool:
    return token.has("retort") or (token.has("correct", "filler") and not _denies(token) and token.kind is Kind.WORD)


def _without_denied(tokens: list[Token]) -> list[Token]:
    """ "not Visio Plan 1 but Visio Plan 2"; where nothing is named besides, 不是5个 names nothing to be done."""
    result = list(tokens)
    for at, token in enumerate(tokens):
        if not token.has("not"):
            continue
        end = _end(tokens, at + 1)
        denied, rest = tokens[at + 1 : end], tokens[:at] + tokens[end:]
        named = any(one.kind in ENTITIES or one.kind is Kind.UNKNOWN for one in denied)
        if not (named and _only_names(denied)):
            continue
        instead = any(one.kind in ENTITIES for one in rest)
        if instead:
            result[at] = token.meaning("not", "correct", "filler")
            result[at + 1 : end] = map(_taken_back, denied)
        elif all(one.kind is Kind.MARK or one.has("filler", "no") for one in tokens[:at]):
            result[at + 1 : end] = [replace(one, kind=Kind.WORD, senses=_DENIED) for one in denied]
    return result


def _end(tokens: list[Token], at: int) -> int:
    while at < len(tokens) and tokens[at].kind is not Kind.MARK and not tokens[at].has("rejoin"):
        at += 1
    return at


def _stops(tokens: list[Token], at: int) -> bool:
    return 0 <= at < len(tokens) and tokens[at].kind is Kind.MARK


def _denies(token: Token) -> bool:
    return token.has("negation", "not")


def _changes(token: Token) -> bool:
    return token.kind is Kind.WORD and token.has(*_CHANGE)


def _inert(token: Token) -> Token:
    return replace(token, kind=Kind.WORD, senses=_INERT)


def _taken_back(token: Token) -> Token:
    """Who is taken back is still remembered: among several people named it tells which one is wrong."""
    return replace(token, kind=Kind.WORD, senses=_NOT_THEM) if token.kind is Kind.PERSON else _inert(token)


def _only_names(tokens: list[Token]) -> bool:
    names = ENTITIES | {Kind.UNKNOWN, Kind.MARK}
    return all(
        token.kind in names or token.has("filler", "license", "measure", "joint", "correct", "polite")
        for token in tokens
    )
