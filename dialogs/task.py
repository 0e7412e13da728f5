"""A task is a frame to be filled: its questions in the order they are asked, and then what they were asked for.

A `Lookup` answers; a `Change` shows a quote and is carried out by one operation. This is the only framework we write
(docs/decisions/0001). A waterfall cannot go back; a frame can: what was said lies in `Frame.slots`, a correction
changes a slot, and every question that reads it is settled anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from dialogs import ways_on
from dialogs.elements import Card, Heading, Line, Tone
from dialogs.questions import Asking, Impossible, Question, question_card
from storage.errors import Refused
from storage.views import OperationStatus, Quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialogs.elements import Option
    from dialogs.memory import Frame
    from dialogs.texts import Reader
    from dialogs.turn import Turn
    from dialogs.understanding import Request
    from storage.views import Outcome, Receipt

Q = TypeVar("Q", bound=Quote)


@dataclass(frozen=True)
class Instead:
    """What a smaller button of a quote asks for in place of the quote, and the words on it."""

    words: str
    request: Request


class Task:
    """One thing people come for. A subclass lists its questions as attributes and says how to quote."""

    name: ClassVar[str]
    intents: ClassVar[tuple[str, ...]]
    let_go_by: ClassVar[frozenset[str]] = frozenset()  # requests that are a no to this task's open offer
    corrected_by: ClassVar[Mapping[str, str]] = MappingProxyType({})  # requests whose words are one of its slots
    questions: ClassVar[tuple[Question[Any], ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.questions = tuple(value for value in vars(cls).values() if isinstance(value, Question))

    # -- what a task says --------------------------------------------------------------------------------------

    async def ask(self, turn: Turn, frame: Frame, question: Question[Any]) -> str:
        """The sentence that asks `question`, knowing what has been settled so far."""
        raise NotImplementedError

    async def conclude(self, turn: Turn, frame: Frame) -> bool:
        """Everything is known: answer, or offer. False: there is nothing to wait for, the task has ended."""
        raise NotImplementedError

    async def suggested(self, turn: Turn, frame: Frame, question: Question[Any]) -> tuple[Option, ...]:
        """Whom a question for people offers before anything is typed."""
        return ()

    def would_do(self, turn: Turn, refused: Refused) -> tuple[Option, ...]:
        """What may have been meant by the answer that was refused: a button each, never taken without a tap."""
        return ()

    def rest(self, frame: Frame, quote: Quote) -> Request | None:
        """What is still to be done of what was asked for, once `quote`, the offer of `frame`, has been carried out."""
        return None

    def subject(self, frame: Frame) -> str | None:
        """What the task is about, once that is settled: of two tasks about one thing the later one counts."""
        return None

    async def continues(self, turn: Turn, frame: Frame, slots: dict[str, Any]) -> bool:
        """Whether `slots` speak of what `frame` is about, and so correct it, or of something else."""
        raise NotImplementedError

    async def goes_on(self, turn: Turn, frame: Frame, request: Request) -> bool:
        """Whether `request` goes on with what `frame` is about, and is no new task."""
        return request.intent in self.intents and await self.continues(turn, frame, request.slots)

    # -- what every task does ----------------------------------------------------------------------------------

    def hears(self, slots: dict[str, Any]) -> bool:
        """Whether anything of it speaks to a question of this task; with nothing said, nothing is unheard."""
        reads = {slot for each in self.questions for slot in (*each.reads, f"pick.{each.name}")}
        return not slots or not reads.isdisjoint(slots)

    def hear(self, frame: Frame, slots: dict[str, Any], intent: str | None = None) -> None:
        """Take in what was said: later words win, and whatever they speak to is settled anew."""
        if intent is not None:
            frame.intent = intent
        for question in self.questions:
            heard = {slot: slots[slot] for slot in (*question.reads, f"pick.{question.name}") if slot in slots}
            if heard:
                question.hear(frame, heard, intent)

    async def advance(self, turn: Turn, frame: Frame) -> bool:
        """Ask what is missing, or show the quote. False: the task can go no further and has said why.

        An offer that is still open is put aside first: a correction voids it, and an earlier yes counts for nothing.
        """
        if not await self.withdraw(turn, frame):
            return False
        try:
            return await self._settle(turn, frame)
        except Refused as refused:
            return await self._refused(turn, frame, refused)

    async def _settle(self, turn: Turn, frame: Frame) -> bool:
        for question in self.questions:
            if question.name in frame.answers:
                continue
            match await question.settle(self, turn, frame):
                case Asking() as asking:
                    return self._put(turn, frame, question, self._as_refused(turn, frame, question, asking))
                case Impossible(text):
                    turn.show(text)
                    return False
                case settled:
                    frame.answers[question.name] = settled.value
        frame.close_question()
        frame.expects = sorted(frozenset[str]().union(*(question.on_offer for question in self.questions)))
        return await self.conclude(turn, frame)

    async def withdraw(self, turn: Turn, frame: Frame) -> bool:
        """Close the offer that waits for a yes, if there is one. False: it is done already, and that is told.

        So it is where a process died after the yes and before it could remember that.
        """
        return True

    async def asking(self, turn: Turn, frame: Frame) -> Asking:
        """What the open question offers, in the order shown, so that “the second one” is an answer; and its fields."""
        for question in self.questions:
            if question.name == frame.asked:
                asking = await question.settle(self, turn, frame)
                if isinstance(asking, Asking):
                    return self._as_refused(turn, frame, question, asking)
        return Asking("")

    async def _refused(self, turn: Turn, frame: Frame, refused: Refused) -> bool:
        """Say why not; where another answer would do, keep the task and ask for that one again."""
        question = next((question for question in self.questions if refused.code in question.again), None)
        if question is None:
            values = await ways_on.of_words(turn, frame, refused)
            reason, said = turn.reader.refused(refused.code, values), ways_on.buttons(turn.reader, refused.code, values)
            turn.show(reason, Card((Line(reason),), said) if said else None)
            return False
        question.forget(frame)
        frame.slots[f"refused.{question.name}"] = {"code": refused.code, "values": refused.values}
        asking = Asking(await self.ask(turn, frame, question))
        return self._put(turn, frame, question, self._as_refused(turn, frame, question, asking))

    def _as_refused(self, turn: Turn, frame: Frame, question: Question[Any], asking: Asking) -> Asking:
        """The question with why the last answer would not do, for as long as there is no other, and what would do."""
        last = frame.slots.get(f"refused.{question.name}")
        if last is None:
            return asking
        reason = turn.reader.refused(last["code"], last["values"])
        text = turn.reader.text("refused.and_again", reason=reason, question=asking.text)
        return replace(asking, text=text, options=self.would_do(turn, Refused(last["code"], **last["values"])))

    def _put(self, turn: Turn, frame: Frame, question: Question[Any], asking: Asking) -> bool:
        frame.slots.pop("unusable", None)
        ask = frame.open_question(question.name, self._expects(frame, question))
        turn.show(asking.text, question_card(asking, ask, turn))
        return True

    def _expects(self, frame: Frame, asked: Question[Any]) -> list[str]:
        """One answer may fill several blanks: what is asked for, and whatever nothing has been said about yet."""
        expected: set[str] = set()
        for each in self.questions:
            said = set(each.reads) & frame.slots.keys()
            unasked = each.may_change if said else each.expects if each.unasked is None else each.unasked
            expected |= each.expects if each is asked else unasked
        return sorted(expected)


class Lookup(Task):
    """A task that only answers: nothing is offered, nothing changes."""

    async def conclude(self, turn: Turn, frame: Frame) -> bool:
        await self.show(turn, frame)
        return False

    async def show(self, turn: Turn, frame: Frame) -> None:
        """Say what was asked for. Raises Refused."""
        raise NotImplementedError

    def showed(self, frame: Frame) -> str | None:
        """What was asked, where the words that come next may change it; None where they don't."""
        return None

    def follows(self, showed: str | None, slots: dict[str, Any]) -> dict[str, Any]:
        """The slots together with what they change of what was `showed` last."""
        return slots

    async def continues(self, turn: Turn, frame: Frame, slots: dict[str, Any]) -> bool:
        return frame.asked is not None and slots.keys() <= {"product", "product_candidates"}


