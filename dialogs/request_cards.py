"""What requests look like: to whoever asks, and to whoever decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.elements import Button, Card, Element, Facts, Heading, Line, Style, Table, Tone
from dialogs.seat_cards import left_out
from storage.request_views import RequestKind, RequestStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.texts import Reader
    from storage.quotes import EndRequestQuote, RequestQuote
    from storage.request_views import RequestView
    from storage.views import PersonView, Receipt

MOST_BUTTONS = 3  # requests of a list that have one


def quote_card(reader: Reader, quote: RequestQuote, asker: PersonView) -> tuple[str, Card]:
    """The card that asks whether to send it: for whom, who decides, and what it would cost them."""
    title = reader.text("request.title", count=quote.licenses, product=quote.product_name)
    times = "request.times" if quote.asks_more else "request.times_same"
    elements = (
        Heading(title),
        *_for(reader, quote.people, asker),
        Line(reader.text("request.who_decides", names=reader.either([each.name for each in quote.asks]))),
        Facts((*_note(reader, quote.note), (reader.text("fact.would_cost"), _each_month(reader, quote)))),
        *left_out(reader, quote.left_out, "will"),
        Line(reader.text(times, until=quote.passed_on_at, date=reader.day(quote.lapses_at)), Tone.QUIET),
    )
    send = Button(reader.text("button.send_request"), (("op", quote.id), ("do", "confirm")), Style.PRIMARY)
    return title, Card(elements, (send, _not_now(reader, quote.id)))


def receipt_card(reader: Reader, receipt: Receipt, quote: RequestQuote, asker: PersonView) -> tuple[str, Card]:
    """That it was sent, and how to hear of it."""
    title = reader.text("request.sent", count=quote.licenses, product=quote.product_name)
    done = reader.text("receipt.done", at=receipt.done_at, name=receipt.done_by.name)
    elements = (
        Heading(title),
        *_for(reader, quote.people, asker),
        Facts(((reader.text("fact.done"), done), *_note(reader, quote.note))),
        Line(reader.text("request.hear", names=reader.either([each.name for each in quote.asks])), Tone.GOOD),
    )
    says = (reader.text("example.my_requests"), reader.text("example.withdraw", product=quote.product_name))
    return title, Card(elements, tuple(Button(say, (("say", say),)) for say in says))


def end_card(reader: Reader, quote: EndRequestQuote) -> tuple[str, Card]:
    """The card that asks whether to withdraw it, or to deny it for this reason."""
    how = ending(quote)
    title = _of(reader, f"request.end.{how}", quote.request)
    reason = ((reader.text("fact.reason"), quote.note),) if quote.note else ()
    means = Line(reader.text(f"request.means.{how if quote.ends_it else 'left'}", name=quote.request.requester.name))
    does = reader.text(f"button.request.{how}")
    buttons = (Button(does, (("op", quote.id), ("do", "confirm")), Style.PRIMARY), _not_now(reader, quote.id))
    return title, Card((Heading(title), *([Facts(reason)] if reason else []), means), buttons)


def ended_card(reader: Reader, receipt: Receipt, quote: EndRequestQuote) -> tuple[str, Card]:
    """That it has ended, by whom and why."""
    title = _of(reader, f"request.ended.{ending(quote)}", quote.request)
    reason = ((reader.text("fact.reason"), quote.note),) if quote.note else ()
    done = reader.text("receipt.done", at=receipt.done_at, name=receipt.done_by.name)
    return title, Card((Heading(title), Facts(((reader.text("fact.done"), done), *reason))))


def ending(quote: EndRequestQuote) -> str:
    """What is done to it, in a word: it is withdrawn, denied, or declined by who has a license that nobody uses."""
    spare = quote.request.kind is RequestKind.SPARE and quote.ends is RequestStatus.DENIED
    return "declined" if spare else quote.ends.value


def decide_card(reader: Reader, request: RequestView, before: tuple[Element, ...] = ()) -> tuple[str, Card]:
    """Somebody's request with everything that one decides by, and the buttons to decide."""
    spare = request.kind is RequestKind.SPARE
    title = _of(reader, "spare.asks" if spare else "request.asks", request)
    asked = (reader.text("fact.asked"), reader.shown(request.asked_at))
    ends = (reader.text("fact.ends"), reader.shown(reader.day(request.expires_at)))
    elements = (
        Heading(title),
        *before,
        *([] if spare else _for(reader, request.people, None)),
        Facts((*_note(reader, request.note), asked, ends)),
        Line(_means(reader, request), Tone.QUIET),
    )
    return title, Card(elements, decide_buttons(reader, request))


def _means(reader: Reader, request: RequestView) -> str:
    if request.kind is RequestKind.SPARE:
        return reader.text("spare.you_decide", product=request.product_name)
    return reader.text("request.you_pay")


