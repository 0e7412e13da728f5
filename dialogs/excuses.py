"""What is said instead of an answer where there is no room for a turn: it costs nothing and asks nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialogs.texts import Reader, language_of
from dialogs.turn import Reply

if TYPE_CHECKING:
    from dialogs.turn import Message


def too_fast(message: Message) -> Reply:
    """To somebody who writes faster than anybody types."""
    return _excuse(message, "trouble.too_fast")


def busy(message: Message) -> Reply:
    """To anybody, while more is asked than can be answered."""
    return _excuse(message, "trouble.busy")


def _excuse(message: Message, key: str) -> Reply:
    reader = Reader(language_of(message.locale))
    return Reply(reader.text(key), language=reader.language)
