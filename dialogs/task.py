"""A task is a frame to be filled: its questions in the order they are asked, then a quote, then one operation.

This is the only framework we write (docs/decisions/0001). A waterfall cannot go back; a frame can: what was said lies
in `Frame.slots`, a correction changes a slot, and every question that reads it is settled anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dialogs.questions import Asking, Choose, Impossible, Question, question_card
from storage.errors import Refused

if TYPE_CHECKING:
    from dialogs.elements import Card, Option
    from dialogs.memory import Frame
    from dialogs.turn import Turn
    from storage.views import Outcome, Quote


class Task:
    """One thing people come for. A subclass lists its questions as attributes and says how to quote."""

    name: ClassVar[str]
    action: ClassVar[str]  # what its operations are called in the record
    intents: ClassVar[tuple[str, ...]]
    questions: ClassVar[tuple[Question[Any], ...]] = ()

    def __init_subclass__(cls) -> None:
        cls.questions = tuple(value for value in vars(cls).values() if isinstance(value, Question))

    # -- what a task says --------------------------------------------------------------------------------------

    async def ask(self, turn: Turn, frame: Frame, question: Question[Any]) -> str:
        """The sentence that asks `question`, knowing what has been settled so far."""
        raise NotImplementedError

    async def quote(self, turn: Turn, frame: Frame) -> Quote:
        """What would happen, at what price; changes nothing. Raises Refused."""
        raise NotImplementedError

    def quote_card(self, turn: Turn, quote: Quote) -> tuple[str, Card]:
        """The fallback text and the card that ask for a yes."""
        raise NotImplementedError

    def outcome_card(self, turn: Turn, outcome: Outcome) -> tuple[str, Card]:
        """The fallback text and the card that take the place of the quote once it has ended."""
        raise NotImplementedError

    def subject(self, frame: Frame) -> str | None:
        """What the task is about, once that is settled: of two tasks about one thing the later one counts."""
        raise NotImplementedError

    async def continues(self, turn: Turn, frame: Frame, slots: dict[str, Any]) -> bool:
        """Whether `slots` speak of what `frame` is about, and so correct it, or of something else."""
        raise NotImplementedError

    # -- what every task does ----------------------------------------------------------------------------------

    def hear(self, frame: Frame, slots: dict[str, Any], intent: str | None = None) -> None:
        """Take in what was said: later words win, and whatever they speak to is settled anew."""
        if intent is not None:
            frame.intent = intent
        for question in self.questions:
            heard = {slot: slots[slot] for slot in (*question.reads, f"pick.{question.name}") if slot in slots}
            if heard:
                self._forget(frame, question)
                frame.slots.update(heard)

    async def advance(self, turn: Turn, frame: Frame) -> bool:
        """Ask what is missing, or show the quote. False: the task can go no further and has said why.

        An offer that is still open is put aside first: a correction voids it, and an earlier yes counts for nothing.
        """
        await self.withdraw(turn, frame)
        for question in self.questions:
            if question.name in frame.answers:
                continue
            match await question.settle(self, turn, frame):
                case Asking() as asking:
                    return self._put(turn, frame, question, asking)
                case Impossible(text):
                    turn.show(text)
                    return False
                case settled:
                    frame.answers[question.name] = settled.value
        return await self._propose(turn, frame)

    async def withdraw(self, turn: Turn, frame: Frame) -> None:
        """Close the offer that waits for a yes, if there is one."""
        if frame.operation is not None:
            await turn.record.operations.void(turn.actor, frame.operation)
            frame.operation, frame.shown = None, False

    async def options(self, turn: Turn, frame: Frame) -> tuple[Option, ...]:
        """What the open question offers, in the order shown, so that “the second one” is an answer."""
        for question in self.questions:
            if question.name == frame.asked and isinstance(question, Choose):
                asking = await question.settle(self, turn, frame)
                return asking.options if isinstance(asking, Asking) else ()
        return ()

    async def _propose(self, turn: Turn, frame: Frame) -> bool:
        frame.close_question()
        try:
            quote = await self.quote(turn, frame)
        except Refused as refused:
            return await self._refused(turn, frame, refused)
        frame.operation, frame.shown = quote.id, True
        turn.show(*self.quote_card(turn, quote))
        return True

    async def _refused(self, turn: Turn, frame: Frame, refused: Refused) -> bool:
        """Say why not; where another answer would do, keep the task and ask for that one again."""
        reason = turn.reader.text(f"refused.{refused.code}", **refused.values)
        question = next((question for question in self.questions if refused.code in question.again), None)
        if question is None:
            turn.show(reason)
            return False
        self._forget(frame, question)
        text = turn.reader.text("refused.and_again", reason=reason, question=await self.ask(turn, frame, question))
        return self._put(turn, frame, question, Asking(text))

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
            expected |= each.may_change if said and each is not asked else each.expects
        return sorted(expected)

    def _forget(self, frame: Frame, question: Question[Any]) -> None:
        frame.answers.pop(question.name, None)
        for slot in (*question.reads, f"pick.{question.name}"):
            frame.slots.pop(slot, None)