def decide_buttons(reader: Reader, request: RequestView) -> tuple[Button, ...]:
    """To approve all of it or a part, or to deny it; or to give a license away. Each shows first what it means."""
    giving = [("give", Style.PRIMARY), ("decline", Style.PLAIN)]
    does = giving if request.kind is RequestKind.SPARE else _deciding(request)
    return tuple(
        Button(reader.text(f"button.{do}"), (("request", request.id), ("do", do)), style) for do, style in does
    )


def _deciding(request: RequestView) -> list[tuple[str, Style]]:
    does = [("approve", Style.PRIMARY), ("deny", Style.PLAIN)]
    if request.licenses > 1:
        does.insert(1, ("part", Style.PLAIN))
    return does


def waiting_card(reader: Reader, requests: Sequence[RequestView], total: int) -> tuple[str, Card]:
    """A page of what waits for one's decision, the longest waiting first."""
    title = reader.text("request.waiting", count=total)
    columns = tuple(reader.text(f"request.column.{name}") for name in ("who", "product", "licenses", "since"))
    rows = tuple(
        (each.requester.name, each.product_name, reader.shown(each.licenses), reader.shown(reader.day(each.asked_at)))
        for each in requests
    )
    buttons = tuple(
        Button(option_title(reader, each), (("look", "waiting_requests"), ("pick.request", each.id)))
        for each in requests
    )
    return title, Card((Heading(title), Table(columns, rows)), buttons)


def own_card(reader: Reader, requests: Sequence[RequestView], total: int) -> tuple[str, Card]:
    """A page of one's own requests and how each stands, the latest first."""
    title = reader.text("request.own", count=total)
    columns = tuple(reader.text(f"request.column.{name}") for name in ("product", "licenses", "for", "state"))
    rows = tuple(
        (each.product_name, reader.shown(each.licenses), _names(reader, each.people), state(reader, each))
        for each in requests
    )
    open_ones = [each for each in requests if each.status is RequestStatus.PENDING][:MOST_BUTTONS]
    says = [reader.text("example.withdraw", product=each.product_name) for each in open_ones]
    return title, Card((Heading(title), Table(columns, rows)), tuple(Button(say, (("say", say),)) for say in says))


def state(reader: Reader, request: RequestView) -> str:
    """How it stands, by whom and why."""
    day = reader.day(request.ended_at or request.expires_at)
    by = request.decided_by.name if request.decided_by else ""
    spare = request.kind is RequestKind.SPARE and request.status in (RequestStatus.APPROVED, RequestStatus.DENIED)
    said = reader.text(
        f"spare.state.{request.status}" if spare else f"request.state.{request.status}",
        name=by or reader.text("notice.somebody"),
        date=day,
        granted=request.granted,
        asked=request.licenses,
    )
    return reader.text("request.state.because", state=said, reason=request.reason) if request.reason else said


def option_title(reader: Reader, request: RequestView) -> str:
    """One of several, short enough for a button."""
    values = {"name": request.requester.name, "product": request.product_name}
    return reader.text("request.option", number=request.licenses, **values)


def approving(reader: Reader, request: RequestView, total: int) -> list[Element]:
    """On the card of a purchase: for whose request it is, and whether it is all of it."""
    name = request.requester.name
    lines: list[Element] = [Line(_of(reader, "request.asks", request))]
    if request.note:
        lines.append(Facts(tuple(_note(reader, request.note))))
    if total < request.licenses:
        lines.append(Line(reader.text("request.part", count=total, licenses=request.licenses), Tone.WARNING))
    return [*lines, Line(reader.text("request.yours", name=name), Tone.QUIET)]


def _of(reader: Reader, key: str, request: RequestView) -> str:
    name = request.requester.name or reader.text("notice.somebody")
    return reader.text(key, name=name, count=request.licenses, product=request.product_name)


def _for(reader: Reader, people: Sequence[PersonView], asker: PersonView | None) -> list[Element]:
    if not people:
        return [Line(reader.text("request.for_nobody" if asker else "request.for_nobody_yet"), Tone.QUIET)]
    if asker is not None and [each.id for each in people] == [asker.id]:
        return [Line(reader.text("request.for_you"))]
    return [Line(reader.text("request.for", names=_names(reader, people)))]


def _names(reader: Reader, people: Sequence[PersonView]) -> str:
    return reader.names([each.name or reader.text("notice.somebody") for each in people]) or reader.text("history.none")


def _note(reader: Reader, note: str) -> list[tuple[str, str]]:
    return [(reader.text("fact.note"), note)] if note else []


def _each_month(reader: Reader, quote: RequestQuote) -> str:
    return reader.text("subscriptions.price.month", price=quote.each_month)


def _not_now(reader: Reader, operation: str) -> Button:
    return Button(reader.text("button.not_now"), (("op", operation), ("do", "decline")))