class Change(Task, Generic[Q]):
    """A task that ends in a quote; a yes to it is carried out by one operation."""

    actions: ClassVar[tuple[str, ...]]  # what its operations are called in the record

    async def quote(self, turn: Turn, frame: Frame) -> Q:
        """What would happen, at what price; changes nothing. Raises Refused."""
        raise NotImplementedError

    def quote_card(self, turn: Turn, quote: Q) -> tuple[str, Card]:
        """The fallback text and the card that ask for a yes."""
        raise NotImplementedError

    def receipt_card(self, turn: Turn, receipt: Receipt, quote: Q) -> tuple[str, Card]:
        """The fallback text and the card that say what was done."""
        raise NotImplementedError

    def adjust(self, turn: Turn, quote: Q, to: str) -> Instead | None:
        """What a smaller button of the quote card asks for instead; None for a button it does not have."""
        return None

    def inverse(self, quote: Q) -> Request | str:
        """What to ask for to take back what `quote` did; where nothing can, the key of the text that says so."""
        raise NotImplementedError

    def handed_out(self, quote: Q) -> int:
        """How many licenses people get by it: the one thing that everybody in a channel may know once it is done."""
        return 0

    async def conclude(self, turn: Turn, frame: Frame) -> bool:
        quote = await self.quote(turn, frame)
        frame.operation, frame.shown = quote.id, True
        turn.offer(*self.quote_card(turn, quote))
        return True

    async def withdraw(self, turn: Turn, frame: Frame) -> bool:
        if frame.operation is None:
            return True
        outcome = await turn.record.operations.void(turn.actor, frame.operation)
        frame.operation, frame.shown = None, False
        if outcome.receipt is not None:
            turn.show(*self.outcome_card(turn, outcome))
        return outcome.receipt is None

    def outcome_card(self, turn: Turn, outcome: Outcome) -> tuple[str, Card]:
        """What takes the place of the quote once it has ended; the same outcome always gives the same card."""
        reader, refusal = turn.reader, outcome.refusal
        if outcome.receipt:
            return self.receipt_card(turn, outcome.receipt, outcome.receipt.quote)  # type: ignore[arg-type]
        if refusal and refusal.quote:
            text, card = self.quote_card(turn, refusal.quote)  # type: ignore[arg-type]
            reason = reader.refused(refusal.code, refusal.values)
            return f"{reason} {text}", Card((Line(reason, Tone.WARNING), *card.elements), card.buttons)
        if refusal:
            values = ways_on.of_offer(turn, refusal, outcome.quote)
            text = reader.refused(refusal.code, values)
            elements = (Heading(reader.text("receipt.unchanged")), Line(text, Tone.WARNING))
            return text, Card(elements, ways_on.buttons(reader, refusal.code, values))
        key = "receipt.expired" if outcome.status is OperationStatus.EXPIRED else "receipt.void"
        return reader.text(key), Card((Heading(reader.text("receipt.unchanged")), Line(reader.text(key), Tone.QUIET)))


def declined_card(reader: Reader) -> tuple[str, Card]:
    """What takes the place of an offer that has just been declined; an older card says that it is closed."""
    text = reader.text("small.dropped")
    return text, Card((Heading(text),))
