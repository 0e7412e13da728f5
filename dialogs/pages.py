"""Long lists, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypedDict, TypeVar

from dialogs.elements import Button, Card, Line, Tone

if TYPE_CHECKING:
    from dialogs.turn import Turn

T = TypeVar("T")

MOST_PAGES = 100_000
A_PAGE = 10  # rows; a card of many more is longer than a telephone is high


class Listed(TypedDict):
    """The list that was shown last, as it is remembered: what its buttons ask, and where in it people are."""

    look: dict[str, str]
    page: int
    pages: int


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of a list, the `number`th so many."""

    rows: list[T]
    number: int
    size: int
    total: int

    @property
    def first(self) -> int:
        """The place of its first row in the list, counted from one."""
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        """The place of its last row."""
        return self.first + len(self.rows) - 1


def page_number(said: str) -> int:
    """The page that is asked for; what is no number asks for the first."""
    return int(said) if said.isdecimal() and 0 < int(said) <= MOST_PAGES else 1


def page_of(rows: list[T], page: str, size: int = A_PAGE) -> Page[T]:
    """The page of that number; one that is not there is the first."""
    number = int(page) if page.isdecimal() and 0 < int(page) <= -(-len(rows) // size) else 1
    return Page(rows[(number - 1) * size : number * size], number, size, len(rows))


def paged(turn: Turn, card: Card, page: Page[T], *look: tuple[str, str]) -> Card:
    """The card of a page, with where in the list it is and buttons to turn it; `look` is what these ask.

    The words that come next may turn it as well.
    """
    reader = turn.reader
    turn.listed = Listed(look=dict(look), page=page.number, pages=max(1, -(-page.total // page.size)))
    if page.total <= page.size:
        return card
    where = Line(reader.text("page.where", first=page.first, last=page.last, total=page.total), Tone.QUIET)
    back = Button(reader.text("button.back"), (*look, ("page", str(page.number - 1))))
    more = Button(reader.text("button.more"), (*look, ("page", str(page.number + 1))))
    turns = (*((back,) if page.number > 1 else ()), *((more,) if page.last < page.total else ()))
    return replace(card, elements=(*card.elements, where), buttons=(*card.buttons, *turns))
