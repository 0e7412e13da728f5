"""Cards as HTML for the try-it page: the elements Teams shows, escaped, and usable by keyboard."""

from __future__ import annotations

import json
from html import escape

from bot.cards.visible import visible
from dialogs.elements import Button, Card, ChoiceInput, Element, Facts, Heading, Line, Link, Option


def html(card: Card) -> str:
    """The card as one form that never submits: it keeps the choices of two cards on a page apart."""
    elements = "".join(_element(element) for element in card.elements)
    buttons = "".join(_button(button) for button in card.buttons)
    actions = f'<div class="actions">{buttons}</div>' if buttons else ""
    return f'<form class="card" novalidate>{elements}{actions}</form>'


def _element(element: Element) -> str:
    match element:
        case Heading(text):
            return f"<h3>{_escaped(text)}</h3>"
        case Line(text, tone):
            return f'<p class="{tone.value}">{_escaped(text)}</p>'
        case Facts(rows):
            return f"<dl>{''.join(_fact(label, value) for label, value in rows)}</dl>"
        case ChoiceInput():
            return _choice(element)


def _fact(label: str, value: str) -> str:
    return f"<div><dt>{_escaped(label)}</dt><dd>{_escaped(value)}</dd></div>"


def _choice(choice: ChoiceInput) -> str:
    """A search field over radio buttons: arrows, space and screen readers work without a script of ours."""
    options = "".join(_option(choice.id, option) for option in choice.options)
    label, placeholder = _escaped(choice.label), _escaped(choice.placeholder)
    return (
        f'<fieldset class="choice" data-input="{escape(choice.id)}"><legend>{label}</legend>'
        f'<input type="search" placeholder="{placeholder}" aria-label="{placeholder}" autocomplete="off">'
        f'<div class="options">{options}</div>'
        f'<p class="missing" role="alert" hidden>{_escaped(choice.missing)}</p></fieldset>'
    )


def _option(name: str, option: Option) -> str:
    hint = f"<small>{_escaped(option.hint)}</small>" if option.hint else ""
    return (
        f'<label><input type="radio" name="{escape(name)}" value="{escape(option.value)}">'
        f"<span>{_escaped(option.title)}{hint}</span></label>"
    )


def _button(button: Button | Link) -> str:
    title = _escaped(button.title)
    if isinstance(button, Link):
        return f'<a href="{escape(button.url)}" target="_blank" rel="noopener noreferrer">{title}</a>'
    data = escape(json.dumps(dict(button.data), ensure_ascii=False))
    needs = " data-needs-input" if button.needs_input else ""
    return f'<button type="button" class="{button.style.value}" data-tap="{data}"{needs}>{title}</button>'


def _escaped(text: str) -> str:
    return escape(visible(text))
