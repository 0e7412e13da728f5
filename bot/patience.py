"""Long work: whoever would wait longer than a moment without a word gets one, and the answer takes its place."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from dialogs.excuses import working

if TYPE_CHECKING:
    from dialogs.turn import Message, Reply

SOON: Final = 2.0  # seconds without a word; with its way to the person, it is there within 3
MOST_PEOPLE: Final = 10_000  # whose language is remembered


class Patience:
    """How long answers may take in silence, and the language in which each person was answered last."""

    def __init__(self, seconds: float = SOON) -> None:
        self._seconds = seconds
        self._languages: dict[tuple[str, str], str] = {}

    async def ends(self, message: Message, answering: asyncio.Future[list[Reply]]) -> Reply | None:
        """What to say meanwhile, where the answer takes longer; None where it is there."""
        done, _ = await asyncio.wait({answering}, timeout=self._seconds)
        whose = (message.tenant, message.person)
        if not done:
            return working(message, self._languages.get(whose))
        for reply in answering.result():
            self._languages.pop(whose, None)
            self._languages[whose] = reply.language
        if len(self._languages) > MOST_PEOPLE:
            del self._languages[next(iter(self._languages))]
        return None
