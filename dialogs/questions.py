"""The questions a task can ask: each knows what it hears in a message, when it is settled, and how to ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from dialogs.elements import Button, Card, ChoiceInput, Dropdown, Facts, Heading, Option, PeopleInput, Style, TextInput

if TYPE_CHECKING:
    from dialogs.elements import Element, Option
    from dialogs.memory import Frame
    from dialogs.task import Task
    from dialogs.turn import Turn

T = TypeVar("T")

LONGEST_NUMBER = 9  # digits
MAX_BUTTONS = 5  # more options than this become a list with search (behaviour 3)


@dataclass(frozen=True)
class Settled(Generic[T]):
    """The question has its answer."""

    value: T


@dataclass(frozen=True)
class Asking:
    """The question must be asked: the sentence, and what can be tapped."""

    text: str
    options: tuple[Option, ...] = ()
    inputs: tuple[Element, ...] = ()  # fields of the same card; what is typed into one is read as the slot of its id
    kind: str = "subscription"  # what a list of the options is called, where they are too many for buttons
    facts: tuple[tuple[str, str], ...] = ()  # what tells the options apart, where it is too long for a button

    @property
    def fields(self) -> list[str]:
        """What the fields of its card are called: a tap may carry these and no others."""
        return [each.id for each in self.inputs if isinstance(each, TextInput | PeopleInput | ChoiceInput)]


@dataclass(frozen=True)
class Impossible:
    """No answer can settle the question; the sentence says why and what to do next."""

    text: str


class Question(Generic[T]):
    """One thing a task must know.

    `reads` are the slots that speak to it; `again` the refusals for which another answer would do; `expects` what an
    answer may be, in the words of `understanding.Context`.
    """

    name: str
    expects: frozenset[str] = frozenset()
    unasked: frozenset[str] | None = None  # what may be said while another question is open, where that is less
    may_change: frozenset[str] = frozenset()  # what of it an answer to another question may put right
    on_offer: frozenset[str] = frozenset()  # what of it a word to the offer may put right, besides a number

    def __init__(self, *reads: str, again: tuple[str, ...] = ()) -> None:
        self.reads = reads
        self.again = again

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    async def settle(self, task: Task, turn: Turn, frame: Frame) -> Settled[T] | Asking | Impossible:
        """The answer if what was said settles it, else how to ask."""
        raise NotImplementedError

    def hear(self, frame: Frame, heard: dict[str, Any], _intent: str | None) -> None:
        """Take in what was said to it, the later word wins; `_intent` is that of a request, None in an answer."""
        self.forget(frame)
        frame.slots.update(heard)

    def forget(self, frame: Frame) -> None:
        """It has not been answered, nor has anything been said to it."""
        frame.answers.pop(self.name, None)
        for slot in (*self.reads, f"pick.{self.name}", f"refused.{self.name}"):
            frame.slots.pop(slot, None)


class WholeNumber(Question[int]):
    """How many. A number that cannot be used is asked for again with the reason."""

    expects = frozenset({"quantity"})

    def __init__(self, *reads: str, again: tuple[str, ...] = ()) -> None:
        super().__init__(*reads, "unusable", again=again)

    def hear(self, frame: Frame, heard: dict[str, Any], intent: str | None) -> None:
        """A button with another number is an answer like one that is typed."""
        picked = str(heard.get(f"pick.{self.name}"))
        if picked.isdecimal() and len(picked) <= LONGEST_NUMBER:
            heard = {self.reads[0]: int(picked)}
        super().hear(frame, heard, intent)

    async def settle(self, task: Task, turn: Turn, frame: Frame) -> Settled[int] | Asking | Impossible:
        said = frame.slots.get(self.reads[0])
        if type(said) is int:
            return Settled(said)
        text = await task.ask(turn, frame, self)
        reason = frame.slots.get("unusable")
        return Asking(turn.reader.text(f"number.{reason}", question=text) if reason else text)


class Unasked(Question[T]):
    """What may be said and is not asked for: its default stands on the quote card."""

    def __init__(self, reads: str, default: T) -> None:
        super().__init__(reads)
        self._default = default

    async def settle(self, _task: Task, _turn: Turn, frame: Frame) -> Settled[T] | Asking | Impossible:
        said = frame.slots.get(self.reads[0])
        return Settled(said if isinstance(said, type(self._default)) else self._default)


Options = Callable[[Any, "Turn", "Frame"], Awaitable["Choices"]]


@dataclass(frozen=True)
class Choices:
    """What there is to choose from, and the sentence to say about it (`none` when there is nothing at all)."""

    options: tuple[Option, ...] = ()
    text: str = ""
    none: str = ""
    settles: bool = field(default=True)  # a single option is taken without asking
    inputs: tuple[Element, ...] = ()  # fields on the same card
    kind: str = "subscription"


class Choose(Question[str]):
    """One of the options that the task finds; a single one is not asked for."""

    expects = frozenset({"product", "choice"})
    may_change = frozenset({"product"})
    _options: Options

    def options(self, find: Options) -> Options:
        """Decorator: the task's method that finds what there is to choose from."""
        self._options = find
        return find

    async def settle(self, task: Task, turn: Turn, frame: Frame) -> Settled[str] | Asking | Impossible:
        choices = await self._options(task, turn, frame)
        picked = frame.slots.get(f"pick.{self.name}")
        if picked in {option.value for option in choices.options}:
            return Settled(str(picked))
        if not choices.options:
            return Impossible(choices.none)
        if choices.settles and len(choices.options) == 1:
            return Settled(choices.options[0].value)
        return Asking(choices.text, choices.options, choices.inputs, choices.kind)


def question_card(asking: Asking, ask: str, turn: Turn) -> Card | None:
    """The card that asks: buttons up to five options, a list with search beyond, folded where there are other fields.

    No card where there is nothing to choose.
    """
    reader = turn.reader
    leave = Button(reader.text("button.leave"), (("ask", ask), ("do", "leave")))
    go_on = Button(reader.text("button.go_on"), (("ask", ask),), Style.PRIMARY, needs_input=True)
    if not asking.options:
        return Card((Heading(asking.text), *asking.inputs), (go_on, leave)) if asking.inputs else None
    if len(asking.options) <= MAX_BUTTONS and not asking.inputs:
        buttons = [Button(o.title, (("ask", ask), ("pick", o.value))) for o in asking.options]
        facts = (Facts(asking.facts),) if asking.facts else ()
        return Card((Heading(asking.text), *facts), (*buttons, leave))
    label = reader.text(f"choose.label.{asking.kind}")
    if asking.inputs:
        choose: Element = Dropdown("pick", label, asking.options, reader.text("choose.one"))
    else:
        missing = reader.text(f"choose.missing.{asking.kind}")
        choose = ChoiceInput("pick", label, asking.options, reader.text("choose.search"), missing)
    return Card((Heading(asking.text), choose, *asking.inputs), (go_on, leave))
