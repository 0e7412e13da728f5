"""What people are told of changes that they have not made: short, privately, in their language.

Only whoever pays is told of money.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from dialogs import request_notices, upkeep_notices
from dialogs.elements import Button, Card, Line, Tone
from dialogs.texts import Reader, language_of
from dialogs.turn import Reply
from storage.money import Money

if TYPE_CHECKING:
    from dialogs.texts import Value
    from storage.news import News

# Kinds of messages (storage/outbox.py) and the text of each; what is dated says whether its day has come.
TEXTS = {
    "handed_out": "channel.handed_out",
    "changed_by_deputy": "notice.changed_by_deputy",
    "license_given": "notice.license_given",
    "license_taken": "notice.license_taken",
    "license_stays": "notice.license_stays",
    "subscription_goes_on": "notice.subscription_goes_on",
    "shared_with_you": "notice.shared_with_you",
    "share_withdrawn": "notice.share_withdrawn",
    "deputy_named": "notice.deputy_named",
    "deputy_withdrawn": "notice.deputy_withdrawn",
    "approver_named": "notice.approver_named",
    "approver_withdrawn": "notice.approver_withdrawn",
    "payment.added": "notice.payment_added",
    "payment.replaced": "notice.payment_replaced",
    "payment.edited": "notice.payment_edited",
    "payment.removed": "notice.payment_removed",
    "billing.profile": "notice.billing_profile",
}
DATED = {"license_given_up", "subscription_cancelled", "subscription_ends"}
# Rights that Microsoft knows nothing of.
WITHIN_THE_DESK = {"shared_with_you", "share_withdrawn", "deputy_named", "deputy_withdrawn"}
WITHIN_THE_DESK |= {"approver_named", "approver_withdrawn"}
WITHIN_THE_DESK |= {kind for kind in TEXTS if kind.startswith(("payment.", "billing."))}
IN_PUBLIC = {"handed_out"}  # said where the operation was asked for, `conversation`; all others to the person alone


def notice(news: News) -> Reply | None:
    """The words for one message, None for a kind that only a newer release knows.

    `payload` holds `total` and `on` (ISO date) where licenses change, `team` where something is shared, and for whoever
    pays `net`, `each_period`, `currency` and `term`.
    """
    person = news.person
    reader = Reader(person.chosen_language or person.language or language_of(news.locale), news.timezone)
    if news.kind in request_notices.KINDS and news.request:
        return request_notices.notice(reader, news, news.request)
    if news.kind in upkeep_notices.KINDS:
        return _private(reader, upkeep_notices.words(reader, news), upkeep_notices.buttons(reader, news))
    key = TEXTS.get(news.kind)
    if news.kind in DATED:
        key = f"notice.{news.kind}.{_when(news)}"
    if key is None:
        return None
    text = _with_cost(reader, news, reader.text(key, **_values(reader, news)))
    if news.kind in IN_PUBLIC:
        return Reply(text, language=reader.language, into=news.payload["conversation"])
    if news.kind in WITHIN_THE_DESK:
        return Reply(text, language=reader.language)
    return _private(reader, text, ())


def _private(reader: Reader, text: str, buttons: tuple[Button, ...]) -> Reply:
    card = Card((Line(text), Line(reader.text("notice.own_record"), Tone.QUIET)), buttons)
    return Reply(text, card, language=reader.language)


def _values(reader: Reader, news: News) -> dict[str, Value]:
    values: dict[str, Value] = {
        "by": news.by or reader.text("notice.somebody"),
        "product": news.product or news.payload.get("product_name", ""),
        "team": news.team,
    }
    if "brand" in news.payload:
        card = {"brand": news.payload["brand"], "digits": news.payload["last_four"]}
        values["card"] = reader.text("fact.card", **card)
    if "total" in news.payload:
        values["count"] = news.payload["total"]
    if day := _day(news):
        values["date"] = day
    return values


def _with_cost(reader: Reader, news: News, said: str) -> str:
    """What it cost or gave back, and what each period costs from then on."""
    if news.kind != "changed_by_deputy" or "net" not in news.payload:
        return said
    net, each = (Money(news.payload[name], news.payload["currency"]) for name in ("net", "each_period"))
    if net:
        charged = net.amount > 0
        key = "notice.cost.charged" if charged else "notice.cost.credited"
        said = reader.text(key, said=said, amount=net if charged else -net)
    return reader.text(f"notice.cost.{news.payload['term']}", said=said, amount=each) if each else said


def _day(news: News) -> date | None:
    return date.fromisoformat(news.payload["on"]) if "on" in news.payload else None


def _when(news: News) -> str:
    day = _day(news)
    return "later" if day and day > news.today else "now"
