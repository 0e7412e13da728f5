"""What people are told of changes that others have made: short, privately, in their language, and without a price."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from dialogs.elements import Card, Line, Tone
from dialogs.texts import Reader, language_of
from dialogs.turn import Reply

if TYPE_CHECKING:
    from dialogs.texts import Value
    from storage.outbox import News

# Kinds of messages (storage/outbox.py) and the text of each; what is dated says whether its day has come.
TEXTS = {
    "handed_out": "channel.handed_out",
    "changed_by_deputy": "notice.changed_by_deputy",
    "license_given": "notice.license_given",
    "license_taken": "notice.license_taken",
    "subscription_goes_on": "notice.subscription_goes_on",
    "shared_with_you": "notice.shared_with_you",
    "deputy_named": "notice.deputy_named",
    "deputy_withdrawn": "notice.deputy_withdrawn",
}
DATED = {"license_given_up", "subscription_cancelled"}
WITHIN_THE_DESK = {"shared_with_you", "deputy_named", "deputy_withdrawn"}  # rights that Microsoft knows nothing of
IN_PUBLIC = {"handed_out"}  # said where the operation was asked for, `conversation`; all others to the person alone


def notice(news: News) -> Reply | None:
    """The words for one message, None for a kind that only a newer release knows.

    `payload` holds `total` and `on` (ISO date) where licenses change, and `team` where something is shared.
    """
    person = news.person
    reader = Reader(person.chosen_language or person.language or language_of(news.locale), news.timezone)
    key = TEXTS.get(news.kind)
    if news.kind in DATED:
        key = f"notice.{news.kind}.{_when(news)}"
    if key is None:
        return None
    text = reader.text(key, **_values(reader, news))
    if news.kind in IN_PUBLIC:
        return Reply(text, language=reader.language, into=news.payload["conversation"])
    if news.kind in WITHIN_THE_DESK:
        return Reply(text, language=reader.language)
    card = Card((Line(text), Line(reader.text("notice.own_record"), Tone.QUIET)))
    return Reply(text, card, language=reader.language)


def _values(reader: Reader, news: News) -> dict[str, Value]:
    values: dict[str, Value] = {
        "by": news.by or reader.text("notice.somebody"),
        "product": news.product or news.payload.get("product_name", ""),
        "team": news.team,
    }
    if "total" in news.payload:
        values["count"] = news.payload["total"]
    if day := _day(news):
        values["date"] = day
    return values


def _day(news: News) -> date | None:
    return date.fromisoformat(news.payload["on"]) if "on" in news.payload else None


def _when(news: News) -> str:
    day = _day(news)
    return "later" if day and day > news.today else "now"
