"""Who: names as people write them, mentions, mails and what a card's field has found become object ids."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from dialogs.elements import Option, PeopleInput
from dialogs.questions import Asking, Question, Settled, WholeNumber
from dialogs.understanding.people import SPEAKER
from storage.views import MOST_NAMED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dialogs.memory import Frame
    from dialogs.questions import Impossible
    from dialogs.task import Task
    from dialogs.turn import Mention, Turn
    from dialogs.understanding import Understanding
    from storage.views import PersonView

AT_ONCE: Final = 20  # people in one step, as in the admin center; the others follow in a next one
FOR_PEOPLE: Final = ("licenses.add", "purchase.new")  # requests for licenses that may be for people
SLOTS: Final = ("people", "from_people", "not_people")


def person_option(person: PersonView, words: str = "") -> Option:
    """A person to choose: department and mail tell two of one name apart; `words` say more of this one."""
    return Option(person.id, person.name, " · ".join(filter(None, (words, person.department, person.mail))))


def names_in(said: object) -> list[str]:
    """The names in a slot: a list of what was written, or what a card's field sends, ids with commas."""
    written = said.split(",") if isinstance(said, str) else said if isinstance(said, list) else []
    return list(dict.fromkeys(name.strip() for name in map(str, written) if name.strip()))


def is_speaker(name: str, turn: Turn) -> bool:
    """Whether it is the one who speaks that is named."""
    return name.casefold() in SPEAKER or name == turn.actor.person


def by_mention(understood: Understanding, text: str, mentions: Sequence[Mention]) -> Understanding:
    """The same with mentioned people by object id: who is mentioned is known, and never asked about by name."""
    known: dict[str, list[str]] = {}
    for mention in mentions:
        if mention.person:
            known.setdefault(text[mention.start : mention.end].lstrip("@"), []).append(mention.person)
    if not known:
        return understood
    requests = tuple(replace(each, slots=_identified(each.slots, known)) for each in understood.requests)
    answer = _identified(dict(understood.answer), known) if understood.answer else understood.answer
    return replace(understood, requests=requests, answer=answer)


def _identified(slots: dict[str, Any], known: dict[str, list[str]]) -> Any:
    told = {slot: slots[slot] for slot in SLOTS if slot in slots}
    return slots | {slot: [who for name in names for who in known.get(name, [name])] for slot, names in told.items()}


def ask_again(frame: Frame, slot: str) -> None:
    """People are asked for, also where nobody has to be named: whoever was named cannot be it."""
    frame.slots[f"again.{slot}"] = True


class People(Question[list[str]]):
    """People by object id. Two of one name are asked about once, with department and mail; the unknown are told.

    Where `needed` is False nobody is asked for: who is not said is nobody.
    """

    expects = frozenset({"people", "choice"})

    def __init__(self, slot: str = "people", *, needed: bool = True, again: tuple[str, ...] = ()) -> None:
        super().__init__(slot, f"unsure.{slot}", f"again.{slot}", again=again)
        self.unasked = self.expects if needed else frozenset()
        self._slot = slot
        self._needed = needed

    def hear(self, frame: Frame, heard: dict[str, Any], intent: str | None) -> None:
        """An answer to “which Ann?” puts that Ann in the place of the name, and leaves the others."""
        unsure, names = frame.slots.get(f"unsure.{self._slot}"), names_in(frame.slots.get(self._slot))
        meant = names_in(heard.get(f"pick.{self.name}") or heard.get(self._slot))
        if intent is None and unsure in names and meant:
            place = names.index(unsure)
            heard = {self._slot: [*names[:place], *meant, *names[place + 1 :]]}
        super().hear(frame, heard, intent)

    async def settle(self, task: Task, turn: Turn, frame: Frame) -> Settled[list[str]] | Asking | Impossible:
        names = names_in(frame.slots.get(self._slot))
        if not names:
            return await self._ask(task, turn, frame) if self._is_needed(frame) else Settled([])
        if len(names) > MOST_NAMED:
            return await self._ask(task, turn, frame, turn.reader.text("people.too_many", count=len(names)))
        found: list[str] = []
        unknown: list[str] = []
        for name, fitting in (await who(turn, names)).items():
            if len(fitting) > 1:
                return self._which(turn, frame, name, fitting)
            found += [person.id for person in fitting]
            unknown += [] if fitting else [name]
        return await self._settled(task, turn, frame, found, unknown)

    async def _settled(
        self, task: Task, turn: Turn, frame: Frame, found: list[str], unknown: list[str]
    ) -> Settled[list[str]] | Asking:
        if not unknown:
            return Settled(list(dict.fromkeys(found)))
        told = turn.reader.text("people.unknown", count=len(unknown), names=turn.reader.names(unknown))
        if not found and self._is_needed(frame):
            return await self._ask(task, turn, frame, told)
        turn.show(told)
        return Settled(list(dict.fromkeys(found)))

    def _is_needed(self, frame: Frame) -> bool:
        return self._needed or f"again.{self._slot}" in frame.slots

    async def _ask(self, task: Task, turn: Turn, frame: Frame, reason: str = "") -> Asking:
        reader, text = turn.reader, await task.ask(turn, frame, self)
        field = PeopleInput(
            self._slot,
            reader.text("people.label"),
            reader.text("people.search"),
            reader.text("people.missing"),
            await task.suggested(turn, frame, self) or (person_option(turn.person, reader.text("people.yourself")),),
        )
        frame.slots.pop(self._slot, None)
        asked = reader.text("refused.and_again", reason=reason, question=text) if reason else text
        return Asking(asked, inputs=(field,))

    def _which(self, turn: Turn, frame: Frame, name: str, fitting: Iterable[PersonView]) -> Asking:
        frame.slots[f"unsure.{self._slot}"] = name
        people = tuple(fitting)
        options = tuple(person_option(person) for person in people)
        named = tuple(replace(each, title=title) for each, title in zip(options, _apart(people), strict=True))
        facts = tuple((each.title, each.hint) for each in options)
        return Asking(turn.reader.text("people.which", name=name), named, kind="person", facts=facts)


def _apart(people: Sequence[PersonView]) -> list[str]:
    """A short title for each: with the department, or with the mail where the department does not tell them apart."""
    departments = {person.department for person in people} - {""}
    by_department = len(departments) == len(people)
    return [f"{each.name} · {each.department if by_department else each.mail}" for each in people]


class OneEach(WholeNumber):
    """How many licenses; where it is not said and people are named, one for each who can have one."""

    async def settle(self, task: Task, turn: Turn, frame: Frame) -> Settled[int] | Asking | Impossible:
        return Settled(len(frame.answers["people"])) if one_each(frame) else await super().settle(task, turn, frame)


def one_each(frame: Frame) -> bool:
    """Whether only people were named, and no number; the record counts those who can have a license."""
    unsaid = not {"quantity", "unusable"} & frame.slots.keys()
    return unsaid and frame.intent in FOR_PEOPLE and bool(frame.answers["people"])


async def who(turn: Turn, names: Sequence[str]) -> dict[str, tuple[PersonView, ...]]:
    """Everybody whom each of the names may mean to the one who speaks, in their order."""
    others = [name for name in names if not is_speaker(name, turn)]
    found = await turn.record.people.resolve_all(turn.actor.tenant, others)
    return {name: found.get(name, (turn.person,)) for name in names}
