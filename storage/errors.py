"""What the record can say no with.

RecordError
 ├─ Refused              a rule says no; carries the code and values of the sentence to show
 ├─ RecordUnavailable    the database cannot be reached in time; nothing was changed, or it is not certain
 └─ Misconfigured        start-up cannot go on; the message says what to do
"""

from __future__ import annotations


class RecordError(Exception):
    """Everything the record raises on purpose."""


class Refused(RecordError):
    """A rule says no. `code` is a key of the text catalogues' [refused] section; `values` fill its fields."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class RecordUnavailable(RecordError):
    """The database did not answer in time. Asking again with the same operation id is always safe."""


class Misconfigured(RecordError):
    """The process cannot start like this; the message names the fix in one line."""
