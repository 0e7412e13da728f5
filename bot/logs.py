"""Log lines: JSON to standard error, one event a line, and only fields that can hold nothing personal."""

from __future__ import annotations

import hashlib
import logging
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

if TYPE_CHECKING:
    from structlog.typing import EventDict, WrappedLogger

# What an operator needs to follow one message; bodies, tokens, names and addresses have no field to go to.
ALLOWED = frozenset(
    {
        "event",  # what happened, in a word
        "level",
        "timestamp",
        "reference",  # the number a person was shown with an apology
        "status",  # the HTTP status answered
        "ms",  # how long it took
        "conversation",  # see `digest`
        "kind",  # the activity's type, or the exception's class
        "where",  # module:line of a fault, never its message
        "count",
        "port",
    }
)
ROOMS: Final = tuple(Path(__file__).parents[1] / room for room in ("bot", "dialogs", "storage"))


def configure() -> None:
    """Sends structlog's events, and other packages' warnings and errors, to standard error as JSON lines."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            keep_allowed,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # as it is when the event happens
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    logging.basicConfig(handlers=[_ByName()], level=logging.WARNING, force=True)


def keep_allowed(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """The line without any field that is not on the list, whatever a caller passed."""
    return {name: value for name, value in line.items() if name in ALLOWED}


def digest(conversation: str) -> str:
    """Twelve hex digits that follow one conversation through the log without naming it."""
    return hashlib.sha256(conversation.encode()).hexdigest()[:12]


def where(fault: BaseException) -> str:
    """The module and line that raised, as in "desk:41"; never the message, which may quote what a person said.

    Of what took too long, the line of ours that waited.
    """
    if isinstance(fault, TimeoutError) and fault.__cause__:
        fault = fault.__cause__  # the cancellation, which arrived where the waiting was
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [each for each in frames if any(room in Path(each.filename).parents for room in ROOMS)]
    last = (ours or frames)[-1]
    return f"{Path(last.filename).stem}:{last.lineno}"


class _ByName(logging.Handler):
    """Other packages' records without their text (it may quote a body): logger and exception class."""

    def emit(self, record: logging.LogRecord) -> None:
        fault = record.exc_info[0] if record.exc_info else None
        kind = fault.__name__ if fault else record.levelname.lower()
        where = f"{record.module}:{record.lineno}"
        structlog.get_logger().warning(record.name, kind=kind, where=where)
