"""Tells this process's workers that there is something to do, so that none of them has to keep asking."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

_NEWS: Final = "news"  # in a session's `info`


def announce(session: AsyncSession) -> None:
    """Rings the bell of the database once this transaction is committed."""
    session.info[_NEWS] = True


def announces(session: AsyncSession) -> bool:
    """Whether this transaction asked for it."""
    return _NEWS in session.info


class Bell:
    """Rings for everyone who listens. What other processes commit is not heard here."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def ring(self) -> None:
        rung, self._next = self._next, asyncio.Event()
        rung.set()

    def next(self) -> asyncio.Event:
        """Is set at the next ring: ask before you look for work, wait afterwards, and none is missed."""
        return self._next
