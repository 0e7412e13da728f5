"""Cards as HTML for the try-it page: the elements Teams shows, escaped, and usable by keyboard."""

from __future__ import annotations

import json
from html import escape

from bot.cards.picture import picture
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
    Table,
    TextInput,
)


def html(card: Card, people: tuple[Option, ...] = ()) -> str:
    """The card as one form that never submits: it keeps the choices of two cards on a page apart.

    `people` are those of the organisation, by object id, for a field in which people are found.
    """
    elements = "".join(_element(element, people) for element in card.elements)
    buttons = "".join(_button(button) for button in card.buttons)
    actions = f'<div class="actions">{buttons}</div>' if buttons else ""
    return f'<form class="card" novalidate>{elements}{actions}</form>'


def _element(element: Element, people: tuple[Option, ...]) -> str:
    match element:
        case Heading(text):
            return f"<h3>{_escaped(text)}</h3>"
        case Line(text, tone):
            return f'<p class="{tone.value}">{_escaped(text)}</p>'
        case Facts(rows):
            return f"<dl>{''.join(_fact(label, value) for label, value in rows)}</dl>"
        case Table():
            return _table(element)
        case Chart():
            return picture(element)
        case ChoiceInput():
            return _choice(element, element.options, "radio")
        case PeopleInput(options=first):
            others = tuple(each for each in people if each.value not in {option.value for option in first})
            return _choice(element, (*first, *others), "checkbox")
        case Dropdown():
            return _dropdown(element)
        case TextInput():
            return _typed(element)


def _fact(label: str, value: str) -> str:
    return f"<div><dt>{_escaped(label)}</dt><dd>{_escaped(value)}</dd></div>"


def _table(table: Table) -> str:
    """Scrolls by itself where it is wider than the card, by keyboard too; on a telephone a row is a block.

    There each cell shows the name of its column, which it carries for that.
    """
    head = "".join(f'<th scope="col">{_escaped(name)}</th>' for name in table.columns)
    rows = "".join(f"<tr>{_row(table.columns, row)}</tr>" for row in table.rows)
    drawn = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="table" tabindex="0" role="region" aria-label="{_escaped(table.columns[0])}">{drawn}</div>'


def _row(columns: tuple[str, ...], row: tuple[str, ...]) -> str:
    cells = zip(map(_escaped, columns[1:]), map(_escaped, row[1:]), strict=True)
    drawn = "".join(f'<td data-label="{name}">{cell}</td>' for name, cell in cells)
    return f'<th scope="row">{_escaped(row[0])}</th>{drawn}'


def _choice(choice: ChoiceInput | PeopleInput, options: tuple[Option, ...], kind: str) -> str:
    """A search field over radio buttons or check boxes: arrows, space and screen readers work by themselves."""
    drawn = "".join(_option(choice.id, option, kind) for option in options)
    label, placeholder = _escaped(choice.label), _escaped(choice.placeholder)
    return (
        f'<fieldset class="choice" data-input="{escape(choice.id)}"><legend>{label}</legend>'
        f'<input type="search" placeholder="{placeholder}" aria-label="{placeholder}" autocomplete="off">'
        f'<div class="options">{drawn}</div>'
        f'<p class="missing" role="alert" hidden>{_escaped(choice.missing)}</p></fieldset>'
    )


def _option(name: str, option: Option, kind: str) -> str:
    hint = f"<small>{_escaped(option.hint)}</small>" if option.hint else ""
    return (
        f'<label><input type="{kind}" name="{escape(name)}" value="{escape(option.value)}">'
        f"<span>{_escaped(option.title)}{hint}</span></label>"
    )


def _dropdown(dropdown: Dropdown) -> str:
    options = "".join(
        f'<option value="{escape(each.value)}">{_escaped(each.title)}</option>' for each in dropdown.options
    )
    return (
        f'<label class="typed"><span>{_escaped(dropdown.label)}</span><select data-input="{escape(dropdown.id)}">'
        f'<option value="">{_escaped(dropdown.placeholder)}</option>{options}</select></label>'
    )


def _typed(text: TextInput) -> str:
    about = f'data-input="{escape(text.id)}" placeholder="{_escaped(text.placeholder)}" maxlength="{LONGEST_TYPED}"'
    field = f'<textarea rows="3" {about}></textarea>' if text.lines else f'<input type="text" {about}>'
    return f'<label class="typed"><span>{_escaped(text.label)}</span>{field}</label>'


def _button(button: Button | Link) -> str:
    title = _escaped(button.title)
    if isinstance(button, Link):
        return f'<a href="{escape(button.url)}" target="_blank" rel="noopener noreferrer">{title}</a>'
    data = escape(json.dumps(dict(button.data), ensure_ascii=False))
    needs = " data-needs-input" if button.needs_input else ""
    return f'<button type="button" class="{button.style.value}" data-tap="{data}"{needs}>{title}</button>'


def _escaped(text: str) -> str:
    return escape(visible(text))
