"""Where a conversation stands: plain, versioned JSON of a few hundred bytes, kept between two messages.

    {"frames": [...], "waiting": [...], "unsure": {...}, "misses": 1, "language": "zh-CN", "done": {...}, "last": {...},
     "looked": {...}, "listed": {...}}

What is empty is left out. The envelope around it (storage/envelope.py) carries the version: raise it when an older
release could not read this. The last frame is the open task, those before it are suspended. `waiting` are the requests
of a message that come next, `unsure` is a message whose meaning has been asked about, `done` what an undo takes back,
`last` what “it” means, `looked` the lookup that words like “by month” change, `listed` the list whose page “next page”
turns.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dialogs.pages import Listed
    from dialogs.turn import Turn
    from storage.views import Outcome

MOST_FRAMES = 3  # the open task and two behind it; the oldest makes room
MOST_BYTES = 2_000  # of JSON; whatever does not belong to the open task makes room
MOST_SAID = 6  # of the latest words that led to an offer, each cut to
FRESH = timedelta(minutes=30)  # a list shown longer ago is not what “by month” means
LONGEST_SAID = 300  # characters, are kept for the audit, or of the latest of them where there is no room
SHORTEST_SAID = 40
MOST_PEOPLE = 5  # that a later “them” may mean
LAST_HEARD = 3  # messages of one person, or
LAST_KEPT = timedelta(minutes=10)  # after which nobody can be sure any more what “it” was
REPEATED = ("quantity", "way", "when", "term", "trial", "team", "reason", "unused")  # what “the same” says again


@dataclass
class Frame:
    """One task under way: what is known, which question is open, which quote has been shown."""

    task: str
    intent: str  # what was asked for, e.g. licenses.add
    slots: dict[str, Any] = field(default_factory=dict)  # everything that was said, the latest word wins
    answers: dict[str, Any] = field(default_factory=dict)  # what the questions have settled
    asked: str | None = None  # the question that waits for an answer
    ask: str | None = None  # the random id of the card that asks it
    expects: list[str] = field(default_factory=list)  # what an answer may speak to, see `understanding.Context`
    operation: str | None = None  # the quote that waits for a yes
    shown: bool = False  # whether that quote is the last thing that was shown, so that a typed yes can mean it
    reminded: bool = False  # whether it has been said again since it was last spoken to: once is enough
    said: list[str] = field(default_factory=list)  # the words that led here, for the audit
    origin: str | None = None  # the conversation it was last asked for in, where that is not the private chat
    steps: list[Frame] = field(default_factory=list)  # of a plan: the frames of what it does, in order

    def heard(self, words: str, where: str | None) -> None:
        """Keep the words for the audit, and the conversation they were said in where that is not the private chat."""
        self.said = [*self.said, words[:LONGEST_SAID]][-MOST_SAID:]
        self.origin = where or self.origin

    @property
    def trail(self) -> dict[str, Any]:
        """What the audit keeps with a quote: the words, and how they were understood."""
        return {"said": " / ".join(self.said), "understood": {"intent": self.intent, **self.slots}}

    def reference(self, subscription: str | None) -> dict[str, Any] | None:
        """What words may point back to: `subscription`, or the one that is settled, and what was asked for."""
        about, people = subscription or self.answers.get("subscription"), self.answers.get("people", [])
        if not about:
            return None
        said = {slot: self.slots[slot] for slot in REPEATED if slot in self.slots}
        known = people if len(people) <= MOST_PEOPLE else []
        return {"intent": self.intent, "subscription": about, "slots": said, "people": known}

    def open_question(self, name: str, expects: list[str]) -> str:
        """Mark a question as asked and return the id its card carries: an older card no longer answers."""
        self.asked, self.ask, self.expects = name, secrets.token_urlsafe(9), expects
        return self.ask

    def close_question(self) -> None:
        self.asked, self.ask, self.expects = None, None, []


@dataclass
class Memory:
    """All that is remembered of one person's conversation with the desk."""

    frames: list[Frame] = field(default_factory=list)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    unsure: dict[str, Any] | None = None
    misses: int = 0  # messages in a row that were not understood
    language: str | None = None  # the language last written in here
    done: dict[str, str] | None = None  # the operation or plan confirmed last, and when it was done, in ISO 8601
    last: dict[str, Any] | None = None  # what was done or shown last, when, and how many messages ago
    looked: dict[str, str] | None = None  # the lookup shown last, what was asked of it, and when, in ISO 8601
    listed: Listed | None = None  # the list that is the last card shown

    @property
    def open(self) -> Frame | None:
        return self.frames[-1] if self.frames else None

    def expecting(self) -> frozenset[str]:
        """What the next message may be an answer to, in the words of `understanding.Context`."""
        frame = self.open
        if frame is None:
            return frozenset()
        if frame.operation is not None:
            return frozenset({"confirm", "quantity", *frame.expects})
        return frozenset(frame.expects)

    def crowded_out(self) -> Frame | None:
        """The oldest of what is put aside, where that is too much; what is open stays, however large it is."""
        too_much = len(self.frames) > MOST_FRAMES or _size(self.state()) > MOST_BYTES
        return self.frames[0] if too_much and len(self.frames) > 1 else None

    def holding(self, operation: str) -> Frame | None:
        """The frame whose quote this is, open or suspended."""
        return next((frame for frame in self.frames if frame.operation == operation), None)

    def did(self, outcome: Outcome, frame: Frame | None, **what: str) -> None:
        """The operation or plan carried out is what “undo that” means; an older card that is tapped again is not.

        What it was about is what “it” means.
        """
        if outcome.receipt is None:
            return
        at = outcome.receipt.done_at
        if self.done is None or datetime.fromisoformat(self.done["at"]) <= at:
            self.done = {**what, "at": at.isoformat()}
        if frame is not None:
            about = outcome.receipt.quote.about
            self.refer(frame, at, about.id if about else None)

    def refer(self, frame: Frame, at: datetime, subscription: str | None = None) -> None:
        """What `frame` was about, now that it has ended, is what words may point back to."""
        reference = frame.reference(subscription)
        if reference is not None:
            self.last = {**reference, "at": at.isoformat(), "heard": 0}

    def age(self) -> None:
        """One more message has been heard since; after a few nobody means it any more."""
        if self.last is not None:
            heard = self.last["heard"] + 1
            self.last = {**self.last, "heard": heard} if heard <= LAST_HEARD else None

    def recent(self, now: datetime) -> dict[str, Any] | None:
        """What was done or shown last; None where that is too long ago."""
        kept = self.last is not None and now - datetime.fromisoformat(self.last["at"]) <= LAST_KEPT
        return self.last if kept else None

    def showed(self, lookup: str, asked: str, at: datetime) -> None:
        """Words may soon change what was asked of this lookup."""
        self.looked = {"lookup": lookup, "asked": asked, "at": at.isoformat()}

    def showing(self, lookup: str, now: datetime) -> str | None:
        """What was asked of this lookup, while people have it before their eyes."""
        looked = self.looked or {}
        fresh = looked.get("lookup") == lookup and now - datetime.fromisoformat(looked["at"]) <= FRESH
        return looked["asked"] if fresh else None

    def saw(self, turn: Turn) -> None:
        """The list shown in this turn is in view; it is not once another card stands below it."""
        if turn.listed is not None or any(reply.card for reply in turn.replies):
            self.listed = turn.listed

    def drop(self, frame: Frame) -> None:
        self.frames = [other for other in self.frames if other is not frame]

    def state(self) -> dict[str, Any] | None:
        """The JSON to keep; None when there is nothing worth keeping.

        Where it is too large it is kept without what is missed least: the words of earlier turns, which stand with the
        offers they led to, then what “next page”, “by month” and “it” mean, which is asked for instead.
        """
        if self == Memory():
            return None
        state = _kept({**asdict(self), "frames": [_frame_kept(asdict(frame)) for frame in self.frames]})
        for words in (LONGEST_SAID, SHORTEST_SAID):
            if _size(state) > MOST_BYTES:
                _shorten(state, words)
        for spare in ("listed", "looked", "last"):
            if _size(state) > MOST_BYTES:
                state.pop(spare, None)
        return state


