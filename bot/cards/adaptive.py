"""Draws a card as Adaptive Cards 1.5 JSON, the version every Teams client reads.

Names are those of the Adaptive Cards schema 1.5, plus `filtered` choice sets, which Teams documents for it.
"""

from __future__ import annotations

from dataclasses import replace

import orjson

from bot.cards.markdown import inert
from bot.cards.visible import visible
from dialogs.elements import Button, Card, ChoiceInput, Element, Facts, Heading, Line, Link, Style, Tone

Json = dict[str, object]

CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
LARGEST = 25 * 1024  # bytes; Teams refuses messages above 28 KB, envelope included
MOST_BUTTONS = 6  # Teams draws no more in a row; the others go into its "…" menu

_TONES: dict[Tone, Json] = {
    Tone.PLAIN: {},
    Tone.QUIET: {"isSubtle": True, "size": "Small"},
    Tone.STRONG: {"size": "Large", "weight": "Bolder"},
    Tone.GOOD: {"color": "Good", "weight": "Bolder"},
    Tone.WARNING: {"color": "Attention", "weight": "Bolder"},
}
_STYLES: dict[Style, Json] = {
    Style.PRIMARY: {"style": "positive"},
    Style.PLAIN: {},
}


def adaptive(card: Card, *, fallback: str = "", language: str = "en") -> Json:
    """The card as Teams wants it, small enough to be sent.

    `fallback` is what a client shows that cannot draw it, in the reader's `language`. A list of choices that
    does not fit loses its last ones (what is missing can still be typed). Raises ValueError when the words
    alone are too many.
    """
    drawn = _draw(card, fallback, language)
    while len(orjson.dumps(drawn)) > LARGEST:
        card = _with_fewer_choices(card)
        drawn = _draw(card, fallback, language)
    return drawn


def _draw(card: Card, fallback: str, language: str) -> Json:
    drawn: Json = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.5",
        "lang": language,
        "body": [_element(element) for element in card.elements],
    }
    if fallback:
        drawn["fallbackText"] = fallback
    if card.buttons:
        drawn["actions"] = [_action(button, place) for place, button in enumerate(card.buttons)]
    return drawn


def _with_fewer_choices(card: Card) -> Card:
    longest = max((len(e.options) for e in card.elements if isinstance(e, ChoiceInput)), default=0)
    if longest < 2:
        raise ValueError(f"a card of more than {LARGEST} bytes has no choices to leave out")
    keep = longest * 7 // 8
    return replace(
        card,
        elements=tuple(
            replace(element, options=element.options[:keep]) if isinstance(element, ChoiceInput) else element
            for element in card.elements
        ),
    )


def _element(element: Element) -> Json:
    match element:
        case Heading(text):
            return _text(text, {"style": "heading", "size": "Medium", "weight": "Bolder"})
        case Line(text, tone):
            return _text(text, _TONES[tone])
        case Facts(rows):
            return {"type": "FactSet", "facts": [_fact(name, value) for name, value in rows]}
        case ChoiceInput():
            return _choices(element)


def _fact(name: str, value: str) -> Json:
    return {"title": inert(name), "value": inert(value)}


def _text(text: str, look: Json) -> Json:
    return {"type": "TextBlock", "text": inert(text), "wrap": True, **look}


def _choices(choice: ChoiceInput) -> Json:
    return {
        "type": "Input.ChoiceSet",
        "id": choice.id,
        "label": visible(choice.label),
        "style": "filtered",
        "placeholder": visible(choice.placeholder),
        "choices": [
            {
                "title": visible(f"{option.title} · {option.hint}" if option.hint else option.title),
                "value": option.value,
            }
            for option in choice.options
        ],
        "isRequired": True,
        "errorMessage": choice.missing,
    }


def _action(button: Button | Link, place: int) -> Json:
    overflow: Json = {"mode": "secondary"} if place >= MOST_BUTTONS else {}
    if isinstance(button, Link):
        return {"type": "Action.OpenUrl", "title": visible(button.title), "url": button.url, **overflow}
    tap: Json = {
        "title": visible(button.title),
        "data": dict(button.data),
        "associatedInputs": "auto" if button.needs_input else "none",
        **_STYLES[button.style],
        **overflow,
    }
    # A client from before Action.Execute sends the same data as a message.
    return {"type": "Action.Execute", "verb": "desk", **tap, "fallback": {"type": "Action.Submit", **tap}}
