"""What may be said next where the record says no: one sentence, with as much of what was wanted as is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.elements import Button
from dialogs.people_question import names_in, who
from storage.quotes import ChangeQuote, PurchaseQuote

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dialogs.memory import Frame
    from dialogs.texts import Reader
    from dialogs.turn import Turn
    from storage.errors import Refused
    from storage.views import Quote, Refusal

    Values = Mapping[str, str | int]

# Refusals after which one sentence, an [example], is what people say next.
_ALWAYS: Final = {
    "unpaid": "show",
    "nothing_to_credit": "show",
    "already_cancelled": "keep",
    "already_off": "keep",
    "already_ended": "reactivate",
    "already_requested": "withdraw",
}
# The same for what the policy refuses, by the way on that the record names; whom to ask is no sentence to say.
_NAMED: Final = {"try": "try_product", "request": "request", "decide": "policy"}
_MOST_NAMES: Final = 3  # in a sentence that has to fit on a button


def buttons(reader: Reader, code: str, values: Values) -> tuple[Button, ...]:
    """The button of a refusal that says what may be done instead, where that is one sentence."""
    example = _ALWAYS.get(code) or _NAMED.get(str(values.get("way")))
    if example is None:
        return ()
    say = reader.text(f"example.{example}", product=values.get("wish", values["product"]))
    return (Button(say, (("say", say),)),)


async def of_words(turn: Turn, frame: Frame, refused: Refused) -> Values:
    """The values of a refusal with what `frame` has heard so far, as `wish`, where that may be requested."""
    if not _to_request(refused.values):
        return refused.values
    known = await who(turn, names_in(frame.slots.get("people")))
    names = [fitting[0].name if len(fitting) == 1 else name for name, fitting in known.items() if fitting]
    return _with_wish(turn, refused.values, names, frame.slots.get("quantity"))


def of_offer(turn: Turn, refusal: Refusal, offer: Quote | None) -> Values:
    """The same for an offer that is refused at the yes."""
    assigns = offer.assigns if isinstance(offer, PurchaseQuote | ChangeQuote) else ()
    names = [each.name for each in assigns]
    return _with_wish(turn, refusal.values, names) if _to_request(refusal.values) else refusal.values


def _to_request(values: Values) -> bool:
    return values.get("way") == "request"


def _with_wish(turn: Turn, values: Values, names: Sequence[str], said: object = None) -> Values:
    """“5 Visio Plan 2 for Ann Lee”: so many as the record says, or else as were `said`, or else one each.

    One license is for whoever asks, unless somebody else is named.
    """
    count = int(values.get("licenses") or (said if isinstance(said, int) else len(names)))
    wish = str(values["product"])
    if count > 1:
        wish = turn.reader.text("wish.several", count=count, product=wish)
    if 0 < len(names) <= _MOST_NAMES and (count > 1 or names != [turn.person.name]):
        wish = turn.reader.text("wish.for", wish=wish, names=turn.reader.names([*names]))
    return {**values, "wish": wish}