def remember(state: dict[str, Any] | None) -> Memory:
    """The memory kept as `state`, or a fresh one if it cannot be read.

    Fields that a later release has added are left out, and those that it lacks have their defaults: a question that
    is new is simply not answered yet.
    """
    try:
        known = {field: value for field, value in (state or {}).items() if field in Memory.__dataclass_fields__}
        frames = [_frame(frame) for frame in known.pop("frames", [])]
        return Memory(frames, **known)
    except (TypeError, AttributeError):
        return Memory()


def _size(state: dict[str, Any] | None) -> int:
    """In bytes, as it is kept."""
    return len(json.dumps(state, separators=(",", ":")))


def _shorten(state: dict[str, Any], longest: int) -> None:
    """Leave of the words only the latest, and of them no more characters than that."""
    for frame in state.get("frames", []):
        frame["said"] = [words[:longest] for words in frame.get("said", [])[-1:]]
    for heard in (*state.get("waiting", []), *filter(None, [state.get("unsure")])):
        heard |= {"said": heard["said"][:longest]}


def _frame_kept(frame: dict[str, Any]) -> dict[str, Any]:
    return _kept({**frame, "steps": [_kept(step) for step in frame["steps"]]})


def _kept(fields: dict[str, Any]) -> dict[str, Any]:
    """What there is to remember: what is empty is so by itself."""
    return {name: value for name, value in fields.items() if value}


def _frame(state: dict[str, Any]) -> Frame:
    known = {name: value for name, value in state.items() if name in Frame.__dataclass_fields__}
    return Frame(**{**known, "steps": [_frame(step) for step in known.get("steps", [])]})
