"""What was heard, and what becomes of it: answers, corrections, interruptions, new tasks, small talk, in this order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialogs import planning, reminding, replanning
from dialogs.answering import LETTING_GO, answers, in_addition, lets_go, picked, picks, remarks, speaks_to, title_of
from dialogs.asides import aside, ask_meaning, narrowed, switch
from dialogs.following import keep_rest
from dialogs.leafing import leafed
from dialogs.memory import Frame, Memory
from dialogs.spare_licenses import of_the_offer
from dialogs.task import Lookup, declined_card
from dialogs.tasks import task_for, task_named, task_of
from dialogs.understanding import Request, Tier, Understanding
from storage.views import OperationStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialogs.task import Task
    from dialogs.turn import Turn
    from storage.views import Outcome


class Hearing:
    """One turn over one memory: every way in which a message can move the conversation."""

    def __init__(self, turn: Turn, memory: Memory, support: str) -> None:
        self.turn = turn
        self.memory = memory
        self.support = support
        self.words = ""
        self.origin = turn.message.conversation if turn.public else None  # of the task that is begun next
        self.offered: str | None = None  # the offer that was the last thing shown: only that can a yes mean

    async def hear(self, words: str, understood: Understanding) -> None:
        """Take in one message in words; what was open and still is, is said again at the end."""
        self.words = words
        frame = self.memory.open
        before = frame and (frame.ask, frame.operation)
        if frame is not None:
            self.offered, frame.shown = frame.operation if frame.shown else None, False
        if understood.wish_language:
            await switch(self.turn, understood.wish_language)
        elif not await leafed(self) and (frame is None or not await replanning.leaves_out(self, frame)):
            await self._understood(understood)
        polite = [request.intent for request in understood.requests] in (["greet"], ["thanks"])
        if frame is not None and frame is self.memory.open and (frame.ask, frame.operation) == before and not polite:
            await reminding.remind(self, frame)

    async def _understood(self, understood: Understanding) -> None:
        """What the open question waits for is read first."""
        frame = self.memory.open
        if frame and (pick := await title_of(self.turn, frame, self.words)):
            await self.put_right(frame, pick)
        elif frame and lets_go(frame, understood):
            await self.drop()
        elif understood.yes and (meant := self._only_meaning()):
            await self.meant(meant)
        elif understood.tier is Tier.ACCEPT and understood.requests and not (frame and picks(frame, understood)):
            await self._all(understood)
        elif frame and answers(frame, understood):
            await self._answered(frame, dict(understood.answer or {}), understood)
        elif understood.guard:
            self.turn.say(f"guard.{understood.guard}")
        elif understood.choices and set(understood.choices) <= LETTING_GO:
            await self.drop()
        elif frame and frame.operation and "confirm.yes" in understood.choices:
            frame.reminded = False  # that was spoken to it
            self.turn.say("missed.no_clear_yes")
        elif frame and understood.choices and speaks_to(frame, understood.choices[0]):
            await self._one(Request(understood.choices[0]), {})
        else:
            await ask_meaning(self, understood)

    async def accept(self, frame: Frame) -> None:
        """Yes to the offer that is open."""
        decide = planning.decide if frame.steps else Hearing.decide
        await decide(self, frame.operation or "", yes=True)

    def _only_meaning(self) -> str | None:
        """What a yes means where one meaning has been asked about, and no offer waits for it."""
        meanings = self.memory.unsure["choices"] if self.memory.unsure and self.offered is None else []
        return meanings[0] if len(meanings) == 1 else None

    async def decide(self, operation: str, *, yes: bool) -> None:
        """Carry an offer out, or put it aside; then go on with what waits. Raises Refused for somebody else's card."""
        operations = self.turn.record.operations
        act = operations.commit if yes else operations.void
        outcome = await act(self.turn.actor, operation)
        task, frame = task_of(outcome.action), self.memory.holding(operation)
        declined = frame is not None and not yes and outcome.status is OperationStatus.VOID
        self.turn.show(*(declined_card(self.turn.reader) if declined else task.outcome_card(self.turn, outcome)))
        self.memory.did(outcome, frame, operation=operation)
        await self.say_where_asked([outcome], frame)
        await reminding.forget_ended(self, outcome)
        if frame is not None:
            await self._decided(frame, outcome)

    async def say_where_asked(self, outcomes: Sequence[Outcome], frame: Frame | None) -> None:
        """What was asked for in public is said there once it is done, wherever that was; that much all may know.

        Of a plan it is one line, however many of its steps hand licenses out.
        """
        done = [each for each in outcomes if each.receipt]
        count = sum(task_of(each.action).handed_out(each.receipt.quote) for each in done if each.receipt)
        if not count:
            return
        if self.turn.public:
            self.turn.aloud("channel.handed_out", count=count)
        if frame is not None and frame.origin is not None and frame.origin != self.turn.message.conversation:
            await self.turn.record.operations.say_aloud(self.turn.actor, done[-1].operation, frame.origin, count)

    async def start(self, request: Request) -> None:
        """Open the task of a request that the desk makes for somebody: all it is about is known."""
        task = task_for(request.intent)
        if task is not None:
            await self.begin(task, Frame(task.name, request.intent, dict(request.slots)), request.slots)

    async def correct(self, frame: Frame, slots: dict[str, Any], intent: str | None) -> None:
        """Put right what was said before: all it speaks to is settled anew, and the offer made for it is void."""
        task = task_named(frame.task)
        if task is None:
            self.memory.drop(frame)
            return
        self.memory.drop(frame)
        self.memory.frames.append(frame)
        frame.reminded = False
        task.hear(frame, slots, intent)
        await self._advance(task, frame)

    async def put_right(self, frame: Frame, slots: dict[str, Any]) -> None:
        """Correct what was said to the open task; what it has no question for is never taken in silence."""
        task = task_named(frame.task)
        if task is None or task.hears(slots):
            frame.heard(self.words, self.origin)
            await self.correct(frame, slots, None)
        else:
            frame.reminded = False
            self.turn.say("missed.cannot_change")

    async def decline(self, frame: Frame) -> None:
        """No to the offer: it is void, and what waits comes next; of a long list, those who are not in it."""
        offered = frame.operation or ""
        await self._let_go(frame)
        outcome = await self.turn.record.operations.show(self.turn.actor, offered)
        if outcome is not None:
            keep_rest(self.memory, frame, outcome)
        await self.go_on()

    async def drop(self) -> None:
        """The open task is let go, with what was to follow it; what it had put aside comes back."""
        frame = self.memory.open
        self.memory.waiting.clear()
        if frame is None:
            self.turn.say("small.nothing_open")
            return
        await self._let_go(frame)
        await self.go_on()

    async def _let_go(self, frame: Frame) -> None:
        if await self.forget(frame):
            self.turn.say("small.dropped")

    async def meant(self, intent: str | None) -> None:
        """The answer to “which of these did you mean?”."""
        unsure, self.memory.unsure = self.memory.unsure, None
        if intent is None or unsure is None or intent not in unsure["choices"]:
            self.turn.say("missed.other_words")
            return
        self.words = unsure["said"]
        await self._one(Request(intent, unsure["slots"]), {})

    # -- requests ----------------------------------------------------------------------------------------------

    async def _all(self, understood: Understanding) -> None:
        """Several changes are one plan; else the first request now, and the others wait: nothing is dropped."""
        self.memory.misses, self.memory.unsure = 0, None
        if await planning.for_a_plan(self, understood.requests):
            await planning.plan(self, understood.requests, remarks(understood))
            return
        first, *rest = understood.requests
        self.wait_for(rest)
        await self._one(first, remarks(understood))

    def wait_for(self, requests: Sequence[Request]) -> None:
        """These come next."""
        self.memory.waiting += [
            {"intent": request.intent, "slots": request.slots, "said": self.words, "origin": self.origin}
            for request in requests
        ]

    async def ask(self, request: Request) -> None:
        """One request, whatever else is in the message."""
        await self._one(request, {})

    async def _one(self, request: Request, extra: dict[str, Any]) -> None:
        request = await of_the_offer(self, narrowed(self, request))
        frame, slots = self.memory.open, {**request.slots, **extra}
        task = task_for(request.intent)
        if frame and (slot := speaks_to(frame, request.intent)):
            await self.put_right(frame, {slot: self.words})
            return
        if task is None:
            await aside(self, request, slots)
            return
        if frame and await self._lets_go(frame, request):
            await self.drop()
        elif frame and await self._goes_on(frame, Request(request.intent, slots)):
            frame.heard(self.words, self.origin)
            await self.correct(frame, *in_addition(self.words, Request(request.intent, slots)))
        else:
            await self.begin(task, Frame(task.name, request.intent), slots)

    async def _goes_on(self, frame: Frame, request: Request) -> bool:
        task = task_named(frame.task)
        return task is not None and await task.goes_on(self.turn, frame, request)

    async def _lets_go(self, frame: Frame, request: Request) -> bool:
        """Whether it says to leave things as they are where the open offer would change them: that is a no."""
        task = task_named(frame.task)
        if task is None or frame.operation is None or request.intent not in task.let_go_by:
            return False
        return await task.continues(self.turn, frame, request.slots)

    async def begin(self, task: Task, frame: Frame, slots: dict[str, Any]) -> None:
        """A new task is opened; the one that was open is kept behind it, and offered again afterwards."""
        frame.heard(self.words, self.origin)
        self.memory.frames = [each for each in self.memory.frames if not isinstance(task_named(each.task), Lookup)]
        self.memory.frames.append(frame)
        if isinstance(task, Lookup):
            slots = task.follows(self.memory.showing(task.name, self.turn.message.at), slots)
        task.hear(frame, slots, frame.intent)
        await self._advance(task, frame)

    # -- the open task -----------------------------------------------------------------------------------------

    async def _answered(self, frame: Frame, answer: dict[str, Any], understood: Understanding) -> None:
        task = task_named(frame.task)
        if task is None:
            return
        self.memory.misses = 0
        answer |= remarks(understood)
        await self.put_right(frame, picked(answer, (await task.asking(self.turn, frame)).options, frame))

    async def _advance(self, task: Task, frame: Frame) -> None:
        at_once = frame.ask is None and frame.operation is None
        quick = at_once and isinstance(task, Lookup)  # a question in the middle suspends nothing
        going_on = await task.advance(self.turn, frame)
        if isinstance(task, Lookup) and (showed := task.showed(frame)) is not None:
            self.memory.showed(task.name, showed, self.turn.message.at)
        subject = task.subject(frame)
        for other in self.memory.frames:
            # What is said later about the same thing counts; an older offer for it would only confuse.
            same = other is not frame and other.task == frame.task and subject is not None
            if same and task.subject(other) == subject:
                await self.forget(other)
        if not going_on:
            self.memory.refer(frame, self.turn.message.at)
            self.memory.drop(frame)
            await self.go_on(resume=not quick, once=at_once)

    async def forget(self, frame: Frame) -> bool:
        """Let the task go without a word and close its offer; False where that was done already, and has been told."""
        task = task_named(frame.task)
        self.memory.drop(frame)
        return task is None or await task.withdraw(self.turn, frame)

    async def make_room(self) -> None:
        """What was put aside longest ago is let go, and that is said, where there is no room for it any more."""
        while (frame := self.memory.crowded_out()) is not None:
            if await self.forget(frame):
                self.turn.say("next.let_go", what=await reminding.called(self.turn, frame))

    async def _decided(self, frame: Frame, outcome: Outcome) -> None:
        fresh = outcome.refusal.quote if outcome.refusal else None
        frame.operation, frame.shown = (fresh.id, True) if fresh else (None, False)
        if fresh is None:
            was_open = frame is self.memory.open
            self.memory.drop(frame)
            keep_rest(self.memory, frame, outcome)
            if was_open:
                await self.go_on()

    async def go_on(self, *, resume: bool = True, once: bool = False) -> None:
        """After a task has ended: the next request of the same message, else the task that was put aside for it.

        `once`: not again where that has been said since it was last spoken to.
        """
        if self.memory.waiting:
            waiting = self.memory.waiting.pop(0)
            self.words, self.origin = waiting["said"], waiting.get("origin")
            self.turn.say("next.following")
            await self._one(Request(waiting["intent"], waiting["slots"]), {})
        elif resume:
            await reminding.resume(self, once=once)
