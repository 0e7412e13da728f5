"""Named places where a test lets the process die as in a power cut; in service none of them does anything."""

from __future__ import annotations

import os
import signal
from enum import StrEnum
from typing import Final

VARIABLE: Final = "LICENSE_DESK_CRASH_AT"
_CHOSEN: Final = os.environ.get(VARIABLE)


class CrashPoint(StrEnum):
    """Where it matters what has happened already, and what not yet. Every one is tried by tests/faults."""

    AFTER_AUTH = "after_auth"  # the caller is known, nothing is read
    AFTER_STATE_LOAD = "after_state_load"  # the conversation's turn is taken
    AFTER_QUOTE = "after_quote"  # the quote is stored, nobody has seen it
    AFTER_CLAIM = "after_claim"  # the operation is locked, nothing is changed
    AFTER_CHARGE = "after_charge"  # the period's money is taken, and nothing of it is kept
    BEFORE_COMMIT = "before_commit"  # everything is changed, nothing is kept
    AFTER_COMMIT = "after_commit"  # everything is kept, nobody has been told
    AFTER_STATE_SAVE = "after_state_save"  # remembered as told, not told
    BEFORE_REPLY = "before_reply"  # the answer is ready to be sent
    MID_MIGRATION = "mid_migration"  # the schema is new, and not committed


def crashpoint(point: CrashPoint) -> None:
    """Ends this process at once, with no chance to clean up, if the environment variable names this point."""
    if point == _CHOSEN:
        os.kill(os.getpid(), signal.SIGKILL)
