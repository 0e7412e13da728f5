"""What people are told of requests: who decides of a new one, who asked of what became of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dialogs.elements import Button, Card, Line, Tone
from dialogs.request_cards import decide_card
from dialogs.turn import Reply
from storage.request_views import RequestKind, RequestStatus

if TYPE_CHECKING:
    from dialogs.texts import Reader
    from storage.news import News
    from storage.request_views import RequestView

KINDS: Final = frozenset(
    {"request_made", "request_waits", "request_approved", "request_denied", "request_expired", "request_over"}
)  # of messages


def notice(reader: Reader, news: News, request: RequestView) -> Reply:
    """The words for one of KINDS; whoever decides gets the card to decide with."""
    if news.kind in ("request_made", "request_waits"):
        waits = (_waits(reader, news),) if news.kind == "request_waits" else ()
        text, card = decide_card(reader, request, waits)
        return Reply(text, card, language=reader.language)
    text = _words(reader, news, request)
    say = _next(reader, news, request)
    return Reply(text, Card((Line(text),), (Button(say, (("say", say),)),)) if say else None, language=reader.language)


def _waits(reader: Reader, news: News) -> Line:
    """That nobody has decided, and whether others are asked now."""
    more = news.payload.get("more", True)  # a message of an earlier release says nothing of it
    return Line(reader.text("request.waits" if more else "request.still_waits"), Tone.WARNING)


def _words(reader: Reader, news: News, request: RequestView) -> str:
    values = {"by": news.by or reader.text("notice.somebody"), "product": request.product_name}
    match news.kind:
        case "request_approved":
            return _approved(reader, request, values)
        case "request_denied" if request.kind is RequestKind.SPARE:
            return reader.text("notice.request.none_spare", product=request.product_name)
        case "request_denied":
            key = f"notice.request.{'denied_because' if request.reason else 'denied'}"
            return reader.text(key, count=request.licenses, reason=request.reason, **values)
        case "request_over":
            name = request.requester.name or reader.text("notice.somebody")
            return reader.text("spare.over", count=news.payload["count"], name=name, product=request.product_name)
        case _ if news.person.id == request.requester.id:
            return reader.text("notice.request.expired", count=request.licenses, **values)
    name = request.requester.name
    return reader.text("notice.request.expired_to_others", name=name, count=request.licenses, **values)


def _approved(reader: Reader, request: RequestView, values: dict[str, str]) -> str:
    if request.status is RequestStatus.PARTLY:
        return reader.text("notice.request.partly", count=request.granted, asked=request.licenses, **values)
    said = reader.text("notice.request.approved", count=request.granted, **values)
    names = [person.name for person in request.people if person.name]
    return reader.text("notice.request.got", said=said, count=len(names), names=reader.names(names)) if names else said


def _next(reader: Reader, news: News, request: RequestView) -> str:
    """What whoever asked may say to it."""
    if news.kind == "request_expired" and news.person.id == request.requester.id:
        key = "example.ask_for_spare" if request.kind is RequestKind.SPARE else "example.request"
        return reader.text(key, product=request.product_name)
    return reader.text("example.my_requests") if news.kind in ("request_approved", "request_denied") else ""
