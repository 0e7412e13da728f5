"""Replies as activities: what each shows, and where it belongs in this turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botbuilder.schema import Activity, Attachment

from bot.cards.adaptive import CONTENT_TYPE, adaptive
from bot.cards.markdown import paragraphs
from dialogs.elements import Card, Line
from dialogs.turn import Message, Place, Reply, Scope

if TYPE_CHECKING:
    from bot.teams.wire import Json

TEXT_ANSWER = "application/vnd.microsoft.activity.message"


@dataclass(frozen=True)
class Shown:
    """A reply, drawn. `place` is TAPPED only when a card was tapped, and PRIVATE only in public."""

    activity: Activity
    place: Place
    text: str
    otherwise: str

    @property
    def card(self) -> Json | None:
        attachments = self.activity.attachments
        return attachments[0].content if attachments else None


def shown(reply: Reply, message: Message, tapped: str | None) -> Shown:
    """`reply` as an answer to `message`; `tapped` is the id of the activity whose card was tapped.

    A card goes without text beside it, which Teams would draw as a second message; notifications take the summary.
    What takes the place of a card is a card, if only of one line. Raises ValueError when it is too large for Teams.
    """
    place = _place(reply.place, message, tapped)
    card = reply.card or (Card((Line(reply.text),)) if place is Place.TAPPED else None)
    return Shown(drawn(reply, card), place, reply.text, reply.otherwise or "")


def drawn(reply: Reply, card: Card | None) -> Activity:
    """The reply as `card`, or as text without one; addressed to nobody yet. Raises ValueError as `shown`."""
    if card is None:
        return Activity(type="message", text=paragraphs(reply.text), text_format="plain")
    content = adaptive(card, fallback=reply.text, language=reply.language)
    attachment = Attachment(content_type=CONTENT_TYPE, content=content)
    return Activity(type="message", summary=reply.text, attachments=[attachment])


def _place(place: Place, message: Message, tapped: str | None) -> Place:
    if place is Place.TAPPED and tapped is None:
        return Place.HERE
    if place is Place.PRIVATE and message.scope is Scope.PERSONAL:
        return Place.HERE
    return place


def invoke_answer(replies: list[Shown]) -> tuple[Json, list[Shown]]:
    """The body that answers an Action.Execute, and the replies that are still to be sent.

    The card that takes the tapped one's place is the answer. Without one, a text said here is: only the person who
    tapped sees it. Source: Universal Actions for Adaptive Cards, response format; Teams repeats an empty answer.
    """
    for reply in replies:
        if reply.place is Place.TAPPED:
            return {"statusCode": 200, "type": CONTENT_TYPE, "value": reply.card}, replies
    for reply in replies:
        if reply.place is Place.HERE:
            rest = [other for other in replies if other is not reply or other.card]
            return text_answer(reply.text), rest
    return text_answer(""), replies


def text_answer(text: str) -> Json:
    """The body that answers an Action.Execute with words, for the person who tapped alone."""
    return {"statusCode": 200, "type": TEXT_ANSWER, "value": text}
