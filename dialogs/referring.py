"""References: what words that point back mean is put in their place, and the message is read anew (decision 0014).

What they fill is a blank of a task, so that whatever changes by it still stands on an offer that is confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dialogs.handing import assignable
from dialogs.people_question import FOR_PEOPLE
from dialogs.subscriptions import seen
from dialogs.task import Lookup
from dialogs.tasks import task_for, task_named
from dialogs.turn import Mention
from dialogs.understanding import Request, Tier
from dialogs.understanding.pointing import Pointer, To, also, pointers, same_for, what_of
from dialogs.which import of, wanted_products

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialogs.memory import Frame, Memory
    from dialogs.turn import Turn
    from dialogs.understanding import Understanding
    from storage.views import PersonView, SubscriptionView

    Read = Callable[[str, tuple[Mention, ...], frozenset[str]], Understanding]

_GIVES_WAY = frozenset({"flow.abort", "flow.correct"})  # what “cancel it” and “and Bo too” are where nothing is open
_OTHERS = frozenset({"product", "people", "quantity"})  # what “the same” may be for, as an answer is read
_TEAM = frozenset({"team"})
_PERHAPS = ("licenses.add", "licenses.assign", "subscriptions.show")


@dataclass(frozen=True)
class Referent:
    """What was done or shown last: what was asked for, of which subscription as it is now, and for whom."""

    intent: str
    subscription: SubscriptionView
    slots: dict[str, Any]
    people: tuple[PersonView, ...]

    def again(self, slots: dict[str, Any]) -> Request:
        """The same request for something else, or for other people."""
        people = {"people": [each.id for each in self.people]} if self.people else {}
        about = {} if wanted_products(slots) else of(self.subscription)
        return Request(self.intent, {**self.slots, **people, **about, **slots})


async def read_back(turn: Turn, memory: Memory, words: str, understood: Understanding, read: Read) -> Understanding:
    """The same message with what it points back to filled in; as it was where it points to nothing.

    `read` reads a text with its mentions, given what an answer may be. A reference is good once.
    """
    memory.age()
    guarded = understood.guard and not same_for(words)  # “do the same” only looks like a question
    if understood.answer or guarded or understood.wish_language or await _goes_on(turn, memory, understood):
        return understood
    reference = _Reference(words, turn.message.mentions, understood, read, idle=_idle(memory))
    if not reference.there:
        return understood
    referent, frame = await _referent(turn, memory), memory.open
    if frame and frame.operation and frame.intent in FOR_PEOPLE:
        products = [referent.subscription.product_name] if referent else wanted_products(frame.slots)
        if found := reference.for_whom(products[:1]):
            return found
    found = reference.forgotten() if referent is None else reference.filled(referent)
    if found is None:
        return understood
    memory.last = None
    return replace(found, language=understood.language)


@dataclass(frozen=True)
class _Reference:
    """A message that may point back, and how it was understood by itself."""

    words: str
    mentions: tuple[Mention, ...]
    plain: Understanding
    read: Read
    idle: bool  # no change is under way

    @property
    def slots(self) -> dict[str, Any]:
        return self.plain.requests[0].slots if self.plain.requests else {}

    @property
    def there(self) -> bool:
        """Whether anything in it may point back."""
        besides = (also(self.words) or self._looks()) and not wanted_products(self.slots)
        return bool(same_for(self.words) or what_of(self.words) or self._points(people=True) or besides)

    def filled(self, referent: Referent) -> Understanding | None:
        """The message with what it means in the place of what points there; None where that makes no sense."""
        return self._same(referent) or self._named(referent) or self._besides(referent)

    def for_whom(self, product: list[str]) -> Understanding | None:
        """“Give two of them to Ann and Bo” where they are still to be bought: whom the offer is for."""
        points = self._points(people=False)
        for said in (self.plain, self._with(product, points)) if points else ():
            if [request.intent for request in said.requests] == ["licenses.assign"] and "people" in said.requests[
                0
            ].slots:
                return _meaning(self.plain, Request("flow.correct", {"people": said.requests[0].slots["people"]}))
        return None

    def forgotten(self) -> Understanding | None:
        """What is left of it where nothing is remembered that it could mean: the task asks which, with buttons."""
        if same_for(self.words) and wanted_products(self.slots):
            about = {slot: value for slot, value in self.slots.items() if slot.startswith("product")}
            return replace(self.plain, tier=Tier.CLARIFY, choices=_PERHAPS, requests=(Request(_PERHAPS[0], about),))
        bare = self._with([], self._points(people=False))
        return bare if self.plain.tier is not Tier.ACCEPT and _asks(bare) else None

    def _with(self, names: list[str], points: list[Pointer]) -> Understanding:
        """The message with these names, or none, in the place of the words that point."""
        text, mentions = _in_place(self.words, self.mentions, [(each, names) for each in points])
        return self.read(text, mentions, frozenset())

    def _points(self, *, people: bool) -> list[Pointer]:
        named = bool(wanted_products(self.slots))
        return pointers(self.words, thing=not named, people=people and "people" not in self.slots)

    def _same(self, referent: Referent) -> Understanding | None:
        """“The same for Visio”; after a look also “and Visio?”."""
        looked = isinstance(task_for(referent.intent), Lookup)
        span = same_for(self.words) or (what_of(self.words) if looked and not _asks(self.plain) else None)
        if span is None:
            return None
        start, end = span
        inside = (each for each in self.mentions if start <= each.start and each.end <= end)
        mentions = tuple(replace(each, start=each.start - start, end=each.end - start) for each in inside)
        expecting = _OTHERS | _TEAM if referent.intent.startswith("share.") else _OTHERS
        other = self.read(self.words[start:end], mentions, expecting).answer
        return _meaning(self.plain, referent.again(dict(other))) if other else None

    def _named(self, referent: Referent) -> Understanding | None:
        """“Give it to Bo”, “take it back from them”: read with the names that are meant."""
        points = self._points(people=bool(referent.people))
        names = {To.THING: [referent.subscription.product_name], To.PEOPLE: [each.name for each in referent.people]}
        if not points:
            return None
        text, mentions = _in_place(self.words, self.mentions, [(each, names[each.to]) for each in points])
        ids = {each.name: each.id for each in referent.people}
        mentions = tuple(replace(each, person=each.person or ids.get(each.name)) for each in mentions)
        found = self.read(text, mentions, frozenset())
        return _about(found, referent.subscription) if self._better(found) else None

    def _besides(self, referent: Referent) -> Understanding | None:
        """“One more for Bo”, where nothing else is under way; while something is, “how many are free?”."""
        goes_on = also(self.words) if self.idle else self._looks()
        if not goes_on or self.plain.tier is not Tier.ACCEPT or wanted_products(self.slots):
            return None
        [first, *others] = self.plain.requests
        said = {slot: value for slot, value in self.slots.items() if slot in _OTHERS}
        if first.intent == "flow.correct" and said:
            return _meaning(self.plain, referent.again(said))
        task = task_for(first.intent)
        if task is None or not any(question.name == "subscription" for question in task.questions):
            return None
        return _meaning(self.plain, replace(first, slots={**first.slots, **of(referent.subscription)}), *others)

    def _looks(self) -> bool:
        """Whether it only asks to see something, of nobody in particular."""
        looked_for = [task_for(request.intent) for request in self.plain.requests]
        return bool(looked_for) and all(isinstance(each, Lookup) for each in looked_for) and "people" not in self.slots

    def _better(self, found: Understanding) -> bool:
        """Whether it says the same with names, or makes sense where the words alone make none."""
        if self.plain.tier is not Tier.ACCEPT:
            return _asks(found)
        intent = self.plain.requests[0].intent
        return _asks(found) and (intent == found.requests[0].intent or (self.idle and intent in _GIVES_WAY))


async def _goes_on(turn: Turn, memory: Memory, understood: Understanding) -> bool:
    """Whether it speaks of what is open by itself."""
    frame = memory.open
    task = task_named(frame.task) if frame else None
    if frame is None or task is None or understood.tier is not Tier.ACCEPT:
        return False
    return await task.goes_on(turn, frame, understood.requests[0])


async def _referent(turn: Turn, memory: Memory) -> Referent | None:
    """What the open task is about; else what was done or shown last, unless that is too long ago."""
    last = _of_open(memory.open) or memory.recent(turn.message.at)
    if last is None:
        return None
    found = [each for each in (*await seen(turn), *await assignable(turn)) if each.id == last["subscription"]]
    if not found:
        return None
    known = [await turn.record.people.find(turn.actor.tenant, person) for person in last["people"]]
    return Referent(last["intent"], found[0], last["slots"], tuple(each for each in known if each))


def _of_open(frame: Frame | None) -> dict[str, Any] | None:
    return frame.reference(None) if frame else None


def _idle(memory: Memory) -> bool:
    return memory.open is None or isinstance(task_named(memory.open.task), Lookup)


def _asks(understood: Understanding) -> bool:
    """Whether it asks for tasks and nothing else, without a doubt."""
    tasks = [task_for(request.intent) for request in understood.requests]
    return understood.tier is Tier.ACCEPT and bool(tasks) and None not in tasks


def _meaning(plain: Understanding, *requests: Request) -> Understanding:
    return replace(plain, tier=Tier.ACCEPT, requests=requests, choices=())


def _about(understood: Understanding, subscription: SubscriptionView) -> Understanding:
    """Where its product is asked for, this subscription of it is meant."""
    requests = tuple(
        replace(each, slots={**each.slots, **of(subscription)})
        if wanted_products(each.slots) == [subscription.product_name]
        else each
        for each in understood.requests
    )
    return replace(understood, requests=requests)


def _in_place(
    words: str, mentions: tuple[Mention, ...], named: list[tuple[Pointer, list[str]]]
) -> tuple[str, tuple[Mention, ...]]:
    """The text with names where the pointers stand, people as if they had been mentioned."""
    moved = list(mentions)
    for point, names in reversed(named):
        written = ", ".join(names)
        words = f"{words[: point.start]}{written}{words[point.end :]}"
        by = len(written) - (point.end - point.start)
        moved = [replace(m, start=m.start + by, end=m.end + by) if m.start >= point.end else m for m in moved]
        if point.to is To.PEOPLE:
            starts = [point.start + len(", ".join([*names[:at], ""])) for at in range(len(names))]
            moved += [Mention("", None, name, at, at + len(name)) for name, at in zip(names, starts, strict=True)]
    return words, tuple(moved)
