"""Draws a card as text for the terminal, with its buttons numbered in the order they can be tapped."""

from __future__ import annotations

import unicodedata

from bot.cards.visible import visible
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
    PeopleInput,
    Table,
    TextInput,
    Tone,
)

LONGEST_BAR = 30  # columns
_MARKS = {Tone.GOOD: "✓ ", Tone.WARNING: "! "}


def plain(card: Card) -> str:
    """The card as lines of text, without control characters; `[1]` is `card.buttons[0]` and so on."""
    blocks = [_element(element) for element in card.elements]
    if card.buttons:
        blocks.append("  ".join(_button(button, number) for number, button in enumerate(card.buttons, start=1)))
    return visible("\n".join(blocks))


def _element(element: Element) -> str:
    match element:
        case Heading(text):
            return f"{text}\n{'─' * _width(text)}"
        case Line(text, tone):
            return _MARKS.get(tone, "") + text
        case Facts(rows):
            return _aligned(rows)
        case Table(columns, rows):
            return _aligned((columns, *rows))
        case Chart():
            return _chart(element)
        case ChoiceInput() | Dropdown() | PeopleInput():
            return "\n".join([element.label, *(_option(option.title, option.hint) for option in element.options)])
        case TextInput(label=label, placeholder=placeholder):
            return f"{label}\n  {placeholder}"


def _chart(chart: Chart) -> str:
    """Bars of blocks, each as long as its share of the longest."""
    longest = max((bar.size for bar in chart.bars), default=0) or 1
    rows = tuple((bar.label, f"{'█' * max(LONGEST_BAR * bar.size // longest, 1)} {bar.shown}") for bar in chart.bars)
    return f"{chart.title}\n{_aligned(rows)}" if rows else chart.title


def _aligned(rows: tuple[tuple[str, ...], ...]) -> str:
    """Columns as wide as their widest cell, two spaces apart."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)) for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def _option(title: str, hint: str) -> str:
    return f"  • {title} ({hint})" if hint else f"  • {title}"


def _button(button: Button | Link, number: int) -> str:
    return f"[{number}] {button.title}" + (f" {button.url}" if isinstance(button, Link) else "")


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
