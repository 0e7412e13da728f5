"""Draws a card as Adaptive Cards 1.5 JSON, the version every Teams client reads.

Names are those of the Adaptive Cards schema 1.5, plus what Teams documents for it: `filtered` choice sets, and
`choices.data`, which asks the bot for what fits the letters typed so far (bot/teams/search.py).
"""

from __future__ import annotations

from dataclasses import replace

import orjson

from bot.cards.markdown import inert
from bot.cards.visible import LONGEST_TYPED, visible
from dialogs.elements import (
    Button,
    Card,
    Chart,
    ChoiceInput,
    Dropdown,
    Element,
    Facts,
    Heading,
    Line,
    Link,
    Option,
    PeopleInput,
    Style,
    Table,
    TextInput,
    Tone,
)

Json = dict[str, object]

CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
LARGEST = 25 * 1024  # bytes; Teams refuses messages above 28 KB, envelope included
MOST_BUTTONS = 6  # Teams draws no more in a row; the others go into its "…" menu
MOST_COLUMNS = 3  # of a table on a telephone of 360 px; a wider one is drawn a block a row
# Our own data set, not Teams' people picker: that one offers guests and whom the record has never met, it is not in
# every cloud and client, and it reads a name in one script only.
PEOPLE = "people"

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
        case Table():
            return _table(element) if len(element.columns) <= MOST_COLUMNS else _blocks(element)
        case Chart():
            return _chart(element)
        case ChoiceInput():
            return _choices(element)
        case Dropdown():
            return _dropdown(element)
        case TextInput():
            return _typed(element)
        case PeopleInput():
            return _people(element)


def _fact(name: str, value: str) -> Json:
    return {"title": inert(name), "value": inert(value)}


def _text(text: str, look: Json) -> Json:
    return {"type": "TextBlock", "text": inert(text), "wrap": True, **look}


def _table(table: Table) -> Json:
    """The first column, which names what the row is about, is twice as wide as the others."""
    return {
        "type": "Table",
        "columns": [{"width": 1 if place else 2} for place in range(len(table.columns))],
        "rows": [_row(table.columns, {"weight": "Bolder"}), *(_row(row, {}) for row in table.rows)],
        "firstRowAsHeader": True,
    }


def _row(cells: tuple[str, ...], look: Json) -> Json:
    return {"type": "TableRow", "cells": [{"type": "TableCell", "items": [_text(cell, look)]} for cell in cells]}


def _blocks(table: Table) -> Json:
    return {"type": "Container", "items": [_block(table.columns, row) for row in table.rows]}


def _block(columns: tuple[str, ...], row: tuple[str, ...]) -> Json:
    facts = [_fact(name, value) for name, value in zip(columns[1:], row[1:], strict=True)]
    items = [_text(row[0], {"weight": "Bolder"}), {"type": "FactSet", "facts": facts, "spacing": "Small"}]
    return {"type": "Container", "separator": True, "items": items}


def _chart(chart: Chart) -> Json:
    """Teams' own element (its documentation: "Charts in Adaptive Cards"); elsewhere the table says the same."""
    return {
        "type": "Chart.HorizontalBar",
        "title": visible(chart.title),
        "displayMode": "AbsoluteNoAxis",
        "data": [{"x": visible(f"{bar.label}: {bar.shown}"), "y": bar.size} for bar in chart.bars],
        "fallback": "drop",
    }


def _choices(choice: ChoiceInput | PeopleInput) -> Json:
    return {
        "type": "Input.ChoiceSet",
        "id": choice.id,
        "label": visible(choice.label),
        "style": "filtered",
        "placeholder": visible(choice.placeholder),
        "choices": [_choice(option) for option in choice.options],
        "isRequired": True,
        "errorMessage": choice.missing,
    }


def _dropdown(dropdown: Dropdown) -> Json:
    return {
        "type": "Input.ChoiceSet",
        "id": dropdown.id,
        "label": visible(dropdown.label),
        "style": "compact",
        "placeholder": visible(dropdown.placeholder),
        "choices": [_choice(option) for option in dropdown.options],
    }


def _choice(option: Option) -> Json:
    title = f"{option.title} · {option.hint}" if option.hint else option.title
    return {"title": visible(title), "value": option.value}


def _people(people: PeopleInput) -> Json:
    return {
        **_choices(people),
        "isMultiSelect": True,
        "choices.data": {"type": "Data.Query", "dataset": PEOPLE},
    }


def _typed(text: TextInput) -> Json:
    return {
        "type": "Input.Text",
        "id": text.id,
        "label": visible(text.label),
        "placeholder": visible(text.placeholder),
        "isMultiline": text.lines,
        "maxLength": LONGEST_TYPED,
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
