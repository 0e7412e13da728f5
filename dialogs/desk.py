"""The desk: one message in, replies out.

A tap goes to its operation or its question; words go to understanding and then to the open task, or open one. State is
saved before the replies are handed back, so that what people see is what is remembered.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from dialogs import small_talk
from dialogs.asides import where_were_we
from dialogs.hearing import Hearing
from dialogs.memory import Memory, remember
from dialogs.people_question import by_mention, person_option
from dialogs.referring import read_back
from dialogs.tapping import tapped
from dialogs.texts import Reader, language_of
from dialogs.turn import Introduction, Message, Reply, Standing, Turn
from dialogs.understanding import Context, MentionSpan, Tier, Understander, Understanding
from dialogs.understanding.pointing import asks_where
from storage.card_numbers import has_card_number
from storage.conversations import ConversationBusy, ConversationsError, ConversationsUnavailable
from storage.crashpoints import CrashPoint, crashpoint
from storage.errors import RecordUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import date

    from dialogs.elements import Option
    from dialogs.turn import Mention
    from storage.conversations import Conversations, Turnstile
    from storage.record import Record
    from storage.views import PersonView

# A task's cards and amounts are shown in the private chat only, so that is where it stands, wherever it was begun.
PRIVATE_CHAT = "private"


class Desk:
    """Answers people. Holds nothing between two messages that is not in Redis or SQL."""

    def __init__(
        self,
        record: Record,
        conversations: Conversations,
        understander: Understander,
        *,
        support: str,
        learn_from: Collection[str] = (),
        address: Callable[[], str] = str,
    ) -> None:
        self._record = record
        self._conversations = conversations
        self._understander = understander
        self._support = support
        self._address = address  # where browsers reach our pages
        self._learn_from = frozenset(learn_from)  # tenants that allow to keep what was not understood

    async def handle(self, message: Message) -> list[Reply]:
        """The replies to one message, in order; never empty for words or a tap."""
        try:
            person = await self._speaker(message)
            if person is None or not _belongs(person, message):
                return [self._stranger(message, person)]
            return await self._answer(message, person)
        except RecordUnavailable:
            reader = self._reader(self._clearly_in(message) or language_of(message.locale))
            key = "trouble.record_tap" if message.tap else "trouble.record"
            return [Reply(reader.text(key), language=reader.language)]

    async def welcome(self, message: Message) -> list[Reply]:
        """What a person sees when the desk is installed or opened for the first time."""
        person = await self._speaker(message)
        if person is None or not _belongs(person, message):
            return [self._stranger(message, person)]
        turn = Turn(message, person, self._reader(_saved(person, message)), self._record)
        await small_talk.welcome(turn)
        with suppress(ConversationsError):
            await self._hide_offers(message)
        return turn.replies

    async def suggest(self, message: Message, typed: str) -> list[Option]:
        """Members whom the letters typed so far may mean; nobody for somebody who does not belong."""
        person = await self._speaker(message)
        if person is None or not _belongs(person, message):
            return []
        return [person_option(each) for each in await self._record.people.search(message.tenant, typed)]

    async def _hide_offers(self, message: Message) -> None:
        """A chat that begins anew shows no offer, so a typed yes can mean none before it is shown again."""
        async with await self._conversations.begin(message.tenant, PRIVATE_CHAT, message.person) as stile:
            memory = remember(stile.state)
            for frame in memory.frames:
                frame.shown = False
            await stile.save(memory.state())

    def apology(self, message: Message, reference: str) -> Reply:
        """What is said when something broke on our side; `reference` is the number in the log."""
        reader = self._reader(self._clearly_in(message) or language_of(message.locale))
        return Reply(reader.text("trouble.apology", reference=reference), language=reader.language)

    async def _speaker(self, message: Message) -> PersonView | None:
        """The record's view of who speaks, after a member whom the roster introduces has been written down."""
        people, who = self._record.people, message.introduction
        person = await people.find(message.tenant, message.person)
        if who is None or who.standing is not Standing.MEMBER:
            return person
        if person is None or (person.name, person.mail, person.member) != (who.name, who.mail, True):
            await people.seen(message.tenant, message.person, name=who.name, mail=who.mail, member=True)
            person = await people.find(message.tenant, message.person)
        return person

    # -- one turn ----------------------------------------------------------------------------------------------

    async def _answer(self, message: Message, person: PersonView) -> list[Reply]:
        turn = Turn(message, person, self._reader(_saved(person, message)), self._record, self._address())
        if has_card_number("\n".join(_typed(message))):  # joined: one may be spread over two fields
            return self._say_at_once(turn, "small.card_number")
        try:
            stile = await self._conversations.begin(message.tenant, PRIVATE_CHAT, person.id)
        except ConversationBusy:
            return await self._while_busy(turn)
        except ConversationsUnavailable:
            return await self._without_memory(turn)
        return await self._with_memory(turn, stile)

    async def _with_memory(self, turn: Turn, stile: Turnstile) -> list[Reply]:
        """What cannot be kept is a question asked again, never a change lost: changes are in SQL."""
        async with stile:
            crashpoint(CrashPoint.AFTER_STATE_LOAD)
            memory = remember(stile.state)
            await self._move(turn, memory)
            memory.saw(turn)
            await Hearing(turn, memory, self._support).make_room()
            kept = False
            with suppress(ConversationsError):
                kept = await stile.save(memory.state())
            crashpoint(CrashPoint.AFTER_STATE_SAVE)
        if not kept and turn.message.tap is None:
            turn.say("small.forgotten")
        return turn.replies

    async def _while_busy(self, turn: Turn) -> list[Reply]:
        """Another message of the same person is being answered: a tap is safe all the same, words must wait."""
        if turn.message.tap:
            await self._move(turn, Memory())
        else:
            self._say_at_once(turn, "small.one_moment")
        return turn.replies

    def _say_at_once(self, turn: Turn, key: str) -> list[Reply]:
        """A sentence without a look at the memory, in the language of the words."""
        spoken = turn.person.chosen_language or self._clearly_in(turn.message)
        turn.reader = self._reader(spoken) if spoken else turn.reader
        turn.say(key)
        return turn.replies

    async def _without_memory(self, turn: Turn) -> list[Reply]:
        """Redis is away: words are read as the start of a conversation, taps commit as ever."""
        await self._move(turn, Memory())
        if turn.message.tap is None:
            turn.say("small.forgotten")
        return turn.replies

    async def _move(self, turn: Turn, memory: Memory) -> None:
        turn.reader = self._reader(turn.person.chosen_language or memory.language or turn.reader.language)
        hearing = Hearing(turn, memory, self._support)
        words = turn.message.text
        if turn.message.tap is not None:
            said = await tapped(hearing, turn.message.tap)
            if said is None:
                return
            words = said
        read = partial(self._understand, self._today(turn.message))
        understood = read(words, turn.message.mentions, memory.expecting())
        understood = await read_back(turn, memory, words, understood, read)
        memory.language = understood.language or memory.language
        turn.reader = self._reader(turn.person.chosen_language or memory.language or turn.reader.language)
        if asks_where(words):
            await where_were_we(hearing)
            return
        await hearing.hear(words, understood)
        if not (understood.tier is Tier.ACCEPT or understood.answer or understood.guard):
            await self._note(turn.message.tenant, understood)

    async def _note(self, tenant: str, understood: Understanding) -> None:
        """What was not understood is counted; its words, with names and numbers masked, only where that is allowed."""
        words = understood.why.get("masked", "") if tenant in self._learn_from else ""
        with suppress(RecordUnavailable):  # the person has an answer all the same
            await self._record.unclear.note(tenant, understood.tier.value, understood.choices, words)

    def _understand(
        self, today: date, words: str, mentions: tuple[Mention, ...], expecting: frozenset[str]
    ) -> Understanding:
        spans = tuple(MentionSpan(m.start, m.end, m.person) for m in mentions)
        return by_mention(self._understander.understand(words, Context(today, expecting, spans)), words, mentions)

    def _stranger(self, message: Message, person: PersonView | None) -> Reply:
        reader = self._reader(self._clearly_in(message) or language_of(message.locale))
        return Reply(reader.text(f"trouble.{_kind_of_stranger(person, message)}"), language=reader.language)

    def _clearly_in(self, message: Message) -> str | None:
        """The language that the words are clearly in."""
        return self._understander.understand(message.text, Context(self._today(message))).language

    def _today(self, message: Message) -> date:
        return message.at.astimezone(self._record.timezone).date()

    def _reader(self, language: str) -> Reader:
        return Reader(language, self._record.timezone.key)


def _belongs(person: PersonView, message: Message) -> bool:
    outside = message.introduction is not None and message.introduction.standing is Standing.OUTSIDER
    return person.enabled and person.member and not outside


def _kind_of_stranger(person: PersonView | None, message: Message) -> str:
    match message.introduction:
        case Introduction(standing=Standing.OUTSIDER):
            return "guest"
        case Introduction(standing=Standing.UNCHECKED) if person is None:
            return "unchecked"
        case _:
            return "guest" if person is not None and person.enabled else "stranger"


def _saved(person: PersonView, message: Message) -> str:
    return person.chosen_language or person.language or language_of(message.locale)


def _typed(message: Message) -> list[str]:
    """Everything in a message that somebody could have typed."""
    tap = message.tap
    carried = (*tap.data.values(), *tap.inputs.values()) if tap else ()
    return [message.text, *(value for value in carried if isinstance(value, str))]
