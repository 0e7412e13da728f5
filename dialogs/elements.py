"""Cards as elements: what is shown, not how it looks. Three renderings in `bot/cards` draw the same elements."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How much a line asks for attention."""

    PLAIN = "plain"
    QUIET = "quiet"  # explanations
    STRONG = "strong"  # the one line people came for
    GOOD = "good"
    WARNING = "warning"


class Style(StrEnum):
    """What a button means: at most one primary a card."""

    PRIMARY = "primary"
    PLAIN = "plain"


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Line:
    """A paragraph."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class Facts:
    """Label and value pairs, e.g. ("Due now", "$49.00")."""

    rows: tuple[tuple[str, str], ...]


class Price(Facts):
    """What a change costs; where several are shown together it is told once, for all of them."""


@dataclass(frozen=True)
class Option:
    """One answer to choose: `value` travels, `title` and `hint` are shown."""

    value: str
    title: str
    hint: str = ""


@dataclass(frozen=True)
class ChoiceInput:
    """A searchable list to pick one from, for more options than fit as buttons; travels with a tap as `id`."""

    id: str
    label: str
    options: tuple[Option, ...]
    placeholder: str
    missing: str  # shown when nothing is chosen


@dataclass(frozen=True)
class Dropdown:
    """A few options folded into one line, beside other fields; what is chosen travels with a tap as `id`, or ""."""

    id: str
    label: str
    options: tuple[Option, ...]
    placeholder: str


@dataclass(frozen=True)
class TextInput:
    """A field for words of one's own; travels with a tap as `id`."""

    id: str
    label: str
    placeholder: str
    lines: bool = False  # several lines


@dataclass(frozen=True)
class PeopleInput:
    """People of the organisation, found while typing; their object ids travel with a tap as `id`, with commas."""

    id: str
    label: str
    placeholder: str
    missing: str  # shown when nobody is chosen
    options: tuple[Option, ...] = ()  # who can be chosen before anything is typed; `value` is the object id


@dataclass(frozen=True)
class Table:
    """Rows under named columns, for people who compare."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Bar:
    """One of a chart: `size` is how long it is beside the others, `shown` what it stands for.

    Of money the size is in whole units: what a client writes beside a bar has no currency.
    """

    label: str
    size: int
    shown: str


@dataclass(frozen=True)
class Chart:
    """A picture of what a table on the same card says, for whoever sees better than reads."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Button:
    """A tap sends `data` (a random operation or question id and the answer; nothing that is trusted)."""

    title: str
    data: tuple[tuple[str, str], ...]
    style: Style = Style.PLAIN
    needs_input: bool = False  # the card's inputs travel with this tap and are checked first


@dataclass(frozen=True)
class Link:
    """Opens a page; sends nothing."""

    title: str
    url: str


Element = Heading | Line | Facts | Table | Chart | ChoiceInput | Dropdown | TextInput | PeopleInput


@dataclass(frozen=True)
class Card:
    """Elements top to bottom, then buttons."""

    elements: tuple[Element, ...]
    buttons: tuple[Button | Link, ...] = ()
