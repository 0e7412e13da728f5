"""What is said where there is no room for a turn, or no answer yet: it costs nothing and asks nobody."""

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


def working(message: Message, language: str | None) -> Reply:
    """To somebody whose answer takes long; in `language`, where it is known."""
    reader = Reader(language or language_of(message.locale))
    return Reply(reader.text("trouble.working"), language=reader.language)


def _excuse(message: Message, key: str) -> Reply:
    reader = Reader(language_of(message.locale))
    return Reply(reader.text(key), language=reader.language)
